"""A carrier without an interface: a person gives the number, and a wrong one is seen at once."""

import pytest

from tests.carriers.rig import a_shipment
from wms.carriers.errors import Rejected
from wms.carriers.manual.adapter import Manual
from wms.carriers.port import ParcelIn, TakesNumbers, capabilities_of, finder
from wms.carriers.registry import Account, CarrierBroken, make_adapter, needs_credentials


def manual(**settings: object) -> Manual:
    made = make_adapter("manual", Account("poczta", "", 30_000, settings))
    assert isinstance(made, Manual)
    return made


async def test_it_waits_for_a_person() -> None:
    m = manual()
    made = await m.create(a_shipment("L1-5"))
    assert (made.reference, made.numbers) == ("L1-5", ())
    assert (await m.poll([made.id]))[0] == made
    assert await finder(m).find_by_reference("L1-5") == []
    assert not (await m.cancel(made.id)).cancelled
    assert capabilities_of(m) == Manual.capabilities
    assert not needs_credentials("manual")


@pytest.mark.parametrize("typed", ["RR 473 124 829 PL", "rr473124829pl", "RR473124829PL\n"])
def test_a_number_as_people_type_it(typed: str) -> None:
    m = manual(pattern="[A-Z]{2}[0-9]{9}[A-Z]{2}", check="s10", example="RR473124829PL")
    assert isinstance(m, TakesNumbers)
    assert m.typed(a_shipment(), typed).numbers == ("RR473124829PL",)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("RR473124828PL", "check-digit"), ("473124829", "no-such-number"), ("", "no-such-number"), ("9" * 61, "no-such-number"),
     ("RR473124829PL; drop", "no-such-number")],
)  # fmt: skip
def test_a_wrong_number_is_seen_at_once(typed: str, code: str) -> None:
    m = manual(pattern="[A-Z]{2}[0-9]{9}[A-Z]{2}", check="s10", example="RR473124829PL")
    with pytest.raises(Rejected) as e:
        m.typed(a_shipment(), typed)
    assert [(f.field, f.code) for f in e.value.field_errors] == [("number", code)]


async def test_what_it_cannot_be_made_of_and_what_it_does_not_take() -> None:
    for settings in ({"pattern": "["}, {"check": "luhn"}, {"patern": "x"}):
        with pytest.raises(CarrierBroken):
            manual(**settings)
    with pytest.raises(Rejected):
        await manual().create(a_shipment(parcels=(ParcelIn(reference="p", weight_g=30_001),)))

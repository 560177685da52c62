"""Numbers from a range of our own: right, never twice, and refused where the carrier would refuse the parcel."""

import asyncio
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.carriers.own_range.numbers import printed
from wms.carriers.port import (
    Cancels,
    Cap,
    CarrierAdapter,
    GivesLabels,
    GivesProtocol,
    Hears,
    NumbersUsedUp,
    ParcelIn,
    Party,
    Rejected,
    ShipmentIn,
    Tracks,
    capabilities_of,
    finder,
)
from wms.carriers.registry import Account, CarrierBroken, NumberBlock, adapter_names, make_adapter
from wms.kernel.numbers import mod37_36_valid, s10_valid, sscc_valid

SENDER = Party(name="Magazyn", street="Logistyczna 7", postcode="05-850", city="Ożarów", country="PL")


class Range:
    """A number range in memory; ``taken`` counts the blocks."""

    def __init__(
        self, first: int = 1, last: int = 1000, kind: str = "plain", prefix: str = "", suffix: str = ""
    ) -> None:
        self.next, self.last, self.kind, self.prefix, self.suffix = first, last, kind, prefix, suffix
        self.taken = 0

    async def take(self, code: str, n: int) -> NumberBlock:
        await asyncio.sleep(0)
        n = min(n, self.last - self.next + 1)
        if n <= 0:
            raise NumbersUsedUp(code)
        first, self.next = self.next, self.next + n
        self.taken += 1
        return NumberBlock(first, n, self.kind, self.prefix, self.suffix)


def adapter(range: Range, **settings: object) -> CarrierAdapter:
    return make_adapter("own_range", Account("kurier", "", 30_000, {"range": "r"} | settings, range.take))


def shipment(
    *weights: int, country: str = "PL", phone: str | None = None, service: str = "standard"
) -> ShipmentIn:
    receiver = Party(
        name="Łucja", street="Źródlana 1", postcode="30-624", city="Kraków", country=country, phone=phone
    )
    return ShipmentIn(
        reference="1-1",
        service=service,
        receiver=receiver,
        sender=SENDER,
        parcels=tuple(ParcelIn(reference=f"1-{i}", weight_g=w) for i, w in enumerate(weights or (500,))),
        cod_amount=Decimal("10.00"),
    )


@pytest.mark.parametrize(
    ("kind", "prefix", "suffix", "valid"),
    [
        ("sscc", "35900773", "", sscc_valid),
        ("s10", "RR", "PL", s10_valid),
        ("mod37_36", "0530511", "", mod37_36_valid),
        ("plain", "PX", "X", lambda n: n.startswith("PX") and n.endswith("X")),
    ],
)
async def test_each_kind_carries_its_check_digit(kind: str, prefix: str, suffix: str, valid: object) -> None:
    r = Range(4711, 9999, kind, prefix, suffix)
    made = await adapter(r).create(shipment(500, 900))
    assert len(set(made.numbers)) == 2
    assert all(valid(n) for n in made.numbers)  # type: ignore[operator]


@given(
    kind=st.sampled_from(["sscc", "s10", "mod37_36", "plain"]),
    numbers=st.lists(st.integers(0, 10**7 - 1), unique=True),
)
def test_different_numbers_print_differently(kind: str, numbers: list[int]) -> None:
    prefix = {"sscc": "35900773", "s10": "RR", "mod37_36": "0530511", "plain": "PX"}[kind]
    block = NumberBlock(0, 10**7, kind, prefix, "PL" if kind == "s10" else "")
    assert len({printed(block, n) for n in numbers}) == len(numbers)


async def test_a_thousand_at_once_never_repeat_and_take_ten_blocks() -> None:
    r = Range(1, 1000)
    a = adapter(r)
    made = await asyncio.gather(*[a.create(shipment()) for _ in range(1000)])
    assert len({m.numbers[0] for m in made}) == 1000
    assert r.taken == 10
    with pytest.raises(NumbersUsedUp):
        await a.create(shipment())
    r.last = 1001  # extended: it goes on by itself
    assert (await a.create(shipment())).numbers == ("1001",)


async def test_every_faulty_field_is_named_and_no_number_is_spent() -> None:
    r = Range()
    with pytest.raises(Rejected) as e:
        await adapter(r).create(shipment(500, 30_001, country="DE", service="locker"))
    assert [(f.field, f.code) for f in e.value.field_errors] == [
        ("parcels.1.weight_g", "too-heavy"),
        ("receiver.country", "country-not-served"),
        ("receiver.phone", "phone-missing"),
    ]
    assert r.taken == 0
    ok = shipment(30_000, country="DE", phone="+48600000000", service="locker")
    assert (await adapter(r, countries=["PL", "DE"]).create(ok)).numbers


async def test_a_number_that_does_not_fit_its_form_is_refused() -> None:
    with pytest.raises(Rejected):
        await adapter(Range(10**9, 10**9, "sscc", "359007734")).create(shipment())
    with pytest.raises(Rejected):
        await adapter(Range(10**9, 10**9, "mod37_36", "0530511")).create(shipment())


async def test_an_sscc_from_its_own_range() -> None:
    r = Range(1, 999, "sscc", "35900773")
    made = await adapter(r, sscc_range="s").create(shipment())
    assert sscc_valid(made.ssccs[0])
    assert made.ssccs != made.numbers


async def test_its_capabilities_are_its_types() -> None:
    a = adapter(Range())
    assert not isinstance(a, Tracks | GivesLabels | GivesProtocol | Hears)
    assert capabilities_of(a) == a.capabilities == {Cap.CREATE, Cap.FIND, Cap.CANCEL, Cap.MULTI_PARCEL}
    assert isinstance(a, Cancels)
    assert (await a.cancel("1")).cancelled
    assert await finder(a).find_by_reference("1") == []


def test_a_broken_plug_in_is_its_own_carriers_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_courier.py").write_text("import a_module_that_is_not_there\n")
    (tmp_path / "good_courier.py").write_text("def make(account):\n    return ('good', account.carrier)\n")
    info = tmp_path / "couriers-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: couriers\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[wms.carriers]\nbroken = broken_courier:make\ngood = good_courier:make\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    account = Account("kurier", "", 30_000, {"range": "r"}, Range().take)
    assert {"broken", "good", "own_range"} <= set(adapter_names())
    with pytest.raises(CarrierBroken, match="a_module_that_is_not_there"):
        make_adapter("broken", account)
    assert make_adapter("good", account) == ("good", "kurier")  # type: ignore[comparison-overlap]
    assert make_adapter("own_range", account).code == "own_range"
    with pytest.raises(CarrierBroken, match=r"installed: broken, .*own_range"):
        make_adapter("nobody", account)
    with pytest.raises(CarrierBroken, match="range"):
        make_adapter("own_range", Account("kurier", "", 30_000, {}, Range().take))
    for name in ("broken_courier", "good_courier"):
        sys.modules.pop(name, None)

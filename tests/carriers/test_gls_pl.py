"""GLS Poland: sessions, a box without numbers, a pickup that is closed once, against the simulator."""

from collections.abc import AsyncIterator
from datetime import UTC
from typing import Any

import httpx
import pytest

from tests.carriers.rig import DAY, SENDER, WINDOW, a_shipment, at, cod, scanned
from wms.carriers.errors import Ambiguous, AuthFailed, CarrierError, Rejected, Unavailable
from wms.carriers.gls_pl import answers, requests
from wms.carriers.gls_pl.adapter import GlsPl
from wms.carriers.gls_pl.statuses import STATUSES
from wms.carriers.port import ParcelIn, capabilities_of
from wms.carriers.simulators import gls_pl as simulated
from wms.carriers.simulators.faults import Fault
from wms.carriers.simulators.server import Simulator
from wms.carriers.soap import envelope, text, tree, xml
from wms.carriers.wire import Answer

SECRETS = {
    "user": simulated.USER, "password": simulated.PASSWORD, "tracking_user": simulated.TRACKING_USER,
    "tracking_password": simulated.TRACKING_PASSWORD,
}  # fmt: skip
ADE = requests.Ade(requests.Settings(mode="production"))


@pytest.fixture
async def rig() -> AsyncIterator[tuple[Simulator, GlsPl, httpx.AsyncClient]]:
    async with at(simulated.GlsPl(), SECRETS) as (sim, adapter, http):
        assert isinstance(adapter, GlsPl)
        yield sim, adapter, http


def test_a_booking_as_it_goes_over_the_wire() -> None:
    call = ADE.create(a_shipment(comment="Kruche <&>", **cod()), "s" * 64)
    assert call.url == "https://adeplus.gls-poland.com/adeplus/pm1/ade_webapi2.php"
    asked = tree(call.body or b"").find("Body/adePreparingBox_Insert")
    assert asked is not None
    assert text(asked, "session") == "s" * 64
    data = asked.find("consign_prep_data")
    assert {t: text(data, t) for t in ("rname1", "rzipcode", "rstreet", "rphone", "references", "notes", "weight", "date")} == {
        "rname1": "Łucja Świątek", "rzipcode": "30-624", "rstreet": "Źródlana 7/3", "rphone": "600100200",
        "references": "L1-77", "notes": "Kruche <&>", "weight": "1.25", "date": "2026-11-23",
    }  # fmt: skip
    assert (text(data, "srv_bool/cod"), text(data, "srv_bool/cod_amount")) == ("true", "129.90")
    assert text(data, "parcels/items/reference") == "P1"


def test_a_company_comes_before_the_person_and_a_point_by_its_id() -> None:
    call = ADE.create(a_shipment(service="point", point="PL42", receiver={"company": "Żółw sp. z o.o."}), "s")
    data = tree(call.body or b"").find("Body/adePreparingBox_Insert/consign_prep_data")
    assert (text(data, "rname1"), text(data, "rname2")) == ("Żółw sp. z o.o.", "Łucja Świątek")
    assert (text(data, "srv_bool/sds"), text(data, "srv_sds/id")) == ("true", "PL42")


def test_what_gls_would_refuse_is_refused_here_with_every_field() -> None:
    heavy = ParcelIn(reference="p", weight_g=31_501)
    with pytest.raises(Rejected) as e:
        ADE.create(
            a_shipment(
                service="point",
                parcels=(heavy,),
                receiver={"name": "x" * 41, "phone": None},
                cod_currency="EUR",
                **cod(),
            ),
            "s",
        )
    assert {f.field for f in e.value.field_errors} == {
        "receiver.name", "receiver.phone", "parcels.0.weight_g", "point", "cod_currency"
    }  # fmt: skip


def a_fault(code: str, said: str = "", status: int = 500, reads: bool = False) -> Answer:
    body = envelope(xml("soapenv:Fault", [("faultcode", code), ("faultstring", said)]))
    return Answer(status=status, media_type="text/xml", headers={}, body=body, reads=reads)


@pytest.mark.parametrize(
    ("code", "error", "field"),
    [
        ("err_cons_srv_sds_receiver_phone_is_invalid", Rejected, "receiver.phone"),
        ("err_cons_rzipcode_is_invalid", Rejected, "receiver.postcode"),
        ("err_parcel_number_is_invalid", Rejected, ""),
        ("err_user_incorrect_username_password", AuthFailed, ""),
        ("SOAP-ENV:Server", Ambiguous, ""),
        ("HTTP", Ambiguous, ""),
    ],
)
def test_faults_by_their_key(code: str, error: type[CarrierError], field: str) -> None:
    for status in (200, 500):
        with pytest.raises(error) as e:
            answers.id_of(a_fault(code, "30-62", status))
        if isinstance(e.value, Rejected):
            assert [(f.field, f.code, f.why) for f in e.value.field_errors] == [(field, code, "30-62")]


def test_codes_by_their_major_number() -> None:
    known: dict[str, Any] = {"0.100": "registered", "0.0": "handed_over", "11.0": "out_for_delivery", "1.0": "in_transit",
                             "3.121": "delivered", "4.40": "problem", "12.3": "at_point", "5.0": "returned"}  # fmt: skip
    assert {c: STATUSES.of(c) for c in known} == {c: (s, True) for c, s in known.items()}
    assert STATUSES.of("99.0") == ("in_transit", False)


async def test_from_the_box_to_delivery(rig: tuple[Simulator, GlsPl, httpx.AsyncClient]) -> None:
    sim, gls, http = rig
    two = (ParcelIn(reference="a", weight_g=900), ParcelIn(reference="b", weight_g=900))
    made = await gls.create(a_shipment(parcels=two))
    assert made.numbers == (), "the box gives no number"
    assert [c.id for c in await gls.find_by_reference("L1-77")] == [made.id]
    (ready,) = await gls.poll([made.id])
    assert len(set(ready.numbers)) == 2
    assert ready.reference == "L1-77"
    (pdf,), (zpl,) = await gls.labels([made.id], "pdf"), await gls.labels([made.id], "zpl")
    assert scanned(pdf.content) == list(ready.numbers)
    assert all(n.encode() in zpl.content for n in ready.numbers)
    number = ready.numbers[0]
    for code in ("0.0", "77.7", "3.0"):
        await http.post(f"{sim.url}/__sim/advance", json={"number": number, "status": code})
    found = (await gls.track([number, "404"]))[number]
    assert [(e.status, e.known) for e in found] == [
        ("registered", True), ("handed_over", True), ("in_transit", False), ("delivered", True)
    ]  # fmt: skip
    assert all(e.at.tzinfo is UTC for e in found)
    assert (await gls.track(["404"])) == {"404": []}
    assert sim.calls.count("login") == 1, "one session for all of it"


async def test_a_session_that_ends_is_renewed_once(rig: tuple[Simulator, GlsPl, httpx.AsyncClient]) -> None:
    sim, gls, http = rig
    made = await gls.create(a_shipment())
    await http.post(f"{sim.url}/__sim/expire")
    assert (await gls.poll([made.id]))[0].numbers
    assert sim.calls.count("login") == 2
    sim.plan.add(Fault(kind="expired", call="create", times=2))
    with pytest.raises(AuthFailed, match="every session"):
        await gls.create(a_shipment("L1-2"))
    assert len(await gls.find_by_reference("L1-2")) == 0


async def test_a_closed_pickup_is_not_closed_again(rig: tuple[Simulator, GlsPl, httpx.AsyncClient]) -> None:
    sim, gls, http = rig
    ids = [(await gls.create(a_shipment(f"L1-{i}"))).id for i in range(3)]
    sim.plan.add(Fault(kind="reset_after", call="protocol"))
    with pytest.raises(Ambiguous):
        await gls.protocol(ids, DAY)
    first = await gls.protocol(list(reversed(ids)), DAY)
    assert first.content == (await gls.protocol(ids, DAY)).content
    state = (await http.get(f"{sim.url}/__sim/state")).json()
    assert [p["consigns"] for p in state["pickups"].values()] == [ids]
    refused = await gls.cancel(ids[0])
    assert (refused.cancelled, "box" in refused.why) == (False, True)
    with pytest.raises(Rejected):
        await gls.protocol(["404404"], DAY)


async def test_cancelling_and_the_car(rig: tuple[Simulator, GlsPl, httpx.AsyncClient]) -> None:
    sim, gls, http = rig
    made = await gls.create(a_shipment())
    assert (await gls.cancel(made.id)).cancelled
    assert await gls.find_by_reference("L1-77") == []
    assert await gls.poll([made.id]) == []
    with pytest.raises(Rejected):
        await gls.labels([made.id], "pdf")
    assert (await gls.order_pickup(["1", "2"], WINDOW, SENDER)).id == "3001"
    assert (await http.get(f"{sim.url}/__sim/state")).json()["cars"] == [
        {"date": "2026-11-23", "parcels": "2"}
    ]
    with pytest.raises(Rejected):
        await gls.order_pickup([], WINDOW, SENDER)


async def test_a_box_of_several_pages_is_looked_through_and_a_huge_one_is_not(
    rig: tuple[Simulator, GlsPl, httpx.AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    sim, gls, _ = rig
    assert isinstance(sim.carrier, simulated.GlsPl)
    for i in range(230):
        sim.carrier.box[str(100_000 + i)] = {"references": f"L9-{i}", "parcels": [], "city": ""}
    assert [c.id for c in await gls.find_by_reference("L9-229")] == ["100229"]
    assert await gls.find_by_reference("L9-22X") == []
    for i in range(400):
        sim.carrier.box[str(200_000 + i)] = {"references": "", "parcels": [], "city": ""}
    with pytest.raises(Unavailable, match="more than 500"):
        await gls.find_by_reference("L9-1")


async def test_the_carriers_own_refusal_names_our_field(
    rig: tuple[Simulator, GlsPl, httpx.AsyncClient],
) -> None:
    with pytest.raises(Rejected) as e:
        await rig[1].create(a_shipment(receiver={"postcode": "30624"}))
    assert [(f.field, f.why) for f in e.value.field_errors] == [("receiver.postcode", "30624")]
    assert capabilities_of(rig[1]) == GlsPl.capabilities


async def test_wrong_and_missing_logins_are_the_accounts_trouble() -> None:
    async with at(simulated.GlsPl(), SECRETS | {"password": "wrong"}) as (_, gls, _http):
        with pytest.raises(AuthFailed, match="err_user"):
            await gls.create(a_shipment())
    async with at(simulated.GlsPl(), {"user": "a", "password": "b"}) as (sim, gls, _http):
        assert isinstance(gls, GlsPl)
        with pytest.raises(AuthFailed, match="tracking_user"):
            await gls.track(["1"])
        assert sim.calls == []

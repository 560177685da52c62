"""DHL24: what is sent, faults with Polish sentences, labels by three, against the simulator."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from tests.carriers.rig import DAY, SENDER, WINDOW, a_shipment, at, cod, scanned
from wms.carriers.dhl24 import answers, requests
from wms.carriers.dhl24.adapter import Dhl24
from wms.carriers.dhl24.statuses import STATUSES
from wms.carriers.errors import (
    Ambiguous,
    AuthFailed,
    CarrierError,
    NotSupported,
    RateLimited,
    Rejected,
    Unavailable,
)
from wms.carriers.port import ParcelIn, capabilities_of
from wms.carriers.simulators import dhl24 as simulated
from wms.carriers.simulators.server import Simulator
from wms.carriers.soap import envelope, text, tree, xml
from wms.carriers.wire import Answer

SECRETS = {
    "username": simulated.USERNAME,
    "password": simulated.PASSWORD,
    "account_number": simulated.ACCOUNT,
}
DHL = requests.Dhl24(
    requests.Settings(mode="production"),
    requests.Access(username="u", password="p", account_number="6000000"),
)


@pytest.fixture
async def rig() -> AsyncIterator[tuple[Simulator, Dhl24, httpx.AsyncClient]]:
    async with at(simulated.Dhl24(), SECRETS) as (sim, adapter, http):
        assert isinstance(adapter, Dhl24)
        yield sim, adapter, http


def test_a_booking_as_it_goes_over_the_wire() -> None:
    call = DHL.create(a_shipment(comment="Kruche", **cod()))
    assert call.url == "https://dhl24.com.pl/webapi2/provider/service.html"
    assert list(call.query) == [("ws", "1")]
    assert call.headers["SOAPAction"].endswith('#createShipments"')
    item = tree(call.body or b"").find("Body/createShipments/shipments/item")
    assert item is not None
    paths = {
        "receiver/name": "Łucja Świątek", "receiver/postalCode": "30624", "receiver/street": "Źródlana",
        "receiver/houseNumber": "7", "receiver/apartmentNumber": "3", "receiver/contactPhone": "600100200",
        "receiver/addressType": "C", "shipper/contactPerson": "L1-77", "pieceList/item/weight": "2",
        "pieceList/item/length": "30", "service/product": "AH", "service/collectOnDeliveryValue": "129.90",
        "service/insuranceValue": "129.90", "payment/accountNumber": "6000000", "shipmentDate": "2026-11-23",
        "comment": "Kruche", "reference": "L1-77",
    }  # fmt: skip
    assert {p: text(item, p) for p in paths} == paths
    assert "sandbox.dhl24" in requests.Dhl24(requests.Settings(mode="test"), DHL.access).url


def test_what_dhl_would_refuse_is_refused_here_with_every_field() -> None:
    two = (ParcelIn(reference="a", weight_g=1), ParcelIn(reference="b", weight_g=31_501))
    with pytest.raises(Rejected) as e:
        DHL.create(
            a_shipment(
                service="point", parcels=two, receiver={"street": "Bez numeru"}, cod_currency="EUR", comment="x" * 101,
                **cod()
            )
        )  # fmt: skip
    assert {f.field for f in e.value.field_errors} >= {
        "receiver.street", "parcels", "parcels.1.weight_g", "parcels.0.length_mm", "point", "cod_currency", "comment",
    }  # fmt: skip


def a_fault(code: str, said: str) -> Answer:
    body = envelope(xml("soapenv:Fault", [("faultcode", code), ("faultstring", said)]))
    return Answer(status=500, media_type="text/xml", headers={}, body=body, reads=False)


@pytest.mark.parametrize(
    ("code", "said", "error", "field"),
    [
        ("210", "Nieprawidłowy kod pocztowy odbiorcy", Rejected, "receiver.postcode"),
        ("210", "Nieprawidłowy kod pocztowy nadawcy", Rejected, "sender.postcode"),
        ("211", "Podany telefon odbiorcy jest błędny", Rejected, "receiver.phone"),
        ("220", "Wartość ubezpieczenia nie może być niższa od kwoty pobrania", Rejected, "cod_amount"),
        ("999", "Coś innego", Rejected, ""),
        ("100", "Błąd autoryzacji", AuthFailed, ""),
        ("500", "Przekroczono limit zapytań", RateLimited, ""),
        ("SOAP-ENV:Server", "Internal error", Ambiguous, ""),
    ],
)
def test_faults_by_their_sentence(code: str, said: str, error: type[CarrierError], field: str) -> None:
    with pytest.raises(error) as e:
        answers.created(a_fault(code, said), "L1")
    if isinstance(e.value, Rejected):
        assert [(f.field, f.code, f.why) for f in e.value.field_errors] == [(field, code, said)]


@pytest.mark.parametrize(
    ("code", "ours"),
    [("EDWP", "registered"), ("DWP", "handed_over"), ("SORT", "in_transit"), ("LK", "out_for_delivery"), ("DOR", "delivered"),
     ("DORDR", "delivered"), ("SP_DOR", "delivered"), ("OWL1", "at_point"), ("AWI2", "problem"), ("OPN", "problem"),
     ("ZWN", "returned"), ("ZWR3", "problem"), ("SP_CN", "cancelled")],
)  # fmt: skip
def test_codes(code: str, ours: str) -> None:
    assert STATUSES.of(code) == (ours, True)


async def test_from_booking_to_delivery(rig: tuple[Simulator, Dhl24, httpx.AsyncClient]) -> None:
    sim, dhl, http = rig
    made = await dhl.create(a_shipment())
    (number,) = made.numbers
    assert len(number) == 11
    assert (await dhl.poll([made.id]))[0].numbers == made.numbers
    for status in ("DWP", "XYZ", "DOR"):
        await http.post(f"{sim.url}/__sim/advance", json={"number": number, "status": status})
    found = await dhl.track([number, "11111111111"])
    assert [(e.status, e.known) for e in found[number]] == [
        ("registered", True), ("handed_over", True), ("in_transit", False), ("delivered", True)
    ]  # fmt: skip
    assert all(abs((datetime.now(UTC) - e.at).total_seconds()) < 60 for e in found[number])
    assert found["11111111111"] == []
    refused = await dhl.cancel(number)
    assert (refused.cancelled, refused.why) == (False, "Przesyłka została już nadana")


async def test_labels_come_by_three_and_scan(rig: tuple[Simulator, Dhl24, httpx.AsyncClient]) -> None:
    sim, dhl, _ = rig
    ids = [(await dhl.create(a_shipment(f"L1-{i}"))).id for i in range(7)]
    files = await dhl.labels(ids, "pdf")
    assert [scanned(f.content) for f in files] == [[i] for i in ids]
    assert sim.calls.count("label") == 3
    assert all(i.encode() in f.content for i, f in zip(ids, await dhl.labels(ids, "zpl"), strict=True))
    with pytest.raises(Rejected, match="Nie znaleziono"):
        await dhl.labels(["11111111111"], "pdf")


async def test_a_lost_booking_is_found_by_the_senders_contact(
    rig: tuple[Simulator, Dhl24, httpx.AsyncClient],
) -> None:
    sim, dhl, _ = rig
    assert await dhl.find_by_reference("L1-5") == []
    made = [await dhl.create(a_shipment(f"L1-{i}")) for i in range(120)]
    assert await dhl.find_by_reference("L1-119") == [made[119]]
    assert await dhl.find_by_reference("L1-11x") == []
    assert isinstance(sim.carrier, simulated.Dhl24)
    sim.carrier.shows_contacts = False
    with pytest.raises(NotSupported, match="dhl24 cannot find"):
        await dhl.find_by_reference("L1-5")


async def test_cancelling_the_car_and_the_paper(rig: tuple[Simulator, Dhl24, httpx.AsyncClient]) -> None:
    sim, dhl, http = rig
    one, two = await dhl.create(a_shipment("L1-1")), await dhl.create(a_shipment("L1-2"))
    assert (await dhl.cancel(one.id)).cancelled
    assert await dhl.find_by_reference("L1-1") == []
    assert not (await dhl.cancel(one.id)).cancelled
    order = await dhl.order_pickup([two.id], WINDOW, SENDER)
    assert order.id == "48490321WWW"
    car = (await http.get(f"{sim.url}/__sim/state")).json()["cars"][0]
    assert car == {"date": "2026-11-23", "from": "14:00", "shipments": [two.id]}
    with pytest.raises(Rejected):
        await dhl.order_pickup([one.id], WINDOW, SENDER)
    assert (await dhl.protocol([two.id], DAY)).content.startswith(b"%PDF-")


async def test_the_carriers_own_refusal_names_our_field(
    rig: tuple[Simulator, Dhl24, httpx.AsyncClient],
) -> None:
    with pytest.raises(Rejected) as e:
        await rig[1].create(a_shipment(receiver={"phone": "123"}))
    assert [f.field for f in e.value.field_errors] == ["receiver.phone"]
    assert capabilities_of(rig[1]) == Dhl24.capabilities


async def test_a_wrong_password_is_the_accounts_trouble() -> None:
    async with at(simulated.Dhl24(), SECRETS | {"password": "wrong"}) as (_, dhl, _http):
        assert isinstance(dhl, Dhl24)
        with pytest.raises(AuthFailed) as e:
            await dhl.create(a_shipment())
        assert "wrong" not in str(e.value)
        with pytest.raises(AuthFailed):
            await dhl.track(["11111111111"])


def test_an_item_that_comes_alone_is_a_list_of_one() -> None:
    inner = "<r><x><events><item><status>DWP</status><timestamp>2026-07-01 12:00:00</timestamp></item></events></x></r>"
    a = Answer(status=200, media_type="", headers={}, body=envelope(inner), reads=True)
    (event,) = answers.events(a)
    assert event.at == datetime(2026, 7, 1, 10, tzinfo=UTC)
    broken = inner.replace("2026-07-01 12:00:00", "gestern")
    with pytest.raises(Unavailable):
        answers.events(Answer(status=200, media_type="", headers={}, body=envelope(broken), reads=True))

"""DPD Polska: what is sent, refusals that come with status 200, and a parcel's life against the simulator."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from tests.carriers.rig import DAY, SENDER, WINDOW, a_shipment, at, cod, scanned
from wms.carriers.dpd_pl import answers, requests
from wms.carriers.dpd_pl.adapter import DpdPl
from wms.carriers.dpd_pl.requests import Booking
from wms.carriers.dpd_pl.statuses import STATUSES
from wms.carriers.errors import Ambiguous, AuthFailed, CarrierError, NotSupported, Rejected, Unavailable
from wms.carriers.port import Cancels, ParcelIn, capabilities_of, finder
from wms.carriers.simulators import dpd_pl as simulated
from wms.carriers.simulators.server import Simulator
from wms.carriers.soap import tree
from wms.carriers.wire import Answer

SECRETS = {"login": simulated.LOGIN, "password": simulated.PASSWORD, "master_fid": simulated.FID}
DPD = requests.Dpd(
    requests.Settings(mode="production"), requests.Access(login="l", password="p<&>", master_fid="1495")
)


@pytest.fixture
async def rig() -> AsyncIterator[tuple[Simulator, DpdPl, httpx.AsyncClient]]:
    async with at(simulated.DpdPl(), SECRETS) as (sim, adapter, http):
        assert isinstance(adapter, DpdPl)
        yield sim, adapter, http


def test_a_booking_as_it_goes_over_the_wire() -> None:
    call = DPD.create(a_shipment(comment="Kruche", **cod()))
    assert call.url == "https://dpdservices.dpd.com.pl/public/shipment/v1/generatePackagesNumbers"
    assert call.headers["Authorization"] == "Basic " + base64.b64encode(b"l:p<&>").decode()
    assert call.headers["X-DPD-FID"] == "1495"
    (package,) = msgspec.json.decode(call.body or b"")["packages"]
    assert package["receiver"] == {
        "name": "Łucja Świątek", "address": "Źródlana 7/3", "city": "Kraków", "countryCode": "PL", "postalCode": "30624",
        "phone": "600100200", "email": "lucja@example.pl",
    }  # fmt: skip
    assert package["services"] == [
        {
            "code": "COD",
            "attributes": [{"code": "AMOUNT", "value": "129.90"}, {"code": "CURRENCY", "value": "PLN"}],
        }
    ]
    assert package["parcels"] == [
        {"reference": "L1-77/1", "weight": 1.25, "customerData1": "P1", "sizeX": 30, "sizeY": 20, "sizeZ": 10}
    ]
    assert (package["reference"], package["payerFID"]) == ("L1-77", 1495)


def test_a_point_takes_the_place_of_the_address() -> None:
    body = msgspec.json.decode(DPD.create(a_shipment(service="point", point="PL11033")).body or b"")
    (package,) = body["packages"]
    assert package["pudoReceiver"]["pudoId"] == "PL11033"
    assert "receiver" not in package
    assert package["services"] == [{"code": "DPD_PICKUP", "attributes": []}]


def test_the_test_host_is_another_one() -> None:
    dpd = requests.Dpd(requests.Settings(mode="test"), DPD.access)
    assert dpd.create(a_shipment()).url.startswith("https://dpdservicesdemo.dpd.com.pl/")


def test_what_dpd_would_refuse_is_refused_here_with_every_field() -> None:
    heavy = ParcelIn(reference="p", weight_g=31_501)
    with pytest.raises(Rejected) as e:
        DPD.create(
            a_shipment(
                service="point", parcels=(heavy,), receiver={"city": "x" * 51}, cod_currency="USD", **cod()
            )
        )
    assert {(f.field, f.code) for f in e.value.field_errors} == {
        ("receiver.city", "too-long"), ("parcels.0.weight_g", "too-heavy"), ("point", "missing"),
        ("cod_currency", "not-served"),
    }  # fmt: skip


def an_answer(body: Any, status: int = 200, reads: bool = False) -> Answer:
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Answer(status=status, media_type="", headers={}, body=content, reads=reads)


OK_PARCEL = {"status": "OK", "reference": "r", "waybill": "0000075077195U", "validationInfo": []}


def a_package(status: str = "OK", parcel: Any = None, info: Any = None) -> dict[str, Any]:
    return {
        "status": status,
        "reference": "L1",
        "validationInfo": info or [],
        "parcels": [parcel or OK_PARCEL],
    }


@pytest.mark.parametrize(
    ("body", "error", "field"),
    [
        ({"status": "DISABLED_API"}, AuthFailed, ""),
        ({"status": "DISALLOWED_FID", "packages": []}, AuthFailed, ""),
        ({"status": "UNKNOWN_ERROR", "packages": []}, Ambiguous, ""),
        ({}, Ambiguous, ""),
        ({"status": "OK", "packages": []}, Ambiguous, ""),
        ({"status": "OK", "packages": [a_package(parcel={"status": "OK", "waybill": None})]}, Ambiguous, ""),
        ({"status": "DUPLICATED_PACKAGE_REFERENCE", "packages": []}, Rejected, "reference"),
        (
            {"status": "INCORRECT_DATA", "packages": [a_package("INCORRECT_DATA", info=[
                {"errorCode": "COD_IS_NOT_AVAILABLE_FOR_POSTAL_CODE", "info": "Brak COD"}])]}, Rejected, "receiver.postcode",
        ),
        (
            {"status": "OK", "packages": [a_package(info=[], parcel={"status": "INCORRECT_DATA", "validationInfo": [
                {"errorCode": "SIZE_X_OUT_OF_RANGE", "info": "Za długa"}]})]}, Rejected, "parcels.0.length_mm",
        ),
        (
            {"status": "INCORRECT_DATA", "packages": [a_package("INCORRECT_DATA", info=[
                {"errorCode": "INCORRECT_PAYER_FID", "info": ""}])]}, AuthFailed, "",
        ),
    ],
)  # fmt: skip
def test_refusals_with_status_200_on_each_level(body: Any, error: type[CarrierError], field: str) -> None:
    with pytest.raises(error) as e:
        answers.created(an_answer(body), "L1", domestic=True)
    if isinstance(e.value, Rejected):
        assert [f.field for f in e.value.field_errors] == [field]


def test_a_400_names_our_fields_and_an_xml_page_names_nothing() -> None:
    body = {"errors": [
        {"code": "VALIDATION", "subCode": "PATTERN", "userMessage": "Zły kod", "field": "packages[0].receiver.postalCode"},
        {"code": "VALIDATION", "userMessage": "Za ciężka", "field": "packages[0].parcels[1].weight"},
    ]}  # fmt: skip
    with pytest.raises(Rejected) as e:
        answers.created(an_answer(body, 400), "L1", domestic=True)
    assert [(f.field, f.code) for f in e.value.field_errors] == [
        ("receiver.postcode", "PATTERN"), ("parcels.1.weight_g", "VALIDATION")
    ]  # fmt: skip
    for status in (200, 400, 500):
        with pytest.raises(Ambiguous):
            answers.created(an_answer(b"<?xml version='1.0'?><error/>", status), "L1", domestic=True)
    with pytest.raises(AuthFailed):
        answers.created(an_answer({"status": "MISSING_PERMISSION"}, 401), "L1", domestic=True)


@pytest.mark.parametrize(
    ("code", "ours"),
    [
        ("030103", "registered"), ("040101", "handed_over"), ("040201", "problem"), ("170101", "out_for_delivery"),
        ("170501", "at_point"), ("170304", "in_transit"), ("701901", "at_point"), ("190101", "delivered"),
        ("501300", "delivered"), ("200201", "problem"), ("230402", "in_transit"), ("230403", "returned"), ("230310", "problem"),
    ],
)  # fmt: skip
def test_business_codes(code: str, ours: str) -> None:
    assert STATUSES.of(code) == (ours, True)


def test_a_password_with_angles_stays_text() -> None:
    body = tree(DPD.track("0000075077195U").body or b"")
    assert body.findtext("Body/getEventsForWaybillV1/authDataV1/password") == "p<&>"


@pytest.mark.parametrize("evil", [
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>', b"<html>", b"\xff\xfe", b"",
])  # fmt: skip
def test_xml_with_entities_is_junk(evil: bytes) -> None:
    with pytest.raises(Unavailable):
        answers.events(an_answer(evil, reads=True))


async def test_from_booking_to_delivery_over_a_redirect(
    rig: tuple[Simulator, DpdPl, httpx.AsyncClient],
) -> None:
    sim, dpd, http = rig
    two = (ParcelIn(reference="a", weight_g=900), ParcelIn(reference="b", weight_g=31_500))
    made = await dpd.create(a_shipment(parcels=two))
    assert len(made.numbers) == 2
    assert (await dpd.poll([made.id]))[0].numbers == made.numbers
    assert Booking.of(made.id) == Booking(True, made.numbers)
    number = made.numbers[0]
    for body in (
        {"status": "040101"},
        {"status": "230402", "new_number": "0000099999999W"},
        {"status": "999999"},
    ):
        assert (
            await http.post(f"{sim.url}/__sim/advance", json={"number": number} | body)
        ).status_code == 204
    found = await dpd.track([number, "0000000000000A"])
    assert [(e.raw, e.status, e.known, e.new_number) for e in found[number]] == [
        ("030103", "registered", True, None), ("040101", "handed_over", True, None),
        ("230402", "in_transit", True, "0000099999999W"), ("999999", "in_transit", False, None),
    ]  # fmt: skip
    assert all(abs((datetime.now(UTC) - e.at).total_seconds()) < 60 for e in found[number])
    assert found["0000000000000A"] == []


async def test_labels_protocol_and_pickup(rig: tuple[Simulator, DpdPl, httpx.AsyncClient]) -> None:
    sim, dpd, http = rig
    made = [await dpd.create(a_shipment(f"L1-{i}")) for i in range(2)]
    ids = [m.id for m in made]
    assert [scanned(f.content) for f in await dpd.labels(ids, "pdf")] == [list(m.numbers) for m in made]
    assert all(
        m.numbers[0].encode() in f.content for m, f in zip(made, await dpd.labels(ids, "zpl"), strict=True)
    )
    assert (await dpd.protocol(ids, DAY)).content.startswith(b"%PDF-")
    order = await dpd.order_pickup(ids, WINDOW, SENDER)
    assert (order.id, order.state) == ("20260001", "OK")
    state = (await http.get(f"{sim.url}/__sim/state")).json()
    assert state["protocols"] == [[m.numbers[0] for m in made]]
    assert state["pickups"][0]["pickupTimeFrom"] == "14:00"
    with pytest.raises(Rejected):
        await dpd.labels(["D:0000000000000X"], "pdf")
    with pytest.raises(Rejected):
        await dpd.protocol(["D:0000000000000X"], DAY)
    with pytest.raises(Rejected):
        await dpd.order_pickup([], WINDOW, SENDER)


async def test_the_carriers_own_refusal_names_our_field(
    rig: tuple[Simulator, DpdPl, httpx.AsyncClient],
) -> None:
    with pytest.raises(Rejected) as e:
        await rig[1].create(a_shipment(receiver={"postcode": "30-62"}))
    assert [(f.field, f.why) for f in e.value.field_errors] == [
        ("receiver.postcode", "Nieprawidłowy kod pocztowy odbiorcy")
    ]


async def test_it_cannot_look_up_or_cancel_and_says_so(
    rig: tuple[Simulator, DpdPl, httpx.AsyncClient],
) -> None:
    assert capabilities_of(rig[1]) == DpdPl.capabilities
    assert not isinstance(rig[1], Cancels)
    with pytest.raises(NotSupported, match="dpd_pl cannot find"):
        finder(rig[1])


async def test_a_wrong_password_is_the_accounts_trouble() -> None:
    async with at(simulated.DpdPl(), SECRETS | {"password": "wrong"}) as (_, dpd, _http):
        assert isinstance(dpd, DpdPl)
        with pytest.raises(AuthFailed):
            await dpd.create(a_shipment())
        with pytest.raises(AuthFailed):
            await dpd.track(["0000075077195U"])

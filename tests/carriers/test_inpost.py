"""InPost: what is sent, what is read, and a whole life of a parcel against the simulator."""

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from tests.carriers.rig import DAY, SENDER, WINDOW, a_shipment, at, cod, scanned
from wms.carriers.errors import AuthFailed, FieldError, Rejected, Unavailable, WebhookForged
from wms.carriers.inpost import answers, requests
from wms.carriers.inpost.adapter import InPost
from wms.carriers.inpost.statuses import STATUSES
from wms.carriers.port import ParcelIn, PointQuery, ShipmentIn, TrackNudge, capabilities_of
from wms.carriers.simulators import inpost as simulated
from wms.carriers.simulators.server import Simulator
from wms.carriers.wire import Answer

SECRETS = {"token": simulated.TOKEN, "organization_id": simulated.ORGANIZATION}
SHIPX = requests.Shipx(requests.Settings(mode="production"), requests.Access(token="t", organization_id="7"))


@pytest.fixture
async def rig() -> AsyncIterator[tuple[Simulator, InPost, httpx.AsyncClient]]:
    async with at(simulated.InPost(), SECRETS) as (sim, adapter, http):
        assert isinstance(adapter, InPost)
        yield sim, adapter, http


def locker(ref: str = "L1-78", **more: Any) -> ShipmentIn:
    return a_shipment(ref, service="locker", point="KRA012", **more)


def faults(s: ShipmentIn) -> set[tuple[str, str]]:
    with pytest.raises(Rejected) as e:
        SHIPX.create(s)
    return {(f.field, f.code) for f in e.value.field_errors}


def test_a_courier_booking_as_it_goes_over_the_wire() -> None:
    call = SHIPX.create(a_shipment(comment="Kruche", **cod()))
    assert (call.method, call.url) == (
        "POST",
        "https://api-shipx-pl.easypack24.net/v1/organizations/7/shipments",
    )
    assert call.headers["Authorization"] == "Bearer t"
    assert call.headers["Accept-Language"] == "keys"
    assert not call.reads
    body = msgspec.json.decode(call.body or b"")
    assert body["service"] == "inpost_courier_standard"
    assert body["receiver"] == {
        "first_name": "Łucja", "last_name": "Świątek", "email": "lucja@example.pl", "phone": "600100200",
        "address": {
            "street": "Źródlana", "building_number": "7/3", "city": "Kraków", "post_code": "30-624", "country_code": "PL"
        },
    }  # fmt: skip
    assert body["parcels"] == [
        {
            "dimensions": {"length": 300, "width": 200, "height": 100, "unit": "mm"},
            "weight": {"amount": 1.25, "unit": "kg"},
        }
    ]
    assert body["cod"] == body["insurance"] == {"amount": 129.9, "currency": "PLN"}
    assert (body["reference"], body["comments"]) == ("L1-77", "Kruche")


def test_a_locker_booking_has_a_size_and_a_point_and_no_address() -> None:
    body = msgspec.json.decode(SHIPX.create(locker()).body or b"")
    assert body["parcels"] == [{"template": "medium"}]
    assert body["custom_attributes"] == {"target_point": "KRA012"}
    assert "address" not in body["receiver"]


@pytest.mark.parametrize(
    ("mm", "size"), [((640, 380, 80), "small"), ((80, 640, 380), "small"), ((81, 1, 1), "small"), ((100, 200, 300), "medium"),
                     ((191, 380, 640), "large")]
)  # fmt: skip
def test_the_smallest_locker_that_holds_the_box(mm: tuple[int, int, int], size: str) -> None:
    parcel = ParcelIn(reference="p", weight_g=1, length_mm=mm[0], width_mm=mm[1], height_mm=mm[2])
    body = msgspec.json.decode(SHIPX.create(locker(parcels=(parcel,))).body or b"")
    assert body["parcels"] == [{"template": size}]


def test_what_shipx_would_refuse_is_refused_here_with_every_field() -> None:
    assert faults(locker(receiver={"phone": None, "email": None})) == {
        ("receiver.phone", "missing"), ("receiver.email", "missing")
    }  # fmt: skip
    assert faults(a_shipment(receiver={"street": "Ź" * 300, "name": "x" * 256})) == {
        ("receiver.street", "too-long"), ("receiver.name", "too-long"), ("receiver.street", "number-missing"),
    }  # fmt: skip
    assert ("point", "missing") in faults(a_shipment(service="locker"))
    heavy = ParcelIn(reference="p", weight_g=25_001, length_mm=1, width_mm=1, height_mm=1)
    assert faults(locker(parcels=(heavy,))) == {("parcels.0.weight_g", "too-heavy")}
    large = ParcelIn(reference="p", weight_g=1, length_mm=411, width_mm=411, height_mm=411)
    assert faults(locker(parcels=(large,))) == {("parcels.0", "too-large")}
    bare = ParcelIn(reference="p", weight_g=1)
    assert len(faults(a_shipment(parcels=(bare,)))) == 3


def test_both_shapes_of_details_become_paths_of_ours() -> None:
    said = {
        "error": "validation_failed",
        "details": {
            "name": ["required"], "custom_attributes": [{"target_point": ["does_not_exist"]}],
            "receiver": [{"phone": ["invalid"], "address": [{"post_code": ["invalid_format"], "building_number": ["required"]}]}],
            "parcels": [{"weight": [{"amount": ["too_big"]}]}, {"dimensions": {"length": ["required"]}}],
        },
    }  # fmt: skip
    assert {(e.field, e.code) for e in answers.refusals(said)} == {
        ("name", "required"), ("point", "does_not_exist"), ("receiver.phone", "invalid"),
        ("receiver.postcode", "invalid_format"), ("receiver.street", "required"), ("parcels.0.weight_g", "too_big"),
        ("parcels.1.length_mm", "required"),
    }  # fmt: skip
    assert list(answers.refusals({"error": "no_carriers", "message": "Brak przewoźnika"})) == [
        FieldError("", "no_carriers", "Brak przewoźnika")
    ]


def test_all_53_statuses_are_mapped_and_an_unknown_one_keeps_its_word() -> None:
    assert len(STATUSES.exact) == 53
    assert STATUSES.of("taken_by_courier") == ("handed_over", True)
    assert STATUSES.of("beamed_up") == ("in_transit", False)
    assert STATUSES.told >= {"beamed_up"}


def test_a_booking_that_the_background_job_gave_up_is_rejected() -> None:
    gone = {"id": 1, "status": "offer_selected", "reference": "L1",
            "transactions": [{"status": "failure", "details": {"error": "debt_collection", "message": "Zaległości"}}]}  # fmt: skip
    with pytest.raises(Rejected, match="Zaległości"):
        answers.created(gone)


async def test_from_booking_to_delivery(rig: tuple[Simulator, InPost, httpx.AsyncClient]) -> None:
    sim, inpost, http = rig
    made = await inpost.create(locker())
    assert made.numbers == ()
    (ready,) = await inpost.poll([made.id])
    (number,) = ready.numbers
    assert (len(number), ready.reference) == (24, "L1-78")
    assert [c.id for c in await inpost.find_by_reference("L1-78")] == [made.id]
    assert await inpost.find_by_reference("L1-7") == [], "the carrier's search is a loose one, ours is not"
    for status in ("taken_by_courier", "beamed_up", "delivered"):
        body = {"number": number, "status": status, "unknown": True}
        hook = (await http.post(f"{sim.url}/__sim/advance", json=body)).content
        assert inpost.parse_webhook(hook) == [TrackNudge(made.id, number)]
    events = (await inpost.track([number, "000"]))[number]
    assert [(e.status, e.known) for e in events] == [
        ("registered", True), ("ready", True), ("handed_over", True), ("in_transit", False), ("delivered", True)
    ]  # fmt: skip
    assert all(e.at.tzinfo is UTC for e in events)
    assert (await inpost.track(["000"])) == {"000": []}


async def test_the_number_comes_when_shipx_has_confirmed() -> None:
    async with at(simulated.InPost(confirm_s=60), SECRETS) as (sim, inpost, http):
        assert isinstance(inpost, InPost)
        made = await inpost.create(a_shipment())
        assert (await inpost.poll([made.id]))[0].numbers == ()
        with pytest.raises(Rejected, match="status"):
            await inpost.labels([made.id], "pdf")
        await http.post(f"{sim.url}/__sim/settings", json={"confirm_s": 0})
        assert (await inpost.poll([made.id, "404404"]))[0].numbers


async def test_labels_scan_as_pdf_and_carry_the_number_as_zpl(
    rig: tuple[Simulator, InPost, httpx.AsyncClient],
) -> None:
    _, inpost, _ = rig
    two = (
        ParcelIn(reference="a", weight_g=900, length_mm=100, width_mm=100, height_mm=100),
        ParcelIn(reference="b", weight_g=900, length_mm=100, width_mm=100, height_mm=100),
    )
    made = [await inpost.create(a_shipment("L1-1", parcels=two)), await inpost.create(a_shipment("L1-2"))]
    ready = await inpost.poll([m.id for m in made])
    assert [len(r.numbers) for r in ready] == [2, 1]
    files = await inpost.labels([m.id for m in made], "pdf")
    assert [scanned(f.content) for f in files] == [list(r.numbers) for r in ready]
    for file, r in zip(await inpost.labels([m.id for m in made], "zpl"), ready, strict=True):
        assert file.content.count(b"^XA") == len(r.numbers)
        assert all(n.encode() in file.content for n in r.numbers)


async def test_a_sheet_is_one_file_or_what_was_in_the_archive(
    rig: tuple[Simulator, InPost, httpx.AsyncClient],
) -> None:
    _, inpost, _ = rig
    first, second = await inpost.create(a_shipment("L1-1")), await inpost.create(a_shipment("L1-2"))
    third = await inpost.create(locker("L1-3"))
    same = await inpost.label_sheet([first.id, second.id], "pdf")
    assert [len(scanned(f.content)) for f in same] == [2]
    mixed = await inpost.label_sheet([first.id, second.id, third.id], "pdf")
    assert sorted(len(scanned(f.content)) for f in mixed) == [1, 2]


def an_answer(body: bytes, status: int = 200) -> Answer:
    return Answer(status=status, media_type="", headers={}, body=body, reads=True)


def test_what_is_no_label_is_not_taken_for_one() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("a.pdf", b"\0" * (answers.MOST_UNPACKED + 1))
    for body in (b"", b"<html>", b"%PDF-1.4 cut", b"PK\x03\x04", bomb.getvalue()):
        with pytest.raises(Unavailable):
            answers.sheet(an_answer(body), "pdf")
        with pytest.raises(Unavailable):
            answers.label(an_answer(body), "zpl")


async def test_cancelling_before_and_after_it_is_confirmed(
    rig: tuple[Simulator, InPost, httpx.AsyncClient],
) -> None:
    sim, inpost, http = rig
    await http.post(f"{sim.url}/__sim/settings", json={"confirm_s": 60})
    early = await inpost.create(a_shipment("L1-1"))
    assert (await inpost.cancel(early.id)).cancelled
    assert await inpost.find_by_reference("L1-1") == [], "a cancelled booking settles nothing"
    await http.post(f"{sim.url}/__sim/settings", json={"confirm_s": 0})
    late = await inpost.create(a_shipment("L1-2"))
    refused = await inpost.cancel(late.id)
    assert (refused.cancelled, "confirmed" in refused.why) == (False, True)
    assert not (await inpost.cancel("404404")).cancelled


async def test_pickup_printout_and_points(rig: tuple[Simulator, InPost, httpx.AsyncClient]) -> None:
    sim, inpost, http = rig
    made = await inpost.create(a_shipment())
    order = await inpost.order_pickup([made.id], WINDOW, SENDER)
    assert (order.id, order.state) == ("5000", "new")
    with pytest.raises(Rejected, match="not found"):
        await inpost.order_pickup(["404404"], WINDOW, SENDER)
    state = (await http.get(f"{sim.url}/__sim/state")).json()
    assert state["pickups"][0]["shipments"] == [made.id]
    paper = await inpost.protocol([made.id], DAY)
    assert (paper.media_type, paper.content[:5]) == ("application/pdf", b"%PDF-")
    with pytest.raises(Rejected, match="1 to 100"):
        await inpost.protocol(["1"] * 101, DAY)
    (point,) = await inpost.points(PointQuery(code="KRA012"))
    assert (point.street, point.postcode, point.open) == ("Źródlana 1", "30-624", True)
    assert not (await inpost.points(PointQuery(city="Łódź")))[0].open
    assert await inpost.points(PointQuery(code="XXX")) == []


async def test_the_carriers_own_refusal_names_our_field(
    rig: tuple[Simulator, InPost, httpx.AsyncClient],
) -> None:
    _, inpost, _ = rig
    for change, field in (
        ({"phone": "12345"}, "receiver.phone"),
        ({"postcode": "30624"}, "receiver.postcode"),
    ):
        with pytest.raises(Rejected) as e:
            await inpost.create(a_shipment(receiver=change))
        assert [f.field for f in e.value.field_errors] == [field]
    with pytest.raises(Rejected) as e:
        await inpost.create(a_shipment(service="locker", point="XXX000"))
    assert e.value.field_errors[0].field == "point"


async def test_a_wrong_token_is_the_accounts_trouble() -> None:
    async with at(simulated.InPost(), SECRETS | {"token": "wrong"}) as (_, inpost, _http):
        with pytest.raises(AuthFailed):
            await inpost.create(a_shipment())
    async with at(simulated.InPost(), {"token": "only"}) as (sim, inpost, _http):
        with pytest.raises(AuthFailed, match="organization_id"):
            await inpost.create(a_shipment())
        assert sim.calls == []


def test_webhooks_are_signed_in_either_way_or_forged() -> None:
    inpost = InPost.__new__(InPost)
    inpost.settings = requests.Settings(mode="test")
    body, secret = b'{"payload":{"shipment_id":49,"status":"delivered","tracking_number":null}}', "geheim"
    inpost.verify_webhook(simulated.signed(body, secret), body, secret)
    inpost.verify_webhook(simulated.signed(body, secret, "1763800000"), body, secret)
    assert inpost.parse_webhook(body) == [TrackNudge("49", None)]
    forged = [
        ({}, body, secret), (simulated.signed(body, "other"), body, secret), (simulated.signed(body, secret), body + b" ", secret),
        (simulated.signed(body, ""), body, ""), ({"x-inpost-signature": "żółć"}, body, secret),
    ]  # fmt: skip
    for headers, raw, key in forged:
        with pytest.raises(WebhookForged):
            inpost.verify_webhook(headers, raw, key)
    for junk in (b"", b"[]", b"{}", b'{"payload":[]}', b'{"payload":{"shipment_id":{}}}'):
        with pytest.raises(WebhookForged):
            inpost.parse_webhook(junk)
    inpost.settings = requests.Settings(mode="test", webhooks="unsigned")
    inpost.verify_webhook({}, body, "")


async def test_what_it_says_it_can_is_what_it_has_calls_for(
    rig: tuple[Simulator, InPost, httpx.AsyncClient],
) -> None:
    assert capabilities_of(rig[1]) == InPost.capabilities


def test_a_pickup_tells_the_window_in_local_time() -> None:
    call = SHIPX.pickup(
        ["1"], (datetime(2026, 7, 1, 10, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC)), SENDER
    )
    assert msgspec.json.decode(call.body or b"")["office_hours"] == "12:00-14:00"

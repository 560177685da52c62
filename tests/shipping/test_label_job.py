"""The label job against the carriers' simulators: their own bytes, checked, and never a second booking."""

import io
import socket
import zipfile
from typing import Any

import msgspec
import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.builders import a_carrier, a_shop, a_sku, unique
from tests.carriers.rig import scanned
from tests.conftest import Server
from tests.desk import at_desk
from tests.shipping.bought import at_carrier
from tests.shipping.faulty import Courier, OneCourier
from tests.shipping.flow import Wanted, a_bench, a_picked_order, ok, order_state, packed, person, refused
from wms.carriers.port import Created, ShipmentIn
from wms.carriers.simulators.catalogue import OFFERS
from wms.carriers.simulators.faults import Fault
from wms.carriers.simulators.inpost import InPost
from wms.carriers.simulators.server import PAGE, Reply, Request
from wms.config import Settings
from wms.db.tx import Database
from wms.shipping.adapters import Carriers
from wms.shipping.buy_label import buy_label
from wms.shipping.sweep_labels import cancel_booking, sweep_labels


@pytest.mark.parametrize("name", OFFERS)
async def test_the_carriers_own_bytes_are_served(
    name: str, db: Database, server: Server, settings: Settings
) -> None:
    async with at_carrier(db, server, name, home=settings.home, formats='["pdf", "zpl"]') as scene:
        parcel = await scene.parcel()
        assert await parcel.buy() is None
        row = await parcel.row()
        assert (row["state"], row["template"], row["error"]) == ("ready", None, None), row
        assert row["accepted_at"] <= row["fetched_at"] <= row["ready_at"]
        number = row["tracking_number"]
        pdf = await scene.api.get(f"{parcel.path}/file")
        assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
        assert b"%PDF" in pdf.content[:8]
        assert scanned(pdf.content) == [number]
        zpl = (await scene.api.get(f"{parcel.path}/file?format=zpl")).content
        assert zpl.lstrip().startswith(b"^XA")
        assert number.encode() in zpl
        async with db.begin() as tx:
            kept = await tx.rows(
                "select name, bytes from document where shop_id = $1 and subject_id = $2 and kind = 'label' order by name",
                scene.shop.id,
                parcel.id,
            )
        assert [(r["name"], r["bytes"]) for r in kept] == [
            (f"{number}.pdf", pdf.content),
            (f"{number}.zpl", zpl),
        ]
        ok(await scene.api.post(f"{parcel.path}/confirm", json={"scan": number}))
        assert (await parcel.row())["scanned_at"] is not None
        assert await order_state(db, parcel.order) == "labelled"
        assert scene.bookings() == 1
        assert await parcel.buy() is None  # and once more, for nothing
        assert scene.bookings() == 1


def blank() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(283, 425))
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("label.pdf", b"%PDF")
    return out.getvalue()


class Careless(InPost):
    """Answers the next calls for a label with other things, and says that all is well."""

    def __init__(self, *instead: bytes) -> None:
        super().__init__()
        self.instead = list(instead)

    def _label(self, r: Request, id: str) -> Reply:
        if self.instead:
            return Reply(200, self.instead.pop(0), "application/pdf")
        return super()._label(r, id)


async def test_what_is_no_label_is_refused_shown_and_fetched_again(
    db: Database, server: Server, settings: Settings
) -> None:
    careless = Careless(blank(), PAGE, archive())
    async with at_carrier(db, server, "inpost", careless, home=settings.home) as scene:
        parcel = await scene.parcel()
        for why in ("blank", "no whole pdf label", "no whole pdf label"):
            assert await parcel.buy() is not None
            shown = await parcel.shown()
            assert (shown["state"], why in shown["error_detail"]) == ("accepted", True), shown
            assert shown["retry_at"] is not None
            refused(await scene.api.get(f"{parcel.path}/file"), "no-label-yet")
            waiting = ok(await scene.api.get("/labels/waiting?limit=500"))["items"]
            assert (scene.shop.id, parcel.label_id) in {(x["shop_id"], x["id"]) for x in waiting}
        async with db.begin() as tx:
            await tx.run("update label set retry_at = now() where id = $1", parcel.label_id)
            assert await sweep_labels(tx) >= 1
        assert await parcel.buy() is None
        assert (await parcel.row())["state"] == "ready"
        assert len(await scene.events("label.failed", parcel.id)) == 3
        assert scene.bookings() == 1


async def test_a_number_that_comes_late(db: Database, server: Server, settings: Settings) -> None:
    async with at_carrier(db, server, "inpost", InPost(confirm_s=3600), home=settings.home) as scene:
        parcel = await scene.parcel()
        assert await parcel.buy() is not None
        row = await parcel.row()
        assert (row["state"], row["tracking_number"], row["in_doubt_since"]) == ("accepted", None, None)
        assert (await scene.control("settings", {"confirm_s": 0})).status_code == 204
        assert await parcel.buy() is None
        assert (await parcel.row())["state"] == "ready"
        assert scene.bookings() == 1


async def test_the_carriers_field_errors_are_shown(db: Database, server: Server, settings: Settings) -> None:
    async with at_carrier(db, server, "inpost", home=settings.home) as scene:
        parcel = await scene.parcel()
        async with db.begin() as tx:
            await tx.run("update orders set phone = '123' where id = $1", parcel.order.id)
        assert await parcel.buy() is None
        shown = await parcel.shown()
        assert (shown["state"], shown["error_code"], shown["retry_at"]) == ("failed", "rejected", None)
        (event,) = await scene.events("label.failed", parcel.id)
        assert event["fields"][0][0] == "receiver.phone"
        async with db.begin() as tx:
            await tx.run("update orders set phone = '600100200' where id = $1", parcel.order.id)
        assert ok(await scene.api.post(parcel.path))["state"] == "requested"
        assert await parcel.buy() is None
        assert ((await parcel.row())["state"], scene.bookings()) == ("ready", 1)


async def test_what_we_know_of_a_carrier_is_said_in_the_readers_language(
    db: Database, server: Server, settings: Settings
) -> None:
    async with at_carrier(db, server, "dhl24", home=settings.home) as scene:
        parcel = await scene.parcel()
        async with db.begin() as tx:
            await tx.run("update orders set street = 'Rynek' where id = $1", parcel.order.id)
        assert await parcel.buy() is None
        async with db.begin() as tx:
            await tx.run(
                "update label set requested_at = requested_at - interval '2 minutes' where parcel_id = $1",
                parcel.id,
            )
        for lang, said, why in (
            ("pl", "Ulica: DHL wymaga numeru domu", "Przewoźnik odrzuca paczkę"),
            ("en", "Street: DHL needs the number of the house", "The carrier refuses the parcel"),
        ):
            async with at_desk(db, server, "supervisor", "packer", lang=lang) as desk:
                for page in (
                    await desk.open(f"/desk/orders/{scene.shop.id}/{parcel.order.id}"),
                    await desk.open("/desk/exceptions", kind="label", shop=scene.shop.id),
                    await desk.open(f"/desk/pack/label/{scene.shop.id}/{parcel.id}"),
                    await desk.open(f"/floor/pack-singles/label/{scene.shop.id}/{parcel.id}"),
                ):
                    assert f"{why}: {said}. " in page


@pytest.mark.parametrize(("fault", "booked"), [("reset_after", 1), ("reset_before", 0)])
async def test_a_carrier_that_cannot_be_asked_leaves_it_to_a_person(
    fault: Any, booked: int, db: Database, server: Server, settings: Settings
) -> None:
    async with at_carrier(db, server, "dpd_pl", home=settings.home) as scene:
        parcel = await scene.parcel()
        scene.sim.plan.add(Fault(kind=fault, call="create"))
        for _ in range(3):  # never a second paid label by itself
            assert await parcel.buy() is None
        assert scene.bookings() == booked
        shown = await parcel.shown()
        assert (shown["state"], shown["error_code"], shown["retry_at"]) == (
            "unknown",
            "unknown-outcome",
            None,
        )
        refused(await scene.api.post(parcel.path), "label-undecided")
        refused(await scene.api.delete(parcel.path), "label-undecided")
        refused(
            await scene.api.post(f"{parcel.path}/number", json={"number": "0000075077000U"}),
            "nothing-to-decide",
        )
        async with person(db, server, "packer") as packer:
            refused(await packer.post(f"{parcel.path}/not-booked"), "not-allowed", 403)
        async with db.begin() as tx:
            await tx.run("update label set retry_at = now() where id = $1", parcel.label_id)
            await sweep_labels(tx)
        if booked:
            carrier: Any = scene.sim.carrier
            waybill = carrier.bookings[0]["packages"][0]["parcels"][0]["waybill"]
            refused(
                await scene.api.post(f"{parcel.path}/booked", json={"number": "none"}),
                "number-not-taken",
                422,
            )
            ok(await scene.api.post(f"{parcel.path}/booked", json={"number": waybill}))
        else:
            ok(await scene.api.post(f"{parcel.path}/not-booked"))
        assert await parcel.buy() is None
        row = await parcel.row()
        assert (row["state"], scene.bookings()) == ("ready", 1), row["error"]
        assert scanned((await scene.api.get(f"{parcel.path}/file")).content) == [row["tracking_number"]]
        refused(await scene.api.post(f"{parcel.path}/not-booked"), "nothing-to-decide")


async def test_a_proven_absence_is_simply_tried_again(
    db: Database, server: Server, settings: Settings
) -> None:
    async with at_carrier(db, server, "dpd_pl", home=settings.home) as scene:
        parcel = await scene.parcel()
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            await scene.settings(base_url=f"http://127.0.0.1:{s.getsockname()[1]}")
            assert await parcel.buy() is not None
        shown = await parcel.shown()
        assert (shown["state"], shown["error_code"]) == ("failed", "unavailable")
        assert (await parcel.row())["in_doubt_since"] is None
        await scene.settings()
        assert await parcel.buy() is None
        assert ((await parcel.row())["state"], scene.bookings()) == ("ready", 1)


async def test_a_number_on_another_parcel_is_not_taken(
    db: Database, server: Server, settings: Settings
) -> None:
    async with at_carrier(db, server, "dpd_pl", home=settings.home) as scene:
        one, two = await scene.parcel(), await scene.parcel()
        assert await one.buy() is None
        scene.sim.plan.add(Fault(kind="reset_after", call="create"))
        assert await two.buy() is None
        body = {"number": (await one.row())["tracking_number"]}
        refused(await scene.api.post(f"{two.path}/booked", json=body), "number-on-another-parcel")


class Buggy(Courier):
    """A plug-in that books and then falls over its own feet."""

    async def create(self, s: ShipmentIn) -> Created:
        fault = bool(self.moods)
        self.moods.clear()
        made = await super().create(s)
        if fault:
            raise KeyError("tracking")
        return made


class NoLookUp:
    """The same courier without its look-up."""

    code, capabilities = "courier", Courier.capabilities

    def __init__(self, courier: Courier) -> None:
        self.create, self.poll, self.cancel = courier.create, courier.poll, courier.cancel


@pytest.mark.parametrize("finds", [True, False])
async def test_an_error_of_no_known_kind_may_have_booked(finds: bool, db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db, adapter="dpd_pl")
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
    async with a_bench(db, server) as bench:
        parcel = await packed(bench, order, [(mug, 1)])
        label = ok(await bench.api.post(f"/shops/{shop.id}/parcels/{parcel}/label"))["label_id"]
    courier = Buggy(lambda: unique("N"))
    courier.moods = ["bug"]
    carriers = OneCourier(db, courier if finds else NoLookUp(courier))  # type: ignore[arg-type]
    for _ in range(3):
        await buy_label(db, carriers, shop.id, label)
    assert sum(map(len, courier.booked.values())) == 1
    async with db.begin() as tx:
        row = await tx.row("select * from label where shop_id = $1 and id = $2", shop.id, label)
    assert row is not None
    assert row["state"] == ("ready" if finds else "unknown")
    assert finds or "KeyError" in row["error"]


async def test_typed_in_by_hand(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    async with db.begin() as tx:
        await tx.run(
            "update carrier set adapter = 'manual', settings = $2::jsonb where id = $1",
            carrier.id,
            '{"pattern": "[0-9]{6}[A-Z]{2}", "example": "123456PL"}',
        )
    mug = await a_sku(db, shop=shop)
    carriers = Carriers(db)
    async with a_bench(db, server) as bench:
        api = bench.api
        numbers: list[str] = []
        for n in range(2):
            order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
            parcel = await packed(bench, order, [(mug, 1)])
            path = f"/shops/{shop.id}/parcels/{parcel}/label"
            label = ok(await api.post(path))["label_id"]
            assert await buy_label(db, carriers, shop.id, label) is None
            shown = ok(await api.get(path))
            assert (shown["state"], shown["error_code"], shown["retry_at"]) == (
                "accepted",
                "number-wanted",
                None,
            )
            assert "type" in shown["error"].lower() or "wpisz" in shown["error"].lower()
            body = refused(await api.post(f"{path}/number", json={"number": "12PL"}), "number-not-taken", 422)
            assert "123456PL" in body["detail"]
            if numbers:
                refused(
                    await api.post(f"{path}/number", json={"number": numbers[0]}), "number-on-another-parcel"
                )
            typed = f"{label % 10**6:06d}pl"
            assert (
                ok(await api.post(f"{path}/number", json={"number": f" {typed[:3]}-{typed[3:]} "}))["state"]
                == "accepted"
            )
            assert await buy_label(db, carriers, shop.id, label) is None
            shown = ok(await api.get(path))
            assert (shown["state"], shown["tracking_number"]) == ("ready", typed.upper())
            numbers.append(typed.upper())
            assert scanned((await api.get(f"{path}/file")).content)[:1] == [typed.upper()]
            assert await order_state(db, order) == "labelled", n


@pytest.mark.parametrize(("name", "kind"), [("gls_pl", "cancelled"), ("dhl24", "cancelled"), ("inpost", "not_cancelled"), ("dpd_pl", "not_cancelled")])  # fmt: skip
async def test_void_before_the_handover(
    name: str, kind: str, db: Database, server: Server, settings: Settings
) -> None:
    async with at_carrier(db, server, name, home=settings.home) as scene:
        parcel = await scene.parcel()
        assert await parcel.buy() is None
        ok(await scene.api.delete(f"{parcel.path}?reason=wrong carton"))
        scene.sim.plan.add(Fault(kind="error_before", call="cancel", status=503))
        if name != "dpd_pl":
            assert not await cancel_booking(db, scene.carriers, scene.shop.id, parcel.label_id)
        assert await cancel_booking(db, scene.carriers, scene.shop.id, parcel.label_id)
        assert await cancel_booking(db, scene.carriers, scene.shop.id, parcel.label_id)
        (event,) = await scene.events(f"label.{kind}", parcel.id)
        shown = await parcel.shown()
        assert shown["state"] == "void"
        if name == "dpd_pl":  # refused by name
            assert event["why"] == "dpd_pl cannot cancel"
        assert ok(await scene.api.post(parcel.path))["label_id"] != parcel.label_id


async def test_void_while_nobody_knows_whether_it_was_booked(
    db: Database, server: Server, settings: Settings
) -> None:
    async with at_carrier(db, server, "gls_pl", home=settings.home) as scene:
        parcel = await scene.parcel()
        scene.sim.plan.add(Fault(kind="reset_after", call="create"))
        assert await parcel.buy() is not None
        assert ((await parcel.row())["error_code"], scene.bookings()) == ("ambiguous", 1)
        ok(await scene.api.delete(f"{parcel.path}?reason=wrong carton"))
        assert await cancel_booking(db, scene.carriers, scene.shop.id, parcel.label_id)
        assert scene.bookings() == 0


async def test_booked_twice_by_the_network_is_told(db: Database, server: Server, settings: Settings) -> None:
    async with at_carrier(db, server, "inpost", home=settings.home) as scene:
        parcel = await scene.parcel()
        scene.sim.plan.add(Fault(kind="reset_after", call="create"))
        assert await parcel.buy() is not None
        carrier: Any = scene.sim.carrier
        body = {
            k: v
            for k, v in carrier.shipments[1_000_000].items()
            if k not in ("id", "history", "transactions")
        }
        headers = {"authorization": "Bearer simulated-token"}
        carrier.answer(
            "create", Request("POST", "/v1/organizations/7/shipments", [], headers, msgspec.json.encode(body))
        )
        assert await parcel.buy() is None
        (event,) = await scene.events("label.booked_twice", parcel.id)
        assert (event["others"], scene.bookings()) == (["1000001"], 2)

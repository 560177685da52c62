"""From the closed parcel to the label in a packer's hand, and all that a person can do about it in between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from tests.builders import ASku, a_carrier, a_shop, a_sku, bearer, signed_in
from tests.conftest import Api, Server
from tests.desk import at_desk
from tests.printing.rig import APrinter, a_printer, bound, job, job_is, printer_is, printing, until
from tests.shipping.flow import (
    CARTON_G,
    Bench,
    PickedOrder,
    Wanted,
    a_bench,
    a_picked_order,
    labelled,
    ok,
    packed,
    refused,
)
from wms.db.tx import Database
from wms.events.documents import keep_document
from wms.packing.print_slip import print_slip
from wms.printing.queries import JobRow
from wms.printing.simulator.virtual_printer import Change, Fault
from wms.shipping.print_label import label_job


@dataclass
class Table:
    """A packer at PACK-1 with a printer, and one parcel that is closed."""

    db: Database
    bench: Bench
    printer: APrinter
    order: PickedOrder
    parcel_id: int
    mug: ASku

    @property
    def path(self) -> str:
        return f"/shops/{self.order.shop.id}/parcels/{self.parcel_id}"

    async def job(self) -> JobRow:
        async with self.db.begin() as tx:
            found = await label_job(tx, self.order.shop.id, self.parcel_id)
        assert found is not None
        return found

    async def label(self) -> str:
        return await labelled(self.db, self.bench.api, self.order.shop.id, self.parcel_id)


@asynccontextmanager
async def a_table(db: Database, server: Server) -> AsyncIterator[Table]:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    async with a_bench(db, server) as bench, a_printer(db, bench.warehouse) as printer:
        await bound(db, bench.warehouse.locations["PACK-1"], printer)
        order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2)])
        parcel_id = await packed(bench, order, [(mug, 2)])
        try:
            yield Table(db, bench, printer, order, parcel_id, mug)
        finally:
            async with db.begin() as tx:
                await tx.run("delete from printer_place where printer_id = $1", printer.id)


async def test_a_ready_label_comes_out_at_the_station_that_closed_the_parcel(
    db: Database, server: Server
) -> None:
    async with a_table(db, server) as t, printing(db):
        await t.label()
        last = await t.job()
        assert (last.ref, last.place) == (f"{t.order.number}/1", "PACK-1")
        await job_is(db, last.id, "printed")
        (came,) = t.printer.it.labels
        assert t.order.number.encode() in came.content
        assert came.content.startswith(b"^XA^CI28")


async def test_a_reprint_needs_a_reason(db: Database, server: Server) -> None:
    async with a_table(db, server) as t, printing(db):
        refused(await t.bench.api.post(f"{t.path}/label/print", json={}), "no-label-yet")
        await t.label()
        await job_is(db, (await t.job()).id, "printed")
        for body in ({}, {"reason": "because"}):
            refused(await t.bench.api.post(f"{t.path}/label/print", json=body), "print-reason", 422)
        made = ok(await t.bench.api.post(f"{t.path}/label/print", json={"reason": "spoiled"}))
        await job_is(db, made["job_id"], "printed")
        last = await t.job()
        assert last.reason == "spoiled"
        assert last.person
        assert len(t.printer.it.labels) == 2
        async with db.begin() as tx:
            told = await tx.value(
                "select data ->> 'reason' from event where shop_id = $1 and kind = 'label.reprinted' and subject_id = $2",
                t.order.shop.id,
                t.parcel_id,
            )
        assert told == "spoiled"
        elsewhere = {"station_id": t.bench.warehouse.locations["PACK-2"], "reason": "lost"}
        refused(await t.bench.api.post(f"{t.path}/label/print", json=elsewhere), "no-printer")


async def test_a_voided_label_does_not_come_out_any_more(db: Database, server: Server) -> None:
    async with a_table(db, server) as t, printing(db):
        t.printer.it.change(Change(paused=True))
        await t.label()
        await printer_is(db, t.printer, "paused")
        waits = await t.job()
        ok(await t.bench.api.delete(f"{t.path}/label"))
        assert (await job(db, waits.id)).state == "cancelled"
        t.printer.it.change(Change(paused=False))
        await printer_is(db, t.printer, "ready")
        assert t.printer.it.labels == []


async def test_a_cancelled_order_takes_its_label_out_of_the_queue(db: Database, server: Server) -> None:
    async with a_table(db, server) as t, printing(db):
        t.printer.it.change(Change(head_open=True))
        await t.label()
        waits = await t.job()
        boss = bearer(await signed_in(db, roles=["supervisor"]))
        path = f"/orders/{t.order.id}/cancel"
        ok(
            await t.bench.api.post(
                path, json={"reason": "no"}, headers=boss, params={"shop_id": t.order.shop.id}
            )
        )
        assert (await job(db, waits.id)).state == "cancelled"
        async with db.begin() as tx:
            gone = await tx.value("select content is null from print_job where id = $1", waits.id)
            assert gone, "no address stays"


async def test_a_label_scanned_on_its_box_did_come_out(db: Database, server: Server) -> None:
    """Printed in the browser while the printer was off, it does not come out a second time."""
    async with a_table(db, server) as t, printing(db):
        t.printer.it.change(Change(paper=0))
        number = await t.label()
        await printer_is(db, t.printer, "paper_out")
        ok(await t.bench.api.post(f"{t.path}/label/confirm", json={"scan": number}))
        assert (await t.job()).state == "cancelled"
        t.printer.it.change(Change(paper=10))
        refused(await t.bench.api.post(f"{t.path}/label/print", json={}), "print-reason", 422)


async def test_an_unknown_outcome_is_settled_by_the_scan(db: Database, server: Server) -> None:
    async with a_table(db, server) as t, printing(db):
        t.printer.it.faults.append(Fault(kind="reset_after"))
        number = await t.label()
        await job_is(db, (await t.job()).id, "unknown")
        assert len(t.printer.it.labels) == 1
        ok(await t.bench.api.post(f"{t.path}/label/confirm", json={"scan": number}))
        assert (await t.job()).state == "printed"


@pytest.mark.parametrize(
    ("zpl", "state", "code"),
    [
        (b"^XA^MMT^FO20,20^A0N,30,30^FDfrom the carrier^FS^XZ", "printed", None),
        (b"^XA^IDR:*.*^FS^FO20,20^FDfrom the carrier^FS^XZ", "failed", "foreign-zpl"),
        (None, "failed", "no-zpl"),
    ],
)
async def test_a_carriers_own_label(
    db: Database, server: Server, zpl: bytes | None, state: str, code: str | None
) -> None:
    async with a_table(db, server) as t, printing(db):
        await t.label()
        await job_is(db, (await t.job()).id, "printed")
        shop = t.order.shop.id
        async with db.begin() as tx:
            kept = await keep_document(
                tx, shop, "label", "parcel", t.parcel_id, "x", "application/zpl", zpl or b"%PDF-1.4"
            )
            await tx.run(
                "update label set template = null, files = jsonb_build_object($3::text, $4::bigint) where shop_id = $1 and parcel_id = $2",
                shop,
                t.parcel_id,
                "zpl" if zpl else "pdf",
                kept,
            )
        made = ok(await t.bench.api.post(f"{t.path}/label/print", json={"reason": "lost"}))
        await job_is(db, made["job_id"], state)
        found = await t.job()
        assert found.error_code == code
        if code == "foreign-zpl":
            assert "^ID w bajcie 3: odczytuje lub zmienia" in found.trouble("pl")
        if state == "printed":
            assert t.printer.it.labels[-1].content == b"^XA^FO20,20^A0N,30,30^FDfrom the carrier^FS^XZ"


async def test_a_head_of_another_density_gets_no_label_of_the_wrong_size(
    db: Database, server: Server
) -> None:
    async with a_table(db, server) as t, printing(db):
        async with db.begin() as tx:
            await tx.run("update printer set dots_per_mm = 12 where id = $1", t.printer.id)
        await t.label()
        last = await t.job()
        assert (last.state, last.error_code) == ("failed", "density")


async def test_the_slip_comes_out_of_the_stations_paper_printer(db: Database, server: Server) -> None:
    async with (
        a_table(db, server) as t,
        a_printer(db, t.bench.warehouse, kind="paper") as paper,
        printing(db),
    ):
        assert await print_slip(db, t.order.shop.id, t.parcel_id) is None, "no paper printer here yet"
        await bound(db, t.bench.warehouse.locations["PACK-1"], paper)
        second = await a_picked_order(
            db, shop=t.order.shop, carrier=await a_carrier(db), lines=[Wanted(t.mug, 2)]
        )
        parcel_id = await packed(t.bench, second, [(t.mug, 2)])
        async with db.begin() as tx:
            asked = await tx.value(
                """select count(*) from procrastinate_jobs where task_name = 'packing.print_slip'
                   and (args ->> 'parcel_id')::bigint = $1 and (args ->> 'shop_id')::int = $2""",
                parcel_id,
                t.order.shop.id,
            )
        assert asked == 1
        job_id = await print_slip(db, t.order.shop.id, parcel_id)
        assert job_id is not None
        assert await print_slip(db, t.order.shop.id, parcel_id) is None, "a job that runs twice prints once"
        await job_is(db, job_id, "printed")
        assert paper.it.sheets[0].content.startswith(b"%PDF")
        first = job_id

        for pieces, paused in ((1, True), (2, False)):  # opened again at once, and changed
            paper.it.change(Change(paused=paused))
            if paused:  # a turn that still runs may have asked how it is already: the next one is waited for
                async with db.begin() as tx:
                    await tx.run("update printer set asked_at = null where id = $1", paper.id)
                await printer_is(db, paper, "paused")
            box = f"/shops/{t.order.shop.id}/parcels/{parcel_id}"
            station = ok(await t.bench.api.post(f"{box}/reopen"))
            if paused:
                session = f"/shops/{t.order.shop.id}/pack-sessions/{station['session_id']}"
                ok(await t.bench.api.post(f"{session}/unpack", json={"scan": t.mug.barcode}))
            else:
                assert (await job(db, job_id)).state == "cancelled", "nobody needs the slip of before"
                ok(await t.bench.scan(station, t.mug.barcode))
            ok(await t.bench.close(t.order.shop.id, parcel_id, CARTON_G + 250 * pieces))
            again = await print_slip(db, t.order.shop.id, parcel_id)
            assert again is not None
            job_id = again
        await job_is(db, job_id, "printed")
        assert len(paper.it.sheets) == 2
        once_more = {"reason": "lost"}
        refused(await t.bench.api.post(f"/print-jobs/{first}/again", json=once_more), "print-gone")
        paper.it.change(Change(paper=0))
        waits = await print_slip(db, t.order.shop.id, t.parcel_id)
        assert waits is not None
        await printer_is(db, paper, "paper_out")
        async with db.begin() as tx:
            await tx.run(
                "update print_job set queued_at = queued_at - interval '2 minutes' where id = $1", waits
            )
        where = {
            "wms_warehouse": str(t.bench.warehouse.id),
            "wms_station": str(t.bench.warehouse.locations["PACK-1"]),
        }
        async with at_desk(db, server, "packer", "supervisor", lang="pl", **where) as desk:
            screen = await desk.open(f"/desk/pack/label/{t.order.shop.id}/{t.parcel_id}")
            assert f"Specyfikacja paczki: W drukarce {paper.code} skończył się papier." in screen
            assert f"{paper.code}" in await desk.open(f"/desk/printers/at/{where['wms_station']}")
            assert f"{t.order.number}/1" in await desk.open("/desk/exceptions", kind="print")
            assert f'href="/desk/printers/{paper.id}"' in desk.page
            assert "Brak papieru" in desk.page
            paper.it.change(Change(paper=-1))
            await job_is(db, waits, "printed")
            assert "skończył się papier" not in await desk.open(
                f"/desk/pack/label/{t.order.shop.id}/{t.parcel_id}"
            )
            assert f"{t.order.number}/1" not in await desk.open("/desk/exceptions", kind="print")
        async with db.begin() as tx:
            await tx.run("delete from printer_place where printer_id = $1", paper.id)


async def test_printers_over_http(db: Database, server: Server, anonymous: Api) -> None:
    async with (
        a_bench(db, server, "supervisor", "admin") as bench,
        a_printer(db, bench.warehouse) as printer,
        printing(db),
    ):
        api, station = bench.api, bench.warehouse.locations["PACK-2"]
        given = {"warehouse_id": bench.warehouse.id, "code": printer.code, "name": "Twice", "kind": "zpl"}
        refused(await api.post("/printers", json=given | {"address": "socket://x"}), "printer-exists")
        refused(
            await api.post("/printers", json=given | {"address": "ftp://some.host"}), "printer-address", 422
        )
        refused(
            await api.post("/printers", json=given | {"address": "socket://x", "code": "N", "profile": "~JR"}),
            "foreign-zpl", 422,
        )  # fmt: skip
        moved = ok(await api.put("/printer-places", json={"location_id": station, "printer_id": printer.id}))
        assert moved == {"moved": 0}
        supplier = bench.warehouse.locations["SUPPLIER"]
        refused(
            await api.put("/printer-places", json={"location_id": supplier, "printer_id": printer.id}), "printer-place", 422
        )  # fmt: skip
        job_id = ok(await api.post(f"/printers/{printer.id}/test"))["job_id"]
        await job_is(db, job_id, "printed")
        assert printer.code.encode() in printer.it.labels[0].content
        shown = ok(await api.get(f"/printers/{printer.id}"))
        assert (shown["state"], shown["places"], shown["waiting"]) == ("ready", ["PACK-2"], 0)
        refused(await api.post(f"/print-jobs/{job_id}/again", json={}), "print-reason", 422)
        refused(await api.post(f"/print-jobs/{job_id}/came-out"), "print-over")
        refused(await api.post(f"/print-jobs/{job_id}/cancel"), "print-over")
        again = ok(await api.post(f"/print-jobs/{job_id}/again", json={"reason": "lost"}))["job_id"]
        await job_is(db, again, "printed")
        listed = ok(await api.get("/print-jobs", params={"printer_id": printer.id, "state": "printed"}))
        assert [j["id"] for j in listed["items"]] == [again, job_id]
        changed = {"version": shown["version"], "name": "Renamed", "address": "socket://127.0.0.1:9"}
        assert ok(await api.patch(f"/printers/{printer.id}", json=changed))["name"] == "Renamed"
        refused(await api.patch(f"/printers/{printer.id}", json=changed), "printer-changed")

        async def off() -> bool:
            return bool(ok(await api.get(f"/printers/{printer.id}"))["state"] == "off")

        await until(off)
        ok(await api.delete(f"/printer-places/{station}"))
        refused(await api.delete(f"/printer-places/{station}"), "not-found", 404)

"""A parcel may get another label: what was printed of the old one says nothing of the new one, and never comes out again."""

import asyncio

from tests.conftest import Server
from tests.printing.rig import bound, job, job_is, printing
from tests.printing.test_label_flow import a_table
from tests.shipping.flow import ok, refused
from wms.db.tx import Actor, Database
from wms.printing.print_records import claim_printer, put_back, take_job
from wms.printing.queue_print import cancel_prints
from wms.printing.simulator.virtual_printer import Change
from wms.shipping.print_label import label_job, print_label


async def test_a_void_label_is_not_printed_again_and_the_new_one_is_another(
    db: Database, server: Server
) -> None:
    async with a_table(db, server) as t, printing(db):
        await t.label()
        old = await t.job()
        await job_is(db, old.id, "printed")
        ok(await t.bench.api.delete(f"{t.path}/label"))
        again = f"/print-jobs/{old.id}/again"
        refused(await t.bench.api.post(again, json={"reason": "lost"}), "print-label-void")
        async with db.begin() as tx:
            assert await label_job(tx, t.order.shop.id, t.parcel_id) is None, "nobody has asked for a label"
            await tx.run("delete from printer_place where printer_id = $1", t.printer.id)
        await t.label()
        async with db.begin() as tx:
            assert await label_job(tx, t.order.shop.id, t.parcel_id) is None, "there is no printer here"
        await bound(db, t.bench.warehouse.locations["PACK-1"], t.printer)
        made = ok(await t.bench.api.post(f"{t.path}/label/print", json={}))
        await job_is(db, made["job_id"], "printed")
        new = await t.job()
        assert (new.id, new.reason, new.void) == (made["job_id"], None, False)
        assert new.label_id != old.label_id
        assert len(t.printer.it.labels) == 2


async def test_a_label_that_is_voided_on_its_way_is_not_sent_another_time(
    db: Database, server: Server
) -> None:
    """Nothing of it had left, so it would be the first of the queue again."""
    async with a_table(db, server) as t:
        await t.label()
        machine = await claim_printer(db, t.printer.id, "w-here")
        assert machine is not None
        work = await take_job(db, machine, "w-here")
        assert work is not None
        ok(await t.bench.api.delete(f"{t.path}/label"))
        await put_back(db, work, "off", "")
        async with db.begin() as tx:
            await tx.run("update printer set busy_until = null, busy_by = null where id = $1", t.printer.id)
            await tx.run("update print_job set retry_at = null where id = $1", work.id)
        async with printing(db):
            await job_is(db, work.id, "cancelled")
        assert t.printer.it.labels == []


async def test_two_stations_that_print_at_once_print_one(db: Database, server: Server) -> None:
    async with a_table(db, server) as t:
        t.printer.it.change(Change(paused=True))
        await t.label()
        async with db.begin() as tx:
            await tx.run("delete from print_job where id = $1", (await t.job()).id)
        key = (t.order.shop.id, t.parcel_id)

        async def second() -> int:
            async with db.begin() as tx:
                return (await print_label(tx, *key)).job_id

        async with db.begin() as tx:
            first = await print_label(tx, *key)
            other = asyncio.create_task(second())
            await asyncio.sleep(0.2)
        assert await other == first.job_id
        shop = Actor(kind="shop", id=1, name="its own key", shop_id=t.order.shop.id)
        async with db.begin(shop) as tx:  # which cancels the order
            assert await cancel_prints(tx, t.order.shop.id, "parcel", [t.parcel_id], unknown=True) == 1
        assert (await job(db, first.job_id)).state == "cancelled"


async def test_what_went_wrong_is_said_in_the_readers_language(db: Database, server: Server) -> None:
    async with a_table(db, server) as t, printing(db):
        await t.label()
        await job_is(db, (await t.job()).id, "printed")
        async with db.begin() as tx:
            await tx.run(
                """update label set data = data || '{"tracking_number": "ąćę"}' where shop_id = $1 and parcel_id = $2""",
                t.order.shop.id,
                t.parcel_id,
            )
        made = ok(await t.bench.api.post(f"{t.path}/label/print", json={"reason": "lost"}))
        found = await job(db, made["job_id"])
        assert (found.state, found.error_code) == ("failed", "cannot-draw")
        assert found.trouble("pl").startswith("Etykiety nie narysowano. Nie można wydrukować etykiety")
        assert found.trouble("en").startswith("The label was not drawn. The label")

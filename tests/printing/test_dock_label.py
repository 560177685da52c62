"""A new pallet's label comes out at the dock where it is received."""

import signal

from tests.builders import a_warehouse
from tests.conftest import Api
from tests.printing.rig import (
    a_label,
    a_printer,
    a_station,
    bound,
    job,
    job_is,
    printed,
    printing,
    texts,
    until,
)
from tests.receiving.dock import a_dock
from tests.receiving.test_receipt import have_ssccs
from tests.shipping.test_worker import a_worker
from wms.config import Settings
from wms.db.tx import Database
from wms.printing.simulator.virtual_printer import Change


async def test_a_new_pallet_gets_its_label_at_the_dock(anonymous: Api, db: Database) -> None:
    await have_ssccs(db)
    dock = await a_dock(anonymous, db)
    receipt_id = await dock.opened()
    path, body = f"/receipts/{receipt_id}/handling-units", {"shop_id": dock.shop.id, "kind": "pallet"}
    r = await anonymous.post(path, json=body, headers=dock.staff)
    assert (r.status_code, r.json()["printer"]) == (201, None), "no printer stands here"
    async with a_printer(db, dock.warehouse) as printer, printing(db):
        await bound(db, dock.id, printer)
        try:
            r = await anonymous.post(path, json=body, headers=dock.staff)
            assert r.json()["printer"] == printer.code, r.text

            async def out() -> bool:
                return len(printer.it.labels) == 1

            await until(out)
            sscc = r.json()["sscc"]
            assert sscc[-9:-1].encode() in printer.it.labels[0].content.replace(b" ", b"")
            # a unit that has its label already gets no second one
            r = await anonymous.post(path, json=body | {"label": f"00{sscc}"}, headers=dock.staff)
            assert (r.status_code, r.json()["printer"]) == (201, None), r.text
        finally:
            async with db.begin() as tx:
                await tx.run("delete from printer_place where printer_id = $1", printer.id)


async def test_a_killed_worker_prints_nothing_twice(db: Database, settings: Settings) -> None:
    """Killed while the label lies in a printer without paper: the next worker asks, and does not send it again."""
    house = await a_warehouse(db)
    station = await a_station(db, house)
    async with a_printer(db, house) as p:
        await bound(db, station, p)
        p.it.change(Change(paper=1))
        first, second = await printed(db, station, "first"), await printed(db, station, "second")
        with a_worker(settings) as worker:
            await job_is(db, first, "printed")

            async def asked() -> bool:
                return (await job(db, second)).error_code == "paper_out"

            await until(asked)
            p.it.change(Change(paper=5, print_s=3.0))
            await job_is(db, second, "sending")

            async def inside() -> bool:
                return len(p.it.waiting) == 1

            await until(inside)
            worker.send_signal(signal.SIGKILL)
            worker.wait(10)
        async with db.begin() as tx:  # the lease of the dead one runs out
            await tx.run("update printer set busy_until = now() where id = $1", p.id)
        third = await printed(db, station, "third")
        with a_worker(settings):
            await job_is(db, third, "printed")
        assert (await job(db, second)).state == "unknown"
        assert texts(p) == ["first", "second", "third"], "each once, and a person was asked about the second"
        assert a_label("second") in [c.content + b"\n" for c in p.it.labels]

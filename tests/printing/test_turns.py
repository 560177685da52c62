"""A printer's turn that ends otherwise than it should: what the worker may say of a job, and what it leaves behind."""

import asyncio
import re
from pathlib import Path

import pytest

import wms
from tests.builders import a_warehouse
from tests.printing.rig import (
    a_bound_printer,
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
from wms.db.tx import Database
from wms.printing.create_printer import PrinterChange, change_printer
from wms.printing.print_records import claim_printer, end_job, note_state, put_back, take_job
from wms.printing.queries import one_printer
from wms.printing.queue_errors import JobOver, JobUnderWay, OtherHead
from wms.printing.queue_print import Paper, printer_needed, queue_print
from wms.printing.run_printers import run_printers
from wms.printing.settle_print import it_came_out, print_again
from wms.printing.simulator.virtual_printer import Change, Fault
from wms.printing.states import JOB_OVER, JOB_STEPS, TOLD, JobState


async def a_sheet(db: Database, station: int, name: str) -> int:
    async with db.begin() as tx:
        to = await printer_needed(tx, station, "paper")
        paper = Paper(document="slip", subject="parcel", subject_id=2, ref=name, content=b"%PDF-1.4")
        return await queue_print(tx, to, paper)


async def test_only_the_printers_own_word_gives_a_sheet_up(db: Database) -> None:
    """An error on the question whether it is out says nothing of the sheet, which lies in the tray."""
    house = await a_warehouse(db)
    station = await a_station(db, house)
    async with a_printer(db, house, kind="paper") as p, printing(db):
        await bound(db, station, p)
        p.it.faults.append(Fault(kind="job_error", times=3))
        unsure = await a_sheet(db, station, "asked again")
        await job_is(db, unsure, "printed")
        p.it.faults.append(Fault(kind="job_forgotten", times=3))
        forgotten = await a_sheet(db, station, "forgotten")
        await job_is(db, forgotten, "unknown")
        p.it.faults.append(Fault(kind="busy"))
        busy = await a_sheet(db, station, "another time")
        await job_is(db, busy, "printed")
        assert (await job(db, busy)).tries == 2
        p.it.faults.append(Fault(kind="job_aborted"))
        aborted = await a_sheet(db, station, "given up")
        await job_is(db, aborted, "failed")
        found = await job(db, aborted)
        assert "drukarka przerwała zadanie" in found.trouble("pl")
        assert [s.name for s in p.it.sheets] == ["asked again", "forgotten", "another time", "given up"]


async def test_a_turn_that_breaks_off_leaves_no_lease(db: Database) -> None:
    async with a_bound_printer(db) as (station, p), printing(db):
        await job_is(db, await printed(db, station, "first"), "printed")
        async with db.begin() as tx:
            await tx.run("update printer set address = 'socket://' where id = $1", p.id)
        waits = await printed(db, station, "second")

        async def broken_off() -> bool:
            async with db.begin() as tx:
                row = await tx.row("select asked_at, busy_by from printer where id = $1", p.id)
            assert row is not None
            return row["asked_at"] > (await job(db, waits)).queued_at and row["busy_by"] is None

        await until(broken_off, 3)
        async with db.begin() as tx:
            await tx.run(
                "update printer set address = $2 where id = $1", p.id, f"socket://127.0.0.1:{p.raw.port}"
            )
        await job_is(db, waits, "printed")


async def test_a_lease_that_was_left_behind_is_taken_up_by_its_own_worker(db: Database) -> None:
    house = await a_warehouse(db)
    async with a_printer(db, house) as p:
        assert await claim_printer(db, p.id, "w-one") is not None
        assert await claim_printer(db, p.id, "w-two") is None
        assert await claim_printer(db, p.id, "w-one") is not None


async def test_a_stop_ends_the_queue_behind_the_label_under_way(db: Database) -> None:
    async with a_bound_printer(db) as (station, p):
        p.it.change(Change(print_s=0.3))
        jobs = [await printed(db, station, f"L{i}") for i in range(5)]
        stop = asyncio.Event()
        worker = asyncio.create_task(run_printers(db, stop, 1.0))
        await job_is(db, jobs[0], "sending")
        stop.set()
        await worker
        assert [(await job(db, j)).state for j in jobs] == ["printed", *["queued"] * 4]
        assert texts(p) == ["L0"]


async def test_a_worker_that_lost_its_lease_judges_no_later_attempt(db: Database) -> None:
    async with a_bound_printer(db) as (station, p):
        sent = await printed(db, station, "twice sent")
        old = await claim_printer(db, p.id, "w-slow")
        assert old is not None
        slow = await take_job(db, old, "w-slow")
        async with db.begin() as tx:
            await tx.run("update printer set busy_until = now() - interval '1 second' where id = $1", p.id)
        new = await claim_printer(db, p.id, "w-new")
        assert (await job(db, sent)).state == "unknown"
        async with db.begin() as tx:
            await print_again(tx, sent, None)
        assert new is not None
        again = await take_job(db, new, "w-new")
        assert slow is not None
        assert again is not None
        assert (slow.tries, again.tries) == (1, 2)
        await end_job(db, slow, JobState.PRINTED)
        await put_back(db, slow, "off", "")
        assert (await job(db, sent)).state == "sending", "the later attempt is still on its way"
        await end_job(db, again, JobState.PRINTED)
        assert (await job(db, sent)).state == "printed"


async def test_a_job_at_a_printer_that_was_taken_out_of_use_is_asked_about(db: Database) -> None:
    async with a_bound_printer(db) as (station, p):
        sent = await printed(db, station, "on its way")
        behind = await printed(db, station, "behind")
        machine = await claim_printer(db, p.id, "w-dead")
        assert machine is not None
        assert await take_job(db, machine, "w-dead") is not None
        async with db.begin() as tx:
            await tx.run(
                "update printer set active = false, busy_until = now() - interval '1 second' where id = $1",
                p.id,
            )
        async with printing(db):
            await until(lambda: _is(db, sent, "unknown"), 3)
        assert (await job(db, behind)).state == "queued"
        assert texts(p) == []


async def _is(db: Database, job_id: int, state: str) -> bool:
    return (await job(db, job_id)).state == state


async def test_a_printer_that_is_as_it_was_costs_no_transaction(db: Database) -> None:
    house = await a_warehouse(db)
    async with a_printer(db, house) as p:
        machine = await claim_printer(db, p.id, "w-note")
        assert machine is not None
        machine = await note_state(db, machine, "ready", answered=True)
        nowhere = Database(db.url, pool_size=0)
        nowhere.pool.patience = 0.1
        assert await note_state(nowhere, machine, "ready", answered=True) == machine


async def test_what_is_made_for_another_head_is_never_printed(db: Database) -> None:
    house = await a_warehouse(db)
    station = await a_station(db, house)
    async with a_printer(db, house, on=False) as coarse, a_printer(db, house) as fine:
        async with db.begin() as tx:
            await tx.run("update printer set dots_per_mm = 12 where id = $1", fine.id)
        await bound(db, station, coarse)
        waits = await printed(db, station, "for 8 dots")
        assert await bound(db, station, fine) == 0
        found = await job(db, waits)
        assert (found.state, found.error_code) == ("failed", "density")
        assert "8 punktów/mm" in found.trouble("pl")
        anew = await printed(db, station, "for 12 dots")
        async with printing(db):
            await job_is(db, anew, "printed")
        assert texts(fine) == ["for 12 dots"]
        waits = await printed(db, station, "for 12 dots too")
        async with db.begin() as tx:
            version = (await one_printer(tx, fine.id)).version
            await change_printer(tx, fine.id, PrinterChange(version=version, dots_per_mm=8))
        assert (await job(db, waits)).error_code == "density"
        with pytest.raises(OtherHead):
            async with db.begin() as tx:
                await print_again(tx, anew, "lost")


async def test_two_who_print_the_same_again_get_one_more(db: Database) -> None:
    async with a_bound_printer(db) as (station, p):
        sent = await printed(db, station, "once more")
        async with printing(db):
            await job_is(db, sent, "printed")
        async with db.begin() as tx:
            one = await print_again(tx, sent, "lost")
        async with db.begin() as tx:
            assert await print_again(tx, sent, "spoiled") == one
        machine = await claim_printer(db, p.id, "w-here")
        assert machine is not None
        await take_job(db, machine, "w-here")
        with pytest.raises(JobUnderWay):
            async with db.begin() as tx:
                await print_again(tx, sent, "lost")


def test_a_jobs_state_has_one_owner() -> None:
    """Besides being born, which is ``queue_print``'s."""
    owned = re.compile(r"update\s+print_job\b.{0,40}?\bset\b(?:(?!\bwhere\b)[^\"])*?\bstate\s*=", re.S)
    own = Path(wms.__file__).parent
    found = [str(f.relative_to(own)) for f in own.rglob("*.py") if owned.search(f.read_text())]
    assert found == ["printing/change_jobs.py"]
    assert {old for old, _ in TOLD} | {new for _, new in TOLD} <= set(JOB_STEPS.steps)
    assert all(new in JOB_STEPS.steps[old] for old, new in TOLD)


async def test_a_refusal_speaks_one_language(db: Database) -> None:
    async with a_bound_printer(db) as (station, _), printing(db):
        sent = await printed(db, station, "done")
        await job_is(db, sent, "printed")
        with pytest.raises(JobOver) as e:
            async with db.begin() as tx:
                await it_came_out(tx, sent)
        assert e.value.say("pl") == "done: stan wydrukowano; nie ma już o czym decydować."
        assert e.value.values["state"] == "printed"
    assert set(JOB_OVER) == {s.value for s in JobState}


async def test_whatever_becomes_of_a_job_is_told(db: Database) -> None:
    """What this printer cannot print is an event too, as any other failure is."""
    async with a_bound_printer(db) as (station, p):
        async with db.begin() as tx:
            to = await printer_needed(tx, station, "zpl")
            paper = Paper(
                document="label", subject="parcel", subject_id=p.id, ref="odd", content=a_label("x")
            )
            no = await queue_print(
                tx, to, Paper(document="label", subject="parcel", subject_id=p.id, ref="odd", fault="no-zpl")
            )
            await queue_print(tx, to, paper)
        async with db.begin() as tx:
            told = await tx.rows(
                "select kind, data from event where subject = 'parcel' and subject_id = $1 and shop_id = 0 and ref = 'odd'",
                p.id,
            )
        assert [(t["kind"], t["data"]["job_id"], t["data"]["code"]) for t in told] == [
            ("print.failed", no, "no-zpl")
        ]

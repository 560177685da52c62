"""The queue and the worker against a printer with real sockets, and everything that goes wrong at a printer."""

import asyncio

import pytest

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
    printer_is,
    printing,
    texts,
    until,
)
from wms.db.tx import Database
from wms.printing.bind_printer import free_place
from wms.printing.print_records import claim_printer, forget_prints, take_job
from wms.printing.queue_errors import (
    JobOver,
    NoPrinterHere,
    NothingKept,
    ReasonNeeded,
)
from wms.printing.queue_print import Paper, cancel_prints, printer_needed, queue_print
from wms.printing.settle_print import ask_now, cancel_print, it_came_out, print_again
from wms.printing.simulator.virtual_printer import Change, Fault


async def test_labels_come_out_once_in_order_behind_the_profile(db: Database) -> None:
    house = await a_warehouse(db)
    station = await a_station(db, house)
    async with a_printer(db, house, profile="^MMT^MD5") as p, printing(db):
        await bound(db, station, p)
        jobs = [await printed(db, station, f"A{i}") for i in range(5)]
        await job_is(db, jobs[-1], "printed")
        assert texts(p) == ["A0", "A1", "A2", "A3", "A4"]
        assert p.it.numbers == 10, "each label has the profile before it"
        await printer_is(db, p, "ready")


async def test_a_printer_that_is_off_keeps_its_labels_until_it_is_on(db: Database) -> None:
    house = await a_warehouse(db)
    station = await a_station(db, house)
    async with a_printer(db, house, on=False) as p, printing(db):
        await bound(db, station, p)
        first, second = [await printed(db, station, t) for t in ("one", "two")]
        await printer_is(db, p, "off")
        assert (await job(db, first)).state == "queued"
        await p.raw.switch_on()
        await job_is(db, second, "printed")
        assert texts(p) == ["one", "two"]


@pytest.mark.parametrize(
    ("trouble", "mended", "state"),
    [
        (Change(paper=0), Change(paper=10), "paper_out"),
        (Change(head_open=True), Change(head_open=False), "head_open"),
        (Change(paused=True), Change(paused=False), "paused"),
        (Change(buffer_full=True), Change(buffer_full=False), "buffer_full"),
    ],
)
async def test_a_printer_in_trouble_is_waited_for(
    db: Database, trouble: Change, mended: Change, state: str
) -> None:
    async with a_bound_printer(db) as (station, p), printing(db):
        p.it.change(trouble)
        jobs = [await printed(db, station, f"T{i}") for i in range(3)]
        await printer_is(db, p, state)

        async def told() -> bool:
            return (await job(db, jobs[0])).error_code == state

        await until(told)
        assert texts(p) == []
        p.it.change(mended)
        await job_is(db, jobs[-1], "printed")
        assert texts(p) == ["T0", "T1", "T2"]


async def test_paper_that_runs_out_within_a_label_loses_and_doubles_nothing(db: Database) -> None:
    """The label is in the printer, which prints it when the roll is changed; the worker waits and sends nothing twice."""
    async with a_bound_printer(db) as (station, p), printing(db):
        p.it.change(Change(paper=2, print_s=0.05))
        jobs = [await printed(db, station, f"R{i}") for i in range(4)]
        await printer_is(db, p, "paper_out")
        await asyncio.sleep(0.3)
        assert texts(p) == ["R0", "R1"]
        p.it.change(Change(paper=-1))
        await job_is(db, jobs[-1], "printed")
        assert texts(p) == ["R0", "R1", "R2", "R3"]


@pytest.mark.parametrize("kind", ["reset_at_once", "reset_before"])
async def test_a_connection_that_breaks_before_the_first_byte_is_tried_again(db: Database, kind: str) -> None:
    async with a_bound_printer(db) as (station, p):
        p.it.faults.append(Fault(kind=kind, times=2))  # type: ignore[arg-type]
        sent = await printed(db, station, "again")
        async with printing(db):
            await job_is(db, sent, "printed")
        assert texts(p) == ["again"]
        assert (await job(db, sent)).tries == 3


@pytest.mark.parametrize(("kind", "came"), [("reset_in_label", []), ("reset_after", ["lost"])])
async def test_a_connection_that_breaks_behind_it_is_asked_about(
    db: Database, kind: str, came: list[str]
) -> None:
    """From here both look the same: whether it came out, only somebody who stands there can say."""
    async with a_bound_printer(db) as (station, p), printing(db):
        p.it.faults.append(Fault(kind=kind))  # type: ignore[arg-type]
        big = a_label("lost").replace(b"^FS", b"^FS" + b"^FX" + b"x" * 200_000, 1)
        async with db.begin() as tx:
            to = await printer_needed(tx, station, "zpl")
            lost = await queue_print(
                tx, to, Paper(document="label", subject="parcel", subject_id=7, ref="lost", content=big)
            )
        behind = await printed(db, station, "next")
        await job_is(db, lost, "unknown")
        await job_is(db, behind, "printed")
        assert texts(p) == [*came, "next"], "nothing is sent twice without a word"
        if came:
            async with db.begin() as tx:
                await it_came_out(tx, lost)
            assert (await job(db, lost)).state == "printed"
            with pytest.raises(JobOver):
                async with db.begin() as tx:
                    await it_came_out(tx, lost)
        else:
            async with db.begin() as tx:
                assert await print_again(tx, lost, None) == lost
            await job_is(db, lost, "printed")
            assert texts(p) == ["next", "lost"]


async def test_a_printer_that_says_nothing_gets_nothing(db: Database) -> None:
    async with a_bound_printer(db) as (station, p):
        p.it.faults.append(Fault(kind="silent"))
        sent = await printed(db, station, "quiet")
        async with printing(db):
            await printer_is(db, p, "silent")
            assert texts(p) == []
            await job_is(db, sent, "printed")


async def test_two_stations_do_not_mix(db: Database) -> None:
    house = await a_warehouse(db)
    here, there = await a_station(db, house), await a_station(db, house)
    async with a_printer(db, house) as p, a_printer(db, house) as q, printing(db):
        await bound(db, here, p)
        await bound(db, there, q)
        for i in range(6):
            last = [await printed(db, here, f"p{i}"), await printed(db, there, f"q{i}")]
        for sent in last:
            await job_is(db, sent, "printed")
        assert texts(p) == [f"p{i}" for i in range(6)]
        assert texts(q) == [f"q{i}" for i in range(6)]


async def test_a_swapped_printer_takes_over_what_waits(db: Database) -> None:
    house = await a_warehouse(db)
    station, other = await a_station(db, house), await a_station(db, house)
    async with a_printer(db, house, on=False) as broken, a_printer(db, house) as spare, printing(db):
        await bound(db, station, broken)
        await bound(db, other, broken)
        theirs = await printed(db, other, "theirs")
        jobs = [await printed(db, station, f"S{i}") for i in range(3)]
        await printer_is(db, broken, "off")
        assert await bound(db, station, spare) == 3
        await job_is(db, jobs[-1], "printed")
        assert texts(spare) == ["S0", "S1", "S2"]
        assert (await job(db, theirs)).state == "queued", "the other station still waits for its own"


async def test_a_printer_that_hangs_keeps_nobody_else(db: Database) -> None:
    house = await a_warehouse(db)
    here, there = await a_station(db, house), await a_station(db, house)
    async with a_printer(db, house) as p, a_printer(db, house) as q, printing(db):
        await bound(db, here, p)
        await bound(db, there, q)
        p.it.faults.append(Fault(kind="slow", times=1, seconds=3))
        slow = await printed(db, here, "slow")
        quick = await printed(db, there, "quick")
        await job_is(db, quick, "printed")
        await job_is(db, slow, "printed")
    async with db.begin() as tx:
        order = await tx.rows("select id from print_job where id = any($1) order by ended_at", [slow, quick])
    assert [r["id"] for r in order] == [quick, slow]


async def test_a_job_of_a_worker_that_died_is_asked_about(db: Database) -> None:
    async with a_bound_printer(db) as (station, p):
        dead = await printed(db, station, "half")
        behind = await printed(db, station, "whole")
        machine = await claim_printer(db, p.id, "w-dead")
        assert machine is not None
        assert await claim_printer(db, p.id, "w-other") is None, "one worker talks to a printer"
        taken = await take_job(db, machine, "w-dead")
        assert taken is not None
        assert taken.id == dead
        async with db.begin() as tx:
            await tx.run("update printer set busy_until = now() - interval '1 second' where id = $1", p.id)
        assert await take_job(db, machine, "w-other") is None
        async with printing(db):
            await job_is(db, behind, "printed")
        found = await job(db, dead)
        assert (found.state, found.error_code) == ("unknown", "worker-gone")
        assert texts(p) == ["whole"]


async def test_what_a_person_decides(db: Database) -> None:
    house = await a_warehouse(db)
    station = await a_station(db, house)
    with pytest.raises(NoPrinterHere):
        async with db.begin() as tx:
            await printer_needed(tx, station, "zpl")
    async with a_printer(db, house) as p, printing(db):
        await bound(db, station, p)
        sent = await printed(db, station, "first")
        await job_is(db, sent, "printed")
        for reason in (None, "", "because"):
            with pytest.raises(ReasonNeeded):
                async with db.begin() as tx:
                    await print_again(tx, sent, reason)
        async with db.begin() as tx:
            again = await print_again(tx, sent, "spoiled")
        await job_is(db, again, "printed")
        assert (await job(db, again)).reason == "spoiled"
        assert texts(p) == ["first", "first"]
        p.it.change(Change(paused=True))
        waits = await printed(db, station, "unwanted")
        await printer_is(db, p, "paused")
        async with db.begin() as tx:
            await cancel_print(tx, waits)
        await printed(db, station, "voided")
        async with db.begin() as tx:
            assert await cancel_prints(tx, 0, "parcel", [station], "label") == 1
        p.it.change(Change(paused=False))
        async with db.begin() as tx:
            await ask_now(tx, p.id)
            await tx.run("update print_job set ended_at = ended_at - interval '8 days' where id = $1", sent)
        await printer_is(db, p, "ready")
        assert texts(p) == ["first", "first"]
        async with db.begin() as tx:
            assert await forget_prints(tx) >= 1
        with pytest.raises(NothingKept):
            async with db.begin() as tx:
                await print_again(tx, sent, "lost")
        async with db.begin() as tx:
            await free_place(tx, station, "zpl")
        with pytest.raises(NoPrinterHere):
            async with db.begin() as tx:
                await printer_needed(tx, station, "zpl")


async def test_sheets_go_over_ipp(db: Database) -> None:
    house = await a_warehouse(db)
    station = await a_station(db, house)
    async with a_printer(db, house, kind="paper") as p, printing(db):
        await bound(db, station, p)

        async def sheet(name: str) -> int:
            async with db.begin() as tx:
                to = await printer_needed(tx, station, "paper")
                content = b"%PDF-1.4 " + name.encode()
                return await queue_print(
                    tx, to, Paper(document="slip", subject="parcel", subject_id=2, ref=name, content=content)
                )

        first = await sheet("one")
        await job_is(db, first, "printed")
        assert p.it.sheets[0].content == b"%PDF-1.4 one"
        assert p.it.sheets[0].name == "one"
        p.it.change(Change(paper=0))
        waits = await sheet("two")
        await printer_is(db, p, "paper_out")
        p.it.change(Change(paper=-1, head_open=True))
        await printer_is(db, p, "head_open")
        p.it.change(Change(head_open=False))
        await job_is(db, waits, "printed")
        p.it.faults.append(Fault(kind="reset_after"))
        lost = await sheet("three")
        await job_is(db, lost, "unknown")
        p.it.print_s = 0.5
        taken = await sheet("and a half")
        await job_is(db, taken, "sending")
        p.it.change(Change(paper=0))
        await printer_is(db, p, "paper_out")
        p.it.change(Change(paper=-1, print_s=0.0))
        await job_is(db, taken, "printed")
        p.it.power = False
        await sheet("four")
        await printer_is(db, p, "off")
        p.it.power = True

        async def all_out() -> bool:
            return [s.name for s in p.it.sheets] == ["one", "two", "three", "and a half", "four"]

        await until(all_out)


async def test_twenty_stations_at_once(db: Database) -> None:
    house = await a_warehouse(db)
    async with printing(db), asyncio.TaskGroup() as group:

        async def one(n: int) -> None:
            station = await a_station(db, house)
            async with a_printer(db, house) as p:
                await bound(db, station, p)
                jobs = [await printed(db, station, f"{n}-{i}") for i in range(3)]
                await job_is(db, jobs[-1], "printed")
                assert texts(p) == [f"{n}-{i}" for i in range(3)]

        for n in range(20):
            group.create_task(one(n))

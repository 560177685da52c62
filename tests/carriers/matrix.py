"""The fault matrix: every adapter, every call, every fault, over real HTTP. ``python -m tests.carriers.matrix`` prints it.

A cell makes one call while the simulator, or the way to it, misbehaves, and looks at two things: which typed error the caller
got, and what the carrier holds once the caller has done what that error asks for. For a booking that is: after ``Ambiguous``
look it up by reference, book again only when it is not there; where the carrier has no look-up, leave it to a person.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from tests.carriers.rig import DAY, SENDER, WINDOW, a_shipment, an_account
from wms.carriers.account import Link
from wms.carriers.errors import CarrierError
from wms.carriers.port import CarrierAdapter, Created, Finds, PointQuery
from wms.carriers.registry import make_adapter
from wms.carriers.simulators import dhl24, dpd_pl, gls_pl, inpost
from wms.carriers.simulators.faults import Fault, Kind
from wms.carriers.simulators.server import Simulated, Simulator
from wms.carriers.wire import Wire, each, open_http

REF = "L7-4711"
PATIENCE_S, LATE_S = 1.0, 2.5
"""How long the adapter waits in these tests, and the 30 s of an answer that comes too late."""
AT_ONCE = 6
TIMED = ("hang_before", "hang_after", "slow")


@dataclass(frozen=True)
class Asked:
    """One call of the port. ``hits``: the simulator's name of the call that misbehaves."""

    name: str
    hits: str
    run: Callable[[Any, Created], Awaitable[object]]
    changes: bool = False


@dataclass(frozen=True)
class Courier:
    make: Callable[[], Simulated]
    secrets: Mapping[str, str]
    calls: tuple[Asked, ...]
    booked: Callable[[Any], int]
    """How many live bookings carry ``REF``: more than one would be paid for twice."""
    renews: bool = False
    """The adapter gets over a session that has run out by itself."""
    settings: dict[str, Any] = field(default_factory=dict)


async def _create(a: Any, _: Created) -> object:
    return await a.create(a_shipment(REF))


CREATE = Asked("create", "create", _create, changes=True)
FIND = Asked("find_by_reference", "find", lambda a, c: a.find_by_reference("L1-1"))
POLL = Asked("poll", "poll", lambda a, c: a.poll([c.id]))
LABELS = Asked("labels pdf", "label", lambda a, c: a.labels([c.id], "pdf"))
ZPL = Asked("labels zpl", "label", lambda a, c: a.labels([c.id], "zpl"))
TRACK = Asked("track", "track", lambda a, c: a.track([c.numbers[0]]))
CANCEL = Asked("cancel", "cancel", lambda a, c: a.cancel(c.id), changes=True)
PICKUP = Asked("order_pickup", "pickup", lambda a, c: a.order_pickup([c.id], WINDOW, SENDER), changes=True)
PROTOCOL = Asked("protocol", "protocol", lambda a, c: a.protocol([c.id], DAY))
SHEET = Asked("label_sheet", "label_sheet", lambda a, c: a.label_sheet([c.id], "pdf"))
POINTS = Asked("points", "points", lambda a, c: a.points(PointQuery(code="KRA010")))
RECEIPT = Asked("protocol, its paper", "receipt", lambda a, c: a.protocol([c.id], DAY))
ADVISING = Asked("protocol", "protocol", lambda a, c: a.protocol([c.id], DAY), changes=True)

COURIERS: dict[str, Courier] = {
    "inpost": Courier(
        inpost.InPost,
        {"token": inpost.TOKEN, "organization_id": inpost.ORGANIZATION},
        (CREATE, FIND, POLL, LABELS, ZPL, SHEET, CANCEL, PICKUP, PROTOCOL, TRACK, POINTS),
        lambda s: sum(x["reference"] == REF and x["status"] != "canceled" for x in s.shipments.values()),
    ),
    "dpd_pl": Courier(
        dpd_pl.DpdPl,
        {"login": dpd_pl.LOGIN, "password": dpd_pl.PASSWORD, "master_fid": dpd_pl.FID},
        (CREATE, LABELS, ZPL, PICKUP, ADVISING, TRACK),
        lambda s: sum(p["reference"] == REF for b in s.bookings for p in b["packages"]),
    ),
    "gls_pl": Courier(
        gls_pl.GlsPl,
        {
            "user": gls_pl.USER,
            "password": gls_pl.PASSWORD,
            "tracking_user": gls_pl.TRACKING_USER,
            "tracking_password": gls_pl.TRACKING_PASSWORD,
        },
        (CREATE, FIND, POLL, LABELS, ZPL, CANCEL, PICKUP, ADVISING, RECEIPT, TRACK),
        lambda s: sum(c["references"] == REF for c in s.box.values()),
        renews=True,
    ),
    "dhl24": Courier(
        dhl24.Dhl24,
        {"username": dhl24.USERNAME, "password": dhl24.PASSWORD, "account_number": dhl24.ACCOUNT},
        (CREATE, FIND, LABELS, ZPL, CANCEL, PICKUP, PROTOCOL, TRACK),
        lambda s: sum(b["reference"] == REF for b in s.bookings.values()),
    ),
}

# fault -> (what the simulator is told, the error of a call that reads, the error of a call that changes something)
NO_WAY = {"no such host": "unavailable", "refused": "unavailable", "timeout before sending": "unavailable"}
FAULTS: dict[str, tuple[Kind, dict[str, Any], str, str]] = {
    "timeout, not carried out": ("hang_before", {"seconds": LATE_S}, "unavailable", "ambiguous"),
    "timeout after sending": ("hang_after", {"seconds": LATE_S}, "unavailable", "ambiguous"),
    "30 s slow": ("slow", {"seconds": LATE_S}, "unavailable", "ambiguous"),
    "reset, not carried out": ("reset_before", {}, "unavailable", "ambiguous"),
    "reset after sending": ("reset_after", {}, "unavailable", "ambiguous"),
    "reset in the body": ("reset_in_body", {}, "unavailable", "ambiguous"),
    "500, not carried out": ("error_before", {"status": 500}, "unavailable", "ambiguous"),
    "502 after it was done": ("error_after", {"status": 502}, "unavailable", "ambiguous"),
    "200 with junk": ("junk", {}, "unavailable", "ambiguous"),
    "200 with junk, not carried out": ("junk_before", {}, "unavailable", "ambiguous"),
    "429": ("limited", {"seconds": 7}, "rate-limited", "rate-limited"),
    "duplicate": ("twice", {}, "ok", "ok"),
    "expired token": ("expired", {}, "auth-failed", "auth-failed"),
    "account refused": ("denied", {}, "auth-failed", "auth-failed"),
}


class Cell(msgspec.Struct, frozen=True):
    """``got``: ok or the error's code; ``held``: what the carrier holds in the end, for a booking."""

    carrier: str
    call: str
    fault: str
    got: str
    due: str
    held: str

    @property
    def good(self) -> bool:
        return self.got == self.due and self.held in (
            "",
            "1",
            "1 found",
            "0 or 1, a person decides",
            "2, both shown",
        )

    def __str__(self) -> str:
        return f"{self.got}{f' → {self.held}' if self.held else ''}{'' if self.good else f' **(due: {self.due})**'}"


async def outcome(work: Awaitable[object]) -> str:
    try:
        await work
    except CarrierError as e:
        return e.code
    return "ok"


async def settle(courier: Courier, carrier: Simulated, adapter: CarrierAdapter, got: str) -> str:
    """What the label job does next, on a line that works again; returns what the carrier holds afterwards."""
    before = courier.booked(carrier)
    if got in ("ok", "auth-failed", "rejected"):
        if isinstance(adapter, Finds) and before == 2:
            return "2, both shown" if len(await adapter.find_by_reference(REF)) == 2 else "2, hidden"
        if before == 2:
            return "2, both shown" if got == "ok" else "2"
        if got == "ok":
            return str(before)
        await adapter.create(a_shipment(REF))  # somebody has mended the account
        return str(courier.booked(carrier))
    if got == "ambiguous" and not isinstance(adapter, Finds):
        return "0 or 1, a person decides" if before <= 1 else str(before)
    if got == "ambiguous" and isinstance(adapter, Finds) and await adapter.find_by_reference(REF):
        return f"{courier.booked(carrier)} found"
    await adapter.create(a_shipment(REF))
    return str(courier.booked(carrier))


@asynccontextmanager
async def no_way(fault: str) -> AsyncIterator[str]:
    """An address that nobody answers at, in one of three ways."""
    if fault == "no such host":
        yield "https://carrier.invalid"
        return
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{s.getsockname()[1]}"
        if fault == "refused":
            yield url
            return
        s.listen(0)  # one waits to be taken, and further ones get no answer at all
        with socket.socket() as first, socket.socket() as second:
            for waiting in (first, second):
                waiting.setblocking(False)
                waiting.connect_ex(s.getsockname())
            await asyncio.sleep(0.05)
            yield url


async def run_courier(name: str, calls: tuple[Asked, ...] | None = None) -> list[Cell]:
    """All cells of one carrier."""
    courier, cells = COURIERS[name], []
    async with open_http() as http:
        for asked in calls or courier.calls:

            async def cell(fault: str, asked: Asked = asked) -> Cell:
                one = _unreachable if fault in NO_WAY else _misbehaving
                return await one(name, courier, asked, fault, http)

            cells += await each(cell, [*NO_WAY, *FAULTS], AT_ONCE)
    return cells


def _adapter(name: str, courier: Courier, url: str, http: httpx.AsyncClient, **more: float) -> Any:
    return make_adapter(name, an_account(name, url, courier.secrets, http, **more, **courier.settings))


async def _ready(adapter: CarrierAdapter) -> Created:
    made = await adapter.create(a_shipment("L1-1"))
    return made if made.numbers else (await adapter.poll([made.id]))[0]


async def _unreachable(
    name: str, courier: Courier, asked: Asked, fault: str, http: httpx.AsyncClient
) -> Cell:
    carrier = courier.make()
    async with Simulator(carrier) as sim, no_way(fault) as nowhere:
        works = _adapter(name, courier, sim.url, http)
        lost = _adapter(name, courier, nowhere, http, connect_s=PATIENCE_S)
        got = await outcome(asked.run(lost, await _ready(works)))
        held = await settle(courier, carrier, works, got) if asked is CREATE else ""
    return Cell(name, asked.name, fault, got, NO_WAY[fault], held)


async def _misbehaving(
    name: str, courier: Courier, asked: Asked, fault: str, http: httpx.AsyncClient
) -> Cell:
    kind, more, reading, changing = FAULTS[fault]
    due = changing if asked.changes else reading
    if kind == "expired" and courier.renews and asked is not TRACK:
        due = "ok"
    carrier = courier.make()
    async with Simulator(carrier) as sim:
        adapter = _adapter(name, courier, sim.url, http)
        made = await _ready(adapter)
        sim.plan.add(Fault(kind=kind, call=asked.hits, **more))
        patient = adapter.wire
        if kind in TIMED:  # and only then: a busy machine must not look like a slow carrier
            adapter.wire = Wire(name, http, Link(mode="test", answer_s=PATIENCE_S))
        got = await outcome(asked.run(adapter, made))
        adapter.wire = patient
        if sim.plan.faults:
            got += " (the fault was never met)"
        sim.plan.faults.clear()
        held = await settle(courier, carrier, adapter, got) if asked is CREATE else ""
    return Cell(name, asked.name, fault, got, due, held)


def table(cells: list[Cell]) -> str:
    """One markdown table for a carrier: faults down, calls across."""
    calls = list(dict.fromkeys(c.call for c in cells))
    found = {(c.fault, c.call): c for c in cells}
    lines = [f"| {cells[0].carrier} | " + " | ".join(calls) + " |", "|---" * (len(calls) + 1) + "|"]
    for fault in [*NO_WAY, *FAULTS]:
        lines.append(f"| {fault} | " + " | ".join(str(found[fault, call]) for call in calls) + " |")
    return "\n".join(lines)


async def main() -> None:
    every = []
    for name in COURIERS:
        cells = await run_courier(name)
        every += cells
        print(table(cells), end="\n\n")
    bad = [c for c in every if not c.good]
    print(f"{len(every)} cells, {len(bad)} wrong.")


if __name__ == "__main__":
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(main())

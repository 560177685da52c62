"""Printers at the desk: how each is, what waits for it, where it serves, and what somebody decides about its jobs."""

import hashlib
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, QueryParameter
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.refusals import Invalid
from wms.kernel.text import Text
from wms.kernel.whys import CHOOSE_FROM
from wms.printing.addresses import Kind
from wms.printing.bind_printer import bind_printer, free_place
from wms.printing.create_printer import PrinterChange, PrinterIn, change_printer, create_printer
from wms.printing.print_test import print_test
from wms.printing.queries import (
    JobRow,
    PrinterRow,
    one_printer,
    past_jobs,
    places,
    printer_rows,
    printers_at,
    queue_of,
)
from wms.printing.settle_print import ask_now, cancel_print, it_came_out, print_again
from wms.printing.states import DOCUMENTS, JOB_WORDS, REASONS, STATE_WORDS, TROUBLES
from wms.web.access import ADMIN, SUPERVISOR, floor
from wms.web.entrance import warehouse_of
from wms.web.forms import Fields, checked, fields
from wms.web.html import go, render
from wms.web.i18n import language
from wms.web.pages import PathId

Asked = Request[Any, Any, Any]
Seen = Annotated[str, QueryParameter(max_length=40)]
NOT_NEW = 204
"""A part of a page that has not changed since it was drawn: the browser leaves what it has."""
DONE = {
    "created": Text(en="The printer is there. Bind it to a place, then print a test.", pl="Drukarka dodana. Przypisz ją do miejsca, potem zrób wydruk próbny."),
    "changed": Text(en="Saved. The printer is asked how it is.", pl="Zapisano. Sprawdzamy stan drukarki."),
    "bound": Text(en="Saved. What waited at that place comes out of the new printer.", pl="Zapisano. To, co czekało w tym miejscu, wydrukuje nowa drukarka."),
    "test": Text(en="The test waits for the printer.", pl="Wydruk próbny czeka na drukarkę."),
    "asked": Text(en="The printer is asked now.", pl="Sprawdzamy drukarkę."),
    "cancelled": Text(en="It does not come out any more.", pl="Tego wydruku już nie będzie."),
    "came": Text(en="Noted: it did come out.", pl="Zapisano: wydruk wyszedł."),
    "again": Text(en="It is printed once more.", pl="Drukujemy jeszcze raz."),
}  # fmt: skip


@get("/desk/printers", allow=SUPERVISOR)
async def printers(
    request: Asked,
    tx: NamedDependency[Tx],
    done: FromQuery[str] = "",
    part: FromQuery[str] = "",
    seen: Seen = "",
) -> Response[Any]:
    """The printers of the warehouse, what waits for them, and the places that they serve."""
    house = await warehouse_of(request, tx)
    rows = await printer_rows(tx, warehouse_id=house)
    mark = _mark([(p.id, p.state, p.waiting, p.unknown, p.active) for p in rows])
    if part and seen == mark:
        return Response("", status_code=NOT_NEW)
    values: dict[str, Any] = {
        "printers": rows, "mark": mark, "words": STATE_WORDS, "troubles": _troubles(request, rows), "part": part,
    }  # fmt: skip
    if part:
        return render(request, "printing/printer_rows.html", **values)
    return render(
        request, "printing/desk_printers.html", places=await places(tx, house), done=DONE.get(done),
        admin="admin" in tx.actor.roles, **values,
    )  # fmt: skip


def _troubles(request: Asked, rows: list[PrinterRow]) -> dict[int, str]:
    """What is wrong with each printer that something is wrong with, and what to do."""
    lang = language(request)
    return {
        p.id: TROUBLES[p.state].in_(lang, printer=p.code) for p in rows if p.active and p.state in TROUBLES
    }


def _mark(shown: object) -> str:
    """Tells whether a part has changed since somebody drew it."""
    return hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:16]


@post("/desk/printers", allow=ADMIN, status_code=200)
async def add_printer(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    form = await fields(request)
    given: PrinterIn = checked(
        settings_of(form) | {"code": form.word("code", 20).upper(), "kind": form.get("kind", "zpl")},
        PrinterIn,
    )
    printer_id = await create_printer(tx, await warehouse_of(request, tx), given)
    return go(request, f"/desk/printers/{printer_id}?done=created")


@post("/desk/printers/places", allow=SUPERVISOR, status_code=200)
async def bind(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """Which printer of a kind serves a place; none where nothing is chosen."""
    form = await fields(request)
    location_id = form.count("location_id", 1, 10**15)
    kind: Kind = "paper" if form.get("kind") == "paper" else "zpl"
    printer_id = form.number("printer_id", 1, 10**15)
    if printer_id is None:
        await free_place(tx, location_id, kind)
    else:
        await bind_printer(tx, location_id, printer_id)
    return go(request, "/desk/printers?done=bound#places")


@get("/desk/printers/{printer_id:int}", allow=SUPERVISOR)
async def printer(
    request: Asked,
    tx: NamedDependency[Tx],
    printer_id: PathId,
    done: FromQuery[str] = "",
    part: FromQuery[str] = "",
    seen: Seen = "",
) -> Response[Any]:
    """One printer with its queue and what it printed last."""
    p = await one_printer(tx, printer_id)
    queue = await queue_of(tx, printer_id)
    mark = _mark([p.state, p.active, [(j.id, j.state, j.error_code, j.void) for j in queue]])
    if part and seen == mark:
        return Response("", status_code=NOT_NEW)
    values: dict[str, Any] = {
        "p": p, "queue": queue, "mark": mark, "words": STATE_WORDS, "jobs": JOB_WORDS, "documents": DOCUMENTS,
        "trouble": _troubles(request, [p]).get(p.id, ""), "why": _why(request, queue), "reasons": REASONS,
    }  # fmt: skip
    if part:
        return render(request, "printing/queue.html", **values)
    past = await past_jobs(tx, printer_id)
    return render(
        request, "printing/desk_printer.html", past=past, faults=_why(request, past), done=DONE.get(done),
        admin="admin" in tx.actor.roles, **values,
    )  # fmt: skip


@get("/desk/printers/at/{location_id:int}", allow=floor("packer", "receiver"))
async def at_place(
    request: Asked, tx: NamedDependency[Tx], location_id: PathId, seen: Seen = ""
) -> Response[Any]:
    """How the printers of one place are: a line in the head of its screen, which asks for itself."""
    found = await printers_at(tx, location_id)
    mark = _mark([(p.id, p.state, p.waiting, p.unknown) for p in found])
    if seen == mark:
        return Response("", status_code=NOT_NEW)
    lang = language(request)
    troubles = {p.id: TROUBLES[p.state].in_(lang, printer=p.code) for p in found if p.state in TROUBLES}
    return render(
        request, "printing/at_place.html", location_id=location_id, printers=found, mark=mark, words=STATE_WORDS,
        troubles=troubles,
    )  # fmt: skip


def _why(request: Asked, rows: list[JobRow]) -> dict[int, str]:
    """What keeps a job, or became of it, by its number."""
    lang = language(request)
    return {j.id: told for j in rows if (told := j.trouble(lang))}


@post("/desk/printers/{printer_id:int}", allow=ADMIN, status_code=200)
async def post_printer(request: Asked, tx: NamedDependency[Tx], printer_id: PathId) -> Response[Any]:
    """Saves the settings; refused when somebody else has changed them meanwhile."""
    form = await fields(request)
    given = settings_of(form) | {"version": form.count("version", 1, 2**31 - 1), "active": "active" in form}
    change: PrinterChange = checked(given, PrinterChange)
    await change_printer(tx, printer_id, change)
    return go(request, f"/desk/printers/{printer_id}?done=changed")


@post("/desk/printers/{printer_id:int}/test", allow=SUPERVISOR, status_code=200)
async def post_test(request: Asked, tx: NamedDependency[Tx], printer_id: PathId) -> Response[Any]:
    await print_test(tx, printer_id)
    return go(request, f"/desk/printers/{printer_id}?done=test")


@post("/desk/printers/{printer_id:int}/ask", allow=floor("packer", "receiver"), status_code=200)
async def post_ask(request: Asked, tx: NamedDependency[Tx], printer_id: PathId) -> Response[Any]:
    """Somebody has mended it: it is asked at once."""
    await one_printer(tx, printer_id)
    await ask_now(tx, printer_id)
    return go(request, f"/desk/printers/{printer_id}?done=asked")


@post("/desk/printers/jobs/{job_id:int}", allow=SUPERVISOR, status_code=200)
async def post_job(request: Asked, tx: NamedDependency[Tx], job_id: PathId) -> Response[Any]:
    """``do``: *cancel*, *came* (it did print) or *again* (with a ``reason`` where it was printed)."""
    form = await fields(request)
    do = form.get("do", "")
    if do == "cancel":
        await cancel_print(tx, job_id)
        done = "cancelled"
    elif do == "came":
        await it_came_out(tx, job_id)
        done = "came"
    elif do == "again":
        await print_again(tx, job_id, form.get("reason"))
        done = "again"
    else:
        raise Invalid(field="do", why=CHOOSE_FROM, choices="cancel, came, again", pointer="/do")
    back = form.number("printer_id", 1, 10**15)
    return go(request, f"/desk/printers/{back}?done={done}" if back else f"/desk/printers?done={done}")


def settings_of(form: Fields) -> dict[str, Any]:
    """What the form says, as the API would be told it."""
    return {
        "name": form.word("name", 60),
        "address": form.word("address", 300),
        "dots_per_mm": form.count("dots_per_mm", 6, 24),
        "width_mm": form.count("width_mm", 10, 1000),
        "height_mm": form.count("height_mm", 10, 2000),
        "profile": form.word("profile", 500, needed=False),
    }


handlers: list[HTTPRouteHandler] = [
    printers,
    add_printer,
    bind,
    printer,
    at_place,
    post_printer,
    post_test,
    post_ask,
    post_job,
]

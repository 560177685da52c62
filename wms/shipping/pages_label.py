"""The label of the parcel on the pack station's table: waits for it, prints it, takes it scanned back from the box."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.carriers.fault_words import Untaken, technical, tell_label_fault
from wms.db.tx import Tx
from wms.kernel.scan import Command, Scan
from wms.kernel.text import Lang
from wms.orders.parcels import find_parcel
from wms.printing.queries import AtPlace, JobRow, last_print, printers_at
from wms.printing.settle_print import it_came_out, print_again
from wms.printing.states import REASONS, TROUBLES
from wms.shipping.adapters import Carriers
from wms.shipping.confirm_label import confirm_label
from wms.shipping.desk_queries import LabelScreen, label_screen
from wms.shipping.errors import NoLabelYet
from wms.shipping.label_files import Format, label_file
from wms.shipping.print_label import label_job, print_label
from wms.shipping.request_label import request_label
from wms.shipping.void_label import void_label
from wms.web.access import floor
from wms.web.entrance import chosen_station
from wms.web.html import Html, go, render
from wms.web.i18n import language
from wms.web.pages import PathId, PathShop
from wms.web.scanned import scanned

PACKER = floor("packer")
MEDIA: dict[str, str] = {"pdf": "application/pdf", "zpl": "application/zpl"}
AGAIN = "again"
"""The step of the screen that asks why a label is printed once more."""
Asked = Request[Any, Any, Any]


class AtPrinter(msgspec.Struct, frozen=True):
    """How printing stands at this table. ``trouble`` says what is wrong with the label and what to do, ``slip_trouble`` the
    same of the packing slip on its paper printer; ``live``: it moves by itself."""

    printer: AtPlace | None
    job: JobRow | None
    trouble: str
    slip: JobRow | None
    slip_trouble: str

    @property
    def step(self) -> str:
        printer = self.printer.state if self.printer else "-"
        return "-".join(f"{j.id}-{j.state}" if j else "0" for j in (self.job, self.slip)) + f"-{printer}"

    @property
    def live(self) -> bool:
        return self.job is not None and self.job.state in ("queued", "sending")

    @property
    def watched(self) -> bool:
        """The screen looks again by itself."""
        return self.live or (self.slip is not None and self.slip.state in ("queued", "sending"))


@get("/desk/pack/label/{shop_id:int}/{parcel_id:int}", allow=PACKER)
async def label(request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId) -> Html:
    """How the label stands. The screen looks again by itself until it is there and out of the printer."""
    return await label_page(request, tx, shop_id, parcel_id)


@post("/desk/pack/label/{shop_id:int}/{parcel_id:int}", allow=PACKER, status_code=200)
async def label_scan(
    request: Asked,
    tx: NamedDependency[Tx],
    adapters: NamedDependency[Carriers],
    shop_id: PathShop,
    parcel_id: PathId,
) -> Response[Any]:
    """The label scanned on the box; OK or 1 asks again, 2 voids it, 3 prints it, 4 and 5 say whether it came out, SKIP
    leaves it waiting. A wrong label is a stop."""
    said = await scanned(request)
    s = await label_screen(tx, shop_id, parcel_id)
    there = s.state in ("ready", "printed")
    if said.part(0) == AGAIN and there and (said.scan.command or said.scan.code in "1234"):
        return await _once_more(request, tx, s, said.scan)
    wish = wish_of(said.scan)
    if wish == "leave":
        return go(request, "/desk/pack")
    if wish == "void" and s.state in ("failed", "ready"):
        await void_label(tx, shop_id, parcel_id, reason="voided at the pack station")
        return await label_page(request, tx, shop_id, parcel_id, said="void")
    if wish == "ask" and s.state in ("none", "failed"):
        await request_label(tx, shop_id, parcel_id, adapters)
        return await label_page(request, tx, shop_id, parcel_id, said="asked")
    if wish in ("print", "came", "not-out") and there:
        return await _print(request, tx, s, wish)
    if wish is not None:
        return await label_page(request, tx, shop_id, parcel_id)
    if not there:
        raise NoLabelYet(parcel=s.parcel, state=s.state, why="")
    await confirm_label(tx, shop_id, parcel_id, said.raw)
    return go(request, "/desk/pack")


async def _print(request: Asked, tx: Tx, s: LabelScreen, wish: str) -> Html:
    """At once when it is the first time; else the screen asks why. What nobody knows of is decided here."""
    job = await label_job(tx, s.shop_id, s.parcel_id)
    if wish == "came" and job is not None and job.state == "unknown":
        await it_came_out(tx, job.id)
    elif wish == "not-out" and job is not None and job.state == "unknown":
        await print_again(tx, job.id, None)
    elif wish == "print":
        if s.state == "printed" or (job is not None and job.state in ("printed", "unknown")):
            return await label_page(request, tx, s.shop_id, s.parcel_id, said=AGAIN)
        await print_label(tx, s.shop_id, s.parcel_id, station_id=await station_here(request, tx, s))
    return await label_page(request, tx, s.shop_id, s.parcel_id)


async def _once_more(request: Asked, tx: Tx, s: LabelScreen, read: Scan) -> Html:
    """A reason by its number; UNDO goes back."""
    n = read.command.choice if read.command is not None else int(read.code)
    if n is not None and n <= len(REASONS):
        station_id = await station_here(request, tx, s)
        await print_label(tx, s.shop_id, s.parcel_id, station_id=station_id, reason=list(REASONS)[n - 1])
    return await label_page(request, tx, s.shop_id, s.parcel_id)


def wish_of(read: Scan) -> str | None:
    """What a command or a digit asks for; None for a scan that must be the label."""
    if read.command in (Command.SKIP, Command.DONE):
        return "leave"
    if read.command is Command.OK:
        return "ask"
    n = read.command.choice if read.command is not None else None
    if read.command is None and len(read.code) == 1 and read.code in "12345":
        n = int(read.code)
    if n is not None:
        return {1: "ask", 2: "void", 3: "print", 4: "came", 5: "not-out"}.get(n, "other")
    return None if read.command is None else "other"


async def label_page(request: Asked, tx: Tx, shop_id: int, parcel_id: int, said: str = "") -> Html:
    s = await label_screen(tx, shop_id, parcel_id)
    lang = language(request)
    why = tell_label_fault(s.error_code, s.error, s.fields, lang) if s.state == "failed" else ""
    at = await _at_printer(request, tx, s)
    return render(
        request,
        "shipping/desk_label.html",
        s=s,
        why=why,
        detail=technical(s.error_code, s.error) if why else None,
        said=said,
        fields=fields_of(s),
        p=at,
        reasons=REASONS,
    )


async def station_here(request: Asked, tx: Tx, s: LabelScreen) -> int | None:
    """The pack station that this screen stands at, else the one where the parcel was closed."""
    parcel = await find_parcel(tx, s.shop_id, s.parcel_id)
    if (chosen := chosen_station(request)) is not None:
        found: int | None = await tx.value(
            "select id from location where id = $1 and kind = 'station' and warehouse_id = $2",
            chosen,
            parcel.warehouse_id,
        )
        if found is not None:
            return found
    return parcel.station_id


async def _at_printer(request: Asked, tx: Tx, s: LabelScreen) -> AtPrinter:
    """The printer of this screen's station, what became of the label and of the slip there, and what is wrong with it."""
    lang = language(request)
    here = await station_here(request, tx, s)
    found = {p.kind: p for p in ([] if here is None else await printers_at(tx, here))}
    slip = await last_print(tx, s.shop_id, "parcel", s.parcel_id, "slip")
    slip_trouble = "" if slip is None else _trouble(slip, found.get("paper"), lang)
    if s.state not in ("ready", "printed"):
        return AtPrinter(None, None, "", slip, slip_trouble)
    printer, job = found.get("zpl"), await label_job(tx, s.shop_id, s.parcel_id)
    return AtPrinter(printer, job, _trouble(job, printer, lang), slip, slip_trouble)


def _trouble(job: JobRow | None, printer: AtPlace | None, lang: Lang) -> str:
    """What became of a paper where a person must look, else what its printer lacks while the paper is not out."""
    if job is not None and (job.state == "printed" or job.trouble(lang)):
        return job.trouble(lang)
    return (
        TROUBLES[printer.state].in_(lang, printer=printer.code)
        if printer and printer.state in TROUBLES
        else ""
    )


def fields_of(s: LabelScreen) -> list[Untaken]:
    """What the carrier said of single fields, the last time that it refused."""
    return s.fields if s.state == "failed" else []


@get("/desk/pack/label/{shop_id:int}/{parcel_id:int}/file", allow=PACKER)
async def label_paper(
    tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId, format: FromQuery[Format] = "pdf"
) -> Response[bytes]:
    """The label for this station's printer: PDF through the browser, or ZPL as a file."""
    headers = {"Content-Security-Policy": "frame-ancestors 'self'", "X-Content-Type-Options": "nosniff"}
    if format == "zpl":
        headers["Content-Disposition"] = f'attachment; filename="label-{shop_id}-{parcel_id}.zpl"'
    content = await label_file(tx, shop_id, parcel_id, format)
    return Response(content, media_type=MEDIA[format], headers=headers)


handlers: list[HTTPRouteHandler] = [label, label_scan, label_paper]

"""HTTP resources of printing: printers, the places that they serve, and the queue."""

from typing import Annotated, Literal

import msgspec
from litestar import delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter

from wms.db.tx import Tx
from wms.printing.addresses import Kind
from wms.printing.bind_printer import bind_printer, free_place
from wms.printing.create_printer import PrinterChange, PrinterIn, change_printer, create_printer
from wms.printing.print_test import print_test
from wms.printing.queries import JobRow, PrinterRow, list_jobs, lock_job, one_printer, printer_rows
from wms.printing.settle_print import ask_now, cancel_print, it_came_out, print_again
from wms.printing.states import Reason
from wms.web.access import ADMIN, SUPERVISOR, floor
from wms.web.pages import After, Id, Limit, Page, PathId, after_id, page

FLOOR = floor("packer", "receiver")
TAGS = ["printing"]
OfWarehouse = Annotated[int, QueryParameter(ge=0, le=10**15, description="Of this warehouse; 0: of all")]
OfPrinter = Annotated[int, QueryParameter(ge=0, le=10**15, description="Of this printer; 0: of all")]
OfShop = Annotated[int, QueryParameter(ge=0, le=2**31 - 1, description="Papers of this shop; 0: all")]
States = Literal["", "queued", "sending", "printed", "failed", "unknown", "cancelled"]
InState = Annotated[States, QueryParameter(name="state", description="In this state; empty: in any")]
OfKind = Annotated[
    Kind, QueryParameter(name="kind", description="zpl: its label printer, paper: its paper printer")
]


class NewPrinter(PrinterIn, forbid_unknown_fields=True, kw_only=True):
    """A printer and the warehouse that it stands in."""

    warehouse_id: Id


class PlaceIn(msgspec.Struct, forbid_unknown_fields=True):
    """``location_id``: a pack station or a dock."""

    location_id: Id
    printer_id: Id


class Bound(msgspec.Struct, frozen=True):
    """``moved``: papers that waited at that place for the printer before, and come out of this one now."""

    moved: int


class AgainIn(msgspec.Struct, forbid_unknown_fields=True):
    """``reason``: why it is printed once more; not needed where nobody knows whether it came out."""

    reason: Reason | None = None


class Queued(msgspec.Struct, frozen=True):
    """A job that waits for its printer."""

    job_id: int


@get("/printers", allow=FLOOR, tags=TAGS)
async def get_printers(
    tx: NamedDependency[Tx], warehouse_id: OfWarehouse = 0, after: After = "", limit: Limit = 100
) -> Page[PrinterRow]:
    """Printers with their state, the length of their queues, and the places that they serve."""
    rows = await printer_rows(tx, warehouse_id=warehouse_id, after=after_id(after), limit=limit + 1)
    return page(rows, limit, lambda p: p.id)


@post("/printers", allow=ADMIN, tags=TAGS)
async def post_printer(tx: NamedDependency[Tx], data: JSONBody[NewPrinter]) -> PrinterRow:
    """Add a printer. It is asked how it is at once."""
    return await one_printer(tx, await create_printer(tx, data.warehouse_id, data))


@get("/printers/{printer_id:int}", allow=FLOOR, tags=TAGS)
async def get_printer(tx: NamedDependency[Tx], printer_id: PathId) -> PrinterRow:
    """One printer. ``state`` other than *ready*: its papers wait, and come by themselves when it is mended."""
    return await one_printer(tx, printer_id)


@patch("/printers/{printer_id:int}", allow=ADMIN, tags=TAGS)
async def patch_printer(
    tx: NamedDependency[Tx], printer_id: PathId, data: JSONBody[PrinterChange]
) -> PrinterRow:
    """Change a printer; ``version`` as it was read. At another address it is asked anew."""
    await change_printer(tx, printer_id, data)
    return await one_printer(tx, printer_id)


@post("/printers/{printer_id:int}/test", allow=SUPERVISOR, tags=TAGS, status_code=202)
async def post_test(tx: NamedDependency[Tx], printer_id: PathId) -> Queued:
    """Print a test label, or a test sheet."""
    return Queued(await print_test(tx, printer_id))


@post("/printers/{printer_id:int}/ask", allow=FLOOR, tags=TAGS, status_code=202)
async def post_ask(tx: NamedDependency[Tx], printer_id: PathId) -> PrinterRow:
    """Somebody has mended it: it is asked at once, and its queue goes on."""
    found = await one_printer(tx, printer_id)
    await ask_now(tx, printer_id)
    return found


@put("/printer-places", allow=SUPERVISOR, tags=TAGS)
async def put_place(tx: NamedDependency[Tx], data: JSONBody[PlaceIn]) -> Bound:
    """Let a printer serve a pack station or a dock, instead of the one of its kind that did. What waits goes along."""
    return Bound(await bind_printer(tx, data.location_id, data.printer_id))


@delete("/printer-places/{location_id:int}", allow=SUPERVISOR, tags=TAGS)
async def delete_place(tx: NamedDependency[Tx], location_id: PathId, of_kind: OfKind = "zpl") -> None:
    """The place has no printer of this kind any more."""
    await free_place(tx, location_id, of_kind)


@get("/print-jobs", allow=FLOOR, tags=TAGS)
async def get_jobs(
    tx: NamedDependency[Tx],
    printer_id: OfPrinter = 0,
    in_state: InState = "",
    shop_id: OfShop = 0,
    after: After = "",
    limit: Limit = 100,
) -> Page[JobRow]:
    """Print jobs, newest first. *unknown* ones want somebody to look what came out."""
    rows = await list_jobs(
        tx, printer_id=printer_id, state=in_state, shop_id=shop_id, before=after_id(after), limit=limit + 1
    )
    return page(rows, limit, lambda j: j.id)


@post("/print-jobs/{job_id:int}/came-out", allow=FLOOR, tags=TAGS, status_code=200)
async def post_came_out(tx: NamedDependency[Tx], job_id: PathId) -> JobRow:
    """Nobody knew whether it came out, and somebody has looked: it did."""
    await it_came_out(tx, job_id)
    return await lock_job(tx, job_id)


@post("/print-jobs/{job_id:int}/again", allow=FLOOR, tags=TAGS, status_code=202)
async def post_again(tx: NamedDependency[Tx], job_id: PathId, data: JSONBody[AgainIn]) -> Queued:
    """Print the same bytes once more: what was printed needs a reason; what nobody knows of takes its old place."""
    return Queued(await print_again(tx, job_id, data.reason))


@post("/print-jobs/{job_id:int}/cancel", allow=FLOOR, tags=TAGS, status_code=200)
async def post_cancel(tx: NamedDependency[Tx], job_id: PathId) -> JobRow:
    """Take a job out of the queue."""
    await cancel_print(tx, job_id)
    return await lock_job(tx, job_id)


handlers: list[HTTPRouteHandler] = [
    get_printers,
    post_printer,
    get_printer,
    patch_printer,
    post_test,
    post_ask,
    put_place,
    delete_place,
    get_jobs,
    post_came_out,
    post_again,
    post_cancel,
]

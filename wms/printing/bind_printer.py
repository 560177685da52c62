"""Which printer serves a pack station or a dock."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.printing.addresses import Kind
from wms.printing.queries import lock_printer
from wms.printing.queue_errors import NoPlaceForPrinter, PrinterElsewhere, PrinterOutOfUse
from wms.printing.queue_print import give_up_misfits, wake

PLACES = ("station", "dock")


async def bind_printer(tx: Tx, location_id: int, printer_id: int) -> int:
    """The printer takes the place of the one of its kind. What waits for this place goes along; returns how much.

    What is being printed right now stays where it is, and what was made for another head does not come out at all: its job
    says so where it was asked for. Raises ``NotFound``, ``NoPlaceForPrinter``, ``PrinterElsewhere``,
    ``PrinterOutOfUse``.
    """
    place = await tx.row("select id, code, kind, warehouse_id from location where id = $1", location_id)
    if place is None:
        raise NotFound(what="location", ref=location_id)
    printer = await lock_printer(tx, printer_id)
    if place["kind"] not in PLACES:
        raise NoPlaceForPrinter(place=place["code"])
    if place["warehouse_id"] != printer.warehouse_id:
        raise PrinterElsewhere(printer=printer.code, place=place["code"])
    if not printer.active:
        raise PrinterOutOfUse(printer=printer.code)
    await tx.run(
        """insert into printer_place (location_id, kind, printer_id) values ($1, $2, $3)
           on conflict (location_id, kind) do update set printer_id = excluded.printer_id""",
        location_id,
        printer.kind,
        printer_id,
    )
    gone_along = await tx.rows(
        """update print_job set printer_id = $3, retry_at = null, error_code = null, error = null
           where state = 'queued' and location_id = $1 and format = $2 and printer_id <> $3 returning dots_per_mm""",
        location_id,
        "zpl" if printer.kind == "zpl" else "pdf",
        printer_id,
    )
    moved = sum(1 for r in gone_along if r["dots_per_mm"] in (None, printer.dots_per_mm))
    await give_up_misfits(tx, printer_id)
    data = {"printer": printer.code, "place": place["code"], "moved": moved}
    await record(
        tx, Event(kind="printer.bound", subject="printer", subject_id=printer_id, ref=printer.code, data=data)
    )
    await wake(tx, printer_id)
    return moved


async def free_place(tx: Tx, location_id: int, kind: Kind) -> None:
    """The place has no printer of this kind any more; what waits for it stays in the queue. Raises ``NotFound``."""
    row = await tx.row(
        """delete from printer_place a using printer p, location l
           where a.location_id = $1 and a.kind = $2 and p.id = a.printer_id and l.id = a.location_id
           returning p.id, p.code, l.code as place""",
        location_id,
        kind,
    )
    if row is None:
        raise NotFound(what="printer of place", ref=location_id)
    event = Event(
        kind="printer.freed",
        subject="printer",
        subject_id=row["id"],
        ref=row["code"],
        data={"place": row["place"]},
    )
    await record(tx, event)

"""A parcel's label on the printer of the pack station where the parcel was closed.

Ours is drawn as ZPL for that printer's head; a carrier's own goes as it came, once it has been looked at. What a label
printer cannot print is on record as such, with the way out: nothing is left out in silence.
"""

import msgspec

from wms.db.tx import Tx
from wms.events.documents import get_document
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.kernel.text import Text
from wms.orders.parcels import Parcel, lock_parcel
from wms.printing.errors import CannotPrint, NoTemplate, TemplateError
from wms.printing.lint_zpl import lint_zpl
from wms.printing.queries import JobRow, last_print
from wms.printing.queue_errors import ForeignZpl, JobUnderWay, NoPrinterHere, ReasonNeeded
from wms.printing.queue_print import Paper, Target, cancel_prints, printer_at, printer_needed, queue_print
from wms.printing.states import REASONS, head_of
from wms.printing.templates import load_template
from wms.printing.zpl import render_zpl
from wms.shipping.errors import NoLabelYet
from wms.shipping.label_data import printable_label
from wms.shipping.queries import StoredLabel, stored_label


class Printed(msgspec.Struct, frozen=True):
    """A label in the queue of a printer. ``state``: queued, or failed where this printer cannot print it."""

    job_id: int
    printer_id: int
    printer: str
    state: str


async def print_ready_label(tx: Tx, shop_id: int, parcel_id: int, station_id: int | None, ref: str) -> None:
    """The label is ready: it comes out at the station where the parcel was closed, if a label printer stands there."""
    to = await printer_at(tx, station_id, "zpl")
    label = None if to is None else await stored_label(tx, shop_id, parcel_id)
    if to is not None and label is not None:
        await queue_print(tx, to, await label_paper(tx, to, label, ref, reason=None))


async def print_label(
    tx: Tx, shop_id: int, parcel_id: int, *, station_id: int | None = None, reason: str | None = None
) -> Printed:
    """Prints the label at a pack station: the given one, else where the parcel was closed.

    What still waits for another printer comes out here instead. A label that was printed before, or may have been, needs
    a ``reason`` of ``wms.printing.states.REASONS``. Of two who ask at once the second finds what the first has done.
    Raises ``NoLabelYet``, ``NoPrinterHere``, ``ReasonNeeded``, ``JobUnderWay``, ``NotFound``.
    """
    order, parcel = await lock_parcel(tx, shop_id, parcel_id)
    label = await stored_label(tx, shop_id, parcel_id)
    if label is None or label.state not in ("ready", "printed"):
        raise NoLabelYet(parcel=parcel.hu, state=label.state if label else "none", why="")
    to = await _target(tx, parcel, station_id)
    last = await last_print(tx, shop_id, "parcel", parcel_id, "label", label.id)
    if last is not None and last.state == "sending":
        raise JobUnderWay(ref=last.ref or last.id)
    if last is not None and last.state == "queued" and last.printer_id == to.id:
        return Printed(last.id, to.id, to.code, last.state)
    before = label.state == "printed" or (last is not None and last.state in ("printed", "unknown"))
    if before and reason not in REASONS:
        raise ReasonNeeded(pointer="/reason")
    ref = f"{order.number}/{parcel.no}"
    await cancel_prints(tx, shop_id, "parcel", [parcel_id], "label", unknown=True)
    paper = await label_paper(tx, to, label, ref, reason=reason if before else None)
    job_id = await queue_print(tx, to, paper)
    data = {"printer": to.code, "job_id": job_id} | ({"reason": reason} if before else {})
    await record(
        tx,
        Event(
            kind="label.reprinted" if before else "label.sent_to_printer", subject="parcel", subject_id=parcel_id,
            shop_id=shop_id, ref=ref, data=data,
        ),
    )  # fmt: skip
    return Printed(job_id, to.id, to.code, "failed" if paper.fault else "queued")


async def _target(tx: Tx, parcel: Parcel, station_id: int | None) -> Target:
    if station_id is not None:
        house = await tx.value("select warehouse_id from location where id = $1", station_id)
        if house != parcel.warehouse_id:
            raise NotFound(what="pack station", ref=station_id)
        return await printer_needed(tx, station_id, "zpl")
    if parcel.station_id is None:
        raise NoPrinterHere(place=parcel.hu)
    return await printer_needed(tx, parcel.station_id, "zpl")


async def label_paper(tx: Tx, to: Target, label: StoredLabel, ref: str, *, reason: str | None) -> Paper:
    """What goes to the printer, or why this printer cannot print it."""
    paper = Paper(
        document="label", subject="parcel", subject_id=label.parcel_id, shop_id=label.shop_id, label_id=label.id, ref=ref,
        reason=reason,
    )  # fmt: skip
    if label.template is not None:
        return _ours(to, label, paper)
    if (document_id := label.files.get("zpl")) is None:
        return msgspec.structs.replace(paper, fault="no-zpl")
    came = (await get_document(tx, label.shop_id, document_id)).content
    try:
        clean = lint_zpl(came)
    except ForeignZpl as e:
        return msgspec.structs.replace(paper, fault="foreign-zpl", error=e.why)
    if clean == came:
        return msgspec.structs.replace(paper, document_id=document_id)
    return msgspec.structs.replace(paper, content=clean)


def _ours(to: Target, label: StoredLabel, paper: Paper) -> Paper:
    try:
        template = load_template(label.template or "parcel", shop=label.shop)
        if template.page.dots_per_mm != to.dots_per_mm:
            return msgspec.structs.replace(paper, fault="density", error=head_of(template.page.dots_per_mm))
        return msgspec.structs.replace(paper, content=render_zpl(template, [printable_label(label.data)]))
    except (CannotPrint, NoTemplate, TemplateError) as e:
        return msgspec.structs.replace(paper, fault="cannot-draw", error=Text(en=e.say("en"), pl=e.say("pl")))


async def label_job(tx: Tx, shop_id: int, parcel_id: int) -> JobRow | None:
    """What became of the newest print of a parcel's label; None where none was asked for, or not of this one."""
    label = await stored_label(tx, shop_id, parcel_id)
    return None if label is None else await last_print(tx, shop_id, "parcel", parcel_id, "label", label.id)

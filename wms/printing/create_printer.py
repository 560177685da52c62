"""A printer comes into a warehouse, or is changed."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.printing.addresses import Kind, parse_address
from wms.printing.lint_zpl import lint_profile
from wms.printing.queries import lock_printer
from wms.printing.queue_errors import PrinterChanged, PrinterExists
from wms.printing.queue_print import give_up_misfits, wake

Code = Annotated[str, Meta(min_length=1, max_length=20, pattern=r"^[A-Z0-9][A-Z0-9_-]*$", examples=["ZPL-1"])]
Name = Annotated[str, Meta(min_length=1, max_length=60, examples=["Zebra at station 1"])]
Address = Annotated[str, Meta(min_length=8, max_length=300, examples=["socket://192.168.7.21:9100"])]
Dots = Literal[6, 8, 12, 24]
"""Heads there are: 152, 203, 300 and 600 dpi."""
Width = Annotated[int, Meta(ge=10, le=1000, examples=[100])]
Height = Annotated[int, Meta(ge=10, le=2000, examples=[150])]
Profile = Annotated[str, Meta(max_length=500, examples=["^MMT^MD5^PR4"])]


class PrinterIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``kind``: *zpl* for labels at ``socket://host:9100``, *paper* for PDF at ``ipp://host/path``. Size of the media in
    millimetres; ``profile``: ZPL sent before each job (speed, darkness, media mode), without ``^XA`` and ``^XZ``.
    """

    code: Code
    name: Name
    kind: Kind
    address: Address
    dots_per_mm: Dots = 8
    width_mm: Width = 100
    height_mm: Height = 150
    profile: Profile = ""


class PrinterChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is left out stays as it is. ``active`` false: it is not used any more, its queue waits."""

    version: Annotated[int, Meta(ge=1, le=2**31 - 1, examples=[1])]
    name: Name | None = None
    address: Address | None = None
    dots_per_mm: Dots | None = None
    width_mm: Width | None = None
    height_mm: Height | None = None
    profile: Profile | None = None
    active: Annotated[bool, Meta(examples=[True])] | None = None


async def create_printer(tx: Tx, warehouse_id: int, p: PrinterIn) -> int:
    """The printer's id. Raises ``PrinterExists``, ``BadAddress``, ``ForeignZpl`` for the profile, ``NotFound``."""
    parse_address(p.kind, p.address)
    lint_profile(p.profile)
    if not await tx.value("select exists (select from warehouse where id = $1)", warehouse_id):
        raise NotFound(what="warehouse", ref=warehouse_id)
    printer_id: int | None = await tx.value(
        """insert into printer (warehouse_id, code, name, kind, address, dots_per_mm, width_mm, height_mm, profile)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (warehouse_id, code) do nothing returning id""",
        warehouse_id,
        p.code,
        p.name,
        p.kind,
        p.address,
        p.dots_per_mm,
        p.width_mm,
        p.height_mm,
        p.profile,
    )
    if printer_id is None:
        raise PrinterExists(code=p.code, pointer="/code")
    data = {"address": p.address, "kind": p.kind}
    await record(
        tx, Event(kind="printer.created", subject="printer", subject_id=printer_id, ref=p.code, data=data)
    )
    await wake(tx, printer_id)
    return printer_id


async def change_printer(tx: Tx, printer_id: int, c: PrinterChange) -> None:
    """Another address is asked anew; what waits and was made for another head than the new one does not come out. Raises ``PrinterChanged``, ``BadAddress``, ``ForeignZpl``, ``NotFound``."""
    found = await lock_printer(tx, printer_id)
    if found.version != c.version:
        raise PrinterChanged(code=found.code)
    changes = {k: v for k, v in msgspec.to_builtins(c).items() if v is not None and k != "version"}
    if c.address is not None:
        parse_address(found.kind, c.address)
    if c.profile is not None:
        lint_profile(c.profile)
    new = {k: changes.get(k, getattr(found, k)) for k in CHANGEABLE}
    moved = new["address"] != found.address
    await tx.run(
        """update printer set name = $2, address = $3, dots_per_mm = $4, width_mm = $5, height_mm = $6, profile = $7,
             active = $8, version = version + 1, state = case when $9 then 'unseen' else state end,
             asked_at = null where id = $1""",
        printer_id,
        *new.values(),
        moved,
    )
    await tx.run(
        "update print_job set retry_at = null where printer_id = $1 and state = 'queued' and retry_at is not null",
        printer_id,
    )
    await give_up_misfits(tx, printer_id)
    await record(
        tx,
        Event(kind="printer.changed", subject="printer", subject_id=printer_id, ref=found.code, data=changes),
    )
    await wake(tx, printer_id)


CHANGEABLE = ("name", "address", "dots_per_mm", "width_mm", "height_mm", "profile", "active")

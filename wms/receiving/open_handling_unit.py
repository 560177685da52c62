"""A pallet, carton or tote at the dock, onto which goods are received."""

from typing import Literal

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.kernel.scan import parse_scan
from wms.locations.errors import UnknownHandlingUnit
from wms.locations.handling_units import create_handling_unit
from wms.locations.number_ranges import take_ssccs
from wms.locations.queries import Unit
from wms.locations.resolve import find_handling_unit
from wms.receiving.errors import ReceiptClosed, UnitInUse
from wms.receiving.print_unit import print_unit

OpenKind = Literal["pallet", "carton", "tote"]


class OpenedUnit(msgspec.Struct, frozen=True):
    """``sscc`` is null for a tote that has only its own label. ``printer``: where the label of a new one comes out."""

    id: int
    kind: str
    code: str
    sscc: str | None
    printer: str | None = None


async def open_handling_unit(
    tx: Tx, shop_id: int, receipt_id: int, kind: OpenKind = "pallet", label: str | None = None
) -> OpenedUnit:
    """A unit that stands at the receipt's dock, ready to be received onto.

    With no ``label`` a new one with an SSCC of ours, whose label comes out at the dock where a printer serves it. With a
    label (raw scan): the unit that has it, if it is empty or stands here already; an SSCC that we do not know is the
    supplier's and is taken over. Raises ``NotFound``, ``ReceiptClosed``, ``UnknownHandlingUnit``, ``UnitInUse``,
    ``NumbersMissing``.
    """
    receipt = await tx.row(
        """select r.number, r.state, r.location_id, l.warehouse_id from receipt r join location l on l.id = r.location_id
           where r.shop_id = $1 and r.id = $2 for share of r""",
        shop_id,
        receipt_id,
    )
    if receipt is None:
        raise NotFound(what="receipt", ref=receipt_id)
    if receipt["state"] != "open":
        raise ReceiptClosed(number=receipt["number"])
    dock, warehouse_id = receipt["location_id"], receipt["warehouse_id"]
    sscc: str | None = None
    if label is not None:
        scan = parse_scan(label)
        unit = await find_handling_unit(tx, scan)
        if unit is not None:
            return await _taken(tx, unit, warehouse_id, dock)
        if scan.sscc is None:
            raise UnknownHandlingUnit(scanned=scan.code)
        sscc = scan.sscc
    else:
        (sscc,) = await take_ssccs(tx)
    unit_id = (await create_handling_unit(tx, warehouse_id, kind, sscc=sscc, location_id=dock)).id
    event = Event(
        kind="receipt.unit_opened",
        subject="receipt",
        subject_id=receipt_id,
        shop_id=shop_id,
        ref=receipt["number"],
        data={"unit": sscc, "kind": kind},
    )
    await record(tx, event)
    printer = await print_unit(tx, unit_id, dock) if label is None else None
    return OpenedUnit(id=unit_id, kind=kind, code=sscc, sscc=sscc, printer=printer)


async def _taken(tx: Tx, unit: Unit, warehouse_id: int, dock: int) -> OpenedUnit:
    """A unit that is known: brought here if it is empty, gone on with if it stands here."""
    row = await tx.row(
        """select h.location_id, exists (select from balance b where b.hu_id = h.id and b.on_hand > 0) as filled
           from handling_unit h where h.id = $1 for update of h""",
        unit.id,
    )
    assert row is not None
    elsewhere = row["filled"] and row["location_id"] != dock
    if unit.kind == "parcel" or unit.warehouse_id != warehouse_id or elsewhere:
        raise UnitInUse(unit=unit.code)
    await tx.run("update handling_unit set location_id = $2 where id = $1", unit.id, dock)
    return OpenedUnit(id=unit.id, kind=unit.kind, code=unit.code, sscc=unit.sscc)

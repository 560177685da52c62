"""The printed label is scanned back onto its parcel."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.scan import parse_scan
from wms.orders.parcels import find_parcel
from wms.printing.queue_print import label_seen
from wms.shipping.errors import NoLabelYet, WrongLabel
from wms.shipping.queries import stored_label


async def confirm_label(tx: Tx, shop_id: int, parcel_id: int, scan: str) -> str:
    """The label is on the right box; returns its tracking number. Raises ``WrongLabel``, ``NoLabelYet``."""
    parcel = await find_parcel(tx, shop_id, parcel_id)
    label = await stored_label(tx, shop_id, parcel_id)
    if parcel.tracking_number is None or label is None:
        raise NoLabelYet(parcel=parcel.hu, state=label.state if label else "none", why="")
    read = parse_scan(scan)
    on_it = {parcel.tracking_number, parcel.sscc} - {None}
    if not on_it & {read.code, read.raw.strip(), read.sscc}:
        raise WrongLabel(parcel=parcel.hu, scanned=read.code[:60], expected=parcel.tracking_number)
    changed = await tx.run(
        "update label set state = 'printed', scanned_at = now() where shop_id = $1 and parcel_id = $2 and state = 'ready'",
        shop_id,
        parcel_id,
    )
    await label_seen(tx, shop_id, parcel_id, label.id)
    if changed:
        event = Event(
            kind="label.confirmed",
            subject="parcel",
            subject_id=parcel_id,
            shop_id=shop_id,
            ref=parcel.tracking_number,
        )
        await record(tx, event)
    return parcel.tracking_number

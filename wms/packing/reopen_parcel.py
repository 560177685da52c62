"""Open a closed parcel again, as long as it has no label."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.orders.advance import advance
from wms.orders.parcels import ParcelState, lock_live_parcel, reopen_parcel_record
from wms.orders.states import OrderState
from wms.packing.errors import ParcelHasLabel, ParcelNotOpen
from wms.packing.queries import Station, station_screen
from wms.packing.sessions import claim_session
from wms.printing.queue_print import outdate


async def reopen_parcel(tx: Tx, shop_id: int, parcel_id: int) -> Station:
    """The parcel is open on the packer's table again, its order is being packed; the slip of before does not come out
    any more.

    Raises ``ParcelHasLabel`` while a label is bought or being bought, ``BeingPacked``, ``ParcelNotOpen``.
    """
    order, parcel = await lock_live_parcel(tx, shop_id, parcel_id)
    label = await tx.value(
        "select 1 from label where shop_id = $1 and parcel_id = $2 and state <> 'void'", shop_id, parcel_id
    )
    if label is not None:
        raise ParcelHasLabel(parcel=parcel.hu)
    if parcel.state != ParcelState.CLOSED:
        raise ParcelNotOpen(parcel=parcel.hu, state=parcel.state)
    last = await tx.row(
        "select station_id, tote_hu_id from pack_session where shop_id = $1 and order_id = $2 order by id desc limit 1",
        shop_id,
        order.id,
    )
    assert last is not None
    await reopen_parcel_record(tx, shop_id, parcel_id)
    await outdate(tx, shop_id, "parcel", parcel_id, "slip")
    session = await claim_session(tx, order, last["station_id"], last["tote_hu_id"], parcel_id)
    if order.state == OrderState.PACKED:
        await advance(tx, shop_id, [order.id], OrderState.PACKING, reason="parcel reopened")
    event = Event(
        kind="parcel.reopened",
        subject="parcel",
        subject_id=parcel_id,
        shop_id=shop_id,
        ref=f"{order.number}/{parcel.no}",
    )
    await record(tx, event)
    return await station_screen(tx, shop_id, session.id)

"""Open the next parcel of the order that is being packed."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.locations.handling_units import create_handling_unit
from wms.locations.queries import system_location
from wms.orders.parcels import ParcelState, find_parcel, open_parcel_record
from wms.packing.queries import Station, station_screen
from wms.packing.sessions import enter_session


async def open_parcel(tx: Tx, shop_id: int, session_id: int) -> Station:
    """A new box for the session; one that is open already is simply used on. Raises like ``enter_session``."""
    order, session = await enter_session(tx, shop_id, session_id)
    if session.parcel_id is not None:
        parcel = await find_parcel(tx, shop_id, session.parcel_id)
        if parcel.state == ParcelState.OPEN:
            return await station_screen(tx, shop_id, session_id)
    packed = await system_location(tx, order.warehouse_id, "packed")
    hu_id = await create_handling_unit(tx, order.warehouse_id, "parcel", location_id=packed)
    parcel_id, no = await open_parcel_record(tx, order, hu_id)
    await tx.run(
        "update pack_session set parcel_id = $3 where shop_id = $1 and id = $2",
        shop_id,
        session_id,
        parcel_id,
    )
    await record(
        tx,
        Event(
            kind="parcel.opened", subject="parcel", subject_id=parcel_id, shop_id=shop_id,
            ref=f"{order.number}/{no}", data={"order_id": order.id},
        ),
    )  # fmt: skip
    return await station_screen(tx, shop_id, session_id)

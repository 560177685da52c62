"""Open the next parcel of the order that is being packed."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.locations.handling_units import create_handling_unit
from wms.locations.queries import system_location
from wms.orders.gates import LockedOrder
from wms.orders.parcels import ParcelState, open_parcel_record
from wms.packing.queries import LiveSession, Station, station_screen
from wms.packing.sessions import enter_session


async def open_parcel(tx: Tx, shop_id: int, session_id: int) -> Station:
    """A new box for the session; one that is open already is simply used on. Raises like ``enter_session``."""
    order, session = await enter_session(tx, shop_id, session_id)
    await take_box(tx, order, session)
    return await station_screen(tx, shop_id, session_id)


async def take_box(tx: Tx, order: LockedOrder, session: LiveSession) -> LiveSession:
    """The same in a session that is entered: it comes back with an open parcel."""
    if session.parcel_state == ParcelState.OPEN:
        return session
    packed = await system_location(tx, order.warehouse_id, "packed")
    box = await create_handling_unit(tx, order.warehouse_id, "parcel", location_id=packed)
    parcel_id, no = await open_parcel_record(tx, order, box.id)
    await tx.run(
        "update pack_session set parcel_id = $3 where shop_id = $1 and id = $2",
        order.shop_id,
        session.id,
        parcel_id,
    )
    await record(
        tx,
        Event(
            kind="parcel.opened", subject="parcel", subject_id=parcel_id, shop_id=order.shop_id,
            ref=f"{order.number}/{no}", data={"order_id": order.id},
        ),
    )  # fmt: skip
    return msgspec.structs.replace(
        session, parcel_id=parcel_id, parcel_hu_id=box.id, parcel_hu=box.code, parcel_state=ParcelState.OPEN
    )

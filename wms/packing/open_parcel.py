"""Open the next parcel of the order that is being packed."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import author
from wms.locations.errors import CodeTaken
from wms.locations.handling_units import PREFIX
from wms.locations.queries import system_location
from wms.orders.gates import LockedOrder
from wms.orders.parcels import NEXT_BOX, ParcelState
from wms.packing.queries import LiveSession, Station, station_screen
from wms.packing.sessions import enter_session


async def open_parcel(tx: Tx, shop_id: int, session_id: int) -> Station:
    """A new box for the session; one that is open already is simply used on. Raises like ``enter_session``."""
    order, session = await enter_session(tx, shop_id, session_id)
    await take_box(tx, order, session)
    return await station_screen(tx, shop_id, session_id)


TAKE_BOX = f"""
with {NEXT_BOX}, mine as (
  update pack_session s set parcel_id = box.id from box where s.shop_id = $1 and s.id = $12
)
select box.id, born.id as hu_id, born.code as hu from box, born
"""


async def take_box(tx: Tx, order: LockedOrder, session: LiveSession) -> LiveSession:
    """The same in a session that is entered: it comes back with an open parcel."""
    if session.parcel_state == ParcelState.OPEN:
        return session
    packed = await system_location(tx, order.warehouse_id, "packed")
    found = await tx.row(
        TAKE_BOX,
        order.shop_id,
        order.id,
        order.warehouse_id,
        order.carrier_id,
        order.service,
        packed,
        order.number,
        *author(tx),
        session.id,
    )
    if found is None:
        raise CodeTaken(codes=PREFIX["parcel"])
    return msgspec.structs.replace(
        session,
        parcel_id=found["id"],
        parcel_hu_id=found["hu_id"],
        parcel_hu=found["hu"],
        parcel_state=ParcelState.OPEN,
    )

"""The lease of one packer on one order."""

from datetime import timedelta

from wms.db.tx import Tx
from wms.orders.gates import LockedOrder, lock_live_order
from wms.packing.errors import BeingPacked, SessionOver
from wms.packing.queries import LiveSession, lock_live_session, session_row

LEASE = timedelta(minutes=15)
RENEW_BELOW = timedelta(minutes=10)
"""A lease is written anew only when it has got this short: a scan should not cost a second row version."""


async def claim_session(
    tx: Tx, order: LockedOrder, station_id: int, tote_hu_id: int | None, parcel_id: int | None = None
) -> int:
    """The session of a locked order for whoever asks: new, resumed, or taken over when its lease has run out.

    Raises ``BeingPacked`` while somebody else holds it.
    """
    live = await lock_live_session(tx, order.shop_id, order.id)
    me = tx.actor.person_id
    if live is None:
        session_id: int = await tx.value(
            """insert into pack_session (shop_id, order_id, station_id, person_id, tote_hu_id, parcel_id, lease_until)
               values ($1, $2, $3, $4, $5, $6, $7) returning id""",
            order.shop_id,
            order.id,
            station_id,
            me,
            tote_hu_id,
            parcel_id,
            tx.now + LEASE,
        )
        return session_id
    if live.person_id != me and live.lease_until > tx.now:
        raise BeingPacked(person=live.person or "?", number=order.number, station=live.station)
    await tx.run(
        """update pack_session set station_id = $3, person_id = $4, tote_hu_id = coalesce($5, tote_hu_id),
             parcel_id = coalesce($6, parcel_id), lease_until = $7 where shop_id = $1 and id = $2""",
        order.shop_id,
        live.id,
        station_id,
        me,
        tote_hu_id,
        parcel_id,
        tx.now + LEASE,
    )
    return live.id


async def enter_session(tx: Tx, shop_id: int, session_id: int) -> tuple[LockedOrder, LiveSession]:
    """Locks the order (the gate), then the session, and renews its lease.

    Raises ``OrderCancelled``, ``OrderOnHold``, ``SessionOver`` when it has ended or belongs to somebody else.
    """
    order = await lock_live_order(tx, shop_id, (await session_row(tx, shop_id, session_id)).order_id)
    live = await lock_live_session(tx, shop_id, order.id)
    if live is None or live.id != session_id or live.person_id != tx.actor.person_id:
        raise SessionOver
    if live.lease_until - tx.now < RENEW_BELOW:
        await tx.run(
            "update pack_session set lease_until = $3 where shop_id = $1 and id = $2",
            shop_id,
            session_id,
            tx.now + LEASE,
        )
    return order, live

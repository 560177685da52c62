"""The lease of one packer on one order."""

from datetime import timedelta

import msgspec

from wms.db.tx import Tx
from wms.orders.gates import LockedOrder, pass_gate
from wms.packing.errors import BeingPacked, SessionOver
from wms.packing.queries import SESSION_IN, LiveSession, lock_live_session, lock_packed_order

LEASE = timedelta(minutes=15)
RENEW_BELOW = timedelta(minutes=10)
"""A lease is written anew only when it has got this short: a scan should not cost a second row version."""


NEW = f"""
with fresh as (
  insert into pack_session (shop_id, order_id, station_id, person_id, tote_hu_id, parcel_id, lease_until)
  values ($1, $2, $3, $4, $5, $6, $7) returning *
)
{SESSION_IN.format(table="fresh")}"""


async def claim_session(
    tx: Tx, order: LockedOrder, station_id: int, tote_hu_id: int | None, parcel_id: int | None = None
) -> LiveSession:
    """The session of a locked order for whoever asks: new, resumed, or taken over when its lease has run out. The parcel's
    columns and the names in it are those of before.

    Raises ``BeingPacked`` while somebody else holds it.
    """
    live = await lock_live_session(tx, order.shop_id, order.id)
    me = tx.actor.person_id
    if live is None:
        fresh = await tx.one(
            LiveSession,
            NEW,
            order.shop_id,
            order.id,
            station_id,
            me,
            tote_hu_id,
            parcel_id,
            tx.now + LEASE,
        )
        assert fresh is not None
        return fresh
    if live.person_id != me and live.lease_until > tx.now:
        raise BeingPacked(person=live.person or "?", number=order.number, station=live.station)
    taken = msgspec.structs.replace(
        live, station_id=station_id, person_id=me, tote_hu_id=tote_hu_id or live.tote_hu_id,
        parcel_id=parcel_id or live.parcel_id, lease_until=tx.now + LEASE,
    )  # fmt: skip
    await tx.run(
        """update pack_session set station_id = $3, person_id = $4, tote_hu_id = $5, parcel_id = $6, lease_until = $7
           where shop_id = $1 and id = $2""",
        order.shop_id,
        live.id,
        taken.station_id,
        taken.person_id,
        taken.tote_hu_id,
        taken.parcel_id,
        taken.lease_until,
    )
    return taken


async def enter_session(tx: Tx, shop_id: int, session_id: int) -> tuple[LockedOrder, LiveSession]:
    """Locks the order (the gate), then the session, and renews its lease.

    Raises ``NotFound``, ``OrderCancelled``, ``OrderOnHold``, ``SessionOver`` when it has ended or belongs to somebody else.
    """
    order = await lock_packed_order(tx, shop_id, session_id)
    pass_gate(order)
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

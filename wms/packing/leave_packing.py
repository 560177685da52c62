"""Put an order aside: the tote goes back into the queue, and whoever scans it next goes on."""

from wms.db.tx import Tx
from wms.packing.sessions import enter_session


async def leave_packing(tx: Tx, shop_id: int, session_id: int) -> None:
    """Ends the lease and keeps the open parcel with what is in it. Raises like ``enter_session``."""
    await enter_session(tx, shop_id, session_id)
    await tx.run(
        "update pack_session set lease_until = $3 where shop_id = $1 and id = $2",
        shop_id,
        session_id,
        tx.now,
    )

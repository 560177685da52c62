"""The end of a return, and what happens on the way without the goods."""

from decimal import Decimal

from wms.db.tx import Tx
from wms.returns.states import LockedReturn, ReturnState, advance_return, lock_return


async def mark_sent(tx: Tx, shop_id: int, rma_id: int, tracking_number: str) -> LockedReturn:
    """The buyer has sent the box; its number finds it at the bench. Raises ``WrongState``, ``NotFound``."""
    rma = await lock_return(tx, shop_id, rma_id)
    rma = await advance_return(tx, rma, ReturnState.IN_TRANSIT, tracking_number=tracking_number)
    await tx.run(
        "update rma set tracking_number = $3 where shop_id = $1 and id = $2", shop_id, rma_id, tracking_number
    )
    return rma


async def resolve_return(
    tx: Tx, shop_id: int, rma_id: int, *, note: str | None = None, refunded: Decimal | None = None
) -> LockedReturn:
    """The shop has decided; ``refunded`` is what it paid. Raises ``WrongState``, ``NotFound``."""
    rma = await lock_return(tx, shop_id, rma_id)
    paid = None if refunded is None else str(refunded)
    return await advance_return(tx, rma, ReturnState.RESOLVED, note=note, refunded=paid)


async def reject_return(tx: Tx, shop_id: int, rma_id: int, reason: str) -> LockedReturn:
    """It is not accepted. Goods that were inspected stay where the ledger has them. Raises ``WrongState``, ``NotFound``."""
    rma = await lock_return(tx, shop_id, rma_id)
    return await advance_return(tx, rma, ReturnState.REJECTED, reason=reason)


async def close_return(tx: Tx, shop_id: int, rma_id: int) -> LockedReturn:
    """Nothing is left to do: after the decision, or because it never came. Raises ``WrongState``, ``NotFound``."""
    rma = await lock_return(tx, shop_id, rma_id)
    return await advance_return(tx, rma, ReturnState.CLOSED)

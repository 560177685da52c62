"""Orders that no service took are looked at again: the job, and who asks for it."""

from collections.abc import Sequence

import asyncpg
import structlog

from wms.db.tx import Database, Tx
from wms.events.log import enqueue
from wms.orders.choose_again import choose_again
from wms.orders.gates import lock_free_orders
from wms.orders.hold_words import NO_SERVICE
from wms.orders.holds import go_on_all
from wms.orders.states import OrderState

log = structlog.get_logger()
MOST = 50
"""Orders that are looked at in one transaction: nobody waits for their locks for long."""
AWAY = (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError)
"""No order's fault: the database does not answer."""

WAITING = """
select distinct h.order_id from order_hold h
join orders o on (o.shop_id, o.id) = (h.shop_id, h.order_id) and o.state = 'on_hold'
where h.shop_id = $1 and h.code = $2 and h.released_at is null and h.order_id > $3 order by h.order_id limit $4
"""


async def choose_for_waiting(database: Database, shop_id: int) -> int:
    """The job: looks again at every order of a shop that no service took; returns how many go on.

    One that somebody has in hand is left to the next pass. One that cannot be looked at does not stop the others; what it
    failed with is raised when all have been looked at.
    """
    after, moved = 0, 0
    failed: Exception | None = None
    while True:
        async with database.begin() as tx:
            ids = [r["order_id"] for r in await tx.rows(WAITING, shop_id, NO_SERVICE, after, MOST)]
        if not ids:
            break
        after = ids[-1]
        try:
            moved += await _look_again(database, shop_id, ids)
        except AWAY:
            raise
        except Exception:
            for order_id in ids:
                try:
                    moved += await _look_again(database, shop_id, [order_id])
                except AWAY:
                    raise
                except Exception as e:
                    log.error(
                        "a waiting order cannot be looked at", shop_id=shop_id, order_id=order_id, exc_info=e
                    )
                    failed = e
    if failed is not None:
        raise failed
    return moved


async def _look_again(database: Database, shop_id: int, order_ids: Sequence[int]) -> int:
    """How many of these go on."""
    async with database.begin() as tx:
        found = await lock_free_orders(tx, shop_id, order_ids)
        orders = [o for o in found if o.state == OrderState.ON_HOLD]
        chosen = await choose_again(tx, shop_id, orders)
        gone = await go_on_all(tx, shop_id, [c.order_id for c in chosen if c.carried])
        return sum(m.state != OrderState.ON_HOLD for m in gone)


async def sweep_choices(tx: Tx) -> int:
    """A job for each shop with orders that no service took: prices come into force by the calendar, too."""
    rows = await tx.rows(
        "select distinct shop_id from order_hold where code = $1 and released_at is null order by 1",
        NO_SERVICE,
    )
    for row in rows:
        await enqueue_choosing(tx, row["shop_id"])
    return len(rows)


async def enqueue_choosing(tx: Tx, shop_id: int) -> None:
    key = f"choose-{shop_id}"
    await enqueue(tx, "labels", "orders.choose_again", lock=key, once=key, shop_id=shop_id)

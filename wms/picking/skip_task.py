"""This bin later: somebody stands in front of it, or a pallet does."""

from wms.db.tx import Tx
from wms.picking.pass_on import now_at
from wms.picking.screen import Cart, PickScreen, draw

# The task goes to the end of the walk, those behind it move up: n of N stays what it is.
SKIP = """
with last as (select max(seq) as seq from pick_task where cluster_id = $1 and state = 'open')
update pick_task t set step = 'location', counted = 0, missing = false,
       seq = case when t.shop_id = $2 and t.id = $3 then last.seq else t.seq - 1 end
from last where t.cluster_id = $1 and t.state = 'open' and t.seq >= $4
"""


async def skip_task(tx: Tx, cart: Cart) -> PickScreen:
    """Puts the task at the end of the walk. The cart is locked, and nothing was counted yet."""
    await tx.run(SKIP, cart.cluster_id, cart.shop_id, cart.task_id, cart.seq)
    return draw(tx, await now_at(tx, cart.cluster_id))

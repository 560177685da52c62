"""Holds of orders: put on, and what happens when the last one is gone."""

from collections.abc import Sequence

import msgspec

from wms.db.tx import Tx
from wms.orders.allocate_orders import allocate_orders
from wms.orders.check_address import FAULTS, Fault
from wms.orders.hold_words import MANUAL, HoldFacts, stored
from wms.orders.states import OrderState

# Before goods are taken an order can wait; later a hold would strand a tote on the floor.
HOLDABLE = frozenset({OrderState.RECEIVED, OrderState.BACKORDERED, OrderState.ALLOCATED})


class Mended(msgspec.Struct, frozen=True):
    number: str
    state: str
    open_holds: list[str]


async def hold_by_hand(tx: Tx, shop_id: int, order_id: int, said: str) -> None:
    """Puts on a hold in a person's own words."""
    await tx.run(
        "insert into order_hold (shop_id, order_id, code, facts) values ($1, $2, $3, $4)",
        shop_id,
        order_id,
        MANUAL,
        stored(HoldFacts(said=said)),
    )


# What is as wrong as before stays on hold since when it was: only what changed is written.
HOLD_FAULTS = """
with wrong as (
  select * from unnest($3::text[], $4::text[]) with ordinality as u(code, field, n)
), mended as (
  update order_hold h set released_at = now()
  where h.shop_id = $1 and h.order_id = $2 and h.released_at is null and h.code = any($5::text[])
    and not exists (select from wrong w where (w.code, w.field) = (h.code, h.field))
)
insert into order_hold (shop_id, order_id, code, field)
select $1, $2, w.code, w.field from wrong w
where not exists (select from order_hold h where h.shop_id = $1 and h.order_id = $2 and h.released_at is null
                  and (h.code, h.field) = (w.code, w.field))
order by w.n
"""


async def hold_faults(tx: Tx, shop_id: int, order_id: int, faults: Sequence[Fault]) -> None:
    """The order is on hold for just these faults of its recipient."""
    await tx.run(
        HOLD_FAULTS, shop_id, order_id, [f.code for f in faults], [f.field for f in faults], list(FAULTS)
    )


HELD = """
select o.id, o.number, o.state, array(select code from order_hold h where h.shop_id = o.shop_id and h.order_id = o.id
                                      and h.released_at is null order by h.id) as holds
from orders o where o.shop_id = $1 and o.id = any($2::bigint[]) order by o.id
"""


async def go_on_all(tx: Tx, shop_id: int, order_ids: Sequence[int]) -> list[Mended]:
    """Of these locked orders, those whose last hold is gone get their stock and move on; all of them, in order of id.

    All at once, because balances are locked in their order only within one allocation.
    """
    rows = await tx.rows(HELD, shop_id, list(order_ids)) if order_ids else []
    free = [r["id"] for r in rows if r["state"] == OrderState.ON_HOLD and not r["holds"]]
    new = {m.id: m.new for m in await allocate_orders(tx, shop_id, free)}
    return [
        Mended(number=r["number"], state=new.get(r["id"], r["state"]), open_holds=list(r["holds"]))
        for r in rows
    ]


async def go_on(tx: Tx, shop_id: int, order_id: int) -> Mended:
    """The same for one."""
    (mended,) = await go_on_all(tx, shop_id, [order_id])
    return mended

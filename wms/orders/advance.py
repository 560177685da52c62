"""The only way to change an order's state."""

from collections.abc import Sequence

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record_all
from wms.kernel.refusals import NotFound
from wms.orders.states import STEPS, OrderState


class Advanced(msgspec.Struct, frozen=True):
    id: int
    number: str
    old: str


ADVANCE = """
with held as materialized (
  select o.id, o.number, o.state as old from orders o
  where o.shop_id = $1 and o.id = any($2::bigint[]) order by o.id for update
), changed as (
  update orders o set state = $3, version = o.version + 1 from held h
  where o.shop_id = $1 and o.id = h.id and h.old = any($4::text[]) and h.old <> $3
  returning o.id
)
select h.id, h.number, h.old from held h
"""


async def advance(
    tx: Tx, shop_id: int, order_ids: Sequence[int], new: OrderState, *, reason: str | None = None
) -> list[Advanced]:
    """Takes orders of one shop to ``new`` and writes an event for each; returns those that changed.

    An order that is there already stays and is not returned. Raises ``WrongState`` when one of them may not get
    there in one step, ``NotFound`` when one does not exist. The orders stay locked until the transaction ends.
    """
    if not order_ids:
        return []
    rows = await tx.all(
        Advanced, ADVANCE, shop_id, list(order_ids), new.value, [s.value for s in STEPS.before(new)]
    )
    if missing := set(order_ids) - {r.id for r in rows}:
        raise NotFound(what="order", ref=min(missing))
    changed = [r for r in rows if r.old != new.value]
    for r in changed:
        STEPS.check(r.number, OrderState(r.old), new)
    await record_all(
        tx,
        [
            Event(
                kind=f"order.{new.value}",
                subject="order",
                subject_id=r.id,
                shop_id=shop_id,
                ref=r.number,
                data={"old": r.old, "new": new.value} | ({"reason": reason} if reason else {}),
            )
            for r in changed
        ],
    )
    return changed

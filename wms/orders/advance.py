"""The only way to change an order's state."""

from collections.abc import Sequence

import msgspec

from wms.db.tx import Tx
from wms.events.log import author, recording
from wms.kernel.refusals import NotFound
from wms.orders.states import STEPS, OrderState


class Advanced(msgspec.Struct, frozen=True):
    id: int
    number: str
    old: str


_TOLD = recording(
    """select shop_id, 'order.' || $3::text, 'order', id, number, jsonb_build_object('old', old, 'new', $3::text) || $5::jsonb
  from changed order by shop_id, id""",
    *("$6", "$7", "$8", "$9"),
)
# Behind a CTE ``held`` of locked orders: those in one of the states $4 go to $3, each with its event.
STEP = f"""changed as (
  update orders o set state = $3::text, version = o.version + 1 from held h
  where o.shop_id = h.shop_id and o.id = h.id and h.old = any((select $4::text[])::text[]) and h.old <> $3::text
  returning o.shop_id, o.id, o.number, h.old
), told as ({_TOLD}
)"""
ADVANCE = f"""
with held as materialized (
  select o.shop_id, o.id, o.number, o.state as old from orders o
  where o.shop_id = $1 and o.id = any((select $2::bigint[])::bigint[]) order by o.id for update
), {STEP}
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
    rows = await tx.sized(
        Advanced,
        ADVANCE,
        len(order_ids),
        shop_id,
        list(order_ids),
        new.value,
        [s.value for s in STEPS.before(new)],
        reason_data(reason),
        *author(tx),
    )
    if missing := set(order_ids) - {r.id for r in rows}:
        raise NotFound(what="order", ref=min(missing))
    changed = [r for r in rows if r.old != new.value]
    for r in changed:
        STEPS.check(r.number, OrderState(r.old), new)
    return changed


def reason_data(reason: str | None) -> str:
    """What the events of ``STEP`` say beside the states, as JSON."""
    return msgspec.json.encode({"reason": reason} if reason else {}).decode()

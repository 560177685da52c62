"""The box is empty: say what was in it, and tell the shop what to refund."""

from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.events.log import record
from wms.kernel.calendar import local_date
from wms.kernel.refusals import NotFound
from wms.returns.mail_advice import mail_advice
from wms.returns.queries import ReturnOut, get_return
from wms.returns.refund import KitSold, Piece, RefundLine, refund_due, refund_lines, total
from wms.returns.states import LockedReturn, ReturnState, advance_return, lock_return, return_event

PIECES = """
select k.code as sku, coalesce(n.order_line_id, 0) as order_line_id, i.grade, sum(i.quantity)::int as quantity,
       min(l.unit_price) as unit_price
from inspection i
join sku k on (k.shop_id, k.id) = (i.shop_id, i.sku_id)
left join rma_line n on (n.shop_id, n.id) = (i.shop_id, i.rma_line_id)
left join order_line l on (l.shop_id, l.id) = (n.shop_id, n.order_line_id)
where i.shop_id = $1 and i.rma_id = $2
group by 1, 2, 3 order by min(i.id)
"""
KITS = """
select s.code as sku, k.id as order_line_id, k.unit_price,
       jsonb_object_agg(c.id, c.quantity / k.quantity) filter (where c.quantity >= k.quantity) as parts
from order_line k join sku s on (s.shop_id, s.id) = (k.shop_id, k.sku_id)
join order_line c on (c.shop_id, c.kit_line_id) = (k.shop_id, k.id)
where k.shop_id = $1 and k.order_id = $2 and c.order_id = $2 group by 1, 2, 3 order by 2
"""
CONTEXT = """
select r.declared_on, r.received_at, coalesce(o.currency, 'PLN') as currency, s.timezone,
       exists (select from inspection i where i.shop_id = r.shop_id and i.rma_id = r.id and i.disposition = 'quarantine'
               and i.grade <> 'not_ours') as waits,
       (select coalesce(jsonb_agg(jsonb_build_object('sku', k.code, 'quantity', n.quantity - n.inspected) order by n.line_no), '[]')
          from rma_line n join sku k on (k.shop_id, k.id) = (n.shop_id, n.sku_id)
         where n.shop_id = r.shop_id and n.rma_id = r.id and n.announced and n.inspected < n.quantity) as missing,
       (select coalesce(jsonb_agg(distinct w), '[]') from inspection i cross join jsonb_array_elements_text(i.warnings) w
         where i.shop_id = r.shop_id and i.rma_id = r.id) as warnings
from rma r join shop s on s.id = r.shop_id left join orders o on (o.shop_id, o.id) = (r.shop_id, r.order_id)
where r.shop_id = $1 and r.id = $2
"""


async def finish_inspection(tx: Tx, shop_id: int, rma_id: int) -> ReturnOut:
    """*Inspected*, with a refund advice; at once *awaiting shop* where goods wait in quarantine for its decision.

    A box with nothing in it is finished without any inspection. Raises ``WrongState``.
    """
    rma = await lock_return(tx, shop_id, rma_id)
    context = await tx.row(CONTEXT, shop_id, rma_id)
    assert context is not None
    rma = await advance_return(
        tx, rma, ReturnState.INSPECTED, missing=context["missing"], warnings=context["warnings"]
    )
    await advise_refund(tx, rma, context)
    if context["waits"]:
        await advance_return(tx, rma, ReturnState.AWAITING_SHOP, why="goods in quarantine")
    found = await get_return(tx, shop_id, rma_id)
    if found is None:
        raise NotFound(what="return", ref=rma_id)
    return found


async def advise_refund(tx: Tx, rma: LockedReturn, context: Any) -> None:
    """What the inspected goods are worth by the order's own prices, and the last day for a withdrawal's refund."""
    pieces = await tx.all(Piece, PIECES, rma.shop_id, rma.id)
    kits = await tx.all(KitSold, KITS, rma.shop_id, rma.order_id) if rma.order_id else []
    lines: list[RefundLine] = refund_lines(pieces, kits)
    due_on = None
    if rma.kind == "withdrawal" and context["declared_on"] is not None:
        arrived = context["received_at"] or tx.now
        due_on = refund_due(context["declared_on"], local_date(arrived, context["timezone"])).due_on
    amount = total(lines)
    await tx.run(
        "insert into refund_advice (shop_id, rma_id, amount, currency, due_on, lines) values ($1, $2, $3, $4, $5, $6::jsonb)",
        rma.shop_id,
        rma.id,
        amount,
        context["currency"],
        due_on,
        msgspec.json.encode(lines).decode(),
    )
    data = {
        "amount": str(amount),
        "currency": context["currency"],
        "due_on": due_on.isoformat() if due_on else None,
        "complete": all(n.amount is not None for n in lines),
        "order_number": rma.order_number,
    }
    await record(tx, return_event(rma, "refund_advised", data))
    await mail_advice(
        tx, rma, lines, amount=amount, currency=context["currency"], due_on=due_on, waits=context["waits"]
    )

"""Take back the last look at a piece: the goods lie in the box again, as they came."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import record
from wms.returns.disposition import Goods, Places, arrival, decision
from wms.returns.errors import InspectionBuiltOn, InspectionFinished, NothingInspected
from wms.returns.inspect_item import places_of
from wms.returns.states import ReturnState, lock_return, return_event
from wms.returns.words import Disposition, Grade
from wms.stock.errors import NotEnoughStock
from wms.stock.ledger import Move, post


class _Look(msgspec.Struct, frozen=True):
    id: int
    rma_line_id: int | None
    order_line_id: int | None
    sku_id: int
    sku: str
    lot_id: int
    quantity: int
    grade: Grade
    disposition: Disposition


LOOKS = """
select i.id, i.rma_line_id, n.order_line_id, i.sku_id, k.code as sku, coalesce(i.lot_id, 0) as lot_id, i.quantity, i.grade,
       i.disposition
from inspection i join sku k on (k.shop_id, k.id) = (i.shop_id, i.sku_id)
left join rma_line n on (n.shop_id, n.id) = (i.shop_id, i.rma_line_id)
where i.shop_id = $1 and i.rma_id = $2 and i.id = any($3::bigint[]) order by i.id for update of i
"""
# A line that nobody announced is there for what was found, and goes with it.
EMPTY = """
with gone as (delete from inspection where shop_id = $1 and rma_id = $2 and id = any($3::bigint[])
              returning rma_line_id, quantity, grade),
less as (select rma_line_id as id, sum(quantity)::int as quantity from gone
         where grade <> 'not_ours' and rma_line_id is not null group by 1)
update rma_line l set inspected = l.inspected - less.quantity,
       quantity = case when l.announced then l.quantity else greatest(l.quantity - less.quantity, 1) end
from less where l.shop_id = $1 and l.id = less.id
"""
LINES = """
delete from rma_line l where l.shop_id = $1 and l.rma_id = $2 and not l.announced and l.inspected = 0
  and not exists (select from inspection i where i.shop_id = l.shop_id and i.rma_line_id = l.id)
"""


async def undo_inspection(tx: Tx, shop_id: int, rma_id: int, ids: list[int]) -> int:
    """Undoes the looks ``ids`` of one ``inspect_item``: inverse moves, and the lines as they were. Returns the pieces.

    The event log keeps both. Raises ``NothingInspected``, ``InspectionFinished`` once the shop has its advice,
    ``InspectionBuiltOn`` where the goods were carried on since.
    """
    rma = await lock_return(tx, shop_id, rma_id)
    if rma.state != ReturnState.INSPECTING:
        raise InspectionFinished(number=rma.number)
    looks = await tx.all(_Look, LOOKS, shop_id, rma_id, ids)
    if not looks:
        raise NothingInspected
    places = await places_of(tx, rma)
    moving = [
        (look, Goods(
            shop_id=shop_id, sku_id=look.sku_id, quantity=look.quantity, lot_id=look.lot_id, order_id=rma.order_id,
            order_line_id=look.order_line_id, doc=f"{rma.number} undone",
        ))
        for look in looks if look.grade != "not_ours"
    ]  # fmt: skip
    await tx.run(EMPTY, shop_id, rma_id, ids)
    await tx.run(LINES, shop_id, rma_id)
    try:
        await post(tx, [m for look, g in moving for m in _back(g, look.disposition, places)])
    except NotEnoughStock as e:
        raise InspectionBuiltOn(sku=looks[0].sku) from e
    data = {
        "sku": looks[0].sku, "quantity": sum(n.quantity for n in looks), "grade": looks[0].grade,
        "disposition": looks[0].disposition,
    }  # fmt: skip
    await record(tx, return_event(rma, "inspection_undone", data))
    return sum(n.quantity for n in looks)


def _back(goods: Goods, disposition: Disposition, places: Places) -> list[Move]:
    """What was decided and the arrival, the other way, the last one first."""
    return [_inverse(decision(goods, places.bench, disposition, places)), _inverse(arrival(goods, places))]


def _inverse(m: Move) -> Move:
    return msgspec.structs.replace(
        m,
        from_location=m.to_location,
        to_location=m.from_location,
        status=m.to_status or m.status,
        to_status=m.status,
    )

"""Take back what was just put onto a shelf: the same pieces, into the tote or parcel that they came from."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.orders.give_up_promises import Leaving, WithPickers, give_up_promises, promise_anew, promises_on
from wms.picking.errors import PutBackGone, PutBackHeld, PutBackToteTaken
from wms.stock.errors import NotEnoughStock
from wms.stock.ledger import Move, post


class TakenBack(msgspec.Struct, frozen=True):
    """``left`` pieces of the task are to be carried again."""

    task_id: int
    sku: str
    location: str
    quantity: int
    left: int


TASK = """
select t.order_id, o.number, t.sku_id, s.code as sku, t.lot_id, t.location_id, t.hu_id, t.quantity, t.done
from putback_task t join orders o on (o.shop_id, o.id) = (t.shop_id, t.order_id)
join sku s on (s.shop_id, s.id) = (t.shop_id, t.sku_id)
where t.shop_id = $1 and t.id = $2 for update of t
"""


# Taken: on the cart of others, or others' goods have come into it since ours went out. Who shared the cart shares the tote.
TOTE = """
with h as materialized (select id, code from handling_unit where id = $3 for no key update),
mates as materialized (
  select distinct b.cluster_id, b.shop_id, b.order_id from cluster_order a join cluster_order b using (cluster_id)
  where a.shop_id = $1 and a.order_id = $2
)
select h.code, exists (
  select from cluster_order co join cluster c on c.id = co.cluster_id
  where co.tote_hu_id = h.id and c.state in ('waiting', 'claimed') and c.id not in (select cluster_id from mates)
) or (exists (select from balance b where b.hu_id = h.id and b.on_hand > 0) and exists (
  select from move m where m.to_hu_id = h.id
    and m.id > (select max(w.id) from move w where w.shop_id = $1 and w.order_id = $2 and w.from_hu_id = h.id)
    and not exists (select from mates x where (x.shop_id, x.order_id) = (m.shop_id, m.order_id))
    and (m.shop_id, m.order_id) is distinct from ($1::int, $2::bigint))) as taken
from h
"""


async def undo_put_back(tx: Tx, shop_id: int, task_id: int, location_id: int, quantity: int) -> TakenBack:
    """The inverse of one ``put_back`` of ``quantity`` pieces onto ``location_id``; promises made on them are made anew.

    Raises ``NotFound``, ``PutBackHeld`` where a picker is on the way to the pieces, ``PutBackToteTaken`` where their tote
    has gone on to others, ``PutBackGone`` where they are gone.
    """
    task = await tx.row(TASK, shop_id, task_id)
    where = await tx.value("select code from location where id = $1", location_id)
    if task is None or where is None or task["done"] < quantity:
        raise NotFound(what="put-back task", ref=task_id)
    leaving = [Leaving(shop_id=shop_id, sku_id=task["sku_id"], lot_id=task["lot_id"], quantity=quantity)]
    try:
        losers = await give_up_promises(tx, await promises_on(tx, location_id, leaving))
    except WithPickers as e:
        raise PutBackHeld(said=", ".join(e.orders), orders=e.orders) from e
    tote = await tx.row(TOTE, shop_id, task["order_id"], task["hu_id"])
    if tote is not None and tote["taken"]:
        raise PutBackToteTaken(tote=tote["code"])
    left: int = await tx.value(
        """update putback_task set done = done - $3, state = 'open', done_at = null where shop_id = $1 and id = $2
           returning quantity - done""",
        shop_id,
        task_id,
        quantity,
    )
    try:
        await post(
            tx,
            [
                Move(
                    shop_id=shop_id, sku_id=task["sku_id"], lot_id=task["lot_id"], quantity=quantity,
                    from_location=location_id, to_location=task["location_id"], to_hu=task["hu_id"], reason="storing",
                    order_id=task["order_id"], doc=f"put back {task_id} undone",
                )
            ],
        )  # fmt: skip
    except NotEnoughStock as e:
        raise PutBackGone(sku=task["sku"], location=where) from e
    await record(
        tx,
        Event(
            kind="order.put_back_undone", subject="order", subject_id=task["order_id"], shop_id=shop_id,
            ref=task["number"], data={"sku": task["sku"], "quantity": quantity, "location": where, "left": left},
        ),
    )  # fmt: skip
    await promise_anew(tx, losers)
    return TakenBack(task_id, task["sku"], where, quantity, left)

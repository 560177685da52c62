"""Take back a free move: the same goods, the other way."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.locations.queries import place
from wms.orders.fill_backorders import fill_backorders
from wms.orders.give_up_promises import Leaving, WithPickers, give_up_promises, promise_anew, promises_on
from wms.putaway.errors import MoveUndone, NotYourMove, UndoHeld
from wms.stock.ledger import Move, Status, post


class Undone(msgspec.Struct, frozen=True):
    """Carry ``quantity`` pieces (or the empty ``unit``) from ``location`` back to ``source``."""

    id: int
    location: str
    source: str | None
    unit: str | None
    quantity: int


class _Done(msgspec.Struct, frozen=True, kw_only=True):
    shop_id: int
    sku_id: int
    lot_id: int
    quantity: int
    from_location_id: int
    from_hu_id: int
    from_status: Status
    to_location_id: int
    to_hu_id: int
    to_status: Status


HEAD = """
select g.id, g.warehouse_id, g.from_location_id, g.to_location_id, g.unit_id, g.person_id, g.undone_at, p.name as person,
       f.code as source, d.code as location, h.code as unit, h.location_id as stands_at
from goods_move g join location d on d.id = g.to_location_id left join location f on f.id = g.from_location_id
left join person p on p.id = g.person_id left join handling_unit h on h.id = g.unit_id
where g.id = $1 for update of g
"""
MOVES = """
select m.shop_id, m.sku_id, coalesce(m.lot_id, 0) as lot_id, m.quantity, m.from_location_id,
       coalesce(m.from_hu_id, 0) as from_hu_id, m.from_status, m.to_location_id, coalesce(m.to_hu_id, 0) as to_hu_id, m.to_status
from goods_move g cross join unnest(g.move_shops, g.move_ids) as u(shop_id, id)
join move m on (m.shop_id, m.id) = (u.shop_id, u.id) where g.id = $1 order by m.id
"""


async def undo_move(tx: Tx, move_id: int) -> Undone:
    """The inverse moves, by whoever moved the goods, or a supervisor. Promises made on them meanwhile are made anew.

    Raises ``NotFound``, ``NotYourMove``, ``MoveUndone``, ``UndoHeld`` where a picker is on the way to the goods,
    ``NotEnoughStock`` where they are gone.
    """
    head = await tx.row(HEAD, move_id)
    if head is None:
        raise NotFound(what="move of goods", ref=move_id)
    if head["person_id"] != tx.actor.person_id and not tx.actor.roles & {"supervisor", "admin"}:
        raise NotYourMove(person=head["person"] or "?")
    if head["undone_at"] is not None or (
        head["unit_id"] is not None and head["stands_at"] != head["to_location_id"]
    ):
        raise MoveUndone  # or the unit was carried on since: there is nothing here to take back
    moves = await tx.all(_Done, MOVES, move_id)
    leaving = [
        Leaving(
            shop_id=m.shop_id, sku_id=m.sku_id, hu_id=m.to_hu_id, lot_id=m.lot_id, status=m.to_status, quantity=m.quantity
        )
        for m in moves
    ]  # fmt: skip
    try:
        losers = await give_up_promises(tx, await promises_on(tx, head["to_location_id"], leaving))
    except WithPickers as e:
        raise UndoHeld(said=", ".join(e.orders), orders=e.orders) from e
    await post(
        tx,
        [
            Move(
                shop_id=m.shop_id, sku_id=m.sku_id, lot_id=m.lot_id, quantity=m.quantity,
                from_location=m.to_location_id, from_hu=m.to_hu_id, status=m.to_status, to_location=m.from_location_id,
                to_hu=m.from_hu_id, to_status=m.from_status, reason="storing", doc=f"move {move_id} undone",
            )
            for m in moves
        ],
    )  # fmt: skip
    await tx.run("update goods_move set undone_at = $2 where id = $1", move_id, tx.now)
    if head["unit_id"] is not None:
        await tx.run(
            "update handling_unit set location_id = $2 where id = $1",
            head["unit_id"],
            head["from_location_id"],
        )
    units = sum(m.quantity for m in moves)
    event = Event(
        kind="stock.move_undone", subject="goods_move", subject_id=move_id, ref=head["source"],
        data={"from": head["location"], "to": head["source"], "quantity": units},
    )  # fmt: skip
    await record(tx, event)
    await promise_anew(tx, losers)
    back = sorted({(m.shop_id, m.sku_id) for m in moves if m.from_status == "sellable"})
    if head["from_location_id"] is not None and (await place(tx, head["from_location_id"])).pickable:
        await fill_backorders(tx, back)
    return Undone(
        id=move_id, location=head["location"], source=head["source"], unit=head["unit"], quantity=units
    )

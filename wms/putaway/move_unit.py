"""A whole pallet, carton or tote is carried to another place."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.scan import parse_scan
from wms.locations.queries import place
from wms.locations.resolve import need_handling_unit
from wms.putaway.carry import SOURCES, Becomes, Moved, carry, stand, target_of
from wms.putaway.confirm_putaway import STORES
from wms.putaway.errors import UnitNotMoved
from wms.putaway.note_move import note_move
from wms.putaway.queries import all_in_unit

FOR_UNITS = STORES | {"dock"}
FOR_EMPTY = FOR_UNITS | {"station", "work", "returns"}


async def move_unit(
    tx: Tx, warehouse_id: int, unit: str, to: str, *, becomes: Becomes | None = None
) -> Moved:
    """Carries a whole pallet, carton or tote with all that is in it to another place; all of it or nothing.

    The goods stay in the unit; to unpack one from the dock is ``confirm_unit_putaway``. An empty one may stand anywhere
    on the floor. Raises ``UnknownHandlingUnit``, ``UnitNotMoved`` for parcels and for totes of a cart, and like
    ``move_goods``.
    """
    found = await need_handling_unit(tx, parse_scan(unit))
    await tx.run("select id from handling_unit where id = $1 for no key update", found.id)
    goods = await all_in_unit(tx, found.id)
    if found.kind == "parcel" or found.warehouse_id != warehouse_id or await _on_a_cart(tx, found.id):
        raise UnitNotMoved(unit=found.code, kind=found.kind)
    target = await target_of(tx, warehouse_id, to, FOR_UNITS if goods else FOR_EMPTY)
    if not goods:
        made = await note_move(tx, warehouse_id, found.location_id, target.id, found.id, [], [])
        await stand(tx, found.id, target.id)
        event = Event(
            kind="unit.moved",
            subject="handling_unit",
            subject_id=found.id,
            ref=found.code,
            data={"to": target.code},
        )
        await record(tx, event)
        return Moved(
            id=made, source=found.location, location=target.code, unit=found.code, lines=0, quantity=0, for_orders=0
        )  # fmt: skip
    start = await place(tx, goods[0].location_id)
    if start.kind not in SOURCES:
        raise UnitNotMoved(unit=found.code, kind=start.kind)
    moved = await carry(tx, start, target, goods, becomes, unit_id=found.id)
    await stand(tx, found.id, target.id)
    return Moved(
        id=moved.id, source=start.code, location=target.code, unit=found.code, lines=len(goods),
        quantity=sum(w.quantity for w in goods), for_orders=moved.for_orders,
    )  # fmt: skip


async def _on_a_cart(tx: Tx, hu_id: int) -> bool:
    found: bool = await tx.value(
        """select exists (select from cluster_order co join cluster c on c.id = co.cluster_id
                          where co.tote_hu_id = $1 and c.state in ('waiting', 'claimed'))""",
        hu_id,
    )
    return found

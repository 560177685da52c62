"""All is picked: where the picker puts the totes down."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.notice import Notice
from wms.kernel.scan import Scan, parse_scan
from wms.kernel.text import Text
from wms.locations.resolve import need_location
from wms.picking.errors import NotAPlaceForTotes
from wms.picking.hold_cart import check_holder
from wms.picking.screen import Cart, PickScreen, draw, load_cart

NOT_YET = Notice(
    "not-yet",
    Text(
        en="Something is left to fetch. Park the totes when all is picked.",
        pl="Zostało jeszcze coś do pobrania. Odstaw pojemniki, gdy wszystko będzie skompletowane.",
    ),
    "warn",
)
PLACES = frozenset({"station", "work", "packed", "dock"})

# A tote that went onto another cart meanwhile stays where that one says.
PARK = """
update handling_unit h set location_id = $2
where h.id in (select tote_hu_id from cluster_order where cluster_id = $1
               union select tote_hu_id from pick_task where cluster_id = $1)
  and not exists (select from cluster_order co join cluster c on c.id = co.cluster_id
                  where co.tote_hu_id = h.id and c.state in ('waiting', 'claimed'))
"""


async def park_cluster(tx: Tx, cluster_id: int, raw: str) -> PickScreen:
    """Parks the totes of a finished cart; while something is left to fetch, its screen says what."""
    cart = check_holder(tx, await load_cart(tx, cluster_id, lock="cart"), cluster_id)
    if cart.cluster_state != "done":
        return draw(tx, cart, NOT_YET)
    return await park_totes(tx, cart, parse_scan(raw))


async def park_totes(tx: Tx, cart: Cart, read: Scan) -> PickScreen:
    """Writes down the pack station or lane where the totes of a finished cart stand.

    Raises ``UnknownLocation``, ``NotAPlaceForTotes`` for a shelf.
    """
    place = await need_location(tx, cart.warehouse_id, read)
    if place.kind not in PLACES:
        raise NotAPlaceForTotes(location=place.code)
    await tx.run(PARK, cart.cluster_id, place.id)
    await tx.run("update cluster set parked_at = $2 where id = $1", cart.cluster_id, tx.now)
    await record(
        tx,
        Event(
            kind="cluster.parked",
            subject="cluster",
            subject_id=cart.cluster_id,
            data={"location": place.code},
        ),
    )
    drawn = draw(tx, msgspec.structs.replace(cart, task_id=None))
    return msgspec.structs.replace(drawn, step="done", location=place.code)

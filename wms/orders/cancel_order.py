"""Cancel an order, at any stage before handover; what was done undoes itself or takes the put-back road."""

import msgspec

from wms.db.tx import Tx
from wms.orders.advance import advance
from wms.orders.errors import OrderGone
from wms.orders.gates import lock_orders
from wms.orders.states import BEFORE_HANDOVER, OrderState
from wms.printing.queue_print import cancel_prints
from wms.stock.custody import order_custody
from wms.stock.ledger import void


class Cancelled(msgspec.Struct, frozen=True):
    """``put_back`` is how many units somebody must carry back to the shelf."""

    number: str
    freed: int
    put_back: int
    parcels_voided: int


# A parcel on a closed manifest stays on its list, because that list is a signed paper; it counts as left behind.
UNLOAD = """
with mine as materialized (
  select p.id from parcel p where p.shop_id = $1 and p.order_id = $2 and p.voided_at is null and p.state <> 'handed_over'
), off as (
  delete from manifest_parcel mp using mine, manifest m
  where mp.shop_id = $1 and mp.parcel_id = mine.id and m.id = mp.manifest_id and m.state = 'open'
), left_behind as (
  update manifest_parcel mp set left_behind_at = clock_timestamp(), parcel_verified = null
  from mine, manifest m
  where mp.shop_id = $1 and mp.parcel_id = mine.id and m.id = mp.manifest_id and m.state <> 'open'
    and mp.left_behind_at is null
), labels as (
  update label b set state = 'void', voided_at = now(), parcel_verified = null
  from mine where b.shop_id = $1 and b.parcel_id = mine.id and b.state <> 'void'
)
select coalesce(array_agg(id order by id), '{}') from mine
"""


async def cancel_order(tx: Tx, shop_id: int, order_id: int, *, reason: str | None = None) -> Cancelled:
    """Cancels; a second call changes nothing. Raises ``OrderGone`` after handover, ``NotFound``.

    Frees what was only promised, voids open pick tasks, labels and parcels, takes parcels off the manifest, and
    makes a put-back task for every unit that is already in a tote or a parcel. What a partial order has sent stays
    sent. Orders that wait for the goods get them from ``sweep_backorders``: here it would lock them out of order.
    """
    (order,) = await lock_orders(tx, shop_id, [order_id])
    if order.state == OrderState.CANCELLED:
        return Cancelled(number=order.number, freed=0, put_back=0, parcels_voided=0)
    if order.state not in BEFORE_HANDOVER:
        raise OrderGone(number=order.number)
    await tx.run(  # locked, in the order that everybody takes
        "select id from order_line where shop_id = $1 and order_id = $2 order by id for update",
        shop_id,
        order_id,
    )
    await tx.run(
        """update pick_task set state = 'void', done_at = now()
           where shop_id = $1 and order_id = $2 and state = 'open'""",
        shop_id,
        order_id,
    )
    parcels: list[int] = await tx.value(UNLOAD, shop_id, order_id)
    await cancel_prints(tx, shop_id, "parcel", parcels, unknown=True)
    await tx.run(
        """update parcel set state = 'void', voided_at = now()
           where shop_id = $1 and order_id = $2 and voided_at is null and state <> 'handed_over'""",
        shop_id,
        order_id,
    )
    open_ids = await tx.rows(
        "select id from allocation where shop_id = $1 and order_id = $2 and open > 0 order by id",
        shop_id,
        order_id,
    )
    freed = await void(tx, [(shop_id, r["id"]) for r in open_ids])
    await tx.run(
        """update order_line set allocated = 0, cancelled = quantity - picked
           where shop_id = $1 and order_id = $2""",
        shop_id,
        order_id,
    )
    held = await order_custody(tx, shop_id, order_id)
    if held:
        await tx.run(
            """insert into putback_task (shop_id, order_id, sku_id, lot_id, location_id, hu_id, quantity)
               select $1, $2, * from unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::int[])""",
            shop_id,
            order_id,
            [h.sku_id for h in held],
            [h.lot_id for h in held],
            [h.location_id for h in held],
            [h.hu_id for h in held],
            [h.quantity for h in held],
        )
    await advance(tx, shop_id, [order_id], OrderState.CANCELLED, reason=reason)
    return Cancelled(
        number=order.number,
        freed=sum(v.quantity for v in freed),
        put_back=sum(h.quantity for h in held),
        parcels_voided=len(parcels),
    )

"""Empty totes onto the cart, before the walk begins; and the next one when a tote is full."""

from collections.abc import Sequence

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import Invalid
from wms.kernel.scan import Scan, parse_scan
from wms.kernel.text import Text
from wms.locations.queries import system_location
from wms.picking.errors import NotATote, SlotTaken, ToteInUse, ToteNotEmpty
from wms.picking.hold_cart import check_holder, check_open, extend_lease
from wms.picking.screen import Cart, PickScreen, draw, load_cart

# An order too large for a tote goes onto a pallet or into a carton as well.
KINDS = {"large": frozenset({"tote", "carton", "pallet"})}


class Tote(msgspec.Struct, frozen=True):
    """A handling unit as the cart sees it; ``cart`` is the live cluster that it is on, ``units`` what is inside."""

    id: int
    code: str
    kind: str
    warehouse_id: int
    cart: int | None
    slot: int | None
    units: int


TOTES = """
with h as materialized (
  select h.id, h.code, h.kind, h.warehouse_id, w.n
  from unnest($1::text[]) with ordinality as w(code, n) join handling_unit h on h.code = w.code
  order by h.id for no key update of h
)
select h.id, h.code, h.kind, h.warehouse_id, on_cart.id as cart, on_cart.slot,
       (select coalesce(sum(b.on_hand), 0)::bigint from balance b where b.hu_id = h.id) as units
from h left join lateral (
  select c.id, co.slot from cluster_order co join cluster c on c.id = co.cluster_id
  where co.tote_hu_id = h.id and c.state in ('waiting', 'claimed') limit 1) on_cart on true
order by h.n
"""
PLACE = """
with placed as (
  update cluster_order co set tote_hu_id = w.tote
  from unnest($2::int[], $3::bigint[]) as w(slot, tote) where co.cluster_id = $1 and co.slot = w.slot
)
update handling_unit set location_id = $4 where id = any($3::bigint[])
"""


async def assign_totes(
    tx: Tx, cluster_id: int, raws: Sequence[str], *, slot: int | None = None
) -> PickScreen:
    """Totes onto the next free places, or one onto ``slot``, where it takes the place of a full one.

    Raises ``NotATote``, ``ToteInUse``, ``ToteNotEmpty``, ``SlotTaken``.
    """
    cart = check_open(check_holder(tx, await load_cart(tx, cluster_id, lock="cart"), cluster_id))
    if slot is not None and len(raws) != 1:
        raise Invalid(
            field="slot",
            why=Text(en="name one tote for one place", pl="podaj jeden pojemnik na jedno miejsce"),
            pointer="/slot",
        )
    return await fill_slots(tx, cart, [parse_scan(raw) for raw in raws], slot=slot)


async def fill_slots(tx: Tx, cart: Cart, reads: Sequence[Scan], *, slot: int | None = None) -> PickScreen:
    """The same for a cart that is locked."""
    codes = list(dict.fromkeys(r.code for r in reads))
    totes = {t.code: t for t in await tx.all(Tote, TOTES, codes)}
    missing = [r.code for r in reads if r.code not in totes]
    if missing:
        raise NotATote(scanned=missing[0][:60])
    new = []
    for tote in totes.values():
        if tote.cart == cart.cluster_id and slot in (None, tote.slot):
            continue  # scanned twice
        _check(cart, tote)
        new.append(tote)
    slots = [slot] if slot is not None else await _free_slots(tx, cart.cluster_id)
    if slot is not None and not await _has_slot(tx, cart.cluster_id, slot):
        raise SlotTaken(cluster=cart.cluster_id)
    if len(new) > len(slots):
        raise SlotTaken(cluster=cart.cluster_id)
    work = await system_location(tx, cart.warehouse_id, "work")
    await tx.run(PLACE, cart.cluster_id, slots[: len(new)], [t.id for t in new], work)
    await extend_lease(tx, cart)
    fresh = await load_cart(tx, cart.cluster_id)
    assert fresh is not None
    return draw(tx, fresh)


def _check(cart: Cart, tote: Tote) -> None:
    if tote.warehouse_id != cart.warehouse_id or tote.kind not in KINDS.get(cart.kind, frozenset({"tote"})):
        raise NotATote(scanned=tote.code)
    if tote.cart is not None:
        raise ToteInUse(tote=tote.code, cart=tote.cart)
    if tote.units:
        raise ToteNotEmpty(tote=tote.code, units=tote.units)


async def _free_slots(tx: Tx, cluster_id: int) -> list[int]:
    rows = await tx.rows(
        "select distinct slot from cluster_order where cluster_id = $1 and tote_hu_id is null order by slot",
        cluster_id,
    )
    return [r["slot"] for r in rows]


async def _has_slot(tx: Tx, cluster_id: int, slot: int) -> bool:
    found: bool = await tx.value(
        "select exists (select from cluster_order where cluster_id = $1 and slot = $2)", cluster_id, slot
    )
    return found

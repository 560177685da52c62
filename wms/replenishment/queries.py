"""Every list of replenishment that somebody looks at."""

from datetime import date, datetime

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound


class FaceRow(msgspec.Struct, frozen=True):
    """A pick face. ``on_hand`` and ``free`` (not promised) pieces are there, ``coming`` are on open tasks."""

    id: int
    shop_id: int
    shop: str
    sku: str
    name: str
    warehouse_id: int
    location: str
    min: int
    max: int
    on_hand: int
    free: int
    coming: int


FACE = """
select f.id, f.shop_id, sh.code as shop, s.code as sku, s.name, l.warehouse_id, l.code as location, f.min, f.max,
       coalesce(b.on_hand, 0)::int as on_hand, coalesce(b.free, 0)::int as free, coalesce(r.coming, 0)::int as coming
from pick_face f join location l on l.id = f.location_id join shop sh on sh.id = f.shop_id
join sku s on (s.shop_id, s.id) = (f.shop_id, f.sku_id)
left join lateral (
  select sum(b.on_hand) as on_hand, sum(b.on_hand - b.allocated) as free from balance b
  where (b.shop_id, b.sku_id, b.location_id) = (f.shop_id, f.sku_id, f.location_id) and b.status = 'sellable') b on true
left join lateral (
  select sum(r.quantity) as coming from replenishment r
  where r.to_location_id = f.location_id and (r.shop_id, r.sku_id) = (f.shop_id, f.sku_id)
    and r.state in ('waiting', 'claimed')) r on true
"""


async def face_row(tx: Tx, shop_id: int, face_id: int) -> FaceRow:
    """Raises ``NotFound``."""
    found = await tx.one(FaceRow, f"{FACE} where f.shop_id = $1 and f.id = $2", shop_id, face_id)
    if found is None:
        raise NotFound(what="pick face", ref=face_id)
    return found


async def faces(tx: Tx, warehouse_id: int, shop_id: int | None, after: int, limit: int) -> list[FaceRow]:
    """Pick faces of a warehouse by id from behind ``after``, of one shop or of all."""
    return await tx.all(
        FaceRow,
        f"{FACE} where l.warehouse_id = $1 and ($2::int is null or f.shop_id = $2) and f.id > $3 order by f.id limit $4",
        warehouse_id,
        shop_id,
        after,
        limit,
    )


class RefillRow(msgspec.Struct, frozen=True):
    """A replenishment as a list shows it. ``due_at``: the promise that waits for it; ``holder`` has it now."""

    id: int
    shop_id: int
    shop: str
    sku: str
    name: str
    lot: str | None
    serial: str | None
    expires_on: date | None
    source: str
    unit: str | None
    target: str
    quantity: int
    moved: int
    reason: str
    state: str
    due_at: datetime | None
    holder: str | None
    lease_until: datetime | None
    planned_at: datetime
    done_at: datetime | None


REFILLS = """
select r.id, r.shop_id, sh.code as shop, s.code as sku, s.name, nullif(t.code, '') as lot, t.serial, t.expires_on,
       f.code as source, h.code as unit, d.code as target, r.quantity, r.moved, r.reason, r.state, r.due_at,
       case when r.state = 'claimed' then p.name end as holder, r.lease_until, r.planned_at, r.done_at
from replenishment r join shop sh on sh.id = r.shop_id join sku s on (s.shop_id, s.id) = (r.shop_id, r.sku_id)
join location f on f.id = r.from_location_id join location d on d.id = r.to_location_id
left join lot t on (t.shop_id, t.id) = (r.shop_id, r.lot_id) left join handling_unit h on h.id = r.from_hu_id
left join person p on p.id = r.person_id
where r.warehouse_id = $1 and (r.state = $2 or ($2::text is null and r.state in ('waiting', 'claimed'))) and r.id > $3
"""


async def refills(tx: Tx, warehouse_id: int, *, state: str | None, after: int, limit: int) -> list[RefillRow]:
    """Replenishments of a warehouse by id from behind ``after``; with no state those that are open."""
    return await tx.all(RefillRow, f"{REFILLS} order by r.id limit $4", warehouse_id, state, after, limit)


async def refills_by_urgency(tx: Tx, warehouse_id: int, limit: int) -> list[RefillRow]:
    """Open tasks as they are given out: by the promise that waits for them, then along the walk; others' tasks last."""
    order = "order by r.state = 'claimed', r.due_at nulls last, f.walk, r.id limit $4"
    return await tx.all(RefillRow, f"{REFILLS} {order}", warehouse_id, None, 0, limit)


async def in_my_hands(tx: Tx, warehouse_id: int) -> tuple[int, int] | None:
    """The shop and the id of this worker's unfinished task."""
    row = await tx.row(
        """select shop_id, id from replenishment where warehouse_id = $1 and state = 'claimed' and person_id = $2
           order by due_at nulls last, id limit 1""",
        warehouse_id,
        tx.actor.person_id,
    )
    return None if row is None else (row["shop_id"], row["id"])

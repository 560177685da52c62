"""The ledger's verbs: the only code that writes moves, balances and allocations."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import asyncpg
import msgspec

from wms.db.tx import Tx
from wms.stock.errors import AllocatedElsewhere, AlreadySettled, AlreadyThere, NotEnoughStock, SerialElsewhere

Status = Literal["sellable", "quarantine", "damaged", "expired"]

MAX_QUANTITY = 1_000_000


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Take ``quantity`` from one place to another. 0 means no handling unit, no lot.

    ``reason`` is the business step in the words of GS1 CBV (receiving, storing, picking, packing, shipping,
    inspecting, returning, destroying, cycle_counting ...). With an ``allocation_id`` the move settles that
    allocation: the goods leave the balance that it was made on.
    """

    shop_id: int
    sku_id: int
    quantity: int
    from_location: int
    to_location: int
    reason: str
    from_hu: int = 0
    to_hu: int = 0
    lot_id: int = 0
    status: Status = "sellable"
    to_status: Status | None = None
    order_id: int | None = None
    order_line_id: int | None = None
    allocation_id: int | None = None
    doc: str | None = None


# What the digest covers: every column of a move, in this order. The verifier uses the same text. Free texts are quoted,
# so that no text can pass for the columns beside it, and an empty one is not the same as none.
DIGEST = """sha256(convert_to(format('%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%L|%s|%s|%s|%L|%s|%s|%s',
  {m}.shop_id, {m}.id, extract(epoch from {m}.at), {m}.sku_id, {m}.lot_id, {m}.quantity, {m}.from_location_id,
  {m}.from_hu_id, {m}.from_status, {m}.to_location_id, {m}.to_hu_id, {m}.to_status, {m}.reason, {m}.order_id,
  {m}.order_line_id, {m}.allocation_id, {m}.doc, {m}.person_id, {m}.device_id, {m}.scan_id), 'UTF8'))"""

# What the parts rely on:
# - the arrays are looked at through sub-selects: else the planner sees how short they are, finds a plan for each call
#   cheaper than one for all, and plans for 4 ms what takes 1 ms to do.
# - `delta` waits for `settled`, so that allocations are locked before balances.
# - `numbered` comes after the locks: moves of one balance are numbered and dated in the order in which they happened.
# - `born` waits for `emptied`: a serial number leaves one place before it is at the next.
POST = f"""
with m as materialized (
  select u.ordinality as n, u.shop_id, u.sku_id, nullif(u.lot, 0) as lot_id, u.quantity,
         u.from_location as from_location_id, nullif(u.from_hu, 0) as from_hu_id, u.from_status,
         u.to_location as to_location_id, nullif(u.to_hu, 0) as to_hu_id, u.to_status, u.reason, u.order_id,
         u.order_line_id, u.allocation_id, u.doc
  from unnest((select $1::int[]), (select $2::bigint[]), (select $3::bigint[]), (select $4::int[]),
              (select $5::bigint[]), (select $6::bigint[]), (select $7::text[]), (select $8::bigint[]),
              (select $9::bigint[]), (select $10::text[]), (select $11::text[]), (select $12::bigint[]),
              (select $13::bigint[]), (select $14::bigint[]), (select $15::text[])) with ordinality
       as u(shop_id, sku_id, lot, quantity, from_location, from_hu, from_status, to_location, to_hu, to_status,
            reason, order_id, order_line_id, allocation_id, doc, ordinality)
), promised as materialized (
  select a.shop_id, a.id, a.open, a.sku_id, a.location_id, a.hu_id, a.lot_id, a.status, a.order_id, a.order_line_id
  from allocation a join (select distinct shop_id, allocation_id from m where allocation_id is not null) w
    on (a.shop_id, a.id) = (w.shop_id, w.allocation_id)
  order by a.shop_id, a.id for update of a
), settled as materialized (
  select m.shop_id, m.allocation_id, sum(m.quantity) as quantity, coalesce(min(p.open), 0) < sum(m.quantity) as late,
         bool_or((p.sku_id, p.location_id, p.hu_id, p.lot_id, p.status) is distinct from
                 (m.sku_id, m.from_location_id, coalesce(m.from_hu_id, 0), coalesce(m.lot_id, 0), m.from_status)
                 or p.order_id <> m.order_id or p.order_line_id <> m.order_line_id) as elsewhere
  from m left join promised p on (p.shop_id, p.id) = (m.shop_id, m.allocation_id)
  where m.allocation_id is not null group by 1, 2
), delta as materialized (
  select shop_id, sku_id, location_id, hu_id, lot_id, status, sum(q)::bigint as q, sum(a)::bigint as a
  from (
    select shop_id, sku_id, from_location_id, coalesce(from_hu_id, 0), coalesce(lot_id, 0), from_status, -quantity,
           case when allocation_id is null then 0 else -quantity end from m
    union all
    select shop_id, sku_id, to_location_id, coalesce(to_hu_id, 0), coalesce(lot_id, 0), to_status, quantity, 0 from m
  ) as s(shop_id, sku_id, location_id, hu_id, lot_id, status, q, a)
  where (select count(*) from settled) >= 0
  group by 1, 2, 3, 4, 5, 6
), held as materialized (
  select b.id, b.on_hand, b.allocated, b.shop_id, b.sku_id, b.location_id, b.hu_id, b.lot_id, b.status
  from balance b join delta d
    on (b.shop_id, b.sku_id, b.location_id, b.hu_id, b.lot_id, b.status)
     = (d.shop_id, d.sku_id, d.location_id, d.hu_id, d.lot_id, d.status)
  order by b.shop_id, b.id for update of b
), after as materialized (
  select d.*, l.real, lot.serial is not null as serialised, d.lot_id <> 0 and lot.id is null as no_lot,
         h.id as balance_id, coalesce(h.on_hand, 0) + d.q as on_hand, coalesce(h.allocated, 0) + d.a as allocated
  from delta d
  left join held h using (shop_id, sku_id, location_id, hu_id, lot_id, status)
  left join location l on l.id = d.location_id
  left join lot on (lot.shop_id, lot.id, lot.sku_id) = (d.shop_id, d.lot_id, d.sku_id)
), short as materialized (
  select shop_id, sku_id, location_id, hu_id, lot_id, status, -q as wanted,
         greatest(on_hand - q - greatest(allocated, 0), 0) as available
  from after where real and (on_hand < 0 or allocated < 0 or allocated > on_hand)
), fine as materialized (
  select not (late or elsewhere or short or unknown) as ok, late, elsewhere
  from (select exists (select from settled where late) as late, exists (select from settled where elsewhere) as elsewhere,
               exists (select from short) as short, exists (select from after where real is null or no_lot) as unknown) f
), changed as (
  update balance b set on_hand = a.on_hand, allocated = a.allocated
  from after a, fine
  where fine.ok and b.shop_id = a.shop_id and b.id = a.balance_id and not (a.on_hand = 0 and a.allocated = 0)
), emptied as (
  delete from balance b using after a, fine
  where fine.ok and b.shop_id = a.shop_id and b.id = a.balance_id and a.on_hand = 0 and a.allocated = 0
  returning b.id
), born as (
  insert into balance (shop_id, sku_id, location_id, hu_id, lot_id, status, real, serialised, on_hand)
  select shop_id, sku_id, location_id, hu_id, lot_id, status, real, serialised, q
  from after, fine where fine.ok and balance_id is null and q <> 0 and (select count(*) from emptied) >= 0
  order by shop_id, sku_id, location_id, hu_id, lot_id, status
  on conflict on constraint uq_balance_key do update set on_hand = balance.on_hand + excluded.on_hand
), done as (
  update allocation a set settled = a.settled + s.quantity
  from settled s, fine where fine.ok and (a.shop_id, a.id) = (s.shop_id, s.allocation_id)
), numbered as materialized (
  select nextval('move_id_seq') as id, clock_timestamp() as at, m.shop_id, m.sku_id, m.lot_id, m.quantity,
         m.from_location_id, m.from_hu_id, m.from_status, m.to_location_id, m.to_hu_id, m.to_status, m.reason,
         coalesce(m.order_id, p.order_id) as order_id, coalesce(m.order_line_id, p.order_line_id) as order_line_id,
         m.allocation_id, m.doc, $16::bigint as person_id, $17::bigint as device_id, $18::uuid as scan_id
  from fine join m on fine.ok left join promised p on (p.shop_id, p.id) = (m.shop_id, m.allocation_id)
  order by m.n
), written as (
  insert into move (shop_id, id, at, sku_id, lot_id, quantity, from_location_id, from_hu_id, from_status,
                    to_location_id, to_hu_id, to_status, reason, order_id, order_line_id, allocation_id, doc,
                    person_id, device_id, scan_id, digest)
  select n.shop_id, n.id, n.at, n.sku_id, n.lot_id, n.quantity, n.from_location_id, n.from_hu_id, n.from_status,
         n.to_location_id, n.to_hu_id, n.to_status, n.reason, n.order_id, n.order_line_id, n.allocation_id, n.doc,
         n.person_id, n.device_id, n.scan_id, {DIGEST.format(m="n")}
  from numbered n
  returning id
)
select fine.ok, fine.late, fine.elsewhere, (select array_agg(id order by id) from written) as ids,
       (select jsonb_agg(to_jsonb(s) order by s.shop_id, s.sku_id, s.location_id, s.hu_id) from short s) as short
from fine
"""


async def post(tx: Tx, moves: Sequence[Move]) -> list[int]:
    """Writes the moves and both balances of each; returns the moves' ids in the order given.

    All or nothing; only the net effect on each balance counts, so goods may pass through a place. A move that settles
    an allocation gets its order and line. Raises ``NotEnoughStock`` with every shortage, ``AlreadySettled`` when an
    allocation has less open than the moves want, ``AllocatedElsewhere`` when it was made on other goods,
    ``SerialElsewhere`` when a serial number would be in two places, ``AlreadyThere`` for a move to where the goods
    are. What a scan cannot cause is a fault of the caller: ValueError for a quantity out of range, LookupError for a
    place, lot, handling unit or SKU that the shop does not have.
    """
    if not moves:
        return []
    for m in moves:
        if not 0 < m.quantity <= MAX_QUANTITY:
            raise ValueError(f"a move has a quantity of 1 to {MAX_QUANTITY}, not {m.quantity}")
        to_status = m.to_status or m.status
        if (m.from_location, m.from_hu, m.status) == (m.to_location, m.to_hu, to_status):
            raise AlreadyThere
    try:
        row = await tx.row(
            POST,
            [m.shop_id for m in moves],
            [m.sku_id for m in moves],
            [m.lot_id for m in moves],
            [m.quantity for m in moves],
            [m.from_location for m in moves],
            [m.from_hu for m in moves],
            [m.status for m in moves],
            [m.to_location for m in moves],
            [m.to_hu for m in moves],
            [m.to_status or m.status for m in moves],
            [m.reason for m in moves],
            [m.order_id for m in moves],
            [m.order_line_id for m in moves],
            [m.allocation_id for m in moves],
            [m.doc for m in moves],
            tx.actor.person_id,
            tx.actor.device_id,
            tx.scan_id,
        )
    except (asyncpg.UniqueViolationError, asyncpg.CheckViolationError) as e:
        if e.constraint_name in ("uq_balance_serial", "ck_balance_serial"):
            raise SerialElsewhere from e
        raise
    except asyncpg.ForeignKeyViolationError as e:
        raise LookupError(e.detail) from e
    assert row is not None
    if row["ok"]:
        ids: list[int] = row["ids"]
        return ids
    if row["late"]:
        raise AlreadySettled
    if row["elsewhere"]:
        raise AllocatedElsewhere
    if row["short"]:
        raise await _shortage(tx, row["short"])
    raise LookupError("a move names a location or a lot of its SKU that does not exist")


async def _shortage(tx: Tx, short: list[dict[str, int | str]]) -> NotEnoughStock:
    named = await tx.rows(
        """select coalesce(s.code, '?') || ' @ ' || l.code || coalesce(' ' || h.code, '') as name
           from unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[]) with ordinality as w(shop, sku, place, hu, o)
           left join sku s on (s.shop_id, s.id) = (w.shop, w.sku) join location l on l.id = w.place
           left join handling_unit h on h.id = w.hu order by o""",
        [s["shop_id"] for s in short],
        [s["sku_id"] for s in short],
        [s["location_id"] for s in short],
        [s["hu_id"] for s in short],
    )
    shown = [f"{r['name']}: {s['available']}/{s['wanted']}" for r, s in zip(named, short, strict=True)]
    return NotEnoughStock(summary="; ".join(shown), shortages=short)


class Want(msgspec.Struct, frozen=True, kw_only=True):
    """Set ``quantity`` aside for an order line. ``expires_after``: lots that expire on or before it do not serve."""

    shop_id: int
    order_id: int
    order_line_id: int
    sku_id: int
    quantity: int
    expires_after: date


class Allocated(msgspec.Struct, frozen=True):
    """What became of a want; several rows per line when several balances serve it."""

    shop_id: int
    order_line_id: int
    allocation_id: int
    location_id: int
    hu_id: int
    lot_id: int
    sku_id: int
    order_id: int
    quantity: int


# Lines and balances of one SKU are laid beside each other as two rulers: line i covers [d0, d1) of the demand,
# balance j covers [s0, s1) of the supply, in FEFO/FIFO order; where they overlap, j serves i. One statement for one
# line or for a wave of orders, and the first in line gets the first to expire.
# An UPDATE tests its CHECKs on the row as the snapshot has it, and only then goes on to the newest version, which is the
# one that was locked. What is right for the newest may be too much for the older one: so that is left as it is.
ALLOCATE = """
with want as materialized (
  select u.shop_id, u.order_id, u.order_line_id, u.sku_id, o.warehouse_id, u.expires_after,
         sum(u.quantity) over w - u.quantity as d0, sum(u.quantity) over w as d1
  from unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::int[], $6::date[])
       with ordinality as u(shop_id, order_id, order_line_id, sku_id, quantity, expires_after, n)
  join orders o on (o.shop_id, o.id) = (u.shop_id, u.order_id)
  window w as (partition by u.shop_id, u.sku_id, o.warehouse_id order by u.n)
), goods as materialized (
  select shop_id, sku_id, warehouse_id, max(expires_after) as expires_after from want group by 1, 2, 3
), held as materialized (
  select b.shop_id, b.id, b.sku_id, l.warehouse_id, b.location_id, b.hu_id, b.lot_id, b.status, g.expires_after,
         b.on_hand, b.allocated, b.on_hand - b.allocated as free, b.since, l.walk,
         (select t.expires_on from lot t where (t.shop_id, t.id) = (b.shop_id, b.lot_id)) as expires_on
  from goods g
  join balance b on (b.shop_id, b.sku_id) = (g.shop_id, g.sku_id)
  join location l on (l.id, l.warehouse_id) = (b.location_id, g.warehouse_id)
  where b.status = 'sellable' and b.on_hand > b.allocated and l.pickable and l.locked_at is null
  order by b.shop_id, b.id for update of b
), demand as materialized (
  select shop_id, sku_id, warehouse_id, max(d1) as units from want group by 1, 2, 3
), aged as (
  select h.*, d.units, dense_rank() over (partition by h.shop_id, h.sku_id, h.warehouse_id
    order by h.expires_on nulls last, case when h.expires_on is null then h.since::date end) as age
  from held h join demand d using (shop_id, sku_id, warehouse_id)
  where h.expires_on is null or h.expires_on > h.expires_after
), sized as (
  select a.*, sum(a.free) over (partition by a.shop_id, a.sku_id, a.warehouse_id, a.age, a.location_id) as here,
         a.units - coalesce(sum(a.free) over (partition by a.shop_id, a.sku_id, a.warehouse_id order by a.age
                              range between unbounded preceding and 1 preceding), 0) as rest
  from aged a
), supply as materialized (
  select z.*, sum(z.free) over w - z.free as s0, sum(z.free) over w as s1
  from sized z
  window w as (partition by z.shop_id, z.sku_id, z.warehouse_id
               order by z.age, z.here < z.rest, case when z.here < z.rest then -z.here else 0 end, z.walk,
                        z.location_id, z.free desc, z.id)
), match as materialized (
  select w.shop_id, w.order_id, w.order_line_id, w.sku_id, s.id as balance_id, s.location_id, s.hu_id, s.lot_id,
         s.status, s.on_hand, s.allocated, (least(w.d1, s.s1) - greatest(w.d0, s.s0))::int as quantity, w.d0, s.s0
  from want w join supply s on (s.shop_id, s.sku_id, s.warehouse_id) = (w.shop_id, w.sku_id, w.warehouse_id)
    and s.s0 < w.d1 and w.d0 < s.s1
), taken as (
  update balance b
  set allocated = case when (b.on_hand, b.allocated) = (t.on_hand, t.allocated) then t.allocated + t.q else b.allocated end
  from (select shop_id, balance_id, on_hand, allocated, sum(quantity) as q from match group by 1, 2, 3, 4) t
  where (b.shop_id, b.id) = (t.shop_id, t.balance_id)
), made as (
  insert into allocation (shop_id, order_id, order_line_id, sku_id, location_id, hu_id, lot_id, status, quantity)
  select shop_id, order_id, order_line_id, sku_id, location_id, hu_id, lot_id, status, quantity
  from match order by shop_id, order_line_id, s0
  returning shop_id, id, order_id, order_line_id, sku_id, location_id, hu_id, lot_id, quantity
)
select shop_id, order_line_id, id as allocation_id, location_id, hu_id, lot_id, sku_id, order_id, quantity from made
"""


async def allocate(tx: Tx, wants: Sequence[Want]) -> list[Allocated]:
    """Sets aside what there is, first want first; what is missing is simply not among the rows.

    FEFO where lots expire, else the oldest stock; among equals the nearest location that holds all that is wanted,
    so that one shelf is emptied before the next is begun, or the fullest (so the fewest): ``orders.choose_stock``.
    Never goods of another shop or warehouse, quarantined, expired, in a locked or a non-pickable location. Wants of
    one SKU share the latest ``expires_after`` among them: it is the shop's rule, not the order's.
    """
    if not wants:
        return []
    return await tx.all(
        Allocated,
        ALLOCATE,
        [w.shop_id for w in wants],
        [w.order_id for w in wants],
        [w.order_line_id for w in wants],
        [w.sku_id for w in wants],
        [w.quantity for w in wants],
        [w.expires_after for w in wants],
    )


VOID = """
with gone as materialized (
  select a.shop_id, a.id, a.order_line_id, a.sku_id, a.location_id, a.hu_id, a.lot_id, a.status, a.open
  from allocation a join (select distinct * from unnest($1::int[], $2::bigint[])) as w(shop_id, id) on (a.shop_id, a.id) = (w.shop_id, w.id)
  where a.open > 0 order by a.shop_id, a.id for update of a
), held as materialized (
  select b.shop_id, b.id, g.q
  from (select shop_id, sku_id, location_id, hu_id, lot_id, status, sum(open) as q from gone group by 1,2,3,4,5,6) g
  join balance b using (shop_id, sku_id, location_id, hu_id, lot_id, status)
  order by b.shop_id, b.id for update of b
), freed as (
  update balance b set allocated = b.allocated - h.q from held h where (b.shop_id, b.id) = (h.shop_id, h.id)
), done as (
  update allocation a set voided = a.voided + g.open from gone g where (a.shop_id, a.id) = (g.shop_id, g.id)
)
select shop_id, id as allocation_id, order_line_id, open as quantity from gone
"""


class Voided(msgspec.Struct, frozen=True):
    shop_id: int
    allocation_id: int
    order_line_id: int
    quantity: int


async def void(tx: Tx, allocations: Sequence[tuple[int, int]]) -> list[Voided]:
    """Gives up what is still open of these allocations, each ``(shop_id, allocation_id)``; a second call does nothing."""
    if not allocations:
        return []
    return await tx.all(Voided, VOID, [s for s, _ in allocations], [a for _, a in allocations])

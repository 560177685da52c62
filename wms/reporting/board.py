"""What the outbound board shows of pickups: each with its forecast, and the burn-down of one.

Each part is one statement over what is open; what has left is read for today's pickups only.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import msgspec

from wms.db.tx import Tx
from wms.kernel.calendar import is_public_holiday, local_date, local_moment
from wms.kernel.refusals import NotFound
from wms.reporting.burn_down import BurnDown, burn_down
from wms.reporting.forecast import WINDOW, Outlook, Queue, Rates, outlook, rate

# Open orders are found by the index of what is open, those that have left by shop, state and promise.
OPEN = (
    "o.state in ('received','on_hold','backordered','allocated','released','picking','picked','packing','packed',"
    "'labelled','manifested')"
)
GONE = "o.state in ('handed_over','in_transit','delivered','returned_to_sender')"


class House(msgspec.Struct, frozen=True):
    id: int
    code: str
    timezone: str
    country: str


class Pickup(msgspec.Struct, frozen=True, kw_only=True):
    """One pickup of one carrier, in orders. ``blocked`` are held or lack stock; ``gone`` were handed over.

    ``carrier_id`` 0, without a name: orders that no service takes, by the day that they are promised for.
    """

    carrier_id: int
    carrier: str
    at: datetime
    new: int = 0
    blocked: int = 0
    picking: int = 0
    packing: int = 0
    ready: int = 0
    loaded: int = 0
    gone: int = 0

    @property
    def total(self) -> int:
        return self.new + self.blocked + self.picking + self.packing + self.ready + self.loaded + self.gone

    @property
    def queue(self) -> Queue:
        to_pick = self.new + self.picking
        return Queue(at=self.at, to_pick=to_pick, to_pack=to_pick + self.packing, stuck=self.blocked)


class PickupRow(msgspec.Struct, frozen=True):
    pickup: Pickup
    outlook: Outlook


class Board(msgspec.Struct, frozen=True):
    rows: list[PickupRow]
    rates: Rates


PICKUPS = f"""
with mine as (
  select o.carrier_id, o.ship_by, o.state from orders o where o.warehouse_id = $1 and {OPEN}
  union all
  select o.carrier_id, o.ship_by, o.state from shop s join orders o on o.shop_id = s.id and {GONE} and o.ship_by >= $2
  where o.warehouse_id = $1
)
select coalesce(m.carrier_id, 0) as carrier_id, coalesce(c.name, '') as carrier, m.ship_by as at,
       count(*) filter (where m.state in ('received','allocated')) as new,
       count(*) filter (where m.state in ('on_hold','backordered')) as blocked,
       count(*) filter (where m.state in ('released','picking')) as picking,
       count(*) filter (where m.state in ('picked','packing','packed')) as packing,
       count(*) filter (where m.state = 'labelled') as ready,
       count(*) filter (where m.state = 'manifested') as loaded,
       count(*) filter (where m.state in ('handed_over','in_transit','delivered','returned_to_sender')) as gone
from mine m left join carrier c on c.id = m.carrier_id
group by m.carrier_id, c.name, m.ship_by order by m.ship_by, c.name
"""
MEASURED = """
select e.kind, count(*) as n, min(e.at) as first
from event e join orders o on o.shop_id = e.shop_id and o.id = e.subject_id and o.warehouse_id = $1
where e.kind in ('order.picked', 'order.labelled') and e.at > $2 and e.subject = 'order' group by e.kind
"""
SCHEDULE = """
select c.id as carrier_id, c.name as carrier, p.weekday, p.at
from carrier c join carrier_pickup p on p.carrier_id = c.id where c.active order by c.id, p.weekday, p.at
"""


async def the_house(tx: Tx, warehouse_id: int) -> House:
    found = await tx.one(
        House, "select id, code, timezone, country from warehouse where id = $1", warehouse_id
    )
    if found is None:
        raise NotFound(what="warehouse", ref=warehouse_id)
    return found


def day_begins(house: House, now: datetime) -> datetime:
    """The first moment of the warehouse's present day."""
    return local_moment(local_date(now, house.timezone), time(0), house.timezone)


async def load_board(tx: Tx, house: House) -> Board:
    """Every pickup with open orders, and each carrier's today or, where none is left, the next; the earliest first."""
    today = day_begins(house, tx.now)
    pickups = {(p.carrier_id, p.at): p for p in await tx.all(Pickup, PICKUPS, house.id, today)}
    for p in await _scheduled(tx, house):
        pickups.setdefault((p.carrier_id, p.at), p)
    rows = sorted(pickups.values(), key=lambda p: (p.at, p.carrier))
    rates = await measured(tx, house.id)
    looks = outlook([p.queue for p in rows], rates, tx.now)
    return Board([PickupRow(p, look) for p, look in zip(rows, looks, strict=True)], rates)


async def measured(tx: Tx, warehouse_id: int) -> Rates:
    """Orders per hour that were picked and got their labels in the last hour."""
    found = {r["kind"]: r for r in await tx.rows(MEASURED, warehouse_id, tx.now - WINDOW)}
    picked, packed = (found.get(k) for k in ("order.picked", "order.labelled"))
    return Rates(
        picked=rate(picked["n"], picked["first"], tx.now) if picked else 0.0,
        packed=rate(packed["n"], packed["first"], tx.now) if packed else 0.0,
    )


async def _scheduled(tx: Tx, house: House) -> list[Pickup]:
    """Today's pickups of every carrier, and of one that does not come any more today those of its next day."""
    calendar: dict[tuple[int, str], list[tuple[int, time]]] = {}
    for r in await tx.rows(SCHEDULE):
        calendar.setdefault((r["carrier_id"], r["carrier"]), []).append((r["weekday"], r["at"]))
    today = local_date(tx.now, house.timezone)
    found = []
    for (carrier_id, name), weekly in calendar.items():
        for ahead in range(15):
            on: date = today + timedelta(days=ahead)
            times = [at for weekday, at in weekly if weekday == on.weekday()]
            if times and not is_public_holiday(on, house.country):
                moments = [local_moment(on, at, house.timezone) for at in times]
                found += [Pickup(carrier_id=carrier_id, carrier=name, at=at) for at in moments]
                if max(moments) > tx.now:
                    break
    return found


# -- the burn-down of one pickup ------------------------------------------------------------------------------------

ONE_PICKUP = f"""
with mine as materialized (
  select o.shop_id, o.id, o.received_at, o.state from orders o
  where o.ship_by = $3 and {OPEN} and o.warehouse_id = $1 and coalesce(o.carrier_id, 0) = $2
  union all
  select o.shop_id, o.id, o.received_at, o.state
  from shop s join orders o on o.shop_id = s.id and {GONE} and o.ship_by = $3
  where o.warehouse_id = $1 and o.carrier_id = $2
)
select m.received_at,
       case when m.state in ('labelled','manifested','handed_over','in_transit','delivered','returned_to_sender')
            then coalesce((select max(e.at) from event e where e.shop_id = m.shop_id and e.subject = 'order'
                             and e.subject_id = m.id and e.kind = 'order.labelled'), m.received_at) end as done_at
from mine m
"""


async def load_burn_down(tx: Tx, house: House, board: Board, carrier_id: int, at: datetime) -> BurnDown:
    """The orders of one pickup until they have their labels."""
    rows = await tx.rows(ONE_PICKUP, house.id, carrier_id, at)
    ahead = sum(
        r.pickup.queue.to_pack
        for r in board.rows
        if (r.pickup.at, r.pickup.carrier) < (at, "")
        or (r.pickup.at == at and r.pickup.carrier_id < carrier_id)
    )
    return burn_down(
        sorted(r["received_at"] for r in rows),
        sorted(r["done_at"] for r in rows if r["done_at"] is not None),
        at,
        tx.now,
        rate=board.rates.packed,
        ahead=ahead,
    )


def chosen(
    rows: Sequence[PickupRow], carrier_id: int, at: datetime | None, now: datetime
) -> PickupRow | None:
    """The pickup asked for, else the next one that has work, else the next one at all."""
    for r in rows:
        if (r.pickup.carrier_id, r.pickup.at) == (carrier_id, at):
            return r
    coming = [r for r in rows if r.pickup.at > now]
    busy = [r for r in coming if r.pickup.total]
    return next(iter(busy or coming or list(rows)), None)

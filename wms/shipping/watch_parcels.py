"""The job that watches parcels on their way: an alarm for each that somebody must look at, gone by itself when it is over."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record, record_all
from wms.kernel.calendar import local_date
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.text import Text
from wms.kernel.whys import CHOOSE_FROM
from wms.shipping.watch_rules import LONGEST_H, THRESHOLDS, hours_of, working_hours_ago

GIVEN_UP_DAYS = 60
"""Orders that left longer ago are nobody's news any more."""


class Watched(msgspec.Struct, frozen=True):
    """``opened`` and ``closed`` alarms of one round."""

    opened: int
    closed: int


# A parcel's last word decides; what has none is counted from its handover. Carriers that tell nothing are not watched.
FOUND = """
limits as (
  select * from unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[],
    $7::timestamptz[], $8::text[], $9::date[])
    as u(carrier_id, warehouse_id, first_scan, moving, at_courier, at_point, late, zone, today)
), way as (
  select p.shop_id, p.id as parcel_id, p.tracking_number, l.*, e.status, e.raw, e.place,
    coalesce(e.at, m.handed_over_at, o.ship_by) as last, o.ship_by, coalesce(o.deliver_by, s.arrives_on) as by_day
  from orders o join parcel p on (p.shop_id, p.order_id) = (o.shop_id, o.id) and p.state = 'handed_over'
  join limits l on (l.carrier_id, l.warehouse_id) = (p.carrier_id, p.warehouse_id)
  join label b on (b.shop_id, b.parcel_id) = (p.shop_id, p.id) and b.state <> 'void'
  left join lateral (select max(n.handed_over_at) as handed_over_at
    from manifest_parcel mp join manifest n on n.id = mp.manifest_id
    where mp.shop_id = p.shop_id and mp.parcel_id = p.id and mp.left_behind_at is null) m on true
  left join lateral (select t.status, t.raw, t.place, t.at from tracking_event t
    where t.shop_id = p.shop_id and t.parcel_id = p.id
    order by t.status in ('delivered', 'returned') desc, t.at desc, t.id desc limit 1) e on true
  left join lateral (select c.arrives_on from service_choice c where c.shop_id = o.shop_id and c.order_id = o.id
    and (c.parcel_id is null or c.parcel_id = p.id) and c.carrier_id = p.carrier_id order by c.id desc limit 1) s on true
  where o.state in ('handed_over', 'in_transit') and o.ship_by > $10::timestamptz
    and (b.tracked_at is not null or b.track_at is not null or e.status is not null)
    and coalesce(e.status, '') not in ('delivered', 'returned', 'cancelled')
), found as (
  select shop_id, parcel_id, 'silent' as kind, last as since,
    jsonb_build_object('status', coalesce(status, 'none'), 'place', place) as facts
  from way where last < case when coalesce(status, 'registered') in ('registered', 'ready') then first_scan
    when status in ('handed_over', 'in_transit') then moving when status = 'out_for_delivery' then at_courier end
  union all
  select shop_id, parcel_id, 'stuck', last, jsonb_build_object('place', place) from way
  where status = 'at_point' and last < at_point
  union all
  select shop_id, parcel_id, 'problem', last, jsonb_build_object('raw', raw, 'place', place) from way where status = 'problem'
  union all
  select shop_id, parcel_id, 'late', coalesce((by_day + 1)::timestamp at time zone zone, ship_by),
    jsonb_build_object('promised', by_day, 'status', coalesce(status, 'none')) from way
  where coalesce(by_day < today, ship_by < late)
)
"""
WATCH = f"""
with {FOUND}, opened as (
  insert into parcel_alarm (shop_id, parcel_id, kind, since, facts)
  select f.shop_id, f.parcel_id, f.kind, f.since, f.facts from found f
  on conflict (shop_id, parcel_id, kind) where closed_at is null do nothing returning shop_id, parcel_id, kind, since, facts
), closed as (
  update parcel_alarm a set closed_at = now()
  where a.closed_at is null
    and not exists (select from found f where (f.shop_id, f.parcel_id, f.kind) = (a.shop_id, a.parcel_id, a.kind))
  returning a.shop_id, a.parcel_id, a.kind, a.since, a.facts
)
select x.*, p.order_id, p.tracking_number, c.code as carrier
from (select true as opened, * from opened union all select false, * from closed) x
join parcel p on (p.shop_id, p.id) = (x.shop_id, x.parcel_id) join carrier c on c.id = p.carrier_id
order by x.shop_id, x.parcel_id, x.kind
"""


async def watch_parcels(tx: Tx) -> Watched:
    """One round over everything on its way, by the clock and calendar of the warehouse that it left; each alarm that comes or
    goes is an event of its shop."""
    houses = await tx.rows("select id, timezone, country from warehouse order by id")
    carriers = [
        (c["id"], hours_of(c["watch"])) for c in await tx.rows("select id, watch from carrier order by id")
    ]
    if not houses or not carriers:
        return Watched(0, 0)
    places = sorted({(h["timezone"], h["country"]) for h in houses})
    hours = {x[code] for _, x in carriers for code in THRESHOLDS}
    ago = {
        (zone, country, h): working_hours_ago(tx.now, h, timezone=zone, country=country)
        for zone, country in places
        for h in hours
    }
    limits = [
        (
            carrier, w["id"],
            *(ago[w["timezone"], w["country"], x[code]] for code in ("first_scan_h", "moving_h", "out_h")),
            tx.now - timedelta(hours=x["point_h"]), ago[w["timezone"], w["country"], x["late_h"]],
            w["timezone"], local_date(tx.now, w["timezone"]),
        )
        for carrier, x in carriers for w in houses
    ]  # fmt: skip
    rows = await tx.rows(WATCH, *map(list, zip(*limits, strict=True)), tx.now - timedelta(days=GIVEN_UP_DAYS))
    await record_all(tx, [_event(r) for r in rows])
    opened = sum(r["opened"] for r in rows)
    return Watched(opened, len(rows) - opened)


def _event(r: asyncpg.Record) -> Event:
    data: dict[str, Any] = {
        "alarm": r["kind"], "since": r["since"].isoformat(), "carrier": r["carrier"], "order_id": r["order_id"],
    }  # fmt: skip
    return Event(
        kind="parcel.alarm" if r["opened"] else "parcel.alarm_over", subject="parcel", subject_id=r["parcel_id"],
        shop_id=r["shop_id"], ref=r["tracking_number"], data=data | {k: v for k, v in r["facts"].items() if v is not None},
    )  # fmt: skip


async def set_watch(tx: Tx, carrier_id: int, hours: Mapping[str, int]) -> dict[str, int]:
    """A carrier's own thresholds, in hours; those left out are the defaults. Returns all that count.

    Raises ``Invalid``, ``NotFound``.
    """
    for code, value in hours.items():
        if code not in THRESHOLDS:
            raise Invalid(field=code, why=CHOOSE_FROM, choices=", ".join(THRESHOLDS), pointer=f"/{code}")
        if not 1 <= value <= LONGEST_H:
            raise Invalid(
                field=code,
                why=Text(en="{low} to {high} hours", pl="od {low} do {high} godzin"),
                low=1,
                high=LONGEST_H,
                pointer=f"/{code}",
            )
    code = await tx.value(
        "update carrier set watch = $2::jsonb where id = $1 returning code",
        carrier_id,
        msgspec.json.encode(dict(hours)).decode(),
    )
    if code is None:
        raise NotFound(what="carrier", ref=carrier_id)
    event = Event(
        kind="carrier.watch_set", subject="carrier", subject_id=carrier_id, ref=code, data=dict(hours)
    )
    await record(tx, event)
    return hours_of(hours)

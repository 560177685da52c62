"""What desks show of labels, manifests and pickups."""

from datetime import datetime

import msgspec

from wms.carriers.fault_words import Untaken
from wms.db.both_ways import Order, both_ways
from wms.db.tx import Tx
from wms.kernel.refusals import NotFound


class LabelScreen(msgspec.Struct, frozen=True):
    """A parcel on the pack station's table and its label. ``state`` none: nobody has asked for it yet.

    The desk has four words for it: one that is booked and still to come is *requested*, one in any trouble *failed*.
    ``moved``: why it goes with another service than its order. ``fields`` are what the carrier refused last. ``retry_at``: when it is tried again by itself.
    """

    shop_id: int
    parcel_id: int
    parcel: str
    parcel_no: int
    parcel_state: str
    weight_g: int | None
    carton: str | None
    order_id: int
    order_number: str
    shop: str
    carrier: str
    service: str
    left: int
    state: str
    tracking_number: str | None
    attempts: int
    error_code: str | None
    error: str | None
    retry_at: datetime | None
    fields: list[Untaken]
    moved: str | None


LABEL = """
select p.shop_id, p.id as parcel_id, h.code as parcel, p.no as parcel_no, p.state as parcel_state, p.weight_g,
  p.carton_code as carton, o.id as order_id, o.number as order_number, s.name as shop, c.name as carrier, p.service,
  (select coalesce(sum(l.picked - l.packed), 0) from order_line l
   where l.shop_id = o.shop_id and l.order_id = o.id and not l.kit)::int as left,
  coalesce(case when b.state = 'unknown' or (b.state = 'accepted' and b.error_code is not null) then 'failed'
    when b.state = 'accepted' then 'requested' else b.state end, 'none') as state,
  b.tracking_number, coalesce(b.attempts, 0) as attempts, b.error_code, b.error,
  b.retry_at,
  (select s.reason from service_choice s where (s.shop_id, s.parcel_id) = (p.shop_id, p.id) order by s.id desc limit 1) as moved,
  coalesce((select e.data -> 'fields' from event e where e.shop_id = p.shop_id and e.subject = 'parcel'
     and e.subject_id = p.id and e.kind = 'label.failed' and e.data ? 'fields' order by e.id desc limit 1), '[]') as fields
from parcel p
join handling_unit h on h.id = p.hu_id
join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id)
join shop s on s.id = p.shop_id join carrier c on c.id = p.carrier_id
left join label b on (b.shop_id, b.parcel_id) = (p.shop_id, p.id) and b.state <> 'void'
where p.shop_id = $1 and p.id = $2
"""


async def label_screen(tx: Tx, shop_id: int, parcel_id: int) -> LabelScreen:
    """Raises ``NotFound``."""
    found = await tx.one(LabelScreen, LABEL, shop_id, parcel_id)
    if found is None:
        raise NotFound(what="parcel", ref=parcel_id)
    return found


class CarrierToday(msgspec.Struct, frozen=True):
    """A carrier with something to load: its open manifest, where there is one, and what is not on it yet.

    ``listed`` parcels are on it, ``ready`` have a label and stand somewhere, ``unlabelled`` wait for theirs. Weight in
    grams. ``counted``: what somebody counted last in the cage, and when.
    """

    carrier_id: int
    carrier: str
    manifest_id: int | None
    pickup_at: datetime | None
    listed: int
    weight_g: int
    ready: int
    unlabelled: int
    counted: int | None
    counted_at: datetime | None


TODAY = """
select c.id as carrier_id, c.name as carrier, m.id as manifest_id, m.pickup_at, coalesce(t.listed, 0)::int as listed,
  coalesce(t.weight_g, 0)::bigint as weight_g, coalesce(w.ready, 0)::int as ready,
  coalesce(w.unlabelled, 0)::int as unlabelled, (e.data ->> 'counted')::int as counted, e.at as counted_at
from carrier c
left join manifest m on m.carrier_id = c.id and m.warehouse_id = $1 and m.state = 'open'
left join lateral (
  select count(*) as listed, sum(p.weight_g) as weight_g
  from manifest_parcel mp join parcel p on (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id) where mp.manifest_id = m.id
) t on true
left join (
  select p.carrier_id, count(*) filter (where p.state = 'labelled') as ready,
         count(*) filter (where p.state = 'closed') as unlabelled
  from parcel p where p.warehouse_id = $1 and p.state in ('labelled', 'closed') group by 1
) w on w.carrier_id = c.id
left join lateral (
  select data, at from event where shop_id = 0 and subject = 'manifest' and subject_id = m.id
    and kind = 'manifest.recounted' order by id desc limit 1) e on true
where c.active and (m.id is not null or w.ready > 0 or w.unlabelled > 0)
order by m.pickup_at nulls last, c.name
"""


async def carriers_today(tx: Tx, warehouse_id: int) -> list[CarrierToday]:
    """What is to be loaded from this warehouse, by the hour of the pickup."""
    return await tx.all(CarrierToday, TODAY, warehouse_id)


class DeskManifest(msgspec.Struct, frozen=True):
    """A manifest with its names. ``counted``: see ``CarrierToday``. ``email``: the carrier's address; ``mailed``: whether
    papers go there; ``server``: whether there is one for its files."""

    id: int
    warehouse: str
    carrier_id: int
    carrier: str
    email: str | None
    mailed: bool
    server: bool
    link_key: str | None
    driver: str | None
    vehicle: str | None
    closed_by: str | None
    counted: int | None
    counted_at: datetime | None


NAMED = """
select m.id, w.name as warehouse, m.carrier_id, c.name as carrier, c.email,
  c.email is not null and coalesce(c.papers -> 'mail' <> '[]', true) as mailed, c.papers ? 'sftp' and c.papers -> 'sftp' <> 'null' as server, m.link_key, m.driver, m.vehicle, p.name as closed_by,
  (e.data ->> 'counted')::int as counted, e.at as counted_at
from manifest m join warehouse w on w.id = m.warehouse_id join carrier c on c.id = m.carrier_id
left join person p on p.id = m.closed_by
left join lateral (
  select data, at from event where shop_id = 0 and subject = 'manifest' and subject_id = m.id
    and kind = 'manifest.recounted' order by id desc limit 1) e on true
where m.id = $1
"""


async def desk_manifest(tx: Tx, manifest_id: int) -> DeskManifest:
    """Raises ``NotFound``."""
    found = await tx.one(DeskManifest, NAMED, manifest_id)
    if found is None:
        raise NotFound(what="manifest", ref=manifest_id)
    return found


class PastManifest(msgspec.Struct, frozen=True):
    """One row of the list of closed manifests."""

    id: int
    number: str | None
    carrier: str
    pickup_at: datetime
    state: str
    parcels: int
    weight_g: int
    left_behind: int
    closed_at: datetime | None
    handed_over_at: datetime | None
    mail: str | None


PAST = both_ways("""
select m.id, m.number, c.name as carrier, m.pickup_at, m.state, m.parcels, m.weight_g, m.closed_at, m.handed_over_at,
  (select count(mp.left_behind_at) from manifest_parcel mp where mp.manifest_id = m.id)::int as left_behind,
  (select a.state from mail a where a.shop_id = 0 and a.about = 'manifest' and a.about_id = m.id
   order by a.id desc limit 1) as mail
from manifest m join carrier c on c.id = m.carrier_id
where m.warehouse_id = $1 and m.state <> 'open' and ($2 = '' or m.state = $2) and ($3 = 0 or m.carrier_id = $3)
  and ($4 = 0 or m.id {beyond} $4)
order by m.id {way} limit $5
""")


async def past_manifests(
    tx: Tx, warehouse_id: int, *, state: str, carrier_id: int, behind: int, limit: int, first: Order
) -> list[PastManifest]:
    """Closed manifests, from behind the one with the id ``behind`` (0: from the ``first``)."""
    return await tx.all(PastManifest, PAST[first], warehouse_id, state, carrier_id, behind, limit)


class HandoverParcel(msgspec.Struct, frozen=True):
    """A parcel as the courier ticks it off; ``cancelled``: its order was, so it must stay here."""

    shop_id: int
    parcel_id: int
    hu: str
    tracking_number: str | None
    sscc: str | None
    weight_g: int | None
    city: str
    order_number: str
    cancelled: bool


HANDOVER = """
select p.shop_id, p.id as parcel_id, h.code as hu, p.tracking_number, p.sscc, p.weight_g, o.city,
  o.number as order_number, o.state = 'cancelled' as cancelled
from manifest_parcel mp join parcel p on (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id)
join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id) join handling_unit h on h.id = p.hu_id
where mp.manifest_id = $1 and (mp.left_behind_at is null or o.state = 'cancelled')
order by p.tracking_number, p.shop_id, p.id
"""


async def handover_parcels(tx: Tx, manifest_id: int) -> list[HandoverParcel]:
    """What the courier is to collect, in the order of the paper, and what was cancelled since: the driver must be told."""
    return await tx.all(HandoverParcel, HANDOVER, manifest_id)

"""Every SELECT of shipping but those of manifests."""

from datetime import datetime

import msgspec

from wms.carriers.fault_words import technical, tell_label_fault
from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.text import Lang
from wms.shipping.label_data import Intent

INTENT = """
with it as materialized (
  select b.shop_id, b.id as label_id, b.state as label_state, b.attempts, b.carrier_ref,
    b.in_doubt_since is not null as in_doubt, b.tracking_number, b.sscc, b.carrier_id, p.id as parcel_id,
    p.no as parcel_no, p.hu_id, p.warehouse_id, p.carton_code, p.station_id, p.weight_g, p.service, o.id as order_id,
    o.number as order_number, o.state as order_state, o.point, o.name, o.company, o.street, o.postcode, o.city,
    o.country, o.phone, o.email, o.cod_amount, o.currency, o.note
  from label b
  join parcel p on (p.shop_id, p.id) = (b.shop_id, b.parcel_id)
  join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id)
  where b.shop_id = $1 and b.id = $2
)
select it.*, h.code as parcel_hu, k.length_mm, k.width_mm, k.height_mm, s.code as shop_code, s.name as shop_name,
  c.code as carrier_code, c.name as carrier_name, c.adapter, c.account, c.max_weight_g, c.settings, c.label_formats,
  w.name as warehouse_name, w.timezone, w.address,
  -- k of n is printed only once n is known
  case when it.order_state in ('packed', 'labelled') then (select count(*) from parcel q
    where q.shop_id = it.shop_id and q.order_id = it.order_id and q.state <> 'void')::int end as parcel_count
from it
join handling_unit h on h.id = it.hu_id
join shop s on s.id = it.shop_id
join carrier c on c.id = it.carrier_id
join warehouse w on w.id = it.warehouse_id
left join carton k on k.code = it.carton_code
"""
"""In two parts, because PostgreSQL plans it anew for each label, and to look for the best order of nine tables takes it
longer than all the rest."""


async def label_intent(tx: Tx, shop_id: int, label_id: int) -> Intent | None:
    return await tx.one(Intent, INTENT, shop_id, label_id)


class LabelOut(msgspec.Struct, frozen=True):
    """``error`` says what is wrong and what to do, ``error_detail`` what happened in an engineer's words; ``retry_at`` None on a
    failed label: somebody must act."""

    id: int
    shop_id: int
    shop: str
    parcel_id: int
    order_number: str
    parcel_no: int
    carrier: str
    state: str
    tracking_number: str | None
    attempts: int
    error_code: str | None
    error: str | None
    requested_at: datetime
    ready_at: datetime | None
    retry_at: datetime | None
    error_detail: str | None = None


LABEL = """
select b.id, b.shop_id, s.code as shop, b.parcel_id, o.number as order_number, p.no as parcel_no, c.code as carrier, b.state,
       b.tracking_number, b.attempts, b.error_code, b.error, b.requested_at, b.ready_at, b.retry_at
from label b join parcel p on (p.shop_id, p.id) = (b.shop_id, b.parcel_id)
join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id)
join shop s on s.id = b.shop_id join carrier c on c.id = b.carrier_id
"""


def _said(row: LabelOut, lang: Lang) -> LabelOut:
    if row.state in ("ready", "printed", "void") or row.error_code is None:
        return msgspec.structs.replace(row, error=None, error_code=None)
    said = tell_label_fault(row.error_code, row.error, (), lang)
    return msgspec.structs.replace(row, error=said, error_detail=technical(row.error_code, row.error))


async def label_of_parcel(tx: Tx, shop_id: int, parcel_id: int, lang: Lang) -> LabelOut:
    """The newest label of a parcel, void or not. Raises ``NotFound``."""
    found = await tx.one(
        LabelOut,
        f"{LABEL} where b.shop_id = $1 and b.parcel_id = $2 order by b.id desc limit 1",
        shop_id,
        parcel_id,
    )
    if found is None:
        raise NotFound(what="label of parcel", ref=parcel_id)
    return _said(found, lang)


async def waiting_labels(tx: Tx, lang: Lang, after: int, limit: int) -> list[LabelOut]:
    """Labels that are not there yet, of all shops: what a supervisor must see before the courier comes."""
    rows = await tx.all(
        LabelOut,
        f"{LABEL} where b.state in ('requested', 'accepted', 'failed', 'unknown') and b.id > $1 order by b.id limit $2",
        after,
        limit,
    )
    return [_said(r, lang) for r in rows]


class StoredLabel(msgspec.Struct, frozen=True):
    """A label as it was bought. ``template`` None: the carrier's own; ``files``: format -> document."""

    shop_id: int
    shop: str
    id: int
    parcel_id: int
    parcel: str
    state: str
    data: dict[str, object]
    template: str | None
    files: dict[str, int]


STORED = """
select b.shop_id, s.code as shop, b.id, b.parcel_id, h.code as parcel, b.state, b.data, b.template, b.files
from label b join parcel p on (p.shop_id, p.id) = (b.shop_id, b.parcel_id)
join handling_unit h on h.id = p.hu_id join shop s on s.id = b.shop_id
"""


async def stored_label(tx: Tx, shop_id: int, parcel_id: int) -> StoredLabel | None:
    return await tx.one(
        StoredLabel,
        f"{STORED} where b.shop_id = $1 and b.parcel_id = $2 and b.state <> 'void'",
        shop_id,
        parcel_id,
    )


async def stored_labels_of_wave(tx: Tx, wave_id: int) -> list[StoredLabel]:
    """The labels that are ready, of every order in a wave, in the order of the carts and their slots."""
    return await tx.all(
        StoredLabel,
        f"""{STORED} join cluster_order co on (co.shop_id, co.order_id) = (p.shop_id, p.order_id)
            join cluster c on c.id = co.cluster_id
            where c.wave_id = $1 and b.state in ('ready', 'printed') order by c.id, co.slot, p.no limit 2000""",
        wave_id,
    )


class TrackingOut(msgspec.Struct, frozen=True):
    status: str
    raw: str
    place: str | None
    at: datetime


class ParcelOut(msgspec.Struct, frozen=True):
    """A parcel as its shop sees it; weights in grams. ``label`` is the state of its label."""

    id: int
    shop_id: int
    order_id: int
    order_number: str
    no: int
    state: str
    carrier: str
    service: str
    carton: str | None
    weight_g: int | None
    expected_weight_g: int | None
    units: int
    tracking_number: str | None
    sscc: str | None
    label: str | None
    opened_at: datetime
    closed_at: datetime | None
    tracking: list[TrackingOut]


PARCEL = """
select p.id, p.shop_id, p.order_id, o.number as order_number, p.no, p.state, c.code as carrier, p.service,
  p.carton_code as carton, p.weight_g, p.expected_weight_g, p.units, p.tracking_number, p.sscc, p.opened_at, p.closed_at,
  (select b.state from label b where b.shop_id = p.shop_id and b.parcel_id = p.id order by b.id desc limit 1) as label,
  (select coalesce(jsonb_agg(jsonb_build_object('status', t.status, 'raw', t.raw, 'place', t.place, 'at', t.at)
     order by t.at, t.id), '[]') from tracking_event t where t.shop_id = p.shop_id and t.parcel_id = p.id) as tracking
from parcel p join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id) join carrier c on c.id = p.carrier_id
"""


async def parcel_out(tx: Tx, shop_id: int, parcel_id: int) -> ParcelOut:
    """Raises ``NotFound``."""
    found = await tx.one(ParcelOut, f"{PARCEL} where p.shop_id = $1 and p.id = $2", shop_id, parcel_id)
    if found is None:
        raise NotFound(what="parcel", ref=parcel_id)
    return found


async def parcels_out(
    tx: Tx, shop_id: int, *, order_id: int | None, state: str | None, after: int, limit: int
) -> list[ParcelOut]:
    """Parcels of one shop by id, from behind ``after``."""
    return await tx.all(
        ParcelOut,
        f"""{PARCEL} where p.shop_id = $1 and ($2::bigint is null or p.order_id = $2) and ($3::text is null or p.state = $3)
            and p.id > $4 order by p.id limit $5""",
        shop_id,
        order_id,
        state,
        after,
        limit,
    )


class ScannedParcel(msgspec.Struct, frozen=True):
    """A parcel that a scan may mean."""

    shop_id: int
    id: int
    order_id: int
    hu: str
    warehouse_id: int
    carrier_id: int
    carrier: str
    state: str
    tracking_number: str | None


SCANNED = """
select p.shop_id, p.id, p.order_id, h.code as hu, p.warehouse_id, p.carrier_id, c.name as carrier, p.state, p.tracking_number
from parcel p join handling_unit h on h.id = p.hu_id join carrier c on c.id = p.carrier_id
where (p.shop_id, p.id) in (
  select shop_id, id from parcel where tracking_number = any((select $1::text[])::text[])
  union select shop_id, id from parcel where sscc = any((select $1::text[])::text[])
  union select q.shop_id, q.id from handling_unit u join parcel q on q.hu_id = u.id where u.code = any((select $1::text[])::text[]))
order by p.state = 'void', p.shop_id, p.id
"""


async def parcels_by_code(tx: Tx, codes: list[str]) -> list[ScannedParcel]:
    """By tracking number, SSCC or the code on the box; several where carriers use the same number."""
    return await tx.all(ScannedParcel, SCANNED, codes)


class CarrierOut(msgspec.Struct, frozen=True):
    """``pickups``: weekday (0 is Monday) and local time."""

    id: int
    code: str
    name: str
    adapter: str
    account: str
    email: str | None
    max_weight_g: int
    services: list[str]
    label_formats: list[str]
    settings: dict[str, object]
    active: bool
    pickups: list[tuple[int, str]]


async def carriers(tx: Tx, after: int, limit: int) -> list[CarrierOut]:
    return await tx.all(
        CarrierOut,
        """select c.id, c.code, c.name, c.adapter, c.account, c.email, c.max_weight_g, c.services, c.label_formats,
             c.settings, c.active,
             (select coalesce(jsonb_agg(jsonb_build_array(p.weekday, to_char(p.at, 'HH24:MI')) order by p.weekday, p.at),
                '[]') from carrier_pickup p where p.carrier_id = c.id) as pickups
           from carrier c where c.id > $1 order by c.id limit $2""",
        after,
        limit,
    )

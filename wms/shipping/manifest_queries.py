"""Every SELECT over manifests."""

from datetime import datetime
from decimal import Decimal

import msgspec

from wms.db.tx import Tx
from wms.events.documents import DocumentRow, list_documents
from wms.kernel.refusals import NotFound
from wms.orders.parcels import ParcelState


class ManifestRow(msgspec.Struct, frozen=True):
    """A pickup of one carrier. ``parcels`` and ``weight_g`` (grams) are of the whole list; ``left_behind`` of them at the door,
    so that ``going`` and ``going_g`` are what leaves. Of these ``confirmed`` at the door, ``scanned`` by the carrier, and
    ``settled`` by a person without ever being scanned."""

    id: int
    warehouse_id: int
    carrier_id: int
    pickup_at: datetime
    state: str
    number: str | None
    sha256: str | None
    parcels: int
    weight_g: int
    confirmed: int
    left_behind: int
    opened_at: datetime
    closed_at: datetime | None
    handed_over_at: datetime | None
    scanned: int
    settled: int
    reconciled_at: datetime | None
    going: int
    going_g: int


# The totals of a closed manifest are stored; an open one is counted. A courier sees no column that it has no use for.
ROW = """
select m.id, m.warehouse_id, m.carrier_id, m.pickup_at, m.state, m.number, m.sha256, m.opened_at, m.closed_at,
  m.handed_over_at, m.reconciled_at, t.scanned::int as scanned, t.settled::int as settled, t.confirmed::int as confirmed, t.left_behind::int as left_behind,
  t.parcels::int - t.left_behind::int as going, t.going_g::bigint as going_g,
  case when m.state = 'open' then t.parcels else m.parcels end::int as parcels,
  case when m.state = 'open' then t.weight_g else m.weight_g end::bigint as weight_g
from manifest m
left join lateral (
  select count(*) as parcels, count(mp.left_behind_at) as left_behind, coalesce(sum(p.weight_g), 0) as weight_g,
         count(mp.confirmed_at) filter (where mp.left_behind_at is null) as confirmed,
         count(mp.scanned_at) filter (where mp.left_behind_at is null) as scanned,
         count(mp.settled_at) filter (where mp.left_behind_at is null and mp.scanned_at is null) as settled,
         coalesce(sum(p.weight_g) filter (where mp.left_behind_at is null), 0) as going_g
  from manifest_parcel mp left join parcel p on (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id)
  where mp.manifest_id = m.id
) t on true
"""


async def manifest_row(tx: Tx, manifest_id: int) -> ManifestRow:
    """Raises ``NotFound``, also for another carrier's courier."""
    found = await tx.one(ManifestRow, f"{ROW} where m.id = $1", manifest_id)
    if found is None:
        raise NotFound(what="manifest", ref=manifest_id)
    return found


async def manifest_rows(
    tx: Tx, *, warehouse_id: int | None, carrier_id: int | None, state: str | None, after: int, limit: int
) -> list[ManifestRow]:
    """Newest first, from before ``after`` (0: from the newest)."""
    return await tx.all(
        ManifestRow,
        f"""{ROW} where ($1::bigint is null or m.warehouse_id = $1) and ($2::bigint is null or m.carrier_id = $2)
            and ($3::text is null or m.state = $3) and ($4 = 0 or m.id < $4) order by m.id desc limit $5""",
        warehouse_id,
        carrier_id,
        state,
        after,
        limit,
    )


async def manifest_documents(tx: Tx, manifest_id: int) -> list[DocumentRow]:
    """The papers of a closed manifest: protocol and machine file. The operator keeps them."""
    return await list_documents(tx, 0, "manifest", manifest_id)


class ListedParcel(msgspec.Struct, frozen=True):
    """A line of a manifest; ``shop_id`` and ``parcel_id`` name the parcel."""

    shop_id: int
    parcel_id: int
    tracking_number: str | None
    sscc: str | None
    service: str
    weight_g: int | None
    loaded_at: datetime
    confirmed_at: datetime | None
    left_behind_at: datetime | None
    scanned_at: datetime | None
    settled_at: datetime | None


LISTED = """
select mp.shop_id, mp.parcel_id, p.tracking_number, p.sscc, p.service, p.weight_g, mp.loaded_at, mp.confirmed_at,
       mp.left_behind_at, mp.scanned_at, mp.settled_at
from manifest_parcel mp join parcel p on (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id)
where mp.manifest_id = $1 and (mp.shop_id, mp.parcel_id) > ($2, $3) order by mp.shop_id, mp.parcel_id limit $4
"""


async def listed_parcels(tx: Tx, manifest_id: int, after: tuple[int, int], limit: int) -> list[ListedParcel]:
    return await tx.all(ListedParcel, LISTED, manifest_id, *after, limit)


class Unscanned(msgspec.Struct, frozen=True):
    """A parcel that left with a manifest and that the carrier has not scanned."""

    shop_id: int
    parcel_id: int
    order_id: int
    order: str
    shop: str
    tracking_number: str | None


UNSCANNED = """
select mp.shop_id, mp.parcel_id, p.order_id, o.number as order, s.name as shop, p.tracking_number
from manifest_parcel mp join parcel p on (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id)
join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id) join shop s on s.id = mp.shop_id
where mp.manifest_id = $1 and mp.scanned_at is null and mp.settled_at is null and mp.left_behind_at is null
order by p.tracking_number, mp.shop_id, mp.parcel_id limit $2
"""


async def unscanned_of(tx: Tx, manifest_id: int, limit: int) -> list[Unscanned]:
    """What the carrier still has to scan, or a person to settle."""
    return await tx.all(Unscanned, UNSCANNED, manifest_id, limit)


class PaperLine(msgspec.Struct, frozen=True):
    """What the papers and the hash say of a parcel."""

    shop_id: int
    parcel_id: int
    order_id: int
    tracking_number: str
    sscc: str | None
    reference: str
    shop: str
    name: str
    company: str | None
    street: str
    postcode: str
    city: str
    country: str
    point: str | None
    weight_g: int
    service: str
    cod_amount: Decimal | None
    currency: str
    no: int
    count: int


PAPER = """
select mp.shop_id, mp.parcel_id, p.order_id, p.tracking_number, p.sscc, o.number as reference, s.name as shop, o.name,
  o.company, o.street, o.postcode, o.city, o.country, o.point, p.weight_g, p.service, case when p.no = 1 then o.cod_amount end as cod_amount, o.currency, p.no,
  (select count(*) from parcel q where q.shop_id = p.shop_id and q.order_id = p.order_id and q.state <> 'void')::int as count
from manifest_parcel mp
join parcel p on (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id)
join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id)
join shop s on s.id = mp.shop_id
where mp.manifest_id = $1 order by p.tracking_number, mp.shop_id, mp.parcel_id
"""


async def paper_lines(tx: Tx, manifest_id: int) -> list[PaperLine]:
    """The list in the order in which it is printed and hashed."""
    return await tx.all(PaperLine, PAPER, manifest_id)


class OnBoard(msgspec.Struct, frozen=True):
    """A parcel of a closed manifest with its order, locked."""

    shop_id: int
    parcel_id: int
    order_id: int
    order_number: str
    order_state: str
    hu: str
    hu_id: int
    parcel_state: str
    tracking_number: str | None
    sscc: str | None
    left_behind: bool


LOCK_ORDERS = """
select o.shop_id, o.id from orders o
join (select distinct p.shop_id, p.order_id from manifest_parcel mp
      join parcel p on (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id) where mp.manifest_id = $1) t
  on (o.shop_id, o.id) = (t.shop_id, t.order_id)
order by o.shop_id, o.id for update of o
"""
ON_BOARD = """
select p.shop_id, p.id as parcel_id, p.order_id, o.number as order_number, o.state as order_state, h.code as hu, p.hu_id,
       p.state as parcel_state, p.tracking_number, p.sscc, mp.left_behind_at is not null as left_behind
from manifest_parcel mp
join parcel p on (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id)
join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id)
join handling_unit h on h.id = p.hu_id
where mp.manifest_id = $1 order by p.shop_id, p.id for update of p
"""


async def lock_orders_on(tx: Tx, manifest_id: int) -> None:
    """Locks every order with a parcel on the manifest, in the order that everybody takes: no cancel from here on."""
    await tx.rows(LOCK_ORDERS, manifest_id)


async def lock_on_board(tx: Tx, manifest_id: int) -> list[OnBoard]:
    """The parcels, locked; the orders must be."""
    return await tx.all(OnBoard, ON_BOARD, manifest_id)


class Ready(msgspec.Struct, frozen=True):
    shop_id: int
    parcel_id: int
    order_id: int


READY = f"""
select p.shop_id, p.id as parcel_id, p.order_id
from parcel p join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id)
where p.carrier_id = $1 and p.warehouse_id = $2 and p.state = '{ParcelState.LABELLED}'
  and o.state not in ('cancelled', 'on_hold')
order by p.shop_id, p.order_id, p.id limit $3 for update of o
"""


async def lock_ready_parcels(tx: Tx, carrier_id: int, warehouse_id: int, limit: int) -> list[Ready]:
    """Labelled parcels whose orders may leave, with the orders locked."""
    return await tx.all(Ready, READY, carrier_id, warehouse_id, limit)

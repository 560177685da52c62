"""Parcels go onto the open manifest of a carrier, by scan or all that are ready, and off it again."""

from datetime import datetime, time
from typing import Literal

import asyncpg
import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.promise import NoPickup, next_pickup
from wms.kernel.refusals import NotFound
from wms.kernel.scan import parse_scan
from wms.orders.parcel_progress import advance_of_shops, let_orders_on
from wms.orders.parcels import Keys, ParcelState, lock_live_parcel, lock_parcel, move_parcels
from wms.orders.states import OrderState
from wms.shipping.manifest_errors import (
    AlreadyGone,
    NotLabelled,
    NotLoaded,
    OnAnotherManifest,
    UnknownParcel,
    WrongCarrier,
)
from wms.shipping.manifest_queries import lock_ready_parcels
from wms.shipping.queries import ScannedParcel, parcels_by_code

MOST_AT_ONCE = 20_000


class Loaded(msgspec.Struct, frozen=True):
    """``status`` already: it was on this manifest before. ``parcels``: how many are on it now."""

    status: Literal["loaded", "already"]
    manifest_id: int
    shop_id: int
    parcel_id: int
    parcel: str
    tracking_number: str | None
    parcels: int


async def load_parcel(tx: Tx, warehouse_id: int, carrier_id: int, scan: str) -> Loaded:
    """Puts one parcel on the carrier's open manifest, which is opened where there is none.

    Raises ``UnknownParcel``, ``WrongCarrier``, ``OrderCancelled``, ``OrderOnHold``, ``NotLabelled``, ``AlreadyGone``,
    ``OnAnotherManifest``, ``NotFound`` for the carrier.
    """
    found = await scanned_parcel(tx, warehouse_id, carrier_id, scan)
    order, parcel = await lock_live_parcel(tx, found.shop_id, found.id)
    manifest_id = await open_manifest(tx, warehouse_id, carrier_id)
    status: Literal["loaded", "already"] = "loaded"
    if parcel.state == ParcelState.MANIFESTED:
        on = await tx.row(
            """select m.id, m.number from manifest_parcel mp join manifest m on m.id = mp.manifest_id
               where mp.shop_id = $1 and mp.parcel_id = $2 and mp.left_behind_at is null""",
            parcel.shop_id,
            parcel.id,
        )
        if on is not None and on["id"] != manifest_id:
            raise OnAnotherManifest(parcel=parcel.hu, manifest=on["number"] or on["id"])
        status = "already"
    elif parcel.state == ParcelState.HANDED_OVER:
        raise AlreadyGone(parcel=parcel.hu)
    elif parcel.state != ParcelState.LABELLED:
        raise NotLabelled(parcel=parcel.hu, state=parcel.state)
    else:
        await _put_on(tx, manifest_id, carrier_id, [(parcel.shop_id, parcel.id)])
        await let_orders_on(tx, [(order.shop_id, order.id)], OrderState.MANIFESTED)
    count = await tx.value("select count(*) from manifest_parcel where manifest_id = $1", manifest_id)
    return Loaded(
        status, manifest_id, parcel.shop_id, parcel.id, parcel.hu, parcel.tracking_number, parcels=count
    )


class LoadedAll(msgspec.Struct, frozen=True):
    """``loaded`` now; ``parcels`` on the manifest in all. ``manifest_id`` None: there was nothing to load."""

    manifest_id: int | None
    loaded: int
    parcels: int


async def load_all(tx: Tx, warehouse_id: int, carrier_id: int) -> LoadedAll:
    """Every labelled parcel of the carrier in this warehouse; those of cancelled orders and orders on hold stay."""
    ready = await lock_ready_parcels(tx, carrier_id, warehouse_id, MOST_AT_ONCE)
    if not ready:
        return LoadedAll(None, 0, 0)
    manifest_id = await open_manifest(tx, warehouse_id, carrier_id)
    keys = [(r.shop_id, r.parcel_id) for r in ready]
    await _put_on(tx, manifest_id, carrier_id, keys)
    await let_orders_on(tx, [(r.shop_id, r.order_id) for r in ready], OrderState.MANIFESTED)
    count = await tx.value("select count(*) from manifest_parcel where manifest_id = $1", manifest_id)
    return LoadedAll(manifest_id, len(ready), count)


async def unload_parcel(tx: Tx, manifest_id: int, scan: str) -> int:
    """Takes a parcel off an open manifest; returns how many are left on it. Raises ``NotLoaded``, ``UnknownParcel``."""
    m = await tx.row("select warehouse_id, carrier_id, state from manifest where id = $1", manifest_id)
    if m is None:
        raise NotFound(what="manifest", ref=manifest_id)
    found = await scanned_parcel(tx, m["warehouse_id"], m["carrier_id"], scan)
    order, _ = await lock_parcel(tx, found.shop_id, found.id)
    await tx.row("select 1 from manifest where id = $1 for share", manifest_id)
    gone = await tx.run(
        """delete from manifest_parcel mp using manifest m where mp.manifest_id = $1 and mp.shop_id = $2
             and mp.parcel_id = $3 and m.id = mp.manifest_id and m.state = 'open'""",
        manifest_id,
        found.shop_id,
        found.id,
    )
    if not gone:
        raise NotLoaded(parcel=found.hu)
    await move_parcels(tx, [(found.shop_id, found.id)], ParcelState.LABELLED)
    if order.state == OrderState.MANIFESTED:
        await advance_of_shops(tx, [(order.shop_id, order.id)], OrderState.LABELLED, reason="unloaded")
    left: int = await tx.value("select count(*) from manifest_parcel where manifest_id = $1", manifest_id)
    return left


async def scanned_parcel(tx: Tx, warehouse_id: int, carrier_id: int, scan: str) -> ScannedParcel:
    """The parcel of this carrier that was scanned. Raises ``UnknownParcel``, ``WrongCarrier``."""
    read = parse_scan(scan)
    codes = list({c for c in (read.code, read.raw.strip(), read.sscc) if c})
    here = [p for p in await parcels_by_code(tx, codes) if p.warehouse_id == warehouse_id]
    if not here:
        raise UnknownParcel(scanned=read.code[:60])
    right = [p for p in here if p.carrier_id == carrier_id]
    if not right:
        name = await tx.value("select name from carrier where id = $1", carrier_id)
        raise WrongCarrier(parcel=here[0].hu, right=here[0].carrier, carrier=name or carrier_id)
    return right[0]


async def open_manifest(tx: Tx, warehouse_id: int, carrier_id: int) -> int:
    """The carrier's open manifest, held against closing until the transaction ends; a new one where there is none."""
    find = "select id from manifest where warehouse_id = $1 and carrier_id = $2 and state = 'open' for share"
    found: int | None = await tx.value(find, warehouse_id, carrier_id)
    while found is None:
        made = await tx.value(
            """insert into manifest (warehouse_id, carrier_id, pickup_at) values ($1, $2, $3)
               on conflict (warehouse_id, carrier_id) where state = 'open' do nothing returning id""",
            warehouse_id,
            carrier_id,
            await coming_pickup(tx, warehouse_id, carrier_id),
        )
        if made is not None:
            event = Event(kind="manifest.opened", subject="manifest", subject_id=made)
            await record(tx, event)
        found = await tx.value(find, warehouse_id, carrier_id)
    return found


async def coming_pickup(tx: Tx, warehouse_id: int, carrier_id: int) -> datetime:
    """When the carrier's car comes next, by its calendar; now, when it has none. Raises ``NotFound``."""
    row = await tx.row(
        """select w.timezone, w.country,
             array(select p.weekday from carrier_pickup p where p.carrier_id = c.id order by p.weekday, p.at) as weekdays,
             array(select p.at from carrier_pickup p where p.carrier_id = c.id order by p.weekday, p.at) as times
           from warehouse w, carrier c where w.id = $1 and c.id = $2""",
        warehouse_id,
        carrier_id,
    )
    if row is None:
        raise NotFound(what="warehouse or carrier", ref=f"{warehouse_id}, {carrier_id}")
    return first_pickup(tx.now, row) or tx.now


def first_pickup(now: datetime, row: asyncpg.Record) -> datetime | None:
    """The first pickup after ``now`` by a row's ``weekdays`` (0 is Monday), local ``times``, ``timezone`` and ``country``;
    None where there is none."""
    calendar: dict[int, list[time]] = {}
    for weekday, at in zip(row["weekdays"], row["times"], strict=True):
        calendar.setdefault(weekday, []).append(at)
    try:
        return next_pickup(now, timezone=row["timezone"], pickups=calendar, country=row["country"])
    except NoPickup:
        return None


async def _put_on(tx: Tx, manifest_id: int, carrier_id: int, parcels: Keys) -> None:
    await tx.run(
        """insert into manifest_parcel (shop_id, manifest_id, parcel_id, carrier_id, loaded_by)
           select u.shop_id, $1, u.id, $2, $3 from unnest($4::int[], $5::bigint[]) as u(shop_id, id)
           on conflict (shop_id, manifest_id, parcel_id) do nothing""",
        manifest_id,
        carrier_id,
        tx.actor.person_id,
        [s for s, _ in parcels],
        [i for _, i in parcels],
    )
    await move_parcels(tx, parcels, ParcelState.MANIFESTED)

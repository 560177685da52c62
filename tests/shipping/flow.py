"""What packing and shipping tests start from: a picked tote, and a person at a station who works over HTTP."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx

from tests.builders import (
    ABin,
    ACarrier,
    AShop,
    ASku,
    ATote,
    AWarehouse,
    a_bin,
    a_tote,
    a_warehouse,
    bearer,
    signed_in,
    stock_up,
    unique,
)
from tests.conftest import Api, Server
from wms.db.tx import Database
from wms.locations.queries import system_location
from wms.orders.advance import advance
from wms.orders.counters import line_picked
from wms.orders.states import OrderState
from wms.packing.create_carton import create_carton
from wms.shipping.adapters import Carriers
from wms.shipping.buy_label import buy_label
from wms.stock.ledger import Move, Want, allocate, post

CARTON_G = 140


@dataclass(frozen=True)
class Wanted:
    """``picked`` fewer than ``quantity``: a partial order."""

    sku: ASku
    quantity: int = 1
    lot: int = 0
    picked: int | None = None


@dataclass(frozen=True)
class PickedOrder:
    shop: AShop
    id: int
    number: str
    tote: ATote
    warehouse: AWarehouse
    line_ids: list[int] = field(default_factory=list)


async def a_picked_order(
    db: Database,
    *,
    shop: AShop,
    carrier: ACarrier,
    lines: Sequence[Wanted],
    tote: ATote | None = None,
    number: str | None = None,
    ship_by: datetime | None = None,
    service: str = "standard",
    phone: str | None = "+48600100200",
    country: str = "PL",
    state: OrderState = OrderState.PICKED,
    name: str = "Łucja Świątek",
    cod: Decimal | None = None,
) -> PickedOrder:
    """An order whose goods went through the ledger from a bin into a tote, as picking leaves them."""
    warehouse = await a_warehouse(db)
    tote = tote or await a_tote(db)
    bins: list[ABin] = []
    for w in lines:
        bin = await a_bin(db)
        await stock_up(
            db, sku=w.sku, bin=bin, quantity=w.quantity if w.picked is None else w.picked, lot=w.lot
        )
        bins.append(bin)
    number = number or unique("Z")
    async with db.begin() as tx:
        order_id: int = await tx.value(
            """insert into orders (shop_id, number, state, warehouse_id, kind, placed_at, ship_by, carrier_id, service, name,
                 street, postcode, city, country, phone, request_hash, cod_amount, partial_policy)
               values ($1, $2, 'allocated', $3, $4, now(), $5, $6, $7, $8, 'Źródlana 7/3', '30-624', 'Kraków', $9, $10, '', $11,
                 $12) returning id""",
            shop.id,
            number,
            warehouse.id,
            "single" if sum(w.quantity for w in lines) == 1 else "multi",
            ship_by or datetime.now(UTC) + timedelta(hours=5),
            carrier.id,
            service,
            name,
            country,
            phone,
            cod,
            "partial" if any(w.picked is not None for w in lines) else "complete",
        )
        ids: list[int] = []
        work = await system_location(tx, warehouse.id, "work")
        for no, (w, bin) in enumerate(zip(lines, bins, strict=True), 1):
            n = w.quantity if w.picked is None else w.picked
            line_id: int = await tx.value(
                """insert into order_line (shop_id, order_id, line_no, sku_id, quantity, allocated)
                   values ($1, $2, $3, $4, $5, $6) returning id""",
                shop.id,
                order_id,
                no,
                w.sku.id,
                w.quantity,
                n,
            )
            ids.append(line_id)
            want = Want(
                shop_id=shop.id, order_id=order_id, order_line_id=line_id, sku_id=w.sku.id, quantity=n,
                expires_after=date(2000, 1, 1),
            )  # fmt: skip
            for a in await allocate(tx, [want]):
                move = Move(
                    shop_id=shop.id, sku_id=w.sku.id, quantity=a.quantity, from_location=a.location_id, from_hu=a.hu_id,
                    to_location=work, to_hu=tote.id, lot_id=a.lot_id, reason="picking", order_id=order_id,
                    order_line_id=line_id, allocation_id=a.allocation_id,
                )  # fmt: skip
                await post(tx, [move])
                await line_picked(tx, shop.id, line_id, a.quantity)
            del bin
        for step in (OrderState.RELEASED, OrderState.PICKING, OrderState.PICKED):
            await advance(tx, shop.id, [order_id], step)
            if step == state:
                break
    return PickedOrder(shop, order_id, number, tote, warehouse, ids)


@asynccontextmanager
async def person(db: Database, server: Server, *roles: str) -> AsyncIterator[Api]:
    """A signed-in client of the API."""
    token = await signed_in(db, roles=roles)
    async with Api(base_url=f"{server.url}/api/v1", headers=bearer(token), timeout=60) as client:
        yield client


@asynccontextmanager
async def with_key(server: Server, key: str) -> AsyncIterator[Api]:
    async with Api(base_url=f"{server.url}/api/v1", headers=bearer(key), timeout=60) as client:
        yield client


async def a_carton(db: Database) -> str:
    """A carton of 140 g with room for everything."""
    code = unique("K")
    async with db.begin() as tx:
        await create_carton(
            tx, code=code, length_mm=600, width_mm=400, height_mm=400, weight_g=CARTON_G, max_load_g=30_000
        )
    return code


def ok(r: httpx.Response) -> Any:
    """The answer's body; fails with the server's words."""
    assert r.status_code < 300, f"{r.status_code} {r.text}"
    return r.json() if r.content else None


def refused(r: httpx.Response, code: str, status: int = 409) -> dict[str, Any]:
    """The problem document, which must have this code."""
    assert (r.status_code, r.json().get("code")) == (status, code), f"{r.status_code} {r.text}"
    body: dict[str, Any] = r.json()
    return body


@dataclass
class Bench:
    """A packer at station PACK-1."""

    api: Api
    warehouse: AWarehouse
    carton: str

    async def start(self, scan: str, item: str | None = None) -> httpx.Response:
        body = {"station_id": self.warehouse.locations["PACK-1"], "scan": scan} | (
            {"item": item} if item else {}
        )
        return await self.api.post("/pack-sessions", json=body)

    async def open(self, station: dict[str, Any]) -> dict[str, Any]:
        path = f"/shops/{station['shop_id']}/pack-sessions/{station['session_id']}/parcels"
        opened: dict[str, Any] = ok(await self.api.post(path))
        return opened

    async def scan(self, station: dict[str, Any], code: str, **more: Any) -> httpx.Response:
        path = f"/shops/{station['shop_id']}/pack-sessions/{station['session_id']}/scans"
        return await self.api.post(path, json={"scan": code, **more})

    async def unpack(self, station: dict[str, Any], code: str, **more: Any) -> httpx.Response:
        path = f"/shops/{station['shop_id']}/pack-sessions/{station['session_id']}/unpack"
        return await self.api.post(path, json={"scan": code, **more})

    async def close(self, shop: int, parcel: int, weight_g: int, **more: Any) -> httpx.Response:
        body = {"carton": self.carton, "weight_g": weight_g, **more}
        return await self.api.post(f"/shops/{shop}/parcels/{parcel}/close", json=body)


@asynccontextmanager
async def a_bench(db: Database, server: Server, *roles: str) -> AsyncIterator[Bench]:
    async with person(db, server, *(roles or ("packer",))) as api:
        yield Bench(api, await a_warehouse(db), await a_carton(db))


async def packed(bench: Bench, order: PickedOrder, skus: Sequence[tuple[ASku, int]]) -> int:
    """Packs everything into one parcel; the pieces weigh 250 g each. Returns the parcel's id."""
    station = ok(await bench.start(order.tote.code))["station"]
    station = await bench.open(station)
    for sku, n in skus:
        station = ok(await bench.scan(station, sku.barcode, quantity=n))
    weight = CARTON_G + 250 * sum(n for _, n in skus)
    closed = ok(await bench.close(order.shop.id, station["parcel_id"], weight))
    assert closed["order_packed"]
    parcel_id: int = closed["parcel_id"]
    return parcel_id


async def labelled(db: Database, api: Api, shop: int, parcel: int) -> str:
    """Asks for the label and does the worker's job; returns the tracking number."""
    asked = ok(await api.post(f"/shops/{shop}/parcels/{parcel}/label"))
    assert await buy_label(db, Carriers(db), shop, asked["label_id"]) is None
    row = ok(await api.get(f"/shops/{shop}/parcels/{parcel}/label"))
    assert row["state"] == "ready", row
    number: str = row["tracking_number"]
    return number


async def order_state(db: Database, order: PickedOrder) -> str:
    async with db.begin() as tx:
        found: str = await tx.value(
            "select state from orders where shop_id = $1 and id = $2", order.shop.id, order.id
        )
        return found

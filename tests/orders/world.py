"""A shop with a carrier and a client that speaks for it; orders as a shop sends them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from tests.builders import (
    ABin,
    ACarrier,
    AShop,
    ASku,
    AWarehouse,
    a_bin,
    a_carrier,
    a_key,
    a_shop,
    a_sku,
    a_warehouse,
    bearer,
    stock_up,
    unique,
)
from tests.conftest import Api
from wms.db.tx import Database, Tx
from wms.orders.accept_orders import Accepted, accept_orders
from wms.orders.order_in import OrderIn

GOOD = {
    "name": "Łucja Świątek",
    "street": "ul. Źródlana 7/3",
    "postcode": "30-624",
    "city": "Kraków",
    "country": "PL",
    "phone": "+48 600 000 000",
}
Lines = Sequence[tuple[ASku, int]]


@dataclass(frozen=True)
class World:
    db: Database
    api: Api
    shop: AShop
    carrier: ACarrier
    warehouse: AWarehouse
    headers: dict[str, str]

    async def sku(self, **kwargs: Any) -> ASku:
        return await a_sku(self.db, shop=self.shop, **kwargs)

    async def bin(self, **kwargs: Any) -> ABin:
        return await a_bin(self.db, warehouse=self.warehouse, **kwargs)

    async def stocked(self, quantity: int, **kwargs: Any) -> ASku:
        """A SKU with so many units in one bin."""
        sku = await self.sku(**kwargs)
        await stock_up(self.db, sku=sku, bin=await self.bin(), quantity=quantity)
        return sku

    def body(self, lines: Lines, /, **changes: Any) -> dict[str, Any]:
        order = {
            "number": unique("Z/"),
            "carrier": self.carrier.code,
            "recipient": GOOD,
            "lines": [{"sku": sku.code, "quantity": n} for sku, n in lines],
        }
        return order | changes

    async def send(
        self, body: object, *, lang: str = "en", key: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        """POST /orders: the status and the answer."""
        headers = self.headers | {"Accept-Language": lang} | ({"Idempotency-Key": key} if key else {})
        r = await self.api.post("/orders", json=body, headers=headers)
        return r.status_code, r.json()

    async def order(self, lines: Lines, /, **changes: Any) -> dict[str, Any]:
        """An order that is taken in."""
        status, answer = await self.send(self.body(lines, **changes))
        assert status == 201, answer
        return answer

    async def bulk(self, orders: Sequence[Mapping[str, Any]], *, lang: str = "en") -> dict[str, Any]:
        headers = self.headers | {"Accept-Language": lang}
        r = await self.api.post("/orders/bulk", json={"orders": orders}, headers=headers)
        assert r.status_code == 200, r.text
        found: dict[str, Any] = r.json()
        return found

    async def post(self, path: str, body: object = None, *, lang: str = "en") -> tuple[int, dict[str, Any]]:
        r = await self.api.post(path, json=body, headers=self.headers | {"Accept-Language": lang})
        return r.status_code, r.json()

    async def put(self, path: str, body: object, *, lang: str = "en") -> tuple[int, dict[str, Any]]:
        r = await self.api.put(path, json=body, headers=self.headers | {"Accept-Language": lang})
        return r.status_code, r.json()

    async def cancel(self, order_id: int) -> tuple[int, dict[str, Any]]:
        return await self.post(f"/orders/{order_id}/cancel", {"reason": "changed their mind"})

    async def look(self, order_id: int) -> dict[str, Any]:
        r = await self.api.get(f"/orders/{order_id}", headers=self.headers)
        assert r.status_code == 200, r.text
        found: dict[str, Any] = r.json()
        return found

    async def state(self, order_id: int) -> str:
        return str((await self.look(order_id))["state"])


async def a_world(db: Database, api: Api, **shop: Any) -> World:
    """Works in the warehouse that intake sends orders to: the first one."""
    async with db.begin() as tx:
        first = await tx.row("select id, code from warehouse order by id limit 1")
        if first is not None:
            rows = await tx.rows("select code, id from location where warehouse_id = $1", first["id"])
            warehouse = AWarehouse(first["id"], first["code"], {r["code"]: r["id"] for r in rows})
    if first is None:
        warehouse = await a_warehouse(db)
    made = await a_shop(db, **shop)
    carrier = await a_carrier(db, warehouse=warehouse, services=("standard", "locker"))
    return World(db, api, made, carrier, warehouse, bearer(await a_key(db, shop=made)))


async def accept(tx: Tx, world: World, *bodies: Mapping[str, Any]) -> list[Accepted]:
    """The use case, without HTTP."""
    orders = msgspec.convert(list(bodies), list[OrderIn])
    found = await accept_orders(tx, world.shop.id, orders)
    for answer in found:
        assert isinstance(answer, Accepted), answer
    return [a for a in found if isinstance(a, Accepted)]


# Every way in which an order's figures could part from the stock's; each row is a fault.
FAULTS = """
select 'line ' || l.id || ' says ' || l.allocated || ', open are ' || coalesce(a.q, 0) as fault
from order_line l
left join (select shop_id, order_line_id, sum(open) as q from allocation group by 1, 2) a
  on (a.shop_id, a.order_line_id) = (l.shop_id, l.id)
where l.shop_id = $1 and l.allocated <> coalesce(a.q, 0)
union all
select 'balance ' || b.id || ' says ' || b.allocated || ', open are ' || coalesce(a.q, 0)
from balance b
left join (select shop_id, sku_id, location_id, hu_id, lot_id, status, sum(open) as q from allocation
           group by 1, 2, 3, 4, 5, 6) a using (shop_id, sku_id, location_id, hu_id, lot_id, status)
where b.shop_id = $1 and b.allocated <> coalesce(a.q, 0)
union all
select 'allocation ' || a.id || ' has no balance'
from allocation a left join balance b using (shop_id, sku_id, location_id, hu_id, lot_id, status)
where a.shop_id = $1 and a.open > 0 and b.id is null
union all
select 'balance ' || b.id || ' is not the sum of its moves'
from balance b
where b.shop_id = $1 and b.real and b.on_hand <> (
  select coalesce(sum(case when m.to_location_id = b.location_id and coalesce(m.to_hu_id, 0) = b.hu_id
                            and m.to_status = b.status then m.quantity else 0 end
                    - case when m.from_location_id = b.location_id and coalesce(m.from_hu_id, 0) = b.hu_id
                            and m.from_status = b.status then m.quantity else 0 end), 0)
  from move m where m.shop_id = b.shop_id and m.sku_id = b.sku_id and coalesce(m.lot_id, 0) = b.lot_id)
union all
select 'order ' || o.number || ' is ' || o.state || ', missing are ' || t.missing || ', allocated ' || t.allocated
from orders o join (
  select shop_id, order_id, sum(quantity - cancelled - allocated - picked) as missing, sum(allocated) as allocated
  from order_line where not kit group by 1, 2) t on (t.shop_id, t.order_id) = (o.shop_id, o.id)
where o.shop_id = $1 and (
  o.state = 'received'
  or (o.state = 'allocated' and o.partial_policy = 'complete' and t.missing > 0)
  or (o.state = 'allocated' and t.missing > 0 and t.allocated = 0)
  or (o.state = 'backordered' and t.missing = 0)
  or (o.state = 'backordered' and o.partial_policy = 'partial' and t.allocated > 0)
  or (o.state = 'cancelled' and (t.missing <> 0 or t.allocated <> 0)))
"""


async def faults(db: Database, shop: AShop) -> list[str]:
    """Where orders, allocations, balances and moves of the shop contradict each other; empty when they agree."""
    async with db.begin() as tx:
        return [r["fault"] for r in await tx.rows(FAULTS, shop.id)]

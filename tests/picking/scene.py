"""A small warehouse of its own for each test of picking, and what people do in it, over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from tests.builders import (
    ABin,
    ACarrier,
    AShop,
    ASku,
    ATote,
    AWarehouse,
    SignedInPerson,
    a_bin,
    a_carrier,
    a_shop,
    a_sku,
    a_tote,
    a_warehouse,
    signed_in_person,
    stock_up,
    unique,
)
from tests.conftest import Api, new_key
from wms.db.tx import Database
from wms.orders.accept_orders import Accepted, accept_orders
from wms.orders.allocate_orders import allocate_orders
from wms.orders.order_in import OrderIn, OrderLineIn, RecipientIn

RECIPIENT = RecipientIn(
    name="Łucja Świątek", street="ul. Źródlana 7/3", postcode="30-624", city="Kraków", phone="600000000",
    email="lucja@example.com",
)  # fmt: skip


@dataclass
class Scene:
    """Everything is named by what it is for; ``at`` a bin that goods are stocked in."""

    db: Database
    api: Api
    warehouse: AWarehouse
    shop: AShop
    carrier: ACarrier
    picker: SignedInPerson
    boss: SignedInPerson

    async def goods(
        self, quantity: int = 0, *, at: ABin | None = None, shop: AShop | None = None, **how: Any
    ) -> ASku:
        """A new SKU, with ``quantity`` of it in ``at``."""
        sku = await a_sku(self.db, shop=shop or self.shop, **how)
        if quantity:
            await stock_up(self.db, sku=sku, bin=at or await self.bin(), quantity=quantity)
        return sku

    async def bin(self, **how: Any) -> ABin:
        return await a_bin(self.db, warehouse=self.warehouse, **how)

    async def tote(self) -> ATote:
        return await a_tote(self.db, warehouse=self.warehouse)

    async def order(
        self, *lines: tuple[ASku, int], shop: AShop | None = None, partial: bool = False, priority: int = 0
    ) -> Accepted:
        """An accepted order that this warehouse is to send."""
        shop = shop or self.shop
        wanted = OrderIn(
            number=unique("Z/"), carrier=self.carrier.code, recipient=RECIPIENT, ship_partial=partial, priority=priority,
            lines=[OrderLineIn(sku=sku.code, quantity=quantity) for sku, quantity in lines],
        )  # fmt: skip
        async with self.db.begin() as tx:
            (made,) = await accept_orders(tx, shop.id, [wanted])
            assert isinstance(made, Accepted), made
            await tx.run(
                "update orders set warehouse_id = $2 where shop_id = $3 and id = $1",
                made.id,
                self.warehouse.id,
                shop.id,
            )
            await allocate_orders(tx, shop.id, [made.id])
            state = await tx.value(
                "select state from orders where shop_id = $1 and id = $2", shop.id, made.id
            )
        return msgspec.structs.replace(made, state=state)

    async def state(self, order: Accepted) -> str:
        async with self.db.begin() as tx:
            return str(await tx.value("select state from orders where id = $1", order.id))

    async def value(self, sql: str, *args: object) -> Any:
        async with self.db.begin() as tx:
            return await tx.value(sql, *args)

    async def post(
        self, path: str, body: dict[str, Any], *, by: SignedInPerson | None = None, key: str | None = None
    ) -> httpx.Response:
        headers = (by or self.picker).headers | {"Idempotency-Key": key or new_key()}
        return await self.api.post(path, json=body, headers=headers)

    async def wave(self, **how: Any) -> list[dict[str, Any]]:
        r = await self.post("/waves", {"warehouse_id": self.warehouse.id, **how}, by=self.boss)
        assert r.status_code == 201, r.text
        waves: list[dict[str, Any]] = r.json()["waves"]
        return waves

    async def claim(self, *, by: SignedInPerson | None = None, **how: Any) -> dict[str, Any]:
        r = await self.post("/clusters/claim", {"warehouse_id": self.warehouse.id, **how}, by=by)
        assert r.status_code == 200, r.text
        screen: dict[str, Any] = r.json()
        return screen

    async def put_totes(self, screen: dict[str, Any], totes: Sequence[ATote]) -> dict[str, Any]:
        r = await self.post(f"/clusters/{screen['cluster_id']}/totes", {"totes": [t.code for t in totes]})
        assert r.status_code == 200, r.text
        answer: dict[str, Any] = r.json()
        return answer

    async def send(
        self,
        screen: dict[str, Any],
        scan: str,
        *,
        by: SignedInPerson | None = None,
        key: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        """One scan for a screen, as a device sends it."""
        body = {"scan": scan, "task_id": screen["task_id"], "step": screen["step"], **more}
        return await self.post(f"/clusters/{screen['cluster_id']}/scans", body, by=by, key=key)

    async def scan(self, screen: dict[str, Any], scan: str, **more: Any) -> dict[str, Any]:
        r = await self.send(screen, scan, **more)
        assert r.status_code == 200, r.text
        answer: dict[str, Any] = r.json()
        return answer

    async def refused(self, screen: dict[str, Any], scan: str, code: str, **more: Any) -> dict[str, Any]:
        r = await self.send(screen, scan, **more)
        assert r.status_code in (404, 409, 422), r.text
        problem: dict[str, Any] = r.json()
        assert problem["code"] == code, problem
        return problem

    async def started(self, *orders: Accepted) -> dict[str, Any]:
        """The first screen of a cart with these orders, its totes on it."""
        assert {o.state for o in orders} == {"allocated"}, orders
        return await self.started_again()

    async def started_again_with_totes(self, count: int) -> dict[str, Any]:
        """The same, on a cart that has so many places."""
        assert await self.wave(totes_per_cart=count)
        return await self.put_totes(await self.claim(), [await self.tote() for _ in range(count)])

    async def started_again(self) -> dict[str, Any]:
        """A wave of all that is ready, and the first screen of its first cart."""
        assert await self.wave()
        screen = await self.claim()
        slots = int(
            await self.value(
                "select max(slot) from cluster_order where cluster_id = $1", screen["cluster_id"]
            )
        )
        return await self.put_totes(screen, [await self.tote() for _ in range(slots)])

    async def pick(self, screen: dict[str, Any], ean: str) -> dict[str, Any]:
        """One whole pick as the screen says; ``ean`` is scanned once for each piece."""
        if screen["step"] == "location":
            screen = await self.scan(screen, f"L-{screen['location']}")
        while screen["step"] == "item":
            screen = await self.scan(screen, ean)
        assert screen["step"] == "tote", screen
        return await self.scan(screen, screen["tote"])


async def a_scene(db: Database, api: Api, **shop: Any) -> Scene:
    warehouse = await a_warehouse(db, shared=False)
    return Scene(
        db=db, api=api, warehouse=warehouse, shop=await a_shop(db, **shop),
        carrier=await a_carrier(db, warehouse=warehouse), picker=await signed_in_person(db, roles=["picker"]),
        boss=await signed_in_person(db, roles=["supervisor"]),
    )  # fmt: skip

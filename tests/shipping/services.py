"""A shop that leaves the carrier to the operator: carriers with prices, rules, and orders that name none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.builders import (
    ACarrier,
    AShop,
    ASku,
    a_bin,
    a_carrier,
    a_key,
    a_shop,
    a_sku,
    bearer,
    signed_in,
    stock_up,
    unique,
)
from tests.conftest import Api
from tests.orders.world import GOOD
from tests.shipping.flow import ok
from wms.db.tx import Database
from wms.orders.choose_for_waiting import choose_for_waiting

HEAD = "carrier;service;country;max_weight_g;price;currency;transit_days;valid_from;valid_until;cod_price;size_mm"


def a_line(carrier: ACarrier, price: str, **more: Any) -> str:
    """One line of a price list; cash on delivery costs 3."""
    values = {
        "service": "standard", "country": "PL", "max_weight_g": 30_000, "currency": "PLN", "transit_days": 1,
        "valid_from": "2026-01-01", "valid_until": "", "cod_price": "3", "size_mm": "",
    } | more  # fmt: skip
    v = {k: str(x) for k, x in values.items()}
    return ";".join(
        [carrier.code, v["service"], v["country"], v["max_weight_g"], price, v["currency"], v["transit_days"],
         v["valid_from"], v["valid_until"], v["cod_price"], v["size_mm"]]
    )  # fmt: skip


@dataclass
class Market:
    """``cheap`` and ``dear`` deliver to the door, ``locker`` to a point. ``staff``: a supervisor's headers."""

    db: Database
    api: Api
    shop: AShop
    cheap: ACarrier
    dear: ACarrier
    locker: ACarrier
    mug: ASku
    staff: dict[str, str]
    own: dict[str, str]
    numbers: list[str] = field(default_factory=list)

    async def prices(self, *lines: str) -> dict[str, Any]:
        body = {"csv": "\n".join([HEAD, *lines])}
        found: dict[str, Any] = ok(await self.api.post("/service-prices", json=body, headers=self.staff))
        return found

    async def rules(self, *rules: dict[str, Any]) -> None:
        body = {"rules": list(rules)}
        ok(await self.api.put(f"/shops/{self.shop.id}/service-rules", json=body, headers=self.staff))

    def among(self, *carriers: ACarrier, action: str = "only", **more: Any) -> dict[str, Any]:
        """A rule; prices of other tests' carriers are in the same list."""
        refs = [{"carrier": c.code} for c in carriers or (self.cheap, self.dear, self.locker)]
        return {"name": f"{action} {len(refs)}", "action": action, "services": refs, **more}

    async def order(self, quantity: int = 1, *, sku: ASku | None = None, **changes: Any) -> dict[str, Any]:
        """The answer to an order that names no carrier."""
        body = {
            "number": unique("Z/"), "recipient": GOOD, "lines": [{"sku": (sku or self.mug).code, "quantity": quantity}],
        } | changes  # fmt: skip
        found: dict[str, Any] = ok(await self.api.post("/orders", json=body, headers=self.own))
        return found

    async def look(self, order_id: int) -> dict[str, Any]:
        """As the shop sees it."""
        found: dict[str, Any] = ok(await self.api.get(f"/orders/{order_id}", headers=self.own))
        return found

    async def choices(self, order_id: int) -> list[dict[str, Any]]:
        """As staff see it."""
        path = f"/shops/{self.shop.id}/orders/{order_id}/service-choices"
        found: list[dict[str, Any]] = ok(await self.api.get(path, headers=self.staff))["choices"]
        return found

    async def choose_waiting(self) -> int:
        """The worker's job, now."""
        return await choose_for_waiting(self.db, self.shop.id)


async def a_market(
    db: Database, api: Api, *, prices: bool = True, services: Sequence[str] = ("standard", "express")
) -> Market:
    async with db.begin() as tx:  # the lists are the operator's: those of earlier tests would be offered, too
        await tx.run("delete from service_price")
    shop = await a_shop(db)
    cheap, dear = await a_carrier(db, services=services), await a_carrier(db, services=services)
    locker = await a_carrier(db, services=("locker",))
    mug = await a_sku(db, shop=shop)
    await stock_up(db, sku=mug, bin=await a_bin(db), quantity=10_000)
    staff = bearer(await signed_in(db, roles=("supervisor", "admin", "packer")))
    own = bearer(await a_key(db, shop=shop))
    found = Market(db, api, shop, cheap, dear, locker, mug, staff, own)
    if prices:
        await found.prices(
            a_line(cheap, "10", transit_days=2), a_line(dear, "14"),
            a_line(locker, "8", service="locker", size_mm="640x380x190", max_weight_g=25_000),
        )  # fmt: skip
        await found.rules(found.among())
    return found

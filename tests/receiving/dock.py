"""A shop that announces and a receiver at the dock, both over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from tests.builders import (
    AShop,
    ASku,
    AWarehouse,
    a_key,
    a_shop,
    a_warehouse,
    bearer,
    signed_in_person,
    unique,
)
from tests.conftest import Api
from wms.db.tx import Database


@dataclass
class Dock:
    api: Api
    db: Database
    shop: AShop
    warehouse: AWarehouse
    shop_key: dict[str, str]
    staff: dict[str, str]

    async def announce(self, lines: Sequence[Mapping[str, Any]], **more: Any) -> httpx.Response:
        body = {"number": unique("ASN-"), "warehouse": self.warehouse.code, "lines": list(lines)} | more
        return await self.api.post("/asns", json=body, headers=self.shop_key)

    async def announced(self, lines: Sequence[Mapping[str, Any]]) -> int:
        r = await self.announce(lines)
        assert r.status_code == 201, r.text
        return int(r.json()["id"])

    async def open(self, asn_id: int | None = None, dock: str = "L-DOCK-1") -> httpx.Response:
        body = {"shop_id": self.shop.id, "warehouse_id": self.warehouse.id, "dock": dock, "asn_id": asn_id}
        return await self.api.post("/receipts", json=body, headers=self.staff)

    async def opened(self, asn_id: int | None = None) -> int:
        r = await self.open(asn_id)
        assert r.status_code == 201, r.text
        return int(r.json()["id"])

    async def scan(self, receipt_id: int, code: str, **more: Any) -> httpx.Response:
        body = {"shop_id": self.shop.id, "code": code} | more
        return await self.api.post(f"/receipts/{receipt_id}/scans", json=body, headers=self.staff)

    async def scanned(self, receipt_id: int, code: str, **more: Any) -> dict[str, Any]:
        r = await self.scan(receipt_id, code, **more)
        assert r.status_code == 201, r.text
        found: dict[str, Any] = r.json()
        return found

    async def close(self, receipt_id: int) -> dict[str, Any]:
        r = await self.api.post(
            f"/receipts/{receipt_id}/close", json={"shop_id": self.shop.id}, headers=self.staff
        )
        assert r.status_code == 200, r.text
        found: dict[str, Any] = r.json()
        return found

    async def stood(self, sku: ASku, quantity: int, **more: Any) -> None:
        """Goods on the dock, off a blind receipt."""
        await self.scanned(await self.opened(), sku.barcode, quantity=quantity, **more)

    @property
    def id(self) -> int:
        return self.warehouse.locations["DOCK-1"]


async def a_dock(
    api: Api,
    db: Database,
    *,
    shared: bool = True,
    shop: AShop | None = None,
    warehouse: AWarehouse | None = None,
) -> Dock:
    shop = shop or await a_shop(db)
    warehouse = warehouse or await a_warehouse(db, shared=shared)
    person = await signed_in_person(db, roles=["receiver"])
    key = await a_key(db, shop=shop)
    return Dock(api=api, db=db, shop=shop, warehouse=warehouse, shop_key=bearer(key), staff=person.headers)

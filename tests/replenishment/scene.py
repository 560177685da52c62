"""A warehouse with a reserve, and what people do to fill its pick faces, over HTTP."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.builders import ABin, ASku, SignedInPerson, signed_in_person, stock_up
from tests.conftest import Api
from tests.picking.scene import Scene, a_scene
from wms.db.tx import Database
from wms.stock.verify import verify_stock


@dataclass
class Faces:
    scene: Scene
    worker: SignedInPerson

    @property
    def shop_id(self) -> int:
        return self.scene.shop.id

    async def reserve(self, **how: Any) -> ABin:
        return await self.scene.bin(kind="reserve", **how)

    async def face(self, sku: ASku, *, low: int, high: int, holding: int = 0) -> ABin:
        """A pick face of the SKU with so many pieces in it."""
        shelf = await self.scene.bin()
        if holding:
            await stock_up(self.scene.db, sku=sku, bin=shelf, quantity=holding)
        r = await self.set(sku, shelf, low, high)
        assert r.status_code == 200, r.text
        return shelf

    async def set(self, sku: ASku, shelf: ABin, low: int, high: int) -> httpx.Response:
        body = {
            "shop_id": sku.shop_id, "warehouse_id": self.scene.warehouse.id, "sku": sku.code, "location": shelf.label,
            "min": low, "max": high,
        }  # fmt: skip
        return await self.scene.api.put("/pick-faces", json=body, headers=self.scene.boss.headers)

    async def stocked(self, quantity: int, *, at: ABin | None = None, sku: ASku | None = None) -> ASku:
        """A SKU with so many pieces in the reserve."""
        sku = sku or await self.scene.goods()
        await stock_up(self.scene.db, sku=sku, bin=at or await self.reserve(), quantity=quantity)
        return sku

    async def plan(self) -> tuple[int, int, int]:
        """Tasks made, pieces, tasks voided."""
        r = await self.scene.post(
            "/replenishments/plan", {"warehouse_id": self.scene.warehouse.id}, by=self.scene.boss
        )
        assert r.status_code == 200, r.text
        return r.json()["made"], r.json()["units"], r.json()["voided"]

    async def try_claim(self, *, by: SignedInPerson | None = None, **which: Any) -> httpx.Response:
        body = {"warehouse_id": self.scene.warehouse.id} | which
        return await self.scene.post("/replenishments/claim", body, by=by or self.worker)

    async def claim(self, **how: Any) -> dict[str, Any]:
        r = await self.try_claim(**how)
        assert r.status_code == 200, r.text
        screen: dict[str, Any] = r.json()
        return screen

    async def act(
        self, screen: dict[str, Any], what: str, *, by: SignedInPerson | None = None, **body: Any
    ) -> httpx.Response:
        path = f"/replenishments/{screen['task_id']}/{what}"
        return await self.scene.post(path, {"shop_id": screen["shop_id"]} | body, by=by or self.worker)

    async def scan(self, screen: dict[str, Any], scan: str, **more: Any) -> dict[str, Any]:
        r = await self.act(screen, "scans", scan=scan, step=screen["step"], **more)
        assert r.status_code == 200, r.text
        answer: dict[str, Any] = r.json()
        return answer

    async def refused(self, screen: dict[str, Any], scan: str, code: str, **more: Any) -> dict[str, Any]:
        r = await self.act(screen, "scans", scan=scan, **({"step": screen["step"]} | more))
        assert r.status_code in (404, 409, 422), r.text
        problem: dict[str, Any] = r.json()
        assert problem["code"] == code, problem
        return problem

    async def fill(self, screen: dict[str, Any], sku: ASku) -> dict[str, Any]:
        """The whole of a task by three scans and a number."""
        screen = await self.scan(screen, f"L-{screen['source']}")
        screen = await self.scan(screen, sku.barcode, quantity=screen["quantity"])
        return await self.scan(screen, f"L-{screen['target']}")

    async def sound(self) -> None:
        async with self.scene.db.begin() as tx:
            assert await verify_stock(tx, self.shop_id) == []


async def some_faces(db: Database, api: Api, **shop: Any) -> Faces:
    return Faces(await a_scene(db, api, **shop), await signed_in_person(db, roles=["receiver"]))

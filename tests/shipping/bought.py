"""A packed parcel whose carrier is a simulator: the label job over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tests.builders import ACarrier, AShop, ASku, a_carrier, a_shop, a_sku
from tests.conftest import Api, Server
from tests.shipping.flow import PickedOrder, Wanted, a_bench, a_picked_order, ok, packed, person
from wms.carriers.credentials import store_credentials
from wms.carriers.simulators.catalogue import OFFERS, settings_for
from wms.carriers.simulators.server import Simulated, Simulator
from wms.carriers.vault import load_vault
from wms.db.tx import Database
from wms.shipping.adapters import Carriers
from wms.shipping.buy_label import buy_label
from wms.shipping.read_tracking import read_tracking

SENDER = {
    "street": "Logistyczna 7",
    "postcode": "05-850",
    "city": "Ożarów",
    "country": "PL",
    "phone": "221002030",
}


@dataclass
class Scene:
    """A shop, its carrier, and the simulator behind it. ``api``: a supervisor's."""

    db: Database
    server: Server
    sim: Simulator
    carriers: Carriers
    api: Api
    shop: AShop
    carrier: ACarrier
    mug: ASku

    async def parcel(self) -> "AParcel":
        """Packed, its label asked for."""
        order = await a_picked_order(self.db, shop=self.shop, carrier=self.carrier, lines=[Wanted(self.mug)])
        async with self.db.begin() as tx:
            await tx.run(
                "update warehouse set address = address || $2::jsonb where id = $1",
                order.warehouse.id,
                msgspec.json.encode(SENDER).decode(),
            )
        async with a_bench(self.db, self.server) as bench:
            id = await packed(bench, order, [(self.mug, 1)])
        asked = ok(await self.api.post(f"/shops/{self.shop.id}/parcels/{id}/label"))
        return AParcel(self, order, id, asked["label_id"])

    async def settings(self, **settings: Any) -> None:
        async with self.db.begin() as tx:
            await tx.run(
                "update carrier set settings = $2::jsonb where id = $1",
                self.carrier.id,
                msgspec.json.encode(settings_for(self.sim.url) | settings).decode(),
            )

    async def read(self) -> timedelta | None:
        """The tracking job, now."""
        async with self.db.begin() as tx:
            await tx.run(
                "update label set track_at = now() where carrier_id = $1 and track_at is not null",
                self.carrier.id,
            )
        return await read_tracking(self.db, self.carriers, self.carrier.id, self.shop.id)

    async def control(self, what: str, body: Any) -> httpx.Response:
        async with httpx.AsyncClient() as http:
            return await http.post(f"{self.sim.url}/__sim/{what}", json=body)

    def bookings(self) -> int:
        held: Any = self.sim.carrier
        return len(next(getattr(held, n) for n in ("shipments", "bookings", "box") if hasattr(held, n)))

    async def events(self, kind: str, subject_id: int) -> list[dict[str, Any]]:
        async with self.db.begin() as tx:
            rows = await tx.rows(
                "select data from event where kind = $1 and subject_id = $2 order by id", kind, subject_id
            )
        return [r["data"] for r in rows]


@dataclass
class AParcel:
    scene: Scene
    order: PickedOrder
    id: int
    label_id: int

    @property
    def path(self) -> str:
        return f"/shops/{self.scene.shop.id}/parcels/{self.id}/label"

    async def buy(self) -> timedelta | None:
        """The job, once."""
        return await buy_label(self.scene.db, self.scene.carriers, self.scene.shop.id, self.label_id)

    async def row(self) -> dict[str, Any]:
        async with self.scene.db.begin() as tx:
            row = await tx.row(
                "select * from label where shop_id = $1 and id = $2", self.scene.shop.id, self.label_id
            )
            assert row is not None
            return dict(row)

    async def shown(self) -> dict[str, Any]:
        found: dict[str, Any] = ok(await self.scene.api.get(self.path))
        return found


@asynccontextmanager
async def at_carrier(
    db: Database,
    server: Server,
    name: str,
    simulated: Simulated | None = None,
    *,
    home: Path,
    formats: str = '["pdf"]',
) -> AsyncIterator[Scene]:
    """``name``: an adapter with a simulator. ``home``: where the server keeps its keys."""
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    carriers = Carriers(db, home)
    async with (
        Simulator(simulated or OFFERS[name].make()) as sim,
        person(db, server, "supervisor", "admin") as api,
    ):
        scene = Scene(db, server, sim, carriers, api, shop, carrier, mug)
        async with db.begin() as tx:
            await tx.run(
                "update carrier set adapter = $2, label_formats = $3::jsonb where id = $1",
                carrier.id,
                name,
                formats,
            )
            await store_credentials(tx, load_vault(home), carrier.id, OFFERS[name].credentials)
        await scene.settings()
        try:
            yield scene
        finally:
            await carriers.close()

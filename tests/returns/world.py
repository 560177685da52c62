"""What returns begin with: an order that has left, by the ledger and in its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.builders import (
    ACarrier,
    AShop,
    ASku,
    AWarehouse,
    a_carrier,
    a_key,
    a_shop,
    a_warehouse,
    bearer,
    on_hand,
    signed_in,
    unique,
)
from tests.conftest import Api
from wms.db.tx import Database
from wms.locations.handling_units import create_handling_unit
from wms.stock.ledger import Move, post
from wms.stock.verify import verify_stock


@dataclass(frozen=True)
class Shipped:
    """``lines``: id of each order line, in order; ``parcel`` the only one, with ``tracking`` on its label."""

    id: int
    number: str
    lines: tuple[int, ...]
    parcel: int
    tracking: str
    email: str


@dataclass(frozen=True)
class World:
    """A shop and the operator's people around it."""

    db: Database
    api: Api
    warehouse: AWarehouse
    carrier: ACarrier
    shop: AShop
    shop_headers: dict[str, str] = field(repr=False)
    bench: dict[str, str] = field(repr=False)
    care: dict[str, str] = field(repr=False)

    def place(self, code: str) -> int:
        return self.warehouse.locations[code]

    async def at(self, sku: ASku, code: str) -> int:
        return await on_hand(self.db, sku=sku, location_id=self.place(code))

    async def status_at(self, sku: ASku, code: str) -> dict[str, int]:
        """Units by stock status."""
        async with self.db.begin() as tx:
            rows = await tx.rows(
                "select status, sum(on_hand)::int as n from balance where shop_id = $1 and sku_id = $2 and location_id = $3 group by 1",
                sku.shop_id,
                sku.id,
                self.place(code),
            )
            return {r["status"]: r["n"] for r in rows}

    async def post(self, path: str, who: dict[str, str], body: Any = None, **params: Any) -> Any:
        """A POST that must succeed; its answer."""
        r = await self.api.post(path, headers=who, json=body, params=params)
        assert r.status_code in (200, 201), r.text
        return r.json()

    async def refused(
        self, path: str, who: dict[str, str], body: Any = None, *, status: int = 409, **params: Any
    ) -> dict[str, Any]:
        """A POST that must be refused; the problem document."""
        r = await self.api.post(path, headers=who, json=body, params=params)
        assert r.status_code == status, r.text
        problem: dict[str, Any] = r.json()
        return problem

    async def announce(self, *lines: tuple[ASku, int], **fields: Any) -> Any:
        body = {"kind": "withdrawal", "lines": [{"sku": s.code, "quantity": q} for s, q in lines]} | fields
        return await self.post("/returns", self.shop_headers, body)

    async def receive(self, rma_id: int) -> Any:
        return await self.post(
            f"/returns/{rma_id}/receive",
            self.bench,
            {"warehouse_id": self.warehouse.id},
            shop_id=self.shop.id,
        )

    async def inspect(
        self,
        rma_id: int,
        sku: ASku,
        quantity: int = 1,
        grade: str = "new",
        disposition: str = "restock",
        **more: Any,
    ) -> Any:
        body = {"code": sku.barcode, "quantity": quantity, "grade": grade, "disposition": disposition} | more
        return await self.post(f"/returns/{rma_id}/inspections", self.bench, body, shop_id=self.shop.id)

    async def no_inspection(
        self, rma_id: int, sku: ASku, grade: str, disposition: str, *, status: int = 409, **more: Any
    ) -> dict[str, Any]:
        body = {"code": sku.barcode, "grade": grade, "disposition": disposition} | more
        return await self.refused(
            f"/returns/{rma_id}/inspections", self.bench, body, status=status, shop_id=self.shop.id
        )

    async def kinds_of_events(self, rma_id: int) -> list[str]:
        r = await self.api.get(
            "/events", headers=self.shop_headers, params={"subject": "return", "subject_id": rma_id}
        )
        assert r.status_code == 200, r.text
        return [e["kind"] for e in r.json()["items"]]

    async def ledger_is_clean(self) -> None:
        async with self.db.begin() as tx:
            found = await verify_stock(tx, self.shop.id)
        assert not found, found


async def a_world(api: Api, db: Database) -> World:
    warehouse = await a_warehouse(db)
    shop = await a_shop(db)
    return World(
        db=db,
        api=api,
        warehouse=warehouse,
        carrier=await a_carrier(db),
        shop=shop,
        shop_headers=bearer(await a_key(db, shop=shop)),
        bench=bearer(await signed_in(db, roles=["inspector"])),
        care=bearer(await signed_in(db, roles=["care"])),
    )


async def shipped(
    w: World,
    *goods: tuple[ASku, int, str | None],
    lots: Sequence[int] = (),
    state: str = "delivered",
    kit: tuple[ASku, str] | None = None,
) -> Shipped:
    """An order of ``(sku, quantity, unit price)`` that left in one parcel. ``lots``: the lot id of each line, 0 for none.

    With ``kit`` (its SKU and price) the goods are its components, one kit's worth.
    """
    number, tracking = unique("Z-"), unique("TR")
    email = f"{number.lower()}@example.com"
    shop_id = w.shop.id
    async with w.db.begin() as tx:
        order_id = await tx.value(
            """insert into orders (shop_id, number, state, warehouse_id, placed_at, ship_by, carrier_id, name, street, postcode,
                 city, country, email, request_hash)
               values ($1, $2, $3, $4, now(), now(), $5, 'Łucja Świątek', 'ul. Źródlana 7/3', '30-624', 'Kraków', 'PL', $6, '')
               returning id""",
            shop_id, number, state, w.warehouse.id, w.carrier.id, email,
        )  # fmt: skip
        kit_line = None
        if kit is not None:
            kit_line = await tx.value(
                """insert into order_line (shop_id, order_id, line_no, sku_id, kit, quantity, unit_price)
                   values ($1, $2, 1, $3, true, 1, $4) returning id""",
                shop_id, order_id, kit[0].id, Decimal(kit[1]),
            )  # fmt: skip
        hu = (await create_handling_unit(tx, w.warehouse.id, "parcel")).id
        units = sum(q for _, q, _ in goods)
        parcel_id = await tx.value(
            """insert into parcel (shop_id, order_id, no, hu_id, warehouse_id, carrier_id, service, state, weight_g, units,
                 ledger_units, tracking_number, closed_at)
               values ($1, $2, 1, $3, $4, $5, 'standard', 'handed_over', 500, $6, $6, $7, now()) returning id""",
            shop_id, order_id, hu, w.warehouse.id, w.carrier.id, units, tracking,
        )  # fmt: skip
        lines: list[int] = []
        moves: list[Move] = []
        for i, (sku, quantity, price) in enumerate(goods):
            lot = lots[i] if i < len(lots) else 0
            line = await tx.value(
                """insert into order_line (shop_id, order_id, line_no, sku_id, quantity, picked, packed, shipped, unit_price,
                     kit_line_id)
                   values ($1, $2, $3, $4, $5, $5, $5, $5, $6, $7) returning id""",
                shop_id, order_id, i + 2, sku.id, quantity, Decimal(price) if price else None, kit_line,
            )  # fmt: skip
            await tx.run(
                """insert into parcel_item (shop_id, parcel_id, order_id, order_line_id, sku_id, lot_id, quantity)
                   values ($1, $2, $3, $4, $5, $6, $7)""",
                shop_id, parcel_id, order_id, line, sku.id, lot, quantity,
            )  # fmt: skip
            lines.append(line)
            road = [("SUPPLIER", "PACKED", "packing", 0, hu), ("PACKED", "CUSTOMER", "shipping", hu, 0)]
            moves += [
                Move(
                    shop_id=shop_id, sku_id=sku.id, quantity=quantity, lot_id=lot, from_location=w.place(a),
                    to_location=w.place(b), reason=why, from_hu=h, to_hu=t, order_id=order_id, order_line_id=line,
                )
                for a, b, why, h, t in road
            ]  # fmt: skip
        await post(tx, moves)
    return Shipped(order_id, number, tuple(lines), parcel_id, tracking, email)

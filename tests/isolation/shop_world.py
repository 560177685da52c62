"""A shop with something of everything, and a mark in every text of it that must not turn up elsewhere."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.builders import (
    ACarrier,
    AShop,
    ASku,
    AWarehouse,
    SignedInPerson,
    a_bin,
    a_carrier,
    a_courier_key,
    a_key,
    a_sku,
    a_tote,
    a_warehouse,
    bearer,
    signed_in_person,
    stock_up,
    unique,
)
from tests.conftest import Api, Server
from tests.picking.scene import Scene
from tests.shipping.flow import Bench, PickedOrder, Wanted, a_carton, a_picked_order, labelled, ok, packed
from wms.db.tx import Database
from wms.events.documents import keep_document
from wms.shops.create_shop import create_shop


@dataclass
class ShopWorld:
    """``ids``: what the shop's things are addressed by, named as the API names them. ``tag`` is in every text."""

    tag: str
    shop: AShop
    key: dict[str, str]
    warehouse: AWarehouse
    carrier: ACarrier
    courier: dict[str, str]
    ids: dict[str, Any] = field(default_factory=dict)


async def marked_shop(db: Database, tag: str) -> AShop:
    code = unique(f"{tag.lower()}-").lower()
    async with db.begin() as tx:
        sender = {
            "name": f"{tag} sender",
            "street": f"{tag} street 1",
            "city": f"{tag} city",
            "country": "PL",
        }
        contact = f"{tag.lower()}-returns@example.com"
        shop_id = await create_shop(
            tx, code, f"{tag} shop", sender=sender, language="en", contact_email=contact
        )
    return AShop(id=shop_id, code=code)


def recipient(tag: str) -> dict[str, Any]:
    return {
        "name": f"{tag} recipient", "street": f"{tag} street 7/3", "postcode": "30-624", "city": f"{tag} Kraków",
        "phone": "+48600100200", "email": f"{tag.lower()}@example.com",
    }  # fmt: skip


@dataclass
class Hands:
    """Who works in the world, over HTTP."""

    db: Database
    server: Server
    api: Api
    boss: SignedInPerson

    async def post(
        self, path: str, body: Any = None, *, who: dict[str, str] | None = None, **query: Any
    ) -> Any:
        return ok(await self.api.post(path, json=body, headers=who or self.boss.headers, params=query))


async def build_world(db: Database, server: Server, api: Api, tag: str) -> ShopWorld:
    """Goods in, stock, orders in every state, parcels, manifests, returns, files: all of one shop, over HTTP."""
    tag = f"{tag}{uuid4().hex[:6].upper()}"
    warehouse = await a_warehouse(db)
    shop, carrier = await marked_shop(db, tag), await a_carrier(db)
    w = ShopWorld(
        tag=tag,
        shop=shop,
        key=bearer(await a_key(db, shop=shop)),
        warehouse=warehouse,
        carrier=carrier,
        courier=bearer(await a_courier_key(db, carrier_id=carrier.id)),
    )
    boss = await signed_in_person(db, roles=["supervisor", "admin"])
    hands = Hands(db, server, api, boss)
    sku = await a_sku(db, shop=shop, code=f"{tag}-SKU", name=f"{tag} mug")
    w.ids |= {
        "shop_id": shop.id, "warehouse_id": warehouse.id, "sku_code": sku.code, "sku_id": sku.id, "barcode": sku.barcode,
        "carrier_id": carrier.id, "person_id": boss.id, "range_code": carrier.range_code,
    }  # fmt: skip
    await _inbound(w, hands, sku)
    await _replenishment(w, hands, sku)
    await _orders(w, hands, sku)
    await _picking(w, hands, sku)
    await _parcels(w, hands, sku)
    await _returns(w, hands, sku)
    await _papers(w, hands)
    await _prints(w, hands)
    return w


async def _inbound(w: ShopWorld, hands: Hands, sku: ASku) -> None:
    body = {
        "number": f"{w.tag}-ASN", "warehouse": w.warehouse.code, "note": f"{w.tag} note", "carrier": f"{w.tag} haulier",
        "lines": [{"sku": sku.code, "quantity": 40}],
    }  # fmt: skip
    asn = await hands.post("/asns", body, who=w.key)
    later = await hands.post("/asns", body | {"number": f"{w.tag}-ASN-2"}, who=w.key)
    opened = {"shop_id": w.shop.id, "warehouse_id": w.warehouse.id, "dock": "L-DOCK-1", "asn_id": asn["id"]}
    receipt = await hands.post("/receipts", opened)
    tote = await a_tote(hands.db, warehouse=w.warehouse, code=unique(f"{w.tag}-T"))
    unit = await hands.post(
        f"/receipts/{receipt['id']}/handling-units",
        {"shop_id": w.shop.id, "kind": "tote", "label": tote.code},
    )
    scan = {"shop_id": w.shop.id, "code": sku.barcode, "quantity": 30, "handling_unit_id": tote.id}
    await hands.post(f"/receipts/{receipt['id']}/scans", scan)
    await hands.post(
        f"/receipts/{receipt['id']}/scans", {"shop_id": w.shop.id, "code": f"{w.tag}-STRANGE", "quantity": 1}
    )
    shelf = await a_bin(hands.db, warehouse=w.warehouse)
    await stock_up(hands.db, sku=sku, bin=shelf, quantity=500)
    count = await hands.post("/counts", {"warehouse_id": w.warehouse.id, "location": shelf.label})
    w.ids |= {
        "asn_id": later["id"], "received_asn_id": asn["id"], "receipt_id": receipt["id"], "unit_id": tote.id,
        "unit_code": tote.code, "location_id": shelf.id, "location_code": shelf.code, "count_id": count["id"],
        "dock_id": w.warehouse.locations["DOCK-1"],
    }  # fmt: skip
    assert unit


async def _replenishment(w: ShopWorld, hands: Hands, sku: ASku) -> None:
    """A pick face that is being filled, in a warehouse of its own, and goods that were carried elsewhere."""
    apart = await a_warehouse(hands.db, shared=False)
    face, other = [await a_bin(hands.db, warehouse=apart) for _ in range(2)]
    rack = await a_bin(hands.db, warehouse=apart, kind="reserve")
    await stock_up(hands.db, sku=sku, bin=rack, quantity=50)
    level = {"shop_id": w.shop.id, "warehouse_id": apart.id, "sku": sku.code, "min": 5, "max": 10}
    made = ok(
        await hands.api.put("/pick-faces", json=level | {"location": face.label}, headers=hands.boss.headers)
    )
    await hands.post("/replenishments/plan", {"warehouse_id": apart.id})
    screen = await hands.post("/replenishments/claim", {"warehouse_id": apart.id})
    carried = {
        "warehouse_id": apart.id, "source": rack.label, "code": sku.barcode, "quantity": 2, "to": other.label,
    }  # fmt: skip
    moved = await hands.post("/goods-moves", carried)
    w.ids |= {"face_id": made["id"], "replenishment_id": screen["task_id"], "move_id": moved["id"]}


async def _orders(w: ShopWorld, hands: Hands, sku: ASku) -> None:
    body = {
        "number": f"{w.tag}-ORDER", "carrier": w.carrier.code, "recipient": recipient(w.tag), "note": f"{w.tag} gift",
        "lines": [{"sku": sku.code, "quantity": 2, "unit_price": "12.50"}],
    }  # fmt: skip
    order = await hands.post("/orders", body, who=w.key)
    nowhere = recipient(w.tag) | {"street": "", "postcode": f"{w.tag}"[:8]}
    held = await hands.post("/orders", body | {"number": f"{w.tag}-HELD", "recipient": nowhere}, who=w.key)
    w.ids |= {"order_id": order["id"], "held_order_id": held["id"], "order_number": f"{w.tag}-ORDER"}


async def _picking(w: ShopWorld, hands: Hands, sku: ASku) -> None:
    """A cart under way in a warehouse of its own, and goods that wait to be carried back."""
    apart = await a_warehouse(hands.db, shared=False)
    scene = Scene(hands.db, hands.api, apart, w.shop, w.carrier, hands.boss, hands.boss)
    shelf = await scene.bin()
    await stock_up(hands.db, sku=sku, bin=shelf, quantity=50)
    elsewhere = await a_sku(hands.db, shop=w.shop, code=f"{w.tag}-SKU-2", name=f"{w.tag} lamp")
    await stock_up(hands.db, sku=elsewhere, bin=await scene.bin(), quantity=50)
    screen = await scene.started(await scene.order((elsewhere, 3)))
    cancelled = await _picked(w, hands, sku, "BACK")
    await hands.post(f"/orders/{cancelled.id}/cancel", {"reason": f"{w.tag} reason"}, who=w.key)
    w.ids |= {
        "cluster_id": screen["cluster_id"], "pick_task_id": screen["task_id"], "picked_warehouse_id": apart.id,
        "wave_id": await _one(hands.db, "select max(id) from wave where warehouse_id = $1", apart.id),
        "putback_id": await _one(hands.db, "select max(id) from putback_task where shop_id = $1", w.shop.id),
    }  # fmt: skip


async def _picked(w: ShopWorld, hands: Hands, sku: ASku, name: str) -> PickedOrder:
    return await a_picked_order(
        hands.db, shop=w.shop, carrier=w.carrier, lines=[Wanted(sku, 2)], number=f"{w.tag}-{name}",
        name=f"{w.tag} recipient",
    )  # fmt: skip


async def _parcels(w: ShopWorld, hands: Hands, sku: ASku) -> None:
    """One order on the packing table, one labelled, one on an open manifest, one handed over and tracked."""
    api = Api(base_url=hands.api.base_url, headers=hands.boss.headers, timeout=60)
    async with api:
        bench = Bench(api, w.warehouse, await a_carton(hands.db))
        parcels = []
        for name in ("GONE", "LABELLED", "LOADED"):
            order = await _picked(w, hands, sku, name)
            parcel = await packed(bench, order, [(sku, 2)])
            parcels.append((order, parcel, await labelled(hands.db, api, w.shop.id, parcel)))
            if name != "LABELLED":
                where = {"warehouse_id": w.warehouse.id, "carrier_id": w.carrier.id}
                await hands.post("/loading", where | {"scan": parcels[-1][2]})
            if name == "GONE":
                manifest = (ok(await api.get("/manifests", params={"carrier_id": w.carrier.id})))["items"][0][
                    "id"
                ]
                await hands.post(f"/manifests/{manifest}/close")
                driver = {"driver": f"{w.tag} driver", "vehicle": f"{w.tag} WX"}
                await hands.post(f"/manifests/{manifest}/handover", driver)
        opened = ok(await api.get("/manifests", params={"carrier_id": w.carrier.id}))["items"][0]["id"]
        gone, labelled_one, _ = parcels
        seen = {
            "tracking_number": gone[2],
            "status": "in_transit",
            "at": "2026-01-05T10:00:00Z",
            "place": f"{w.tag} hub",
        }
        await hands.post("/courier/tracking", {"events": [seen]}, who=w.courier)
        table = await _picked(w, hands, sku, "TABLE")
        station = ok(await bench.start(table.tote.code))["station"]
        station = await bench.open(station)
        station = ok(await bench.scan(station, sku.barcode))
        w.ids |= {
            "manifest_id": manifest, "open_manifest_id": opened, "gone_parcel_id": gone[1], "parcel_id": labelled_one[1],
            "gone_order_id": gone[0].id, "gone_order_number": gone[0].number, "tracking_number": gone[2],
            "labelled_tracking": labelled_one[2], "session_id": station["session_id"],
            "open_parcel_id": station["parcel_id"], "station_id": w.warehouse.locations["PACK-1"],
        }  # fmt: skip


async def _returns(w: ShopWorld, hands: Hands, sku: ASku) -> None:
    """One return announced, one inspected with advice, one unknown box."""
    body = {
        "kind": "withdrawal", "order_number": w.ids["gone_order_number"], "name": f"{w.tag} buyer",
        "email": f"{w.tag.lower()}@example.com", "lines": [{"sku": sku.code, "quantity": 1, "note": f"{w.tag} too big"}],
    }  # fmt: skip
    done = await hands.post("/returns", body | {"number": f"{w.tag}-RMA-1"}, who=w.key)
    open_one = await hands.post("/returns", body | {"number": f"{w.tag}-RMA-2"}, who=w.key)
    arrived = {"warehouse_id": w.warehouse.id}
    await hands.post(f"/returns/{done['id']}/receive", arrived, shop_id=w.shop.id)
    look = {
        "code": sku.barcode,
        "quantity": 1,
        "grade": "used",
        "disposition": "quarantine",
        "note": f"{w.tag} worn",
    }
    seen = await hands.post(f"/returns/{done['id']}/inspections", look, shop_id=w.shop.id)
    await hands.post(f"/returns/{done['id']}/finish", shop_id=w.shop.id)
    stray = await hands.post("/stray-parcels", {"warehouse_id": w.warehouse.id, "note": f"{w.tag} box"})
    w.ids |= {
        "rma_id": open_one["id"], "inspected_rma_id": done["id"], "inspection_id": seen["ids"][0], "stray_id": stray["id"],
    }  # fmt: skip


async def _papers(w: ShopWorld, hands: Hands) -> None:
    async with hands.db.begin() as tx:
        w.ids["document_id"] = await keep_document(
            tx,
            w.shop.id,
            "photo",
            "order",
            w.ids["order_id"],
            f"{w.tag}.jpg",
            "image/jpeg",
            f"{w.tag} photo".encode(),
        )
    sql = "select min(id) from document where kind like 'manifest%' and subject = 'manifest' and subject_id = $1"
    w.ids["courier_mark"] = await _one(
        hands.db, "select link_key from manifest where id = $1", w.ids["manifest_id"]
    )
    w.ids["manifest_document_id"] = await _one(hands.db, sql, w.ids["manifest_id"])
    async with hands.db.begin() as tx:  # a car that nobody knows to have been ordered
        w.ids["pickup_id"] = await tx.value(
            """insert into pickup_order (carrier_id, warehouse_id, pickup_at, bookings, state)
               values ($1, $2, now() + interval '1 hour', array[$3], 'unknown') returning id""",
            w.carrier.id,
            w.warehouse.id,
            f"{w.tag}-booking",
        )
    w.ids["discrepancy_id"] = await _one(
        hands.db, "select min(id) from discrepancy where shop_id = $1", w.shop.id
    )
    w.ids["mail_id"] = await _one(hands.db, "select min(id) from mail where shop_id = $1", w.shop.id)
    w.ids["key_id"] = await _one(hands.db, "select min(id) from api_key where shop_id = $1", w.shop.id)


async def _prints(w: ShopWorld, hands: Hands) -> None:
    """A printer that is out of use, and a label that it printed."""
    async with hands.db.begin() as tx:
        w.ids["printer_id"] = await tx.value(
            """insert into printer (warehouse_id, code, name, kind, address, active)
               values ($1, $2, 'Drukarka', 'zpl', 'socket://127.0.0.1:9', false) returning id""",
            w.warehouse.id,
            w.tag,
        )
        w.ids["job_id"] = await tx.value(
            """insert into print_job (shop_id, printer_id, document, subject, subject_id, ref, format, content, state, ended_at)
               values ($1, $2, 'label', 'parcel', $3, $4, 'zpl', $5, 'printed', now()) returning id""",
            w.shop.id,
            w.ids["printer_id"],
            w.ids["parcel_id"],
            f"{w.tag}-LABELLED/1",
            f"{w.tag} label".encode(),
        )


async def _one(db: Database, sql: str, *args: object) -> Any:
    async with db.begin() as tx:
        found = await tx.value(sql, *args)
    assert found is not None, sql
    return found

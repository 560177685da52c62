"""Reading stock over HTTP: shops see their own, staff say which."""

from datetime import UTC, datetime

import pytest

from tests.builders import (
    a_bin,
    a_carrier,
    a_key,
    a_lot,
    a_shop,
    a_sku,
    a_tote,
    a_warehouse,
    bearer,
    signed_in,
    signed_in_person,
    stock_up,
)
from tests.conftest import Api
from tests.stock.world import allocated_for, an_order
from wms.db.tx import Actor, Database
from wms.kernel.text import Lang
from wms.stock.explain import explain_handling_unit, explain_location, explain_order_moves, explain_sku
from wms.stock.ledger import Move, post


async def test_a_shop_sees_its_own_stock_by_sku(anonymous: Api, db: Database) -> None:
    shop, other = await a_shop(db), await a_shop(db)
    skus = [await a_sku(db, shop=shop) for _ in range(3)]
    here, locked = await a_bin(db), await a_bin(db, pickable=False)
    await stock_up(db, sku=skus[0], bin=here, quantity=10)
    await stock_up(db, sku=skus[0], bin=locked, quantity=4)
    await stock_up(db, sku=skus[0], bin=here, quantity=2, status="damaged")
    await stock_up(db, sku=await a_sku(db, shop=other), bin=here, quantity=99)
    headers = bearer(await a_key(db, shop=shop, scopes=["stock.read"]))
    r = await anonymous.get("/stock?limit=2", headers=headers)
    assert r.status_code == 200, r.text
    first = r.json()["items"][0]
    assert (first["sku"], first["on_hand"], first["sellable"], first["damaged"], first["available"]) == (
        skus[0].code, 16, 14, 2, 10,
    )  # fmt: skip
    rest = await anonymous.get(f"/stock?limit=2&after={r.json()['next']}", headers=headers)
    assert [i["sku"] for i in rest.json()["items"]] == [skus[2].code]
    assert rest.json()["next"] is None
    assert (await anonymous.get(f"/stock?shop_id={other.id}", headers=headers)).status_code == 404


async def test_one_sku_and_who_waits_for_it(anonymous: Api, db: Database) -> None:
    shop, w, c = await a_shop(db), await a_warehouse(db), await a_carrier(db)
    sku, here = await a_sku(db, shop=shop), await a_bin(db)
    await stock_up(db, sku=sku, bin=here, quantity=10)
    async with db.begin() as tx:
        order = await an_order(tx, shop_id=shop.id, warehouse_id=w.id, carrier_id=c.id, lines=[(sku.id, 4)])
        await allocated_for(tx, order, sku, 4)
    for headers, query in (
        (bearer(await a_key(db, shop=shop, scopes=["stock.read"])), ""),
        (bearer(await signed_in(db, roles=["care"])), f"?shop_id={shop.id}"),
    ):
        r = await anonymous.get(f"/stock/{sku.code}{query}", headers=headers)
        assert r.status_code == 200, r.text
        assert (r.json()["stock"]["allocated"], r.json()["stock"]["available"]) == (4, 6)
        assert [(p["order_id"], p["quantity"], p["location"]) for p in r.json()["waiting"]] == [
            (order.id, 4, here.code)
        ]
    foreign = bearer(await a_key(db, shop=await a_shop(db), scopes=["stock.read"]))
    assert (await anonymous.get(f"/stock/{sku.code}", headers=foreign)).status_code == 404
    staff = bearer(await signed_in(db, roles=["care"]))
    assert (await anonymous.get(f"/stock/{sku.code}", headers=staff)).status_code == 422
    wrong = bearer(await a_key(db, shop=shop, scopes=["orders.read"]))
    assert (await anonymous.get(f"/stock/{sku.code}", headers=wrong)).status_code == 403


async def test_stock_as_of_a_moment_is_summed_from_the_moves(anonymous: Api, db: Database) -> None:
    shop, w = await a_shop(db), await a_warehouse(db)
    one, two = await a_sku(db, shop=shop), await a_sku(db, shop=shop)
    here = await a_bin(db)
    await stock_up(db, sku=one, bin=here, quantity=10)
    await stock_up(db, sku=two, bin=here, quantity=1)
    then = datetime.now(UTC)
    async with db.begin() as tx:
        out = Move(shop_id=shop.id, sku_id=one.id, quantity=3, from_location=here.id, reason="shipping",
                   to_location=w.locations["CUSTOMER"])  # fmt: skip
        await post(tx, [out])
    headers = bearer(await a_key(db, shop=shop, scopes=["stock.read"]))

    async def at(moment: datetime, query: str = "") -> list[tuple[str, int]]:
        url = f"/stock-as-of?at={moment.isoformat().replace('+00:00', 'Z')}{query}"
        r = await anonymous.get(url, headers=headers)
        assert r.status_code == 200, r.text
        return [(i["sku"], i["on_hand"]) for i in r.json()["items"]]

    assert await at(then) == [(one.code, 10), (two.code, 1)]
    assert await at(datetime.now(UTC)) == [(one.code, 7), (two.code, 1)]
    assert await at(datetime(2020, 1, 1, tzinfo=UTC)) == []
    assert await at(then, f"&sku={two.code}") == [(two.code, 1)]
    assert await at(then, "&limit=1") == [(one.code, 10)]
    r = await anonymous.get("/stock-as-of?at=2026-01-01T00:00:00", headers=headers)
    assert r.status_code == 422


async def test_moves_in_pages(anonymous: Api, db: Database) -> None:
    shop = await a_shop(db)
    sku, other = await a_sku(db, shop=shop), await a_sku(db, shop=shop)
    here = await a_bin(db)
    ids = [await stock_up(db, sku=s, bin=here, quantity=q) for s, q in ((sku, 1), (other, 2), (sku, 3))]
    headers = bearer(await a_key(db, shop=shop, scopes=["stock.read"]))
    r = await anonymous.get("/moves?limit=2", headers=headers)
    assert r.status_code == 200, r.text
    assert [m["id"] for m in r.json()["items"]] == ids[:2]
    assert r.json()["items"][0]["from_location"] == "SUPPLIER"
    r = await anonymous.get(f"/moves?after={r.json()['next']}", headers=headers)
    assert [m["id"] for m in r.json()["items"]] == ids[2:]
    r = await anonymous.get(f"/moves?sku={sku.code}", headers=headers)
    assert [m["quantity"] for m in r.json()["items"]] == [1, 3]
    assert (await anonymous.get("/moves?sku=NOT-THERE", headers=headers)).status_code == 404
    staff = bearer(await signed_in(db, roles=["picker"]))
    r = await anonymous.get(f"/moves?shop_id={shop.id}", headers=staff)
    assert [m["id"] for m in r.json()["items"]] == ids


async def test_what_is_in_a_place_is_for_staff(anonymous: Api, db: Database) -> None:
    shop, here = await a_shop(db), await a_bin(db)
    sku, tote = await a_sku(db, shop=shop), await a_tote(db)
    await stock_up(db, sku=sku, bin=here, quantity=3, hu=tote.id)
    staff = bearer(await signed_in(db, roles=["picker"]))
    r = await anonymous.get(f"/locations/{here.id}/stock", headers=staff)
    assert r.status_code == 200, r.text
    assert [(s["sku"], s["handling_unit"], s["on_hand"]) for s in r.json()["stock"]] == [
        (sku.code, tote.code, 3)
    ]
    assert (await anonymous.get("/locations/999999999/stock", headers=staff)).status_code == 404
    key = bearer(await a_key(db, shop=shop))
    assert (await anonymous.get(f"/locations/{here.id}/stock", headers=key)).status_code == 403


@pytest.mark.parametrize("lang", ["en", "pl"])
async def test_the_story_of_goods_in_plain_words(db: Database, lang: Lang) -> None:
    shop, w, c = await a_shop(db), await a_warehouse(db), await a_carrier(db)
    sku, here, tote = await a_sku(db, shop=shop, lot_policy="expiry"), await a_bin(db), await a_tote(db)
    lot = await a_lot(db, sku=sku, code="L7", expires_on=datetime(2031, 5, 1, tzinfo=UTC).date())
    who = await signed_in_person(db, roles=["picker"])
    await stock_up(db, sku=sku, bin=here, quantity=5, lot=lot)
    async with db.begin() as tx:
        order = await an_order(tx, shop_id=shop.id, warehouse_id=w.id, carrier_id=c.id, lines=[(sku.id, 2)])
        (got,) = await allocated_for(tx, order, sku, 2)
        number = await tx.value("select number from orders where id = $1", order.id)
    async with db.begin(Actor(kind="staff", id=who.id, name="Łucja Żak")) as tx:
        pick = Move(shop_id=shop.id, sku_id=sku.id, quantity=2, from_location=here.id, lot_id=lot, reason="picking",
                    to_location=w.locations["WORK"], to_hu=tote.id, allocation_id=got.allocation_id)  # fmt: skip
        bad = Move(shop_id=shop.id, sku_id=sku.id, quantity=1, from_location=here.id, lot_id=lot, reason="inspecting",
                   to_location=here.id, to_status="damaged")  # fmt: skip
        await post(tx, [pick, bad])
        told = await explain_sku(tx, shop.id, sku.id, lang)
        in_tote = await explain_handling_unit(tx, tote.id, lang)
        of_order = await explain_order_moves(tx, shop.id, order.id, lang)
        assert await explain_location(tx, here.id, lang) == told
    assert in_tote == of_order == [told[1]]
    assert (told[1].who, told[1].order) == ("Łucja Żak", number)
    if lang == "en":
        goods = f"{sku.code} (lot L7, use by 2031-05-01)"
        assert [t.text for t in told] == [
            f"Received 5 × {goods} at {here.code}.",
            f"Picked 2 × {goods} from {here.code} into tote {tote.code} (WORK). Order {number}.",
            f"1 × {goods} at {here.code} is now damaged.",
        ]
    else:
        goods = f"{sku.code} (partia L7, ważne do 2031-05-01)"
        assert told[1].text == (
            f"Pobrano 2 × {goods}; skąd: {here.code}, dokąd: pojemnik {tote.code} (WORK). Zamówienie {number}."
        )

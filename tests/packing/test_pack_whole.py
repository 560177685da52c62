"""A whole parcel in one call: the same rules as scan by scan, all or nothing."""

from collections.abc import Sequence
from typing import Any

import httpx

from tests.builders import a_carrier, a_lot, a_shop, a_sku, a_tote, on_hand
from tests.conftest import Server
from tests.shipping.flow import CARTON_G, Bench, Wanted, a_bench, a_picked_order, ok, order_state, refused
from wms.db.tx import Database


async def whole(
    bench: Bench, scan: str, pieces: Sequence[tuple[str, int | str]], grams: int, **more: Any
) -> httpx.Response:
    """``pieces``: bar codes, each with a quantity or with the lot of one piece."""
    said = [{"scan": s, ("lot" if isinstance(q, str) else "quantity"): q} for s, q in pieces]
    body = {
        "scan": scan, "pieces": said, "carton": bench.carton, "weight_g": grams,
        **more,
    }  # fmt: skip
    return await bench.api.post(f"/pack-stations/{bench.warehouse.locations['PACK-1']}/parcels", json=body)


async def test_an_order_is_packed_and_labelled_in_one_call(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug, plate = await a_sku(db, shop=shop), await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 3), Wanted(plate, 1)])
    pieces = [(mug.barcode, 2), (plate.barcode, 1), (mug.barcode, 1)]
    async with a_bench(db, server) as bench:
        closed = ok(await whole(bench, f"O-{order.number}", pieces, CARTON_G + 1000, label=True))
        assert (closed["order_packed"], closed["outcome"], closed["no"]) == (True, "ok", 1)
        assert closed["label"]["state"] == "ready"
        row = ok(await bench.api.get(f"/shops/{shop.id}/parcels/{closed['parcel_id']}/label"))
        assert row["state"] == "ready"
        refused(await whole(bench, f"O-{order.number}", pieces, CARTON_G + 1000), "not-picked-yet")
    assert await order_state(db, order) == "labelled"
    assert await on_hand(db, sku=mug, location_id=order.warehouse.locations["PACKED"]) == 3
    async with db.begin() as tx:
        verified = await tx.value(
            "select verified from parcel where shop_id = $1 and id = $2", shop.id, closed["parcel_id"]
        )
    assert verified


async def test_what_is_wrong_is_named_and_nothing_is_packed(db: Database, server: Server) -> None:
    shop, other, carrier = await a_shop(db), await a_shop(db), await a_carrier(db)
    mug, plate = await a_sku(db, shop=shop), await a_sku(db, shop=shop)
    lamp, theirs = await a_sku(db, shop=shop), await a_sku(db, shop=other)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2), Wanted(plate, 1)])
    good, weight = [(mug.barcode, 2), (plate.barcode, 1)], CARTON_G + 750
    async with a_bench(db, server) as bench:
        scan = order.tote.code
        for pieces, code, status, at in (
            ([(mug.barcode, 1), (lamp.barcode, 1)], "wrong-item", 409, 1),
            ([(mug.barcode, 1), (theirs.barcode, 1)], "someone-elses-goods", 409, 1),
            ([(mug.barcode, 2), (mug.barcode, 1)], "wrong-item", 409, 1),
            ([(mug.barcode, 3)], "too-many", 409, 0),
            ([*good, ("5908000000004", 1)], "unknown-goods", 404, 2),
        ):
            problem = refused(await whole(bench, scan, pieces, weight), code, status)
            assert problem["pointer"] == f"/pieces/{at}", problem
        refused(await whole(bench, scan, good, weight + 500), "weight-off")
        refused(await whole(bench, scan, good, weight, carton="NONE"), "not-found", 404)
        refused(await whole(bench, "T-NONE", good, weight), "nothing-to-pack")
        assert (await whole(bench, scan, [], weight)).status_code == 400
        assert await order_state(db, order) == "picked", "all or nothing"
        assert await on_hand(db, sku=mug, location_id=order.warehouse.locations["WORK"]) == 2
        closed = ok(await whole(bench, scan, good, weight))
        assert closed["order_packed"]
        assert "label" not in closed or closed["label"] is None
    assert await order_state(db, order) == "packed"


async def test_two_parcels_of_one_order(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 3)])
    async with a_bench(db, server) as bench:
        first = ok(await whole(bench, order.tote.code, [(mug.barcode, 2)], CARTON_G + 500, label=True))
        assert (first["no"], first["order_packed"], first["label"]["state"]) == (1, False, "ready")
        second = ok(await whole(bench, order.tote.code, [(mug.barcode, 1)], CARTON_G + 250, label=True))
        assert (second["no"], second["order_packed"]) == (2, True)
    assert await order_state(db, order) == "labelled"


async def test_of_several_orders_in_a_tote_the_piece_tells_which(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug, plate = await a_sku(db, shop=shop), await a_sku(db, shop=shop)
    tote = await a_tote(db)
    orders = [
        await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(sku, 1)], tote=tote)
        for sku in (mug, plate)
    ]
    async with a_bench(db, server) as bench:
        ok(await whole(bench, tote.code, [(plate.barcode, 1)], CARTON_G + 250))
        assert [await order_state(db, o) for o in orders] == ["picked", "packed"]


async def test_lots_are_asked_for_as_at_the_table(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    milk = await a_sku(db, shop=shop, lot_policy="lot")
    lots = [await a_lot(db, sku=milk, code=code) for code in ("L1", "L2")]
    order = await a_picked_order(
        db, shop=shop, carrier=carrier, lines=[Wanted(milk, 1, lot=lots[0]), Wanted(milk, 1, lot=lots[1])]
    )
    async with a_bench(db, server) as bench:
        scan, weight = f"O-{order.number}", CARTON_G + 500
        problem = refused(await whole(bench, scan, [(milk.barcode, 1)] * 2, weight), "lot-needed")
        assert problem["pointer"] == "/pieces/0"
        named = [(milk.barcode, lot) for lot in ("L2", "L1")]
        assert ok(await whole(bench, scan, named, weight))["order_packed"]

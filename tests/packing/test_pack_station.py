"""The pack station over HTTP: every piece is checked, the wrong ones are refused and nothing has moved."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import a_carrier, a_lot, a_shop, a_sku, a_tote, on_hand, unique
from tests.conftest import Server
from tests.shipping.flow import (
    CARTON_G,
    Wanted,
    a_bench,
    a_picked_order,
    ok,
    order_state,
    packed,
    person,
    refused,
)
from wms.db.tx import Database
from wms.orders.cancel_order import cancel_order
from wms.orders.states import OrderState


async def test_a_tote_becomes_a_closed_parcel(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug, plate = await a_sku(db, shop=shop), await a_sku(db, shop=shop, name="Talerz")
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 3), Wanted(plate, 1)])
    async with a_bench(db, server) as bench:
        station = ok(await bench.start(order.tote.code))["station"]
        assert (station["order_state"], station["units_left"], station["parcel_id"]) == ("packing", 4, None)
        refused(await bench.unpack(station, mug.barcode), "no-open-parcel")
        station = await bench.open(station)
        again = await bench.open(station)
        assert again["parcel_id"] == station["parcel_id"]
        station = ok(await bench.scan(station, mug.barcode, quantity=2))
        assert [(x["sku"], x["left"]) for x in station["left"]] == [(mug.code, 1), (plate.code, 1)]
        station = ok(await bench.scan(station, mug.barcode))
        station = ok(await bench.scan(station, plate.barcode))
        assert station["left"] == []
        assert [(c["sku"], c["quantity"]) for c in station["contents"]] == [(mug.code, 3), (plate.code, 1)]
        closed = ok(await bench.close(shop.id, station["parcel_id"], CARTON_G + 1000))
        assert (closed["outcome"], closed["expected_g"], closed["order_packed"]) == (
            "ok",
            CARTON_G + 1000,
            True,
        )
        refused(await bench.close(shop.id, station["parcel_id"], CARTON_G + 1000), "parcel-not-open")
        slip = await bench.api.get(f"/shops/{shop.id}/parcels/{station['parcel_id']}/packing-slip")
        assert slip.content.startswith(b"%PDF")
    assert await order_state(db, order) == "packed"
    assert await on_hand(db, sku=mug, location_id=order.warehouse.locations["PACKED"]) == 3
    assert await on_hand(db, sku=mug, location_id=order.warehouse.locations["WORK"]) == 0
    async with db.begin() as tx:
        row = await tx.row(
            "select units, ledger_units, verified from parcel where shop_id = $1 and order_id = $2",
            shop.id,
            order.id,
        )
        assert row is not None
        assert tuple(row) == (4, 4, True)


async def test_what_does_not_belong_is_refused(db: Database, server: Server) -> None:
    shop, other, carrier = await a_shop(db), await a_shop(db), await a_carrier(db)
    mug, plate, strange = await a_sku(db, shop=shop), await a_sku(db, shop=shop), await a_sku(db, shop=other)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2)])
    async with a_bench(db, server) as bench:
        station = await bench.open(ok(await bench.start(order.tote.code))["station"])
        refused(await bench.scan(station, plate.barcode), "wrong-item")
        refused(await bench.scan(station, strange.barcode), "someone-elses-goods")
        refused(await bench.scan(station, "4006381333931"), "unknown-goods", 404)
        assert (
            refused(await bench.scan(station, mug.barcode, quantity=3), "too-many")["values"]["wanted"] == 2
        )
        refused(await bench.start("T-NOBODY"), "nothing-to-pack")
        refused(await bench.start((await a_tote(db)).code), "nothing-to-pack")
        refused(await bench.close(shop.id, station["parcel_id"], 500), "empty-parcel")
        ok(await bench.scan(station, mug.barcode, quantity=2))
        refused(await bench.scan(station, mug.barcode), "wrong-item")  # nothing of it is in a tote any more
    assert await on_hand(db, sku=mug, location_id=order.warehouse.locations["PACKED"]) == 2


async def test_the_tote_matters(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug, plate = await a_sku(db, shop=shop), await a_sku(db, shop=shop)
    first = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
    second = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(plate)])
    async with a_bench(db, server) as bench:
        station = await bench.open(ok(await bench.start(f"O-{first.number}"))["station"])
        assert station["tote"] is None
        refused(await bench.scan(station, second.tote.code), "tote-of-another-order")
        station = ok(await bench.scan(station, first.tote.code))
        assert station["tote"] == first.tote.code
        station = ok(await bench.scan(station, mug.barcode))
        assert station["units_left"] == 0


async def test_lots_and_serials_as_picked(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    honey = await a_sku(db, shop=shop, lot_policy="lot")
    phone = await a_sku(db, shop=shop, serial=True)
    lot_a, lot_b = await a_lot(db, sku=honey, code="LA"), await a_lot(db, sku=honey, code="LB")
    one, two = await a_lot(db, sku=phone, serial="S-1"), await a_lot(db, sku=phone, serial="S-2")
    order = await a_picked_order(
        db, shop=shop, carrier=carrier,
        lines=[Wanted(honey, 1, lot_a), Wanted(honey, 1, lot_b), Wanted(phone, 1, one), Wanted(phone, 1, two)],
    )  # fmt: skip
    async with a_bench(db, server) as bench:
        station = await bench.open(ok(await bench.start(order.tote.code))["station"])
        refused(await bench.scan(station, honey.barcode), "lot-needed")
        refused(await bench.scan(station, honey.barcode, lot="LX"), "wrong-lot")
        refused(await bench.scan(station, f"]C101{honey.barcode.rjust(14, '0')}10LX"), "wrong-lot")
        ok(await bench.scan(station, f"]C101{honey.barcode.rjust(14, '0')}10LB"))
        ok(await bench.scan(station, honey.barcode))  # one lot is left: no question
        refused(await bench.scan(station, phone.barcode), "lot-needed")
        refused(await bench.scan(station, f"]C101{phone.barcode.rjust(14, '0')}21S-3"), "wrong-lot")
        ok(await bench.scan(station, f"]C101{phone.barcode.rjust(14, '0')}21S-2"))
        refused(await bench.scan(station, phone.barcode), "lot-needed")  # a serial number is always scanned
        station = ok(await bench.scan(station, phone.barcode, lot="S-1"))
        assert [(c["lot"], c["serial"]) for c in station["contents"]] == [
            ("LB", None), ("LA", None), (None, "S-2"), (None, "S-1"),
        ]  # fmt: skip


async def test_two_packers_and_one_order(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2)])
    async with a_bench(db, server) as bench, a_bench(db, server) as late:
        station = await bench.open(ok(await bench.start(order.tote.code))["station"])
        problem = refused(await late.start(order.tote.code), "being-packed")
        assert problem["values"]["station"] == "PACK-1"
        async with db.begin() as tx:
            await tx.run(
                "update pack_session set lease_until = now() - interval '1 s' where shop_id = $1 and order_id = $2",
                shop.id,
                order.id,
            )
        taken = ok(await late.start(order.tote.code))["station"]
        assert taken["session_id"] == station["session_id"]
        refused(await bench.scan(station, mug.barcode), "session-over")
        ok(await late.scan(taken, mug.barcode, quantity=2))


async def test_a_proposal_knows_the_box_that_was_begun(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug, new = await a_sku(db, shop=shop), await a_sku(db, shop=shop, size_mm=None)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 3), Wanted(new)])
    async with a_bench(db, server) as bench:
        station = ok(await bench.start(order.tote.code))["station"]
        path = f"/shops/{shop.id}/pack-sessions/{station['session_id']}/proposal"
        whole = ok(await bench.api.get(path))
        assert whole["open_parcel"] is None
        assert [p["contents"] for p in whole["parcels"]] == [{mug.code: 3}]
        assert whole["unknown"] == {new.code: 1}
        ok(await bench.scan(station, mug.barcode, quantity=2))
        begun = ok(await bench.api.get(path))
        assert [p["contents"] for p in begun["parcels"]] == [{mug.code: 1}]
        shelf = {c["code"] for c in ok(await bench.api.get("/cartons"))}
        assert begun["open_parcel"] in shelf
        ok(await bench.scan(station, new.barcode))
        assert ok(await bench.api.get(path))["open_parcel"] is None, (
            "a size is missing: the packer knows better"
        )


async def test_singles_the_oldest_promise_first(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug, tote = await a_sku(db, shop=shop), await a_tote(db)
    soon = datetime.now(UTC) + timedelta(hours=1)
    orders = [
        await a_picked_order(
            db, shop=shop, carrier=carrier, lines=[Wanted(mug)], tote=tote, ship_by=soon + timedelta(hours=h)
        )
        for h in (3, 1, 2)
    ]
    async with db.begin() as tx:
        await cancel_order(tx, shop.id, orders[2].id)
    async with a_bench(db, server) as bench:
        started = ok(await bench.start(tote.code))
        assert (started["orders"], started["station"]) == (2, None)
        for order in (orders[1], orders[0]):
            station = ok(await bench.start(tote.code, mug.barcode))["station"]
            assert (station["order_number"], station["units_left"]) == (order.number, 0)
            closed = ok(await bench.close(shop.id, station["parcel_id"], CARTON_G + 250))
            assert closed["order_packed"]
        refused(await bench.start(tote.code), "order-cancelled")  # what is left in it goes back to the shelf
    assert [await order_state(db, o) for o in orders] == ["packed", "packed", "cancelled"]


async def test_a_cancelled_order_stops_at_the_gate_and_goes_back(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2)])
    async with a_bench(db, server) as bench:
        station = await bench.open(ok(await bench.start(order.tote.code))["station"])
        ok(await bench.scan(station, mug.barcode))
        async with db.begin() as tx:
            done = await cancel_order(tx, shop.id, order.id)
        assert done.put_back == 2
        refused(await bench.scan(station, mug.barcode), "order-cancelled")
        refused(await bench.close(shop.id, station["parcel_id"], 390), "order-cancelled")


async def test_not_picked_yet(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(
        db, shop=shop, carrier=carrier, lines=[Wanted(mug)], state=OrderState.PICKING
    )
    async with a_bench(db, server) as bench:
        refused(await bench.start(order.tote.code), "not-picked-yet")


async def test_the_scale_names_what_may_be_missing(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug, plate = await a_sku(db, shop=shop, weight_g=250), await a_sku(db, shop=shop, weight_g=700)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2), Wanted(plate)])
    async with a_bench(db, server) as bench, a_bench(db, server, "supervisor") as boss:
        station = await bench.open(ok(await bench.start(order.tote.code))["station"])
        ok(await bench.scan(station, mug.barcode, quantity=2))
        ok(await bench.scan(station, plate.barcode))
        problem = refused(await bench.close(shop.id, station["parcel_id"], CARTON_G + 500), "weight-off")
        assert problem["values"]["suspects"] == plate.code
        refused(
            await bench.close(shop.id, station["parcel_id"], CARTON_G + 500, overrule="looks right"),
            "supervisor-needed",
            403,
        )
        boss.carton = bench.carton
        closed = ok(
            await boss.close(shop.id, station["parcel_id"], CARTON_G + 500, overrule="scale is broken")
        )
        assert closed["outcome"] == "light"
    async with db.begin() as tx:
        data = await tx.value(
            "select data from event where shop_id = $1 and kind = 'parcel.closed' and subject_id = $2",
            shop.id,
            closed["parcel_id"],
        )
        assert data["overruled"] == "scale is broken"


async def test_inserts_are_prompted_and_confirmed(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    async with db.begin() as tx:
        await tx.run(
            """update shop set inserts = '[{"text": "Kartka z podziękowaniem"}]' where id = $1""", shop.id
        )
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
    async with a_bench(db, server) as bench:
        station = await bench.open(ok(await bench.start(order.tote.code))["station"])
        assert station["inserts"] == [{"text": "Kartka z podziękowaniem"}]
        ok(await bench.scan(station, mug.barcode))
        problem = refused(await bench.close(shop.id, station["parcel_id"], CARTON_G + 250), "inserts-missing")
        assert "Kartka" in problem["detail"]
        inserts = ["Kartka z podziękowaniem"]
        ok(await bench.close(shop.id, station["parcel_id"], CARTON_G + 250, inserts=inserts))


async def test_a_piece_scanned_with_no_parcel_open_opens_the_next(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2)])
    async with a_bench(db, server) as bench:
        station = ok(await bench.start(order.tote.code))["station"]
        refused(await bench.scan(station, mug.barcode, quantity=3), "too-many")
        station = ok(await bench.api.get(f"/shops/{shop.id}/pack-sessions/{station['session_id']}"))
        assert station["parcel_id"] is None  # a refusal opens none
        station = ok(await bench.scan(station, mug.barcode))
        assert (station["parcel_no"], station["units_left"]) == (1, 1)
        ok(await bench.close(shop.id, station["parcel_id"], CARTON_G + 250))
        station = ok(await bench.scan(station, mug.barcode))
        assert (station["parcel_no"], station["units_left"]) == (2, 0)


async def test_closing_asks_for_the_label_in_the_same_call(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2)])
    async with a_bench(db, server) as bench:
        station = ok(await bench.start(order.tote.code))["station"]
        station = ok(await bench.scan(station, mug.barcode))
        first = station["parcel_id"]
        refused(await bench.close(shop.id, first, CARTON_G + 999, label=True), "weight-off")
        path = f"/shops/{shop.id}/parcels/{first}/label"
        refused(await bench.api.get(path), "not-found", 404)  # nothing was asked for
        closed = ok(await bench.close(shop.id, first, CARTON_G + 250, label=True))
        assert (closed["order_packed"], closed["label"]["state"]) == (False, "ready")
        row = ok(await bench.api.get(path))
        assert (row["id"], row["state"]) == (closed["label"]["label_id"], "ready")
        assert await order_state(db, order) == "packing"
        station = ok(await bench.scan(station, mug.barcode))
        closed = ok(await bench.close(shop.id, station["parcel_id"], CARTON_G + 250, label=True))
        assert (closed["order_packed"], closed["label"]["state"]) == (True, "ready")
    assert await order_state(db, order) == "labelled"
    async with db.begin() as tx:
        told = await tx.rows(
            """select kind from event where shop_id = $1 and subject_id in (select id from parcel where shop_id = $1)
               and subject = 'parcel' and kind in ('parcel.closed', 'label.requested', 'label.ready') order by id""",
            shop.id,
        )
    assert [r["kind"] for r in told] == ["parcel.closed", "label.requested", "label.ready"] * 2


async def test_no_trouble_with_a_label_opens_the_parcel_again(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    async with db.begin() as tx:
        settings = '{"template": "there-is-none"}'
        await tx.run(
            "update carrier set settings = settings || $2::text::jsonb where id = $1", carrier.id, settings
        )
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
    async with a_bench(db, server) as bench:
        station = ok(await bench.start(order.tote.code))["station"]
        station = ok(await bench.scan(station, mug.barcode))
        closed = ok(await bench.close(shop.id, station["parcel_id"], CARTON_G + 250, label=True))
        assert (closed["order_packed"], closed["label"]["state"]) == (True, "requested")  # the job will tell
    assert await order_state(db, order) == "packed"


async def test_two_parcels_unpack_and_reopen(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 3)])
    async with a_bench(db, server) as bench:
        station = await bench.open(ok(await bench.start(order.tote.code))["station"])
        session = f"/shops/{shop.id}/pack-sessions/{station['session_id']}"
        proposal = ok(await bench.api.get(f"{session}/proposal"))
        assert sum(sum(p["contents"].values()) for p in proposal["parcels"]) == 3
        ok(await bench.scan(station, mug.barcode, quantity=2))
        station = ok(await bench.unpack(station, mug.barcode))
        assert (station["units_left"], station["contents"][0]["quantity"]) == (2, 1)
        refused(await bench.unpack(station, mug.barcode, quantity=2), "too-many")
        first = station["parcel_id"]
        assert not ok(await bench.close(shop.id, first, CARTON_G + 250))["order_packed"]
        station = await bench.open(station)
        assert station["parcel_no"] == 2
        ok(await bench.scan(station, mug.barcode, quantity=2))
        assert ok(await bench.close(shop.id, station["parcel_id"], CARTON_G + 500))["order_packed"]
        station = ok(await bench.api.post(f"/shops/{shop.id}/parcels/{first}/reopen"))
        assert (station["parcel_id"], station["order_state"]) == (first, "packing")
        assert ok(await bench.close(shop.id, first, CARTON_G + 250))["order_packed"]
    assert await on_hand(db, sku=mug, location_id=order.warehouse.locations["PACKED"]) == 3


async def test_a_partial_order_is_packed_when_all_that_was_picked_is(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db, partial_policy="partial"), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 5, picked=2)])
    async with a_bench(db, server) as bench:
        await packed(bench, order, [(mug, 2)])
    assert await order_state(db, order) == "packed"


@pytest.mark.parametrize("role", ["picker", "receiver", "care"])
async def test_only_packers_pack(db: Database, server: Server, role: str) -> None:
    async with person(db, server, role) as api:
        refused(
            await api.post("/pack-sessions", json={"station_id": 1, "scan": unique("T-")}), "not-allowed", 403
        )

"""The pack station's page: what each scan means at each step, by the answers that a browser gets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.builders import (
    a_carrier,
    a_lot,
    a_person,
    a_shop,
    a_sku,
    a_tote,
    a_warehouse,
)
from tests.conftest import Server
from tests.desk import Desk, at_desk
from tests.shipping.flow import CARTON_G, Wanted, a_carton, a_picked_order, order_state
from wms.db.tx import Actor, Database
from wms.orders.cancel_order import cancel_order
from wms.packing.queries import my_table
from wms.packing.station_hand import Hand
from wms.packing.station_scan import station_scan
from wms.packing.tote_queries import singles_that_wait
from wms.shipping.adapters import Carriers
from wms.shipping.buy_label import buy_label

PACK = "/desk/pack"
HAND = "/floor/pack-singles"
DRIVERS = ("select current_setting", "with recursive typeinfo")
"""What the driver asks once in a connection's life, to know types."""


@asynccontextmanager
async def a_packer(db: Database, server: Server, *roles: str) -> AsyncIterator[Desk]:
    """Somebody at PACK-1."""
    warehouse = await a_warehouse(db)
    cookies = {"wms_warehouse": str(warehouse.id), "wms_station": str(warehouse.locations["PACK-1"])}
    async with at_desk(db, server, *(roles or ("packer",)), **cookies) as desk:
        yield desk


async def the_label(db: Database, shop_id: int, parcel_id: int) -> str:
    """What the worker does for the job that the closing has left; the tracking number, out of the carrier's block whatever
    network it would be asked over."""
    async with db.begin() as tx:
        await tx.run(
            """update carrier set adapter = 'own_range' where id = (
                 select carrier_id from label where shop_id = $1 and parcel_id = $2 and state <> 'void')""",
            shop_id,
            parcel_id,
        )
        label_id: int = await tx.value(
            "select id from label where shop_id = $1 and parcel_id = $2 and state <> 'void'",
            shop_id,
            parcel_id,
        )
    await buy_label(db, Carriers(db), shop_id, label_id)
    return await number_of(db, shop_id, parcel_id)


async def number_of(db: Database, shop_id: int, parcel_id: int) -> str:
    async with db.begin() as tx:
        number: str = await tx.value(
            "select tracking_number from parcel where shop_id = $1 and id = $2", shop_id, parcel_id
        )
    return number


async def inserts(db: Database, shop_id: int, text: str) -> None:
    async with db.begin() as tx:
        await tx.run(
            "update shop set inserts = jsonb_build_array(jsonb_build_object('text', $2::text)) where id = $1",
            shop_id,
            text,
        )


async def test_the_station_is_chosen_once(db: Database, server: Server) -> None:
    warehouse = await a_warehouse(db)
    async with at_desk(db, server, "packer", wms_warehouse=str(warehouse.id)) as desk:
        page = await desk.open(PACK)
        assert "PACK-1" in page
        assert "PACK-2" in page
        await desk.scan(PACK, "nonsense", step="station")
        assert (desk.status, desk.code) == (409, "pack-not-now")
        await desk.scan(PACK, "L-PACK-2", step="station")
        assert desk.went == PACK
        assert "PACK-2" in await desk.open(PACK)
        await desk.scan(PACK, "1", step="station")
        assert "PACK-1" in await desk.open(PACK)


async def test_an_order_from_tote_to_label(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug, lamp = await a_sku(db, shop=shop), await a_sku(db, shop=shop, name="Lampka")
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2), Wanted(lamp)])
    carton = await a_carton(db)
    await inserts(db, shop.id, "Kartka z podziękowaniem")
    async with a_packer(db, server) as desk:
        assert order.number in await desk.open(PACK)
        await desk.scan(PACK, order.tote.code)
        assert (desk.tone, desk.step) == ("ok", "items")
        await desk.scan(PACK, "2")
        assert "× 2" in desk.page
        await desk.scan(PACK, mug.barcode)
        assert "1 piece left" in desk.page
        await desk.scan(PACK, mug.barcode)
        assert (desk.status, desk.code) == (409, "wrong-item")  # none of it is left in the tote
        await desk.scan(PACK, lamp.barcode)
        assert desk.step == "inserts"
        await desk.scan(PACK, "WMS:UNDO")
        assert desk.step == "items"
        await desk.scan(PACK, lamp.barcode)
        assert "Kartka z podziękowaniem" in desk.page
        await desk.scan(PACK, "WMS:OK")
        assert desk.step == "weight"
        await desk.scan(PACK, carton.lower())
        assert carton in desk.page
        await desk.scan(PACK, str(CARTON_G + 750))
        assert desk.went.startswith("/desk/pack/label/")
        label = desk.went
        assert await order_state(db, order) == "labelled"  # a number of ours, with the answer to the weight
        parcel_id = int(label.rsplit("/", 1)[1])
        number = await number_of(db, shop.id, parcel_id)
        assert number in await desk.open(label)
        for fmt, head in (("pdf", b"%PDF"), ("zpl", b"^XA")):
            r = await desk.http.get(f"{label}/file", params={"format": fmt})
            assert (r.status_code, head in r.content[:400]) == (200, True), fmt
        r = await desk.http.get(f"/desk/pack/slip/{shop.id}/{parcel_id}")
        assert r.content.startswith(b"%PDF")
        await desk.scan(label, "PX9999999999")
        assert (desk.status, desk.code, desk.tone) == (409, "wrong-label", "stop")
        await desk.scan(label, number)
        assert desk.went == PACK
        assert "The label is on the box" in await desk.open(label)
    async with db.begin() as tx:
        state = await tx.value(
            "select state from label where shop_id = $1 and parcel_id = $2", shop.id, parcel_id
        )
    assert state == "printed"


async def test_the_last_parcel_is_opened_again_once_its_label_is_void(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
    carton = await a_carton(db)
    async with a_packer(db, server) as desk:
        for scan in (order.tote.code, mug.barcode, carton, str(CARTON_G + 250)):
            await desk.scan(PACK, scan)
        label = desk.went
        await desk.scan(label, "WMS:SKIP")
        assert desk.went == PACK
        await desk.scan(PACK, "WMS:UNDO")
        assert desk.went == label, "the label is in the way"
        await desk.scan(label, "2")
        assert desk.status == 200
        await desk.scan(label, "WMS:SKIP")
        await desk.scan(PACK, "WMS:UNDO")
        assert (desk.status, desk.step) == (200, "weight")
        assert await order_state(db, order) == "packing"
        await desk.scan(PACK, carton)
        await desk.scan(PACK, str(CARTON_G + 250))
        assert desk.went == label
    assert await order_state(db, order) == "labelled"


async def test_a_label_that_a_network_must_give_is_waited_for(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db, adapter="dpd_pl")
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
    carton = await a_carton(db)
    async with a_packer(db, server) as desk:
        for scan in (order.tote.code, mug.barcode, carton, str(CARTON_G + 250)):
            await desk.scan(PACK, scan)
        label = desk.went
        assert label.startswith("/desk/pack/label/")
        assert "asked for the label" in await desk.open(label)
        await desk.scan(label, "PX1")
        assert desk.code == "no-label-yet"
    assert await order_state(db, order) == "packed"
    async with db.begin() as tx:
        jobs = await tx.value(
            """select count(*) from procrastinate_jobs j join label b on b.id = (j.args ->> 'label_id')::bigint
               where j.task_name = 'shipping.buy_label' and b.shop_id = $1 and (j.args ->> 'shop_id')::int = $1""",
            shop.id,
        )
    assert jobs == 1


async def test_what_is_refused_says_so_and_moves_nothing(db: Database, server: Server) -> None:
    shop, other, carrier = await a_shop(db), await a_shop(db), await a_carrier(db)
    mug, lamp = await a_sku(db, shop=shop), await a_sku(db, shop=shop)
    foreign = await a_sku(db, shop=other)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
    another = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(lamp)])
    async with a_packer(db, server) as desk, a_packer(db, server) as colleague:
        await desk.scan(PACK, (await a_tote(db)).code)
        assert desk.code == "nothing-to-pack"
        await desk.scan(PACK, order.number)
        for code, why in (
            (lamp.barcode, "wrong-item"),
            (foreign.barcode, "someone-elses-goods"),
            (another.tote.code, "tote-of-another-order"),
            ("5900000000008", "unknown-goods"),
            ("WMS:OK", "pack-not-now"),
            ("WMS:UNDO", "pack-nothing-to-undo"),
            ("<b>x</b>", "unknown-goods"),
        ):
            await desk.scan(PACK, code)
            assert desk.status >= 400
            assert (desk.code, "<b>x</b>" in desk.text) == (why, False), code
        await desk.scan(PACK, "5")
        await desk.scan(PACK, mug.barcode)
        assert desk.code == "too-many"
        await colleague.scan(PACK, order.tote.code)
        assert desk.status == 409
        assert colleague.code == "being-packed"
        await desk.scan(PACK, "WMS:SKIP")
        assert desk.step == "tote"
        await colleague.scan(PACK, order.tote.code)
        assert (colleague.step, colleague.status) == ("items", 200)
        await desk.scan(PACK, mug.barcode, step="1:1:items")
        assert "done already" in desk.page  # the screen of before: nothing is packed


async def test_several_boxes_and_a_carton_of_ones_own_choice(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 3)])
    carton = await a_carton(db)
    async with a_packer(db, server) as desk:
        await desk.scan(PACK, order.tote.code)
        await desk.scan(PACK, carton)
        await desk.scan(PACK, mug.barcode)
        await desk.scan(PACK, "WMS:DONE")
        assert desk.step == "weight"
        await desk.scan(PACK, f"0,{CARTON_G + 250} kg")
        first = desk.went
        await desk.open(PACK)
        assert desk.step == "items"
        assert "Without a label yet" in desk.page
        await desk.scan(PACK, mug.barcode)
        await desk.scan(PACK, mug.barcode)
        await desk.scan(PACK, carton)
        await desk.scan(PACK, str(CARTON_G + 500))
        assert desk.went != first
        async with db.begin() as tx:
            boxes = await tx.rows(
                """select h.code, p.units from parcel p join handling_unit h on h.id = p.hu_id
                   where p.shop_id = $1 and p.order_id = $2 order by p.no""",
                shop.id,
                order.id,
            )
        assert [b["units"] for b in boxes] == [1, 2]
        await desk.scan(PACK, boxes[0]["code"])
        assert desk.went == first  # a box leads to its label
    assert await order_state(db, order) == "labelled"


async def test_a_tote_of_singles(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug, lamp, tote = await a_sku(db, shop=shop), await a_sku(db, shop=shop), await a_tote(db)
    for sku in (mug, lamp):
        await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(sku)], tote=tote)
    carton = await a_carton(db)
    async with a_packer(db, server) as desk:
        await desk.scan(PACK, tote.code)
        assert (desk.step, desk.tone) == ("piece", "ok")
        await desk.scan(PACK, lamp.barcode)
        assert desk.step == "weight"
        await desk.scan(PACK, carton)
        await desk.scan(PACK, str(CARTON_G + 250))
        assert desk.went.startswith("/desk/pack/label/")


async def test_which_lot_is_asked_and_answered_by_number(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    jam = await a_sku(db, shop=shop, lot_policy="lot")
    one, two = await a_lot(db, sku=jam, code="LOT-A"), await a_lot(db, sku=jam, code="LOT-B")
    order = await a_picked_order(
        db, shop=shop, carrier=carrier, lines=[Wanted(jam, 1, one), Wanted(jam, 1, two)]
    )
    async with a_packer(db, server) as desk:
        await desk.scan(PACK, order.tote.code)
        await desk.scan(PACK, jam.barcode)
        assert (desk.status, desk.step, desk.code) == (200, "lot", "lot-needed")
        await desk.scan(PACK, "LOT-C")
        assert desk.status >= 400
        await desk.scan(PACK, "2")
        assert desk.step == "items"
        assert "LOT-B" in desk.page


async def test_a_weight_that_is_off_needs_a_supervisor(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
    carton = await a_carton(db)
    boss, mate = await a_person(db, roles=["supervisor"]), await a_person(db, roles=["packer"])
    async with a_packer(db, server) as desk:
        await desk.scan(PACK, order.tote.code)
        await desk.scan(PACK, mug.barcode)
        await desk.scan(PACK, carton)
        await desk.scan(PACK, "999")
        assert (desk.status, desk.step, desk.code, desk.tone) == (200, "over", "weight-off", "stop")
        await desk.scan(PACK, "1")  # a packer has no reasons to choose from
        assert desk.code == "supervisor-needed"
        await desk.scan(PACK, boss.badge)
        assert boss.badge in desk.page
        await desk.send(f"{PACK}/overrule", badge=mate.badge, pin=mate.pin, reason="1")
        assert desk.code == "wrong-supervisor"
        await desk.send(f"{PACK}/overrule", badge=boss.badge, pin="0000", reason="1")
        assert desk.code == "wrong-supervisor"
        await desk.send(f"{PACK}/overrule", badge=boss.badge, pin=boss.pin, reason="2")
        assert desk.went.startswith("/desk/pack/label/")
    async with db.begin() as tx:
        event = await tx.value(
            "select data from event where shop_id = $1 and kind = 'parcel.closed' order by id desc limit 1",
            shop.id,
        )
        tries = await tx.value(
            "select count(*) from sign_in_failure where who = lower($1) and device = 'vouch'", mate.badge
        )
    assert (event["overruled_by"], event["difference_g"]) == (boss.id, 999 - CARTON_G - 250)
    assert tries == 1
    assert await order_state(db, order) == "labelled"


async def test_a_new_weight_needs_nobody_and_a_supervisor_types_a_number(
    db: Database, server: Server
) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    orders = [await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)]) for _ in range(2)]
    carton = await a_carton(db)
    async with a_packer(db, server, "supervisor") as desk:
        for order, last in zip(orders, (str(CARTON_G + 250), "3"), strict=True):
            await desk.scan(PACK, order.tote.code)
            await desk.scan(PACK, mug.barcode)
            await desk.scan(PACK, carton)
            await desk.scan(PACK, "40")
            assert desk.step == "over"
            await desk.scan(PACK, last)
            assert desk.went.startswith("/desk/pack/label/")


async def test_a_cancelled_order_stops_on_the_table(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
    async with a_packer(db, server) as desk:
        await desk.scan(PACK, order.tote.code)
        async with db.begin() as tx:
            await cancel_order(tx, shop.id, order.id)
        await desk.scan(PACK, mug.barcode)
        assert (desk.status, desk.code, desk.tone) == (409, "order-cancelled", "stop")


async def test_a_label_that_the_carrier_refuses(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)], country="US")
    carton = await a_carton(db)
    async with db.begin() as tx:
        await tx.run(
            """update carrier set settings = settings || '{"countries": ["PL"]}' where id = $1""", carrier.id
        )
    async with a_packer(db, server) as desk:
        await desk.scan(PACK, order.tote.code)
        await desk.scan(PACK, mug.barcode)
        await desk.scan(PACK, carton)
        await desk.scan(PACK, str(CARTON_G + 250))
        label = desk.went
        await the_label(db, shop.id, int(label.rsplit("/", 1)[1]))
        page = await desk.open(label)
        assert "There is no label yet" in page
        assert "country" in page
        await desk.scan(label, "1")
        assert desk.status == 200
        await desk.scan(label, "WMS:SKIP")
        assert desk.went == PACK


async def test_a_wrong_carton_is_changed_until_the_parcel_is_weighed(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2)])
    wrong, right = await a_carton(db), await a_carton(db)
    async with a_packer(db, server) as hand:
        for code in (order.tote.code, mug.barcode, mug.barcode, wrong):
            await hand.scan(HAND, code)
        assert (hand.step, hand.tone) == ("weight", "ok")
        await hand.scan(HAND, wrong)
        assert hand.code == "weight-needed"
        await hand.scan(HAND, right)
        assert (hand.status, hand.tone) == (200, "ok"), hand.text
        assert right in await hand.open(HAND)
        await hand.scan(HAND, "3")  # no list is shown that it could stand for
        assert hand.code == "pack-not-now"
        await hand.scan(HAND, "WMS:UNDO")
        assert (hand.step, "Scan the carton that you take" in hand.page) == ("weight", True)
        await hand.scan(HAND, right)
        await hand.scan(HAND, "WMS:OK", quantity="90")
        assert hand.step == "over"
        await hand.scan(HAND, wrong)
        assert (hand.step, wrong in hand.page) == ("weight", True)
        await hand.scan(HAND, right)
        await hand.scan(HAND, "WMS:OK", quantity=str(CARTON_G + 500))
        assert hand.went.startswith(f"{HAND}/label/")
    async with db.begin() as tx:
        boxes = await tx.rows(
            "select carton_code from parcel where shop_id = $1 and order_id = $2", shop.id, order.id
        )
    assert [b["carton_code"] for b in boxes] == [right]


async def test_any_of_many_serial_numbers_can_be_named(db: Database, server: Server) -> None:
    shop, carrier, tote = await a_shop(db), await a_carrier(db), await a_tote(db)
    phone = await a_sku(db, shop=shop, serial=True)
    lots = [await a_lot(db, sku=phone, serial=f"SN, {n:02}") for n in range(22)]
    order = await a_picked_order(
        db, shop=shop, carrier=carrier, lines=[Wanted(phone, 1, lot) for lot in lots[:11]]
    )
    for lot in lots[11:]:
        await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(phone, 1, lot)], tote=tote)
    async with a_packer(db, server) as desk:
        await desk.scan(PACK, order.tote.code)
        await desk.scan(PACK, phone.barcode)
        assert (desk.step, desk.code) == ("lot", "lot-needed")
        assert "there are 11, and only the first 9 have a number" in desk.page
        for typed in ("SN, 10", "sn, 09"):
            await desk.scan(PACK, typed)
            assert (desk.status, desk.step, desk.tone) == (200, "items", "ok"), desk.text
            await desk.scan(PACK, phone.barcode)
        await desk.scan(PACK, "9")
        assert [f"SN, {n:02}" in desk.page for n in (7, 8, 9, 10)] == [False, True, True, True]
        await desk.scan(PACK, "WMS:SKIP")
        await desk.scan(HAND, tote.code)
        await desk.scan(HAND, phone.barcode)
        assert "Which of the 11 is it? Scan or type it" in desk.page
        assert "data-typed" in desk.page
        await desk.scan(HAND, "SN, 21")
        assert (desk.status, desk.step, "SN, 21" in desk.page) == (200, "weight", True), desk.text


async def test_a_handheld_sends_orders_of_several_lines_to_the_table(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug, lamp, tote = await a_sku(db, shop=shop), await a_sku(db, shop=shop), await a_tote(db)
    several = [Wanted(mug), Wanted(lamp)]
    alone = await a_picked_order(db, shop=shop, carrier=carrier, lines=several)
    shared = await a_picked_order(db, shop=shop, carrier=carrier, lines=several, tote=tote)
    await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)], tote=tote)
    async with a_packer(db, server) as hand:
        for code, number in (
            (alone.tote.code, alone.number),
            (alone.number, alone.number),
            (tote.code, shared.number),
        ):
            await hand.scan(HAND, code)
            assert (hand.status, hand.code) == (409, "not-singles"), code
            assert number in hand.page
            assert "PACK-1" in hand.page
        assert await order_state(db, alone) == "picked", "nothing was begun"
        await hand.scan(PACK, tote.code)  # the same person at the table, with the tote of several orders
        assert hand.step == "piece"
        await hand.scan(HAND, lamp.barcode)
        assert (hand.status, hand.code) == (409, "not-singles")
        await hand.scan(PACK, lamp.barcode)
        await hand.open(HAND)
        assert (hand.step, "Pack it at the screen of the pack station" in hand.page) == ("several", True)
        await hand.scan(HAND, mug.barcode)
        assert hand.code == "not-singles"
        await hand.scan(HAND, "WMS:SKIP")
        assert hand.status == 200
        await hand.scan(PACK, f"O-{shared.number}")
        assert (hand.status, hand.step) == (200, "items")


async def test_no_statement_of_a_scan_is_asked_twice(db: Database) -> None:
    shop, carrier, warehouse = await a_shop(db), await a_carrier(db), await a_warehouse(db)
    mug, tote = await a_sku(db, shop=shop), await a_tote(db)
    await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 3)], tote=tote)
    await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)], tote=tote)
    person = await a_person(db, roles=["packer"])
    me, here = Actor(kind="staff", id=person.id, name="Anna"), warehouse.locations["PACK-1"]
    carton = await a_carton(db)
    hand = Hand()
    counts = []
    for code in (tote.code, mug.barcode, mug.barcode, mug.barcode, carton, str(CARTON_G + 750)):
        asked: list[str] = []
        async with db.begin(me) as tx:
            with tx.driver.query_logger(lambda q, asked=asked: asked.append(q.query)):
                turn = await station_scan(tx, here, await my_table(tx, here), hand, code)
        hand = turn.hand
        own = [q.strip() for q in asked if not q.lower().startswith(DRIVERS)]
        twice = {q for q in own if own.count(q) > 1 and not q.startswith("insert into event")}
        assert not twice, code
        counts.append(len(own))
    assert turn.closed is not None
    asked = []
    async with db.begin(me) as tx:
        with tx.driver.query_logger(lambda q: asked.append(q.query)):
            await singles_that_wait(tx, warehouse.id, None, 5)
    assert not any("barcode" in q for q in asked), "only who learns needs a code to click"
    assert max(counts[2:5]) <= 9, counts  # a piece into a box that is open already; the carton is one

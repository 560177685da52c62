"""post: moves and balances in one statement, all or nothing."""

import asyncio

import pytest

from tests.builders import a_bin, a_carrier, a_lot, a_shop, a_sku, a_tote, a_warehouse, on_hand, stock_up
from tests.stock.world import allocated_for, an_order, until_somebody_waits
from wms.db.tx import Database
from wms.stock.errors import (
    SHOWN,
    AllocatedElsewhere,
    AlreadySettled,
    AlreadyThere,
    NotEnoughStock,
    SerialElsewhere,
)
from wms.stock.ledger import Move, post


def from_to(sku: object, a: object, b: object, quantity: int = 1, **kwargs: object) -> Move:
    values = {
        "shop_id": sku.shop_id, "sku_id": sku.id, "quantity": quantity, "reason": "storing",  # type: ignore[attr-defined]
        "from_location": getattr(a, "id", a), "to_location": getattr(b, "id", b),
    }  # fmt: skip
    return Move(**(values | kwargs))


async def test_a_move_takes_here_and_gives_there(db: Database) -> None:
    sku = await a_sku(db, shop=await a_shop(db))
    a, b = await a_bin(db), await a_bin(db)
    await stock_up(db, sku=sku, bin=a, quantity=10)
    async with db.begin() as tx:
        ids = await post(tx, [from_to(sku, a, b, 4), from_to(sku, a, b, 3)])
    assert ids == sorted(ids)
    assert len(ids) == 2
    assert await on_hand(db, sku=sku, location_id=a.id) == 3
    assert await on_hand(db, sku=sku, location_id=b.id) == 7


async def test_the_last_unit_leaves_no_row_behind(db: Database) -> None:
    sku = await a_sku(db, shop=await a_shop(db))
    a, b = await a_bin(db), await a_bin(db)
    await stock_up(db, sku=sku, bin=a, quantity=1)
    async with db.begin() as tx:
        await post(tx, [from_to(sku, a, b)])
        rows = await tx.rows("select location_id from balance where shop_id = $1 and real", sku.shop_id)
    assert [r["location_id"] for r in rows] == [b.id]


async def test_every_shortage_is_named_at_once_and_nothing_is_moved(db: Database) -> None:
    shop = await a_shop(db)
    one, two, three = [await a_sku(db, shop=shop) for _ in range(3)]
    a, b = await a_bin(db), await a_bin(db)
    await stock_up(db, sku=three, bin=a, quantity=5)
    async with db.begin() as tx:
        with pytest.raises(NotEnoughStock) as caught:
            await post(tx, [from_to(one, a, b, 2), from_to(two, a, b, 3), from_to(three, a, b, 5)])
        assert await tx.value("select count(*) from move where sku_id = any($1)", [one.id, two.id]) == 0
    assert {(s["sku_id"], s["wanted"], s["available"]) for s in caught.value.values["shortages"]} == {
        (one.id, 2, 0),
        (two.id, 3, 0),
    }
    assert one.code in caught.value.say("pl")
    assert a.code in caught.value.say("pl")
    assert await on_hand(db, sku=three, location_id=a.id) == 5


async def test_of_many_shortages_the_first_are_named_and_the_rest_counted(db: Database) -> None:
    sku, empty = await a_sku(db, shop=await a_shop(db)), await a_bin(db)
    bins = [await a_bin(db) for _ in range(SHOWN + 5)]
    async with db.begin() as tx:
        with pytest.raises(NotEnoughStock) as caught:
            await post(tx, [from_to(sku, b, empty, 1) for b in bins])
    refusal = caught.value
    assert (len(refusal.values["shortages"]), refusal.values["more"]) == (SHOWN, 5)
    assert refusal.say("en").count(sku.code) == SHOWN
    assert "; and 5 more. Count" in refusal.say("en")
    assert "; i jeszcze 5. Przelicz" in refusal.say("pl")


async def test_a_serial_number_moves_from_bin_to_bin(db: Database) -> None:
    sku = await a_sku(db, shop=await a_shop(db), serial=True)
    a, b = await a_bin(db), await a_bin(db)
    lot = await a_lot(db, sku=sku, serial="SN-1")
    await stock_up(db, sku=sku, bin=a, quantity=1, lot=lot)
    async with db.begin() as tx:
        await post(tx, [from_to(sku, a, b, lot_id=lot)])
    assert await on_hand(db, sku=sku, location_id=b.id) == 1


async def test_a_serial_number_cannot_be_in_two_places(db: Database) -> None:
    sku = await a_sku(db, shop=await a_shop(db), serial=True)
    a, b = await a_bin(db), await a_bin(db)
    lot = await a_lot(db, sku=sku, serial="SN-1")
    await stock_up(db, sku=sku, bin=a, quantity=1, lot=lot)
    for there in (a, b):
        with pytest.raises(SerialElsewhere):
            await stock_up(db, sku=sku, bin=there, quantity=1, lot=lot)


async def test_a_lot_of_another_sku_is_refused(db: Database) -> None:
    shop = await a_shop(db)
    sku, other = await a_sku(db, shop=shop, lot_policy="lot"), await a_sku(db, shop=shop, lot_policy="lot")
    lot = await a_lot(db, sku=other, code="L1")
    with pytest.raises(LookupError):
        await stock_up(db, sku=sku, bin=await a_bin(db), quantity=1, lot=lot)


async def test_places_units_and_skus_that_do_not_exist_are_refused(db: Database) -> None:
    sku = await a_sku(db, shop=await a_shop(db))
    a, b = await a_bin(db), await a_bin(db)
    await stock_up(db, sku=sku, bin=a, quantity=1)
    foreign = await a_sku(db, shop=await a_shop(db))
    for bad in (
        from_to(sku, a, 10**12),
        from_to(sku, a, b, to_hu=10**12),
        from_to(
            sku, a, b, shop_id=foreign.shop_id, from_location=(await a_warehouse(db)).locations["SUPPLIER"]
        ),
    ):
        async with db.begin() as tx:
            with pytest.raises(LookupError):
                await post(tx, [bad])
    assert await on_hand(db, sku=sku, location_id=a.id) == 1


async def test_a_move_to_where_it_is_already_is_refused(db: Database) -> None:
    sku = await a_sku(db, shop=await a_shop(db))
    a = await a_bin(db)
    await stock_up(db, sku=sku, bin=a, quantity=1)
    async with db.begin() as tx:
        with pytest.raises(AlreadyThere):
            await post(tx, [from_to(sku, a, a)])


async def test_allocated_goods_stay_where_they_are(db: Database) -> None:
    shop, w, c = await a_shop(db), await a_warehouse(db), await a_carrier(db)
    sku = await a_sku(db, shop=shop)
    a, b = await a_bin(db), await a_bin(db)
    await stock_up(db, sku=sku, bin=a, quantity=5)
    async with db.begin() as tx:
        order = await an_order(tx, shop_id=shop.id, warehouse_id=w.id, carrier_id=c.id, lines=[(sku.id, 3)])
        await allocated_for(tx, order, sku, 3)
        await post(tx, [from_to(sku, a, b, 2)])
        with pytest.raises(NotEnoughStock):
            await post(tx, [from_to(sku, a, b, 1)])


async def test_settling_in_parts_and_never_more_than_promised(db: Database) -> None:
    shop, w, c = await a_shop(db), await a_warehouse(db), await a_carrier(db)
    sku, tote = await a_sku(db, shop=shop), await a_tote(db)
    a, work = await a_bin(db), w.locations["WORK"]
    await stock_up(db, sku=sku, bin=a, quantity=5)
    async with db.begin() as tx:
        order = await an_order(tx, shop_id=shop.id, warehouse_id=w.id, carrier_id=c.id, lines=[(sku.id, 3)])
        (got,) = await allocated_for(tx, order, sku, 3)
        pick = from_to(sku, a, work, 2, to_hu=tote.id, allocation_id=got.allocation_id, reason="picking")
        (move_id,) = await post(tx, [pick])
        with pytest.raises(AlreadySettled):
            await post(tx, [pick])
        await post(tx, [from_to(sku, a, work, 1, to_hu=tote.id, allocation_id=got.allocation_id)])
        row = await tx.row("select settled, open from allocation where shop_id = $1", shop.id)
        assert row is not None
        assert tuple(row) == (3, 0)
        wrote = await tx.row("select order_id, order_line_id from move where id = $1", move_id)
        assert wrote is not None
        assert tuple(wrote) == (order.id, order.lines[0]), (
            "a settled move belongs to the order of its allocation"
        )


async def test_an_allocation_is_settled_only_where_it_was_made(db: Database) -> None:
    shop, w, c = await a_shop(db), await a_warehouse(db), await a_carrier(db)
    sku, other = await a_sku(db, shop=shop), await a_sku(db, shop=shop)
    a, b, work = await a_bin(db), await a_bin(db), w.locations["WORK"]
    for s in (sku, other):
        for place in (a, b):
            await stock_up(db, sku=s, bin=place, quantity=5)
    async with db.begin() as tx:
        orders = [
            await an_order(tx, shop_id=shop.id, warehouse_id=w.id, carrier_id=c.id, lines=[(s.id, 9)])
            for s in (sku, other)
        ]
        for o, s in zip(orders, (sku, other), strict=True):
            mine = await allocated_for(tx, o, s, 9)
        at = {m.location_id: m.allocation_id for m in mine}
        for wrong in (
            from_to(other, b, work, allocation_id=at[a.id]),
            from_to(sku, a, work, allocation_id=at[a.id]),
            from_to(other, a, work, allocation_id=at[a.id], order_id=orders[0].id),
        ):
            with pytest.raises(AllocatedElsewhere):
                await post(tx, [wrong])
        await post(tx, [from_to(other, a, work, allocation_id=at[a.id])])


async def test_numbers_follow_the_order_in_which_goods_moved(db: Database) -> None:
    """A move that had to wait for another is younger than it, in number and in time."""
    sku = await a_sku(db, shop=await a_shop(db))
    a, b = await a_bin(db), await a_bin(db)
    await stock_up(db, sku=sku, bin=a, quantity=10)

    async def waits() -> list[int]:
        async with db.begin() as tx:
            return await post(tx, [from_to(sku, a, b, 1)])

    async with db.begin() as tx:
        await post(tx, [from_to(sku, a, b, 2)])
        other = asyncio.create_task(waits())
        await until_somebody_waits(tx)
        (mine,) = await post(tx, [from_to(sku, a, b, 3)])
    (waited,) = await other
    assert mine < waited
    async with db.begin() as tx:
        times = await tx.rows("select at from move where id = any($1) order by id", [mine, waited])
    assert times[0]["at"] < times[1]["at"]

"""Loading on a handheld: parcels into their carrier's cage, by scans alone."""

from tests.browser.conftest import Screen, Windows
from tests.browser.floor import on_floor, refuses, survives_hostile_scans, wants
from tests.builders import ACarrier, AShop, a_carrier, a_shop, a_sku, a_warehouse
from tests.conftest import Server
from tests.shipping.flow import Bench, Wanted, a_bench, a_picked_order, labelled, order_state, packed, person
from wms.db.tx import Database
from wms.orders.cancel_order import cancel_order


class Parcel:
    """A packed order, with the number on its label where it has one."""

    def __init__(self, order: object, box: str, number: str, order_id: int, shop_id: int) -> None:
        self.order, self.box, self.number = order, box, number
        self.order_id, self.shop_id = order_id, shop_id


async def a_parcel(
    db: Database, bench: Bench, shop: AShop, carrier: ACarrier, *, label: bool = True
) -> Parcel:
    sku = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(sku)])
    parcel_id = await packed(bench, order, [(sku, 1)])
    number = await labelled(db, bench.api, shop.id, parcel_id) if label else ""
    async with db.begin() as tx:
        box = await tx.value(
            "select h.code from parcel p join handling_unit h on h.id = p.hu_id where p.shop_id = $1 and p.id = $2",
            shop.id,
            parcel_id,
        )
    return Parcel(order, box, number, order.id, shop.id)


async def at_load(windows: Windows, db: Database, *, lang: str = "en") -> Screen:
    return await on_floor(windows, await a_warehouse(db), ["packer"], "/floor/load", lang=lang)


async def loaded(w: Screen) -> str:
    return (await w.page.locator(".amount strong").first.inner_text()).replace("\n", "")


async def test_parcels_go_into_the_cage_of_their_carrier(
    windows: Windows, db: Database, server: Server
) -> None:
    shop = await a_shop(db)
    one, other = await a_carrier(db), await a_carrier(db)
    async with a_bench(db, server) as bench, person(db, server, "packer"):
        first, second = [await a_parcel(db, bench, shop, one) for _ in range(2)]
        wrong = await a_parcel(db, bench, shop, other)
        bare = await a_parcel(db, bench, shop, one, label=False)
        gone = await a_parcel(db, bench, shop, one)
    async with db.begin() as tx:
        await cancel_order(tx, shop.id, gone.order_id)
    w = await at_load(windows, db)
    await refuses(w, first.number, "cage-first")
    await survives_hostile_scans(w)
    await refuses(w, "L-DOCK-1", "not-a-cage")
    cage = f"L-CAGE-{one.code.upper()}"
    await wants(w, cage)
    assert await loaded(w) == "0/2"
    assert await w.want() in (first.number, second.number)
    assert first.number in await w.text()
    await wants(w, first.number)
    assert await loaded(w) == "1/2"
    sentence = await refuses(w, wrong.number, "wrong-carrier")
    assert f"Kurier {other.code}" in sentence  # and says whose cage it is
    await refuses(w, bare.box, "not-labelled")
    await refuses(w, gone.box, "order-cancelled")
    await refuses(w, "4006381333931", "unknown-parcel")
    await refuses(w, first.number, "already-loaded")
    await survives_hostile_scans(w)
    assert await loaded(w) == "1/2"
    await wants(w, second.box)  # the code on the box will do
    assert await loaded(w) == "2/2"
    assert await w.want() == "WMS:DONE"
    await w.scan("WMS:UNDO")
    assert (await w.code(), await loaded(w)) == ("unloaded", "1/2")
    assert second.box in (await w.said())[1]
    await wants(w, second.number)
    await wants(w, f"L-CAGE-{other.code.upper()}", wrong.number)  # another cage is a scan away
    assert await loaded(w) == "1/1"
    await w.scan("WMS:DONE")
    assert (await w.step()).startswith("cages:")
    async with db.begin() as tx:
        rows = await tx.rows(
            "select p.state from parcel p where p.shop_id = $1 and p.state <> 'void' order by p.id", shop.id
        )
    assert [r["state"] for r in rows] == ["manifested"] * 3 + ["closed"]


async def test_two_loaders_and_a_carrier_by_its_number(
    windows: Windows, db: Database, server: Server
) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    async with a_bench(db, server) as bench:
        parcels = [await a_parcel(db, bench, shop, carrier) for _ in range(3)]
    one, two = await at_load(windows, db, lang="pl"), await at_load(windows, db)
    listed = (await one.step()).removeprefix("cages:").split(",")
    await refuses(one, "WMS:9", "cage-first")
    await one.scan(f"WMS:{listed.index(str(carrier.id)) + 1}" if str(carrier.id) in listed else "")
    if str(carrier.id) not in listed:
        await wants(one, f"L-CAGE-{carrier.code.upper()}")
    await wants(two, f"L-CAGE-{carrier.code.upper()}")
    await wants(one, parcels[0].number)
    await two.scan(parcels[0].number)
    assert await two.code() == "already-loaded"
    await wants(two, parcels[1].number)
    await one.scan("WMS:UNDO")  # takes off the own last one, not the colleague's
    assert parcels[0].box in (await one.said())[1]
    await refuses(one, "WMS:UNDO", "nothing-loaded")
    await wants(one, parcels[0].number, parcels[2].number)
    assert await loaded(one) == "3/3"
    assert "z etykietą są w klatce" in await one.text()
    async with db.begin() as tx:
        count = await tx.value("select count(*) from manifest_parcel where carrier_id = $1", carrier.id)
    assert count == 3


async def test_an_order_that_went_out_is_manifested(windows: Windows, db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    sku = await a_sku(db, shop=shop)
    async with a_bench(db, server) as bench:
        order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(sku)])
        number = await labelled(db, bench.api, shop.id, await packed(bench, order, [(sku, 1)]))
    w = await at_load(windows, db)
    await wants(w, f"L-CAGE-{carrier.code.upper()}", number)
    assert await order_state(db, order) == "manifested"

"""Stock at the desk: what is where, why, since when, and as it was."""

from datetime import timedelta

from tests.builders import a_bin, a_shop, a_sku, stock_up
from tests.conftest import Server
from tests.desk import at_desk
from wms.db.tx import Database
from wms.locations.lock_location import lock_location
from wms.web.forms import ZONE


async def test_a_sku_by_place_with_its_history_and_as_it_was(server: Server, db: Database) -> None:
    shop = await a_shop(db)
    sku, shelf, other = await a_sku(db, shop=shop), await a_bin(db), await a_bin(db)
    async with db.begin() as tx:
        before = tx.now - timedelta(minutes=5)
    await stock_up(db, sku=sku, bin=shelf, quantity=1234)
    await stock_up(db, sku=sku, bin=other, quantity=5)
    async with db.begin() as tx:
        await lock_location(tx, other.id, "regał krzywy")
    here = f"/desk/stock/{shop.id}/{sku.id}"
    async with at_desk(db, server, "care") as desk:
        page = await desk.open(here)
        assert shelf.code in page
        assert "1,239" in page  # on hand
        assert "1,234" in page  # available: what is behind a lock cannot be promised
        assert "Nothing is set aside" in page
        then = await desk.open(here, at=before.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M"))
        assert "There was none in the house" in then
        later = await desk.open(here, at="2040-01-01T12:00")
        assert "1,239 pieces" in later
        assert "no date" in await desk.open(here, at="yesterday")
        places = (await desk.http.get(here, params={"format": "csv"})).text
        assert (shelf.code in places, ";1234;" in places) == (True, True)
        assert ";1234;" in (await desk.http.get(here, params={"format": "moves"})).text
        assert (await desk.http.get(f"/desk/stock/{shop.id}/999999999")).status_code == 404
        place = await desk.open(f"/desk/locations/{other.id}")
        assert (sku.code in place, "regał krzywy" in place, "Unlock" in place) == (True, True, False)


async def test_filters_and_pages_go_on_where_they_ended(server: Server, db: Database) -> None:
    shop = await a_shop(db)
    shelf = await a_bin(db)
    skus = [await a_sku(db, shop=shop) for _ in range(3)]
    await stock_up(db, sku=skus[0], bin=shelf, quantity=3)
    await stock_up(db, sku=skus[1], bin=shelf, quantity=300)
    async with at_desk(db, server, "supervisor") as desk:

        async def listed(**query: str | int) -> list[bool]:
            page = await desk.open("/desk/stock", shop=shop.id, **query)
            return [s.code in page for s in skus]

        assert await listed() == [True, True, True]
        assert await listed(show="there") == [True, True, False]
        assert await listed(show="none") == [False, False, True]
        assert await listed(show="low", least=5) == [True, False, True]
        assert await listed(q=skus[1].barcode) == [False, True, False]
        assert await listed(q="%") == [False, False, False]
        for show in ("allocated", "quarantine", "damaged", "expired", "expiring", "unreachable"):
            assert await listed(show=show) == [False, False, False], show
        page = await desk.open("/desk/stock", shop=shop.id, sort="-on_hand")
        assert page.index(skus[1].code) < page.index(skus[0].code) < page.index(skus[2].code)

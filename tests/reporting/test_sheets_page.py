"""Sheets at the desk: what was asked for is on them, and nothing is printed by mistake."""

from urllib.parse import parse_qs, urlsplit

from tests.builders import a_bin, a_shop, a_sku, a_tote, a_warehouse, signed_in_person
from tests.conftest import Server
from tests.desk import Desk, at_desk
from tests.printing.reading import pages, scan
from wms.db.tx import Database


async def codes(desk: Desk, **query: str | int) -> set[str]:
    r = await desk.http.get("/desk/sheets/file", params=query)
    assert (r.status_code, r.headers["content-type"]) == (200, "application/pdf"), r.text
    return {text for page in pages(r.content, 300) for _, text in scan(page)}


async def test_labels_of_places_totes_badges_and_goods(server: Server, db: Database) -> None:
    house = await a_warehouse(db, shared=False)
    shelf, other = [await a_bin(db, warehouse=house) for _ in range(2)]
    tote = await a_tote(db, warehouse=house)
    shop = await a_shop(db)
    sku = await a_sku(db, shop=shop)
    person = await signed_in_person(db, roles=["picker"])
    async with db.begin() as tx:
        badge = await tx.value("select badge from person where id = $1", person.id)
    async with at_desk(db, server, "supervisor", wms_warehouse=str(house.id)) as desk:
        assert await codes(desk, what="location", first=shelf.code, last=shelf.code) == {shelf.label}
        both = await codes(desk, what="location", paper="roll")
        assert {shelf.label, other.label, "L-DOCK-1"} <= both
        assert not any("SUPPLIER" in c for c in both)
        assert await codes(desk, what="tote", first=tote.code, last=tote.code, copies=3) == {tote.code}
        assert await codes(desk, what="badge", person=person.id) == {badge}
        assert await codes(desk, what="sku", shop=shop.id, first=sku.code, last=sku.code) == {sku.barcode}
        for wrong in (
            {"what": "location", "first": "ZZZZ"},
            {"what": "sku"},
            {"what": "nothing"},
            {"what": "tote", "copies": "0"},
            {"what": "location", "copies": "501"},
        ):
            assert (await desk.http.get("/desk/sheets/file", params=wrong)).status_code == 422, wrong
        for what in ("location", "tote", "badge", "sku"):
            await desk.open("/desk/sheets", what=what)


async def test_new_totes_get_the_next_numbers_and_their_labels(server: Server, db: Database) -> None:
    house = await a_warehouse(db, shared=False)
    async with at_desk(db, server, "supervisor", wms_warehouse=str(house.id)) as desk:
        await desk.send("/desk/sheets/totes", count="2", paper="roll")
        first = {k: v[0] for k, v in parse_qs(urlsplit(desk.went).query).items()}
        assert await codes(desk, **first) == {first["first"], first["last"]}
        await desk.send("/desk/sheets/totes", count="1")
        then = parse_qs(urlsplit(desk.went).query)
        assert int(then["first"][0][2:]) == int(first["last"][2:]) + 1
        await desk.send("/desk/sheets/totes", count="501")
        assert desk.status == 422
    async with at_desk(db, server, "packer") as desk:
        await desk.send("/desk/sheets/totes", count="1")
        assert desk.status == 403

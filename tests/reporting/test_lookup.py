"""What is this? Every kind of thing by its codes, and what a scan that means nothing is told."""

import re
from typing import Any

import pytest

from tests.builders import ABin, a_lot, a_shop, a_sku, a_tote, signed_in_person, stock_up, unique
from tests.conftest import Api
from tests.desk import at_desk
from tests.isolation.shop_world import ShopWorld, build_world
from tests.picking.scene import Scene, a_scene
from wms.db.tx import SYSTEM, Database
from wms.kernel.numbers import sscc_make
from wms.locations.create_locations import LocationIn, create_locations
from wms.locations.lock_location import lock_location
from wms.reporting.lookup import look_up
from wms.reporting.lookup_texts import REFS
from wms.reporting.lookup_texts import STATES_OF as GOING_STATES
from wms.reporting.thing_words import KINDS, LOTS, STATES_OF

_worlds: list[ShopWorld] = []


@pytest.fixture
async def scene(db: Database, anonymous: Api) -> Scene:
    return await a_scene(db, anonymous)


@pytest.fixture
async def world(db: Database, server: Any, anonymous: Api) -> ShopWorld:
    """A shop with something of everything."""
    if not _worlds:
        _worlds.append(await build_world(db, server, anonymous, "LOOK"))
    return _worlds[0]


async def ask(
    api: Api, headers: dict[str, str], scan: str, lang: str = "en", **more: Any
) -> tuple[int, dict[str, Any]]:
    r = await api.get("/lookup", params={"scan": scan} | more, headers=headers | {"Accept-Language": lang})
    return r.status_code, r.json()


async def only(scene: Scene, scan: str, **more: Any) -> dict[str, Any]:
    status, answer = await ask(scene.api, scene.picker.headers, scan, **more)
    assert status == 200, answer
    (thing,) = answer["things"]
    found: dict[str, Any] = thing
    return found


def facts(thing: dict[str, Any]) -> dict[str, str]:
    return {f["code"]: f["value"] for f in thing["facts"]}


def kinds(thing: dict[str, Any]) -> list[str]:
    return sorted(g["kind"] for g in thing["going_on"])


async def test_a_location_by_its_label(scene: Scene, db: Database) -> None:
    shelf: ABin = await scene.bin()
    tea = await scene.goods(lot_policy="lot")
    lot = await a_lot(db, sku=tea, code="L1")
    await stock_up(db, sku=tea, bin=shelf, quantity=5, lot=lot)
    await stock_up(db, sku=tea, bin=shelf, quantity=2, lot=lot, status="damaged")
    await scene.started(await scene.order((tea, 3)))
    async with db.begin() as tx:
        await lock_location(tx, shelf.id, "a broken beam")
    await scene.post("/counts", {"warehouse_id": scene.warehouse.id, "location": shelf.label}, by=scene.boss)
    for scan in (shelf.label, shelf.code, shelf.label.lower()):
        thing = await only(scene, scan, warehouse_id=scene.warehouse.id)
        assert (thing["kind"], thing["ref"], thing["lines"], thing["units"]) == ("location", shelf.code, 2, 7)
    assert {(c["lot"], c["status"], c["quantity"], c["allocated"]) for c in thing["contents"]} == {
        ("L1", "sellable", 5, 3), ("L1", "damaged", 2, 0),
    }  # fmt: skip
    assert thing["contents"][0]["shop"] == scene.shop.code
    assert facts(thing)["locked"] == "a broken beam"
    assert kinds(thing) == ["count", "locked", "pick"]
    assert next(g for g in thing["going_on"] if g["kind"] == "pick")["person"] == "Łucja Żak"


async def test_goods_by_sku_code_ean_case_and_gs1(scene: Scene) -> None:
    cup = await scene.goods(9)
    order = await scene.order((cup, 4))
    gs1 = f"]C101{cup.barcode.rjust(14, '0')}10L5"
    for scan in (cup.code, cup.barcode, f"0{cup.barcode}", gs1):
        thing = await only(scene, scan)
        assert (thing["kind"], thing["ref"], thing["units"]) == ("sku", cup.code, 9)
    assert facts(thing)["barcodes"] == cup.barcode
    assert [(g["kind"], g["quantity"]) for g in thing["going_on"]] == [("promised", 4)]
    thing = await only(scene, order.number)
    assert (thing["kind"], facts(thing)["state"]) == ("order", "allocated")
    assert [(c["sku"], c["quantity"], c["allocated"], c["done"]) for c in thing["contents"]] == [
        (cup.code, 4, 4, 0)
    ]


async def test_a_lot_and_a_serial_number(scene: Scene, db: Database) -> None:
    tea, drill = await scene.goods(lot_policy="lot"), await scene.goods(serial=True)
    shelf, code, serial = await scene.bin(), unique("LOT"), unique("SN")
    await stock_up(db, sku=tea, bin=shelf, quantity=5, lot=await a_lot(db, sku=tea, code=code))
    await stock_up(db, sku=tea, bin=shelf, quantity=9, lot=await a_lot(db, sku=tea, code=unique("LOT")))
    await stock_up(db, sku=drill, bin=shelf, quantity=1, lot=await a_lot(db, sku=drill, serial=serial))
    for scan, sku, units in ((code, tea, 5), (code.lower(), tea, 5), (serial, drill, 1)):
        thing = await only(scene, scan)
        assert (thing["kind"], facts(thing)["sku"], thing["units"]) == ("lot", sku.code, units)
        assert [c["location"] for c in thing["contents"]] == [shelf.code]


@pytest.mark.parametrize("lang", ["pl", "en", "xa"])
async def test_whatever_a_person_reads_is_in_words(
    world: ShopWorld, db: Database, server: Any, lang: str
) -> None:
    """No state, kind or reason is told by its code; in the stretched language everything of ours is stretched."""
    codes = {
        c
        for words in (*STATES_OF.values(), *GOING_STATES.values(), *REFS.values(), KINDS, LOTS)
        for c in words
    }
    codes -= {"return", "parcel"}  # words of English too
    async with db.begin() as tx:
        scans = await tx.rows(
            """select number as scan from rma where shop_id = $1 union select number from asn where shop_id = $1
               union select number from receipt where shop_id = $1 union select number from orders where shop_id = $1
               union select tracking_number from parcel where shop_id = $1 and tracking_number is not null
               union select h.code from parcel p join handling_unit h on h.id = p.hu_id where p.shop_id = $1
               union select code from sku where shop_id = $1
               union select l.code from location l join balance b on b.location_id = l.id
                 where b.shop_id = $1 and l.warehouse_id = $2
               union select h.code from handling_unit h join balance b on b.hu_id = h.id where b.shop_id = $1""",
            world.shop.id,
            world.warehouse.id,
        )
        place = await tx.row(
            "select id, code from location where locked_at is null and warehouse_id = $1 and kind = 'bin' limit 1",
            world.warehouse.id,
        )
        assert place is not None
        await lock_location(tx, place["id"], "short_pick")
    read = 0
    async with at_desk(db, server, "supervisor", lang=lang, wms_warehouse=str(world.warehouse.id)) as desk:
        for scan in [place["code"], *(r["scan"] for r in scans)]:
            await desk.scan("/floor/look", scan)
            assert desk.status == 200, (scan, desk.page)
            values = re.findall(r"<dd>(.*?)</dd>", desk.page)
            going = re.findall(r'class="going">(.*?)</p>', desk.page)
            read += len(values) + len(going)
            told = {
                w for text in going for w in re.findall(r"\(([\w ]+)\)|: ([\w]+)(?: ·|$)", text) for w in w
            }
            raw = (
                (set(values) | told) & codes
                if lang == "pl"
                else {t for t in {*values, *told} & codes if "_" in t}
            )
            assert not raw, (scan, raw)
            if lang == "xa":
                ours = [
                    *going,
                    *re.findall(r"<dt>(.*?)</dt>", desk.page),
                    *re.findall(r"<h2>(.*?)</h2>", desk.page),
                ]
                assert all("~" in text for text in ours), (scan, ours)
    async with db.begin() as tx:
        await tx.run("update location set locked_at = null, lock_reason = null where id = $1", place["id"])
    assert read > 60


async def test_the_same_ean_of_many_shops_tells_six_and_that_there_are_more(
    scene: Scene, db: Database
) -> None:
    cup = await scene.goods()
    for _ in range(2):
        await a_sku(db, shop=await a_shop(db), barcodes=cup.barcodes)
    _, answer = await ask(scene.api, scene.picker.headers, cup.barcode)
    assert (len(answer["things"]), answer["more"]) == (3, False)
    assert len({t["shop"] for t in answer["things"]}) == 3
    for _ in range(5):
        await a_sku(db, shop=await a_shop(db), barcodes=cup.barcodes)
    _, answer = await ask(scene.api, scene.picker.headers, cup.barcode)
    assert (len(answer["things"]), answer["more"]) == (6, True)


async def test_fifty_lines_are_told_and_all_are_counted(scene: Scene, db: Database) -> None:
    shelf = await scene.bin()
    for _ in range(53):
        await stock_up(db, sku=await scene.goods(), bin=shelf, quantity=2)
    thing = await only(scene, shelf.label)
    assert (len(thing["contents"]), thing["lines"], thing["units"]) == (50, 53, 106)


async def test_a_tote_on_a_cart_and_a_pallet_by_its_sscc(scene: Scene, db: Database) -> None:
    cup = await scene.goods(9)
    screen = await scene.started(
        await scene.order((cup, 2)), await scene.order((cup, 1), (await scene.goods(1), 1))
    )
    tote = await scene.value(
        """select h.code from cluster_order co join handling_unit h on h.id = co.tote_hu_id where cluster_id = $1 limit 1""",
        screen["cluster_id"],
    )
    thing = await only(scene, tote)
    assert (thing["kind"], kinds(thing)) == ("unit", ["cart"])
    assert thing["going_on"][0]["ref"] == str(screen["cluster_id"])
    unit = await a_tote(db, warehouse=scene.warehouse)
    sscc = sscc_make(1, "590123456", int(unit.id))
    await scene.value("update handling_unit set sscc = $2 where id = $1 returning 1", unit.id, sscc)
    await stock_up(db, sku=cup, bin=await scene.bin(kind="reserve"), quantity=5, hu=unit.id)
    for scan in (sscc, f"00{sscc}", f"]C100{sscc}"):
        thing = await only(scene, scan)
        assert (thing["kind"], thing["ref"], thing["units"]) == ("unit", unit.code, 5)


async def test_everything_of_a_shop_is_found(world: ShopWorld, db: Database, anonymous: Api) -> None:
    headers = (await signed_in_person(db, roles=["picker"])).headers
    async with db.begin() as tx:
        rows = await tx.rows(
            """select 'rma' as kind, number as scan, number as ref from rma where shop_id = $1
               union all select 'asn', number, number from asn where shop_id = $1
               union all select 'receipt', number, number from receipt where shop_id = $1
               union all select 'order', number, number from orders where shop_id = $1
               union all select 'parcel', tracking_number, tracking_number from parcel where shop_id = $1 and tracking_number is not null
               union all select 'parcel', h.code, coalesce(p.tracking_number, h.code) from parcel p
                         join handling_unit h on h.id = p.hu_id where p.shop_id = $1""",
            world.shop.id,
        )
    assert {r["kind"] for r in rows} == {"rma", "asn", "receipt", "order", "parcel"}
    seen: dict[str, set[str]] = {}
    for row in rows:
        status, answer = await ask(anonymous, headers, row["scan"])
        assert status == 200, (row["scan"], answer)
        found = [t for t in answer["things"] if (t["kind"], t["ref"]) == (row["kind"], row["ref"])]
        assert found, (row["kind"], row["scan"], answer)
        seen.setdefault(row["kind"], set()).update(kinds(found[0]))
    assert {"manifest", "packing"} <= seen["parcel"]
    assert {"hold", "parcel", "cart", "put_back", "return"} <= seen["order"]


async def test_polish_and_english(scene: Scene) -> None:
    shelf = await scene.bin()
    polish, english = await only(scene, shelf.label, lang="pl"), await only(scene, shelf.label)
    assert polish["title"] == f"Lokalizacja {shelf.code}"
    assert english["title"] == f"Location {shelf.code}"
    assert [f["code"] for f in polish["facts"]] == [f["code"] for f in english["facts"]]
    assert [f["label"] for f in polish["facts"]] != [f["label"] for f in english["facts"]]


@pytest.mark.parametrize(
    ("scan", "status", "code"),
    [
        ("WMS:OK", 422, "command-tells-nothing"),
        ("WMS:FORMAT", 422, "scan-unknown-command"),
        ("B-4711", 422, "badge-tells-nothing"),
        ("nobody knows this", 404, "nothing-known"),
        ("x" * 10_000, 422, "scan-too-long"),
        ("\x00", 422, "scan-unreadable"),
        ("A-01\x07-02", 422, "scan-unreadable"),
        ("   ", 422, "scan-empty"),
        ("5901234123457590123412345759012341234575901234123457", 422, "scan-doubled"),
        ("'; drop table orders; --", 404, "nothing-known"),
        ('<script>alert("1")</script>', 404, "nothing-known"),
        ('{"$ne": null}', 404, "nothing-known"),
        ("%' or 1=1", 404, "nothing-known"),
        ("żółć 🐸", 404, "nothing-known"),
    ],
)
async def test_bad_scans_get_a_clear_answer(scene: Scene, scan: str, status: int, code: str) -> None:
    for lang in ("en", "pl"):
        got, answer = await ask(scene.api, scene.picker.headers, scan, lang)
        assert (got, answer["code"]) == (status, code), answer
        assert len(answer["detail"]) < 300


async def test_a_badge_is_refused_alike_whether_it_is_anybodys_or_not(scene: Scene, db: Database) -> None:
    async with db.begin() as tx:
        badge = await tx.value("select badge from person where id = $1", scene.picker.id)
    _, real = await ask(scene.api, scene.picker.headers, badge)
    _, made_up = await ask(scene.api, scene.picker.headers, unique("B-"))
    assert {k: v for k, v in real.items() if k != "request_id"} == {
        k: v for k, v in made_up.items() if k != "request_id"
    }


async def test_the_same_place_in_two_warehouses(scene: Scene, db: Database) -> None:
    other, code = await a_scene(db, scene.api), unique("A-")
    async with db.begin() as tx:
        for warehouse in (scene.warehouse, other.warehouse):
            await create_locations(tx, warehouse.id, [LocationIn(code=code)])
    _, answer = await ask(scene.api, scene.picker.headers, code)
    assert len(answer["things"]) == 2
    thing = await only(scene, code, warehouse_id=other.warehouse.id)
    assert facts(thing)["warehouse"] == other.warehouse.code


async def test_two_statements_however_much_there_is(scene: Scene, db: Database) -> None:
    shelf = await scene.bin()
    for _ in range(4):
        await stock_up(db, sku=await scene.goods(), bin=shelf, quantity=2)

    asked = []
    async with db.begin(SYSTEM) as tx:
        rows = tx.rows

        async def counted(sql: str, *args: Any) -> Any:
            asked.append(sql)
            return await rows(sql, *args)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tx, "rows", counted)
            found = await look_up(tx, shelf.label, lambda text, **values: text.in_("en", **values))
    assert found.things[0].lines == 4
    assert len(asked) == 2

"""Orders at the desk over HTTP: found by anything, one story, actions, exceptions, the box that finds."""

import csv
import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import anyio
import anyio.lowlevel
import pytest

from tests.builders import a_lot, a_person, stock_up, unique
from tests.conftest import Api, Server
from tests.picking.scene import Scene, a_scene
from tests.reporting.desk import at_desk, texts
from wms.db.tx import Database
from wms.events.log import enqueue
from wms.orders.queries import get_order
from wms.reporting.order_page import load_order_page


@pytest.fixture
async def scene(db: Database, anonymous: Api) -> Scene:
    return await a_scene(db, anonymous)


async def named(scene: Scene, **columns: Any) -> Any:
    """An order with these words in it."""
    order = await scene.order((await scene.goods(5), 1))
    for column, value in columns.items():
        await scene.value(f"update orders set {column} = $2 where id = $1 returning id", order.id, value)
    return order


async def test_an_order_is_found_by_anything(scene: Scene, server: Server, db: Database) -> None:
    surname = f"Żółkiewska{uuid4().hex[:6]}"
    email = f"{uuid4().hex}@Example.com"
    order = await named(scene, name=f"Anna Maria {surname}", email=email, postcode="71-993")
    sku = await scene.value(
        "select s.code from order_line l join sku s on s.id = l.sku_id where l.order_id = $1", order.id
    )
    other = await scene.order((await scene.goods(3), 1))
    link = f'href="/desk/orders/{scene.shop.id}/{order.id}"'
    async with at_desk(server, db, "care") as desk:
        for q in (order.number, surname, surname[:5].lower(), f"anna {surname}", f"{surname} Anna", email.lower(),
                  "71-993", sku, f"  {order.number} "):  # fmt: skip
            assert link in await desk.see("/desk/orders", q=q), q
        page = await desk.see("/desk/orders", q=surname)
        assert f'/{other.id}"' not in page
        for q in ("zz" + uuid4().hex, "'; drop table orders; --", "<script>alert(1)</script>", "%", "_", "\\", "9" * 100,
                  "\x1b[31m", "WMS:OK", "😀" * 40, "71-99_"):  # fmt: skip
            page = await desk.see("/desk/orders", q=q)
            assert link not in page, q
            assert "<script>alert" not in page
        assert link not in await desk.see("/desk/orders", q=order.number, state="cancelled")
        assert link in await desk.see(
            "/desk/orders", q=order.number, state="open", shop=scene.shop.id, carrier=scene.carrier.id
        )


async def test_lists_page_on_and_say_no_to_nonsense(scene: Scene, server: Server, db: Database) -> None:
    sku = await scene.goods(500)
    made = [await scene.order((sku, 1)) for _ in range(53)]
    async with at_desk(server, db, "care") as desk:
        for sort in ("due", "-due", "new", "priority"):
            seen: list[str] = []
            path = f"/desk/orders?state=open&shop={scene.shop.id}&sort={sort}"
            while path:
                page = await desk.see(path)
                seen += re.findall(rf'href="/desk/orders/{scene.shop.id}/(\d+)"', page)
                more = re.search(r'href="([^"]*after=[^"]*)"[^>]*>Next page', page)
                path = more[1].replace("&amp;", "&") if more else ""
            assert sorted(map(int, seen)) == sorted(o.id for o in made), sort
        await desk.see("/desk/orders", status=422, after="nonsense")
        await desk.see("/desk/orders", status=422, after="W10")
        for odd in (
            {"state": "no-such"},
            {"sort": "; drop"},
            {"hold": "x' or 1=1"},
            {"shop": -5},
            {"carrier": 10**18},
        ):
            await desk.see("/desk/orders", **odd)
        for state in ("all", "delivered", "cancelled", "on_hold", "allocated"):
            await desk.see("/desk/orders", state=state)


async def test_a_list_goes_into_a_spreadsheet_harmlessly(scene: Scene, server: Server, db: Database) -> None:
    order = await named(scene, name="=HYPERLINK(1)", city="@evil")
    async with at_desk(server, db, "care", lang="pl") as desk:
        r = await desk.http.get("/desk/orders", params={"q": order.number, "format": "csv"})
        assert (r.status_code, r.headers["content-type"]) == (200, "text/csv; charset=utf-8")
        head, row = list(csv.reader(io.StringIO(r.text.removeprefix("\ufeff")), delimiter=";"))
        assert head[:3] == ["Sklep", "Zamówienie", "Stan"]
        assert (row[1], row[8], row[10]) == (order.number, "'=HYPERLINK(1)", "'@evil")


async def test_one_page_tells_all_in_a_bounded_number_of_statements(
    scene: Scene, server: Server, db: Database
) -> None:
    shelf = await scene.bin()
    sku = await scene.goods(2, at=shelf)
    big = [(await scene.goods(3), 2) for _ in range(12)]
    small, large = await scene.order((sku, 1)), await scene.order(*big)
    waiting = await scene.order((sku, 9))
    screen = await scene.started(large)
    while screen["step"] not in ("park", "done"):
        ean = await scene.value(
            "select b.code from barcode b join sku s on s.id = b.sku_id where s.code = $1", screen["sku"]
        )
        screen = await scene.pick(screen, ean)
    counts = []
    for order in (small, large):
        asked: list[str] = []
        async with db.begin() as tx:
            with tx.driver.query_logger(lambda record, asked=asked: asked.append(record.query)):
                page = await load_order_page(tx, scene.shop.id, order.id, "en")
                await anyio.lowlevel.checkpoint()  # the log is told of a statement after it is done
        counts.append(len(asked))
        assert page.order.number == order.number
    assert counts[0] == counts[1] <= 11, counts
    async with at_desk(server, db, "care") as desk:
        said = texts(await desk.see(f"/desk/orders/{scene.shop.id}/{large.id}"))
        for words in (
            large.number,
            "Łucja Świątek",
            "Picking began",
            "Picked 2 ×",
            "Łucja Żak",
            "Promise",
            "Set aside at",
        ):
            assert words in said, words
        said = texts(await desk.see(f"/desk/orders/{scene.shop.id}/{waiting.id}"))
        assert "pieces are missing" in said
        assert "No delivery is announced." in said
        await desk.see(f"/desk/orders/{scene.shop.id}/{10**12}", status=404)
        await desk.see(f"/desk/orders/{2**31 - 1}/{large.id}", status=404)


async def test_a_wrong_address_is_told_at_its_field(scene: Scene, server: Server, db: Database) -> None:
    order = await scene.order((await scene.goods(1), 1))
    where = f"/desk/orders/{scene.shop.id}/{order.id}"
    async with db.begin() as tx:
        full = await get_order(tx, scene.shop.id, order.id)
    assert full is not None
    good = {"name": "Jan Łoś", "street": "Polna 1", "postcode": "00-950", "city": "Warszawa", "country": "pl",
            "phone": "600700800", "email": "", "company": "", "point": "", "version": str(full.version)}  # fmt: skip
    async with at_desk(server, db, "care") as desk:
        r = await desk.form(f"{where}/recipient", **good | {"postcode": "123", "city": " ", "name": "J<b>"})
        assert r.status_code == 422
        for field in ("postcode", "city"):
            assert re.search(
                rf'name="{field}"[^>]*aria-invalid="true" aria-describedby="e-{field}"', r.text
            ), field
            assert f'id="e-{field}"' in r.text
        assert 'id="e-street"' not in r.text
        assert 'value="J&lt;b&gt;"' in r.text, "what was typed is still there"
        assert await scene.value("select name from orders where id = $1", order.id) == "Łucja Świątek"
        assert await scene.state(order) == "allocated", "nothing was put on hold"
        r = await desk.form(f"{where}/recipient", **good | {"name": "x" * 101})
        assert r.status_code == 422
        r = await desk.form(f"{where}/recipient", **good)
        assert (r.status_code, r.headers["location"]) == (303, f"{where}?done=address")
        assert await scene.value("select name || country from orders where id = $1", order.id) == "Jan ŁośPL"
        r = await desk.form(f"{where}/recipient", **good)
        assert r.status_code == 412, "the page was drawn before somebody changed the order"
        assert (await desk.form(f"{where}/recipient", **good | {"version": "x"})).status_code == 422


async def test_hold_release_cancel(scene: Scene, server: Server, db: Database) -> None:
    order = await scene.order((await scene.goods(4), 1))
    where = f"/desk/orders/{scene.shop.id}/{order.id}"
    async with at_desk(server, db, "care") as desk:
        await desk.act(f"{where}/hold", status=422, reason="  ")
        await desk.act(f"{where}/hold", status=422, reason="x" * 301)
        assert await desk.act(f"{where}/hold", reason="fraud?") == f"{where}?done=held"
        assert await scene.state(order) == "on_hold"
        assert "fraud?" in await desk.see(where)
        back = "/desk/exceptions?kind=hold"
        assert await desk.act(f"{where}/release", back=back) == back
        assert await desk.act(f"{where}/release", back="https://evil.example") == f"{where}?done=released"
        assert await scene.state(order) == "allocated"
        assert await desk.act(f"{where}/cancel", reason="buyer") == f"{where}?done=cancelled"
        assert await scene.state(order) == "cancelled"
        page = await desk.see(f"{where}?done=cancelled")
        assert "The order is cancelled." in page
        assert "What may be done" not in page
        await desk.act(f"{where}/hold", status=409, reason="late")


async def test_exceptions_name_what_solves_them(scene: Scene, server: Server, db: Database) -> None:
    sku = await scene.goods(3)
    held, late, lacking = (
        await scene.order((sku, 1)),
        await scene.order((sku, 1)),
        await scene.order((sku, 50)),
    )
    async with db.begin() as tx:
        past = tx.now - timedelta(hours=3)
        await tx.run(
            "update orders set ship_by = $1 where id = any($2::bigint[])", past, [late.id, lacking.id]
        )
        await tx.run(
            "insert into stray_parcel (warehouse_id, code, note) values ($1, $2, 'wet box')",
            scene.warehouse.id,
            unique("ST"),
        )
        await enqueue(tx, "clock", "test.fails", once=unique("job"))
        job = await tx.value(
            "update procrastinate_jobs set status = 'failed' where task_name = 'test.fails' returning id"
        )
    async with at_desk(server, db, "supervisor", warehouse_id=scene.warehouse.id) as desk:
        await desk.act(f"/desk/orders/{scene.shop.id}/{held.id}/hold", reason="check it")
        page = await desk.see("/desk/exceptions", kind="hold")
        assert "check it" in page
        assert f'action="/desk/orders/{scene.shop.id}/{held.id}/release"' in page
        of_shop = await desk.see("/desk/exceptions", kind="hold", shop=scene.shop.id)
        assert "check it" in of_shop
        assert f'href="/desk/exceptions?kind=late&amp;shop={scene.shop.id}"' in of_shop, "it stays chosen"
        other = await desk.see("/desk/exceptions", kind="hold", shop=scene.shop.id + 1)
        assert "check it" not in other
        assert "On hold 0" in texts(other)
        assert "check it" not in await desk.see(
            "/desk/exceptions", kind="hold", shop=scene.shop.id + 1, format="csv"
        )
        assert late.number in await desk.see("/desk/exceptions", kind="late")
        assert f"{sku.code} × 49" in await desk.see("/desk/exceptions", kind="backorder")
        assert "wet box" in await desk.see("/desk/exceptions", kind="stray")
        for kind in ("short", "label", "unscanned", "count", "return", "mail", "job", "no-such", "'"):
            await desk.see("/desk/exceptions", kind=kind)
        await desk.see("/desk/exceptions", status=422, kind="hold", after="x")
        assert "<html" not in await desk.see("/desk/exceptions", kind="hold", part="list")
        assert "test.fails" in await desk.see("/desk/exceptions", kind="job")
        assert await desk.act(f"/desk/exceptions/jobs/{job}/retry") == "/desk/exceptions?kind=job"
        assert await scene.value("select status::text from procrastinate_jobs where id = $1", job) == "todo"
        await desk.act(f"/desk/exceptions/jobs/{job}/drop", status=404)
        await desk.act("/desk/exceptions/mails/0/999999999/retry", status=404)
        board = texts(await desk.see("/desk"))
        assert "On hold 1" in board
        assert "Unknown parcels 1" in board
    async with at_desk(server, db, "care", warehouse_id=scene.warehouse.id) as desk:
        assert "/release" not in await desk.see("/desk/exceptions", kind="hold")
        await desk.act(f"/desk/exceptions/jobs/{job}/retry", status=403)


async def test_one_box_goes_where_it_is_meant(scene: Scene, server: Server, db: Database) -> None:
    surname = f"Wiśniowiecka{uuid4().hex[:6]}"
    order = await named(scene, name=f"Ewa {surname}")
    shelf = await scene.bin()
    page = f"/desk/orders/{scene.shop.id}/{order.id}"
    async with at_desk(server, db, "care", warehouse_id=scene.warehouse.id) as desk:
        for q in (order.number, surname, f"ewa {surname.lower()}"):
            r = await desk.http.get("/desk/find", params={"q": q})
            assert (r.status_code, r.headers.get("location")) == (303, page), q
        await named(scene, name=f"Iga {surname}")
        r = await desk.http.get("/desk/find", params={"q": surname})
        assert r.headers["location"].startswith("/desk/orders?q="), "two of them: the list"
        r = await desk.http.get("/desk/find", params={"q": shelf.label})
        assert r.headers["location"] == f"/desk/locations/{shelf.id}"
        for q in ("nobody" + uuid4().hex, "WMS:OK", "B-1", "]C1", "'", "x" * 300):
            r = await desk.http.get("/desk/find", params={"q": q})
            assert r.status_code == 404, q
        await desk.see("/desk/find")
    serial, device = unique("SN"), unique("SCANNER-")
    drill = await scene.goods(serial=True)
    await stock_up(db, sku=drill, bin=shelf, quantity=1, lot=await a_lot(db, sku=drill, serial=serial))
    someone = await a_person(db, roles=["picker"])
    async with db.begin() as tx:
        email = unique("anna") + "@example.com"
        await tx.run(
            "update person set email = $2, name = $3 where id = $1",
            someone.id,
            email.lower(),
            f"Anna {device}",
        )
        await tx.run("insert into device (code, name) values ($1, 'of the dock')", device)
        printer = await tx.value(
            """insert into printer (warehouse_id, code, name, kind, address) values ($1, $2, 'of the dock', 'zpl', 'socket://127.0.0.1:9')
               returning id""",
            scene.warehouse.id,
            f"P-{device}",
        )
    wanted = {
        serial: f"/desk/stock/{scene.shop.id}/{drill.id}", someone.badge: f"/desk/people/{someone.id}",
        someone.badge.lower(): f"/desk/people/{someone.id}", email: f"/desk/people/{someone.id}",
        device: f"/desk/people/devices?q={device}", f"anna {device}": f"/desk/people?q=anna%20{device}",
        f"p-{device}".lower(): f"/desk/printers/{printer}",
    }  # fmt: skip
    async with at_desk(server, db, "supervisor", warehouse_id=scene.warehouse.id) as desk:
        for q, where in wanted.items():
            r = await desk.http.get("/desk/find", params={"q": q})
            assert (r.status_code, r.headers.get("location")) == (303, where), q
            await desk.see(where.partition("?")[0])
    async with at_desk(server, db, "care", warehouse_id=scene.warehouse.id) as desk:
        for q in (someone.badge, email, device):
            r = await desk.http.get("/desk/find", params={"q": q})
            assert r.status_code == 404, "people and devices are for those who lead"
    async with at_desk(server, db, "packer") as desk:
        assert order.number in await desk.see("/desk/find", q=order.number), (
            "no order page for packers, but its facts"
        )

"""The desk's pages of services: prices, rules, why an order goes with its service; labels that a person decides about."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.builders import unique
from tests.conftest import Api, Server
from tests.desk import at_desk
from tests.orders.world import GOOD
from tests.shipping.bought import Scene, at_carrier
from tests.shipping.flow import ok
from tests.shipping.services import HEAD, Market, a_line, a_market
from wms.config import Settings
from wms.db.tx import Database


@pytest.fixture
async def market(db: Database, anonymous: Api) -> Market:
    return await a_market(db, anonymous)


@pytest.fixture
async def scene(db: Database, server: Server, settings: Settings) -> AsyncIterator[Scene]:
    async with at_carrier(db, server, "dpd_pl", home=settings.home) as s:
        yield s


async def test_a_list_is_loaded_shown_exported_and_a_line_removed(market: Market, server: Server) -> None:
    async with at_desk(market.db, server, "supervisor") as desk:
        lines = "\n".join(
            [HEAD, a_line(market.cheap, "12,30", country="CZ"), a_line(market.cheap, "oops", country="CZ")]
        )
        await desk.send("/desk/shops/prices", lines=lines)
        assert "1 line is stored" in desk.page
        assert "“oops” is not an amount" in desk.page
        assert "oops" in desk.page.partition("<textarea")[2].partition("</textarea>")[0]
        page = await desk.open("/desk/shops/prices", carrier=market.cheap.code)
        assert "12.30 PLN" in page
        assert "Lockers keep a parcel for 48 hours" in page
        csv = await desk.open("/desk/shops/prices", carrier=market.cheap.code, format="csv")
        assert csv.splitlines()[0].lstrip("\ufeff").replace('"', "").startswith("carrier;service;country")
        price_id = page.partition("/desk/shops/prices/")[2].partition("/remove")[0]
        await desk.send(f"/desk/shops/prices/{price_id}/remove")
        assert desk.went.endswith("done=removed")
        await desk.send(f"/desk/shops/watch/{market.cheap.id}", point_h="20", moving_h="")
        assert 'value="20"' in await desk.open("/desk/shops/prices", carrier=market.cheap.code, done="watch")
        await desk.send(f"/desk/shops/watch/{market.cheap.id}", point_h="0")
        assert desk.status == 422
        await desk.open("/desk/shops")


async def test_rules_are_added_moved_and_removed(market: Market, server: Server) -> None:
    at = f"/desk/shops/{market.shop.id}/rules"
    async with at_desk(market.db, server, "supervisor") as desk:
        await desk.open(at)
        await desk.send(
            at, name="Heavy", action="forbid", services=f"{market.cheap.code}/standard\n{market.dear.code}",
            weight_from_g="20000", countries="pl, de", cod="no", value_from="10,50", currency="eur", asked="fast",
        )  # fmt: skip
        page = await desk.open(at)
        assert page.index("only 3") < page.index("Heavy")
        assert "PL, DE; ≥ 20000 g" in page
        assert "≥ 10.50 EUR" in page
        assert "no cash on delivery" in page
        await desk.send(f"{at}/2", name="Heavy", act="up")
        page = await desk.open(at, done="rules")
        assert page.index("Heavy") < page.index("only 3")
        await desk.send(f"{at}/2", name="Heavy", act="remove")
        assert desk.status == 422, "it is rule 1 now"
        await desk.send(f"{at}/1", name="Heavy", act="remove")
        assert "Heavy" not in await desk.open(at)
        for bad in (
            {"services": "nobody"},
            {"action": "x"},
            {"name": " "},
            {"value_to": "1e9"},
            {"currency": "zł"},
            {"weight_to_g": "x"},
        ):
            await desk.send(at, **({"name": "N", "action": "only", "services": market.cheap.code} | bad))
            assert desk.status == 422, bad
        await desk.open(f"/desk/shops/{market.shop.id}")
        both = {"action": "only", "services": market.cheap.code}
        await asyncio.gather(*(desk.send(at, name=name, **both) for name in ("First", "Second")))
        page = await desk.open(at)
        assert "First" in page
        assert "Second" in page, "two who add at the same time lose nothing"


async def test_the_order_says_why_and_a_person_may_say_otherwise(market: Market, server: Server) -> None:
    made = await market.order()
    at = f"/desk/orders/{market.shop.id}/{made['id']}"
    async with at_desk(market.db, server, "care") as desk:
        page = await desk.open(at)
        assert "the cheapest that keeps the promise" in page
        assert "14.00 PLN" in page
        assert "dearer" in page
        await desk.send(f"{at}/service", service=f"{market.dear.code}/standard")
        page = await desk.open(at, done="service")
        assert "chosen by a person" in page
        await desk.send(f"{at}/service", service="nobody/standard")
        assert desk.status == 422


async def test_an_order_that_nobody_takes_is_found_and_helped(market: Market, server: Server) -> None:
    made = await market.order(recipient=GOOD | {"country": "MT", "postcode": "VLT1117"})
    at = f"/desk/orders/{market.shop.id}/{made['id']}"
    async with at_desk(market.db, server, "supervisor") as desk:
        page = await desk.open(at)
        assert "no service takes it" in page
        assert made["number"] in await desk.open("/desk/orders", q=made["number"])
        await desk.send(f"{at}/service", service="")
        assert desk.went.endswith("still-held")
        await desk.open("/desk/exceptions", kind="hold", shop=market.shop.id)
        assert made["number"] in desk.page
        assert f"{at}/release" not in desk.page, "nobody can release what nobody carries"
        await market.prices(a_line(market.dear, "60", country="MT"))
        await desk.send(f"{at}/service", service="")
        assert desk.went.endswith("done=service")


async def test_a_hold_is_read_in_the_language_of_whoever_reads(market: Market, server: Server) -> None:
    made = await market.order(recipient=GOOD | {"country": "MT", "postcode": "VLT1117", "phone": ""})
    path, polish = f"/orders/{made['id']}", {"Accept-Language": "pl"}
    ok(await market.api.post(f"{path}/hold", json={"reason": "Czekamy na przelew"}, headers=market.own))
    english = [h["detail"] for h in (await market.look(made["id"]))["holds"]]
    assert english[0] == "Give a telephone number that the courier can call."
    assert english[1].startswith("No carrier's service takes this order")
    assert "cash on delivery" not in english[1], "nobody can change that of an order"
    held = ok(await market.api.get(path, headers=market.own | polish))["holds"]
    assert [h["code"] for h in held] == ["phone-wrong", "no-service", "manual"]
    assert held[1]["detail"].startswith("Żadna usługa przewozowa nie przyjmie")
    held_here: dict[str, str | int] = {"kind": "hold", "shop": market.shop.id}
    for lang, said, other in (
        ("pl", "Podaj numer telefonu", "Give a"),
        ("en", "Give a telephone", "Podaj numer"),
    ):
        async with at_desk(market.db, server, "supervisor", lang=lang) as desk:
            for page in (
                await desk.open(f"/desk/orders/{market.shop.id}/{made['id']}"),
                await desk.open("/desk/exceptions", **held_here),
                await desk.open("/desk/exceptions", **held_here, format="csv"),
                await desk.open("/desk/orders", hold="phone-wrong"),
            ):
                assert said in page
                assert other not in page
            assert "Czekamy na przelew" in await desk.open("/desk/exceptions", **held_here), (
                "a person's words"
            )


async def test_a_label_in_doubt_is_decided_at_the_desk(scene: Scene) -> None:
    p = await scene.parcel()
    await scene.control("faults", {"kind": "error_after", "call": "create", "status": 503, "times": 1})
    await p.buy()
    at = f"/desk/labels/{scene.shop.id}/{p.id}"
    async with at_desk(scene.db, scene.server, "packer") as packer:
        assert "A supervisor decides this" in await packer.open(f"{at}/decide")
        await packer.send(f"{at}/booked", number="0000075077001U")
        assert packer.status == 403
    async with at_desk(scene.db, scene.server, "supervisor") as desk:
        page = await desk.open("/desk/exceptions", kind="doubt")
        assert f"{at}/decide" in page
        assert f"{at}/decide" in await desk.open(f"/desk/pack/label/{scene.shop.id}/{p.id}")
        assert f"{at}/decide" in await desk.open(f"/desk/orders/{scene.shop.id}/{p.order.id}")
        await desk.open(f"{at}/decide")
        await desk.send(f"{at}/not-booked")
        assert desk.status == 422, "nobody has looked"
        await desk.send(f"{at}/booked", number="x")
        assert desk.status == 422
        number = f"00000{uuid4().int % 10**8:08}U"
        await desk.send(f"{at}/booked", number=number, carrier_ref="")
        assert desk.went == f"/desk/pack/label/{scene.shop.id}/{p.id}", desk.page
        assert (await p.row())["state"] == "accepted"
        assert "nothing to decide" in await desk.open(f"{at}/decide")
        await desk.send(f"{at}/not-booked", looked="yes")
        assert desk.status == 409
    assert scene.bookings() == 1, "nothing was booked twice"


async def test_not_booked_is_bought_again(scene: Scene) -> None:
    p = await scene.parcel()
    await scene.control("faults", {"kind": "error_before", "call": "create", "status": 503, "times": 1})
    await p.buy()
    assert (await p.row())["state"] == "unknown"
    async with at_desk(scene.db, scene.server, "supervisor") as desk:
        await desk.send(f"/desk/labels/{scene.shop.id}/{p.id}/not-booked", looked="yes")
        assert desk.status == 303
    assert await p.buy() is None
    assert ((await p.row())["state"], scene.bookings()) == ("ready", 1)


async def test_a_number_is_typed_for_a_carrier_that_is_booked_by_hand(scene: Scene) -> None:
    async with scene.db.begin() as tx:
        await tx.run("update carrier set adapter = 'manual', settings = '{}' where id = $1", scene.carrier.id)
    p = await scene.parcel()
    await p.buy()
    at = f"/desk/labels/{scene.shop.id}/{p.id}"
    async with at_desk(scene.db, scene.server, "packer") as desk:
        assert "autofocus" in await desk.open(f"{at}/decide")
        number = unique("MAN")
        await desk.send(f"{at}/number", number=number)
        assert desk.status == 303
    assert await p.buy() is None
    assert (await p.row())["tracking_number"] == number


async def test_a_refused_address_is_said_at_its_field_and_asked_again(
    db: Database, server: Server, settings: Settings
) -> None:
    async with at_carrier(db, server, "dhl24", home=settings.home) as scene:
        p = await scene.parcel()
        async with db.begin() as tx:
            await tx.run(
                "update orders set street = 'Bez numeru' where id = $1 and shop_id = $2",
                p.order.id,
                scene.shop.id,
            )
        await p.buy()
        row = await p.row()
        assert (row["state"], row["error_code"], row["in_doubt_since"]) == ("failed", "rejected", None)
        at = f"/desk/orders/{scene.shop.id}/{p.order.id}"
        async with at_desk(db, server, "care") as desk:
            page = await desk.open(at)
            field = page.partition('id="a-street"')[2].partition("</div>")[0]
            assert 'aria-invalid="true"' in field
            assert "number of the house" in field
            version = page.partition('name="version" value="')[2].partition('"')[0]
            form = {**GOOD, "company": "", "email": "", "point": "", "version": version}
            await desk.send(f"{at}/recipient", **form)
            assert desk.status == 303
            await desk.open(at)
        assert (await p.row())["retry_at"] is not None
        assert await p.buy() is None
        assert (await p.row())["state"] == "ready"

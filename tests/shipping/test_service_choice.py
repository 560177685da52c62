"""Orders that name no carrier, over HTTP: chosen, held, released, changed; and who may see what it costs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import a_bin, a_key, a_shop, a_sku, bearer, stock_up
from tests.conftest import Api
from tests.orders.world import GOOD
from tests.shipping.flow import ok, refused
from tests.shipping.services import HEAD, Market, a_line, a_market
from wms.db.tx import Database
from wms.orders.choose_for_waiting import sweep_choices


@pytest.fixture
async def market(db: Database, anonymous: Api) -> Market:
    return await a_market(db, anonymous)


async def test_the_cheapest_is_chosen_and_everybody_reads_why_but_only_staff_read_prices(
    market: Market,
) -> None:
    made = await market.order()
    assert (made["state"], made["holds"]) == ("allocated", [])
    seen = await market.look(made["id"])
    assert (seen["carrier"], seen["service"]) == (market.cheap.code, "standard")
    (choice,) = seen["choices"]
    assert (choice["carrier"], choice["reason"]) == (market.cheap.code, "cheapest")
    assert not {"price", "options"} & choice.keys()
    (told,) = await market.choices(made["id"])
    assert (told["price"], told["currency"]) == ("10.00", "PLN")
    by_carrier = {o["carrier"]: (o["why"], o.get("price")) for o in told["options"]}
    assert by_carrier[market.dear.code] == ("dearer", "14.00")
    assert by_carrier[market.locker.code] == ("point", None)
    story = ok(
        await market.api.get(f"/orders/{made['id']}/story", headers=market.own | {"Accept-Language": "en"})
    )
    assert any("the cheapest that keeps the promise" in line["text"] for line in story)
    assert "10" not in " ".join(line["text"] for line in story if market.cheap.code in line["text"]).replace(
        market.cheap.code, ""
    )


async def test_a_shop_reads_no_prices_anywhere(market: Market) -> None:
    made = await market.order()
    for path in (
        "/service-prices", f"/shops/{market.shop.id}/service-rules",
        f"/shops/{market.shop.id}/orders/{made['id']}/service-choices",
    ):  # fmt: skip
        assert (await market.api.get(path, headers=market.own)).status_code == 403
    events = ok(await market.api.get("/events", headers=market.own))
    assert '"price"' not in str(events)


async def test_a_point_goes_to_the_locker_cash_adds_its_surcharge_and_a_day_is_kept(market: Market) -> None:
    to_point = await market.order(point="KRA010")
    assert (await market.look(to_point["id"]))["carrier"] == market.locker.code
    cash = await market.order(cod_amount="99.00")
    assert (await market.choices(cash["id"]))[0]["price"] == "13.00"
    soon = (datetime.now(UTC) + timedelta(days=1)).date()
    urgent = await market.order(deliver_by=soon.isoformat())
    seen = await market.look(urgent["id"])
    assert seen["deliver_by"] == soon.isoformat()
    assert seen["carrier"] == market.dear.code
    assert seen["choices"][0]["reason"] in ("cheapest", "quickest")


async def test_who_names_a_carrier_gets_it_as_ever_and_a_shop_without_rules_must(market: Market) -> None:
    named = await market.order(carrier=market.dear.code)
    seen = await market.look(named["id"])
    assert (seen["carrier"], seen["service"], seen["choices"]) == (market.dear.code, "standard", [])
    await market.rules()
    body = {"number": "X1", "recipient": GOOD, "lines": [{"sku": market.mug.code, "quantity": 1}]}
    r = await market.api.post("/orders", json=body, headers=market.own)
    assert refused(r, "carrier-not-named", 422)["pointer"] == "/carrier"


async def test_rules_decide_forbid_and_translate(market: Market) -> None:
    express = [{"carrier": market.dear.code, "service": "express"}]
    await market.prices(a_line(market.dear, "30", service="express"))
    await market.rules(
        {"name": "express", "action": "fixed", "services": express, "asked": ["next-day"]},
        market.among(market.cheap, action="forbid", cod=True),
        market.among(),
    )
    fast = await market.look((await market.order(service="next-day"))["id"])
    assert (fast["carrier"], fast["service"]) == (market.dear.code, "express")
    assert (fast["choices"][0]["reason"], fast["choices"][0]["rule"]) == ("fixed", "express")
    cash = await market.look((await market.order(cod_amount="10"))["id"])
    assert cash["carrier"] == market.dear.code


async def test_what_nobody_takes_waits_with_its_reason_and_goes_on_by_itself(market: Market) -> None:
    made = await market.order(recipient=GOOD | {"country": "LT", "postcode": "LT-01100"})
    assert made["state"] == "on_hold"
    (hold,) = made["holds"]
    assert (hold["code"], hold["field"]) == ("no-service", "/carrier")
    assert "LT" in hold["detail"]
    seen = await market.look(made["id"])
    assert (seen["carrier"], seen["choices"][0]["reason"]) == (None, "nothing")
    path = f"/shops/{market.shop.id}/orders/{made['id']}"
    overruled = await market.api.post(
        f"/orders/{made['id']}/release?shop_id={market.shop.id}", headers=market.staff
    )
    assert ok(overruled)["open_holds"] == ["no-service"], "nobody can release what nobody carries"
    assert await market.choose_waiting() == 0
    await market.prices(a_line(market.dear, "45", country="LT", transit_days=3))
    assert await market.choose_waiting() == 1
    seen = await market.look(made["id"])
    assert (seen["state"], seen["carrier"]) == ("allocated", market.dear.code)
    assert all(h["released_at"] for h in seen["holds"])
    assert await market.choose_waiting() == 0
    assert len(await market.choices(made["id"])) == 2
    assert ok(
        await market.api.get(path.replace("/shops", "/shops") + "/service-choices", headers=market.staff)
    )


async def test_a_person_names_a_carrier_and_rules_leave_it_alone(market: Market) -> None:
    made = await market.order(recipient=GOOD | {"country": "LV", "postcode": "LV-1010"})
    path = f"/shops/{market.shop.id}/orders/{made['id']}/service"
    wrong = await market.api.put(
        path, json={"carrier": market.dear.code, "service": "x"}, headers=market.staff
    )
    refused(wrong, "unknown-carrier", 422)
    point = await market.api.put(
        path, json={"carrier": market.locker.code, "service": "locker"}, headers=market.staff
    )
    assert point.status_code == 422
    body = {"carrier": market.dear.code, "service": "standard"}
    assert ok(await market.api.put(path, json=body, headers=market.staff))["state"] == "allocated"
    assert ok(await market.api.post(f"{path}/choose", headers=market.staff))["state"] == "allocated"
    seen = await market.look(made["id"])
    assert (seen["carrier"], seen["choices"][0]["reason"]) == (market.dear.code, "by-hand")


async def test_a_changed_address_is_chosen_for_anew(market: Market) -> None:
    made = await market.order()
    body: dict[str, Any] = {"recipient": GOOD | {"country": "LT", "postcode": "LT-01100"}}
    await market.prices(a_line(market.dear, "45", country="LT"))
    mended = ok(await market.api.put(f"/orders/{made['id']}/recipient", json=body, headers=market.own))
    assert mended["state"] == "allocated"
    assert (await market.look(made["id"]))["carrier"] == market.dear.code
    body["recipient"]["country"], body["recipient"]["postcode"] = "EE", "10111"
    held = ok(await market.api.put(f"/orders/{made['id']}/recipient", json=body, headers=market.own))
    assert (held["state"], held["open_holds"]) == ("on_hold", ["no-service"])
    again = ok(
        await market.api.put(f"/orders/{made['id']}/recipient", json={"recipient": GOOD}, headers=market.own)
    )
    assert (again["state"], again["open_holds"]) == ("allocated", [])
    assert (await market.look(made["id"]))["carrier"] == market.cheap.code


async def test_bulk_heavy_and_twice(market: Market) -> None:
    heavy = await a_sku(market.db, shop=market.shop, weight_g=31_000)
    long = await a_sku(market.db, shop=market.shop, size_mm=(900, 50, 50))
    for sku in (heavy, long):
        await stock_up(market.db, sku=sku, bin=await a_bin(market.db), quantity=10)
    lines = {"mug": market.mug, "heavy": heavy, "long": long}
    orders = [
        {"number": f"B-{name}", "recipient": GOOD, "lines": [{"sku": sku.code, "quantity": 1}],
         **({"point": "KRA010"} if name == "long" else {})}
        for name, sku in lines.items()
    ]  # fmt: skip
    answer = ok(await market.api.post("/orders/bulk", json={"orders": orders}, headers=market.own))
    assert [r["order"]["state"] for r in answer["results"]] == ["allocated", "on_hold", "on_hold"]
    again = ok(await market.api.post("/orders/bulk", json={"orders": orders}, headers=market.own))
    assert again["known"] == 3
    held = {r["number"]: r["order"]["holds"][0]["detail"] for r in answer["results"][1:]}
    assert "too heavy" in held["B-heavy"]
    assert "too big" in held["B-long"]
    many = await market.order(quantity=200)
    (told,) = await market.choices(many["id"])
    assert (told["options"][0]["parcels"], told["price"]) == (2, "20.00")
    async with market.db.begin() as tx:
        assert await sweep_choices(tx) >= 1


async def test_prices_are_loaded_line_by_line(market: Market) -> None:
    good = a_line(market.cheap, "9,50", valid_from="01.02.2026")
    bad = [
        a_line(market.cheap, "x"), a_line(market.cheap, "9", country="POL"), a_line(market.cheap, "9", max_weight_g="0"),
        a_line(market.cheap, "9", service="nope"), a_line(market.cheap, "9", currency="EUR"),
        a_line(market.cheap, "9", size_mm="1x2"), a_line(market.cheap, "9", valid_until="2025-01-01"),
        a_line(market.cheap, ""), good, a_line(market.cheap, "9", country="QQ"),
    ]  # fmt: skip
    loaded = await market.prices(good, *bad)
    assert loaded["stored"] == 1
    assert [b["row"] for b in loaded["bad"]] == list(range(3, 13))
    assert "9,50" not in str(loaded["bad"][0])
    page = ok(await market.api.get(f"/service-prices?carrier={market.cheap.code}", headers=market.staff))
    assert {(p["price"], p["in_force"]) for p in page["items"]} == {("10.00", False), ("9.50", True)}
    gone = next(p["id"] for p in page["items"] if p["in_force"])
    assert (await market.api.delete(f"/service-prices/{gone}", headers=market.staff)).status_code == 204
    assert (await market.api.delete(f"/service-prices/{gone}", headers=market.staff)).status_code == 404
    nothing = ok(await market.api.post("/service-prices", json={"csv": HEAD}, headers=market.staff))
    assert (nothing["stored"], len(nothing["bad"])) == (0, 1)
    first = ok(await market.api.get("/service-prices?limit=1", headers=market.staff))
    assert ok(await market.api.get(f"/service-prices?limit=1&after={first['next']}", headers=market.staff))[
        "items"
    ]


async def test_rules_that_could_never_be_right_are_refused_with_their_place(market: Market) -> None:
    path = f"/shops/{market.shop.id}/service-rules"
    cases: list[tuple[dict[str, Any], str]] = [
        ({"services": [{"carrier": "nobody"}]}, "/rules/1/services/0"),
        ({"action": "fixed"}, "/rules/1/services"),
        ({"weight_from_g": 5, "weight_to_g": 4}, "/rules/1/weight_to_g"),
        ({"name": "  "}, "/rules/1/name"),
        ({"countries": ["PL", "QQ"]}, "/rules/1/countries/1"),
    ]
    for change, pointer in cases:
        body = {"rules": [market.among(), market.among(market.cheap) | change]}
        r = await market.api.put(path, json=body, headers=market.staff)
        assert (r.status_code, r.json()["pointer"]) == (422, pointer), r.text
    assert len(ok(await market.api.get(path, headers=market.staff))["rules"]) == 1
    gone = await market.api.put("/shops/2147483647/service-rules", json={"rules": []}, headers=market.staff)
    assert gone.status_code == 404


async def test_another_shop_sees_nothing_of_it(market: Market) -> None:
    made = await market.order()
    other = await a_shop(market.db)
    key = bearer(await a_key(market.db, shop=other))
    assert (await market.api.get(f"/orders/{made['id']}", headers=key)).status_code == 404

"""People at the desk: who may change what, what is shown once, and what was done."""

import re

from tests.builders import a_key, a_shop, bearer, signed_in_person, unique
from tests.conftest import Api, Server
from tests.desk import at_desk
from wms.db.tx import Database


async def signs_in(api: Api, badge: str, pin: str) -> int:
    return (await api.post("/sessions", json={"badge": badge, "pin": pin})).status_code


async def test_somebody_new_signs_in_with_the_pin_that_was_shown_once(
    server: Server, db: Database, anonymous: Api
) -> None:
    badge = unique("B-")
    async with at_desk(db, server, "admin") as desk:
        await desk.send("/desk/people", name="Ewa Żak", badge=badge, roles="packer", language="pl", pin="")
        assert desk.status == 200, desk.page
        shown = re.search(r"data-secret>(\d+)<", desk.page)
        assert shown is not None
        assert await signs_in(anonymous, badge, shown[1]) == 201
        async with db.begin() as tx:
            person_id = await tx.value("select id from person where badge = $1", badge)
            kept = await tx.value(
                "select count(*) from idempotent_request where position($1::bytea in body) > 0",
                shown[1].encode(),
            )
        assert kept == 0
        assert shown[1] not in await desk.open(f"/desk/people/{person_id}")
        assert "Ewa Żak" in await desk.open("/desk/people", q=badge)

        await desk.send(f"/desk/people/{person_id}/pin")
        second = re.search(r"data-secret>(\d+)<", desk.page)
        assert second is not None
        assert await signs_in(anonymous, badge, shown[1]) == 401
        assert await signs_in(anonymous, badge, second[1]) == 201

        await desk.send(f"/desk/people/{person_id}/dismiss")
        assert "dismissed" in desk.went
        assert await signs_in(anonymous, badge, second[1]) == 401
        await desk.send(f"/desk/people/{person_id}/return")
        assert await signs_in(anonymous, badge, second[1]) == 201


async def test_a_supervisor_gives_no_pin_to_whoever_is_above(server: Server, db: Database) -> None:
    boss, picker = [await signed_in_person(db, roles=[r]) for r in ("admin", "picker")]
    async with at_desk(db, server, "supervisor") as desk:
        await desk.send(f"/desk/people/{boss.id}/pin")
        assert desk.status == 403
        await desk.send(f"/desk/people/{picker.id}/pin")
        assert desk.status == 200
        for path in (
            f"/desk/people/{picker.id}",
            f"/desk/people/{picker.id}/dismiss",
            "/desk/people",
            "/desk/people/keys",
        ):
            await desk.send(path, name="x")
            assert desk.status == 403, path


async def test_roles_count_at_once_and_sessions_end(server: Server, db: Database) -> None:
    async with at_desk(db, server, "admin") as desk, at_desk(db, server, "supervisor") as other:
        await other.open("/desk/people")
        here = f"/desk/people/{other.person_id}"
        same = {"name": "Ola Sowa", "email": "", "language": "en"}
        await desk.send(here, roles="picker", **same)
        assert "done=changed" in desk.went
        await other.http.get("/desk/people")
        assert (await other.http.get("/desk/people")).status_code == 403
        await desk.send(here, **same)
        assert (desk.status, "at least one" in desk.page) == (422, True)
        await desk.send(f"{here}/sign-out")
        assert (await other.http.get("/desk/people")).status_code == 303


async def test_a_lost_device_is_signed_out(server: Server, db: Database) -> None:
    code = unique("HH-")
    person = await signed_in_person(db, roles=["picker"])
    async with db.begin() as tx:
        device = await tx.value("insert into device (code, name) values ($1, $1) returning id", code)
        await tx.run("update session set device_id = $1 where person_id = $2", device, person.id)
    async with at_desk(db, server, "supervisor") as desk:
        assert "Sign out" in await desk.open("/desk/people/devices", q=code)
        await desk.send(f"/desk/people/devices/{device}/sign-out")
        assert desk.went == "/desk/people/devices?done=ended"
        page = await desk.open("/desk/people/devices", q=code)
        assert f"/desk/people/{person.id}" in page
        assert f"devices/{device}/sign-out" not in page
    async with db.begin() as tx:
        assert await tx.value("select revoked_at is not null from session where person_id = $1", person.id)


async def test_a_key_is_shown_once_and_opens_until_it_is_revoked(
    server: Server, db: Database, anonymous: Api
) -> None:
    shop = await a_shop(db)
    async with at_desk(db, server, "admin") as desk:
        await desk.send(
            "/desk/people/keys", name="ERP of the shop", owner=f"shop-{shop.id}", days="", rate="600"
        )
        assert (desk.status, "what the key may do" in desk.page) == (422, True)
        await desk.send(
            "/desk/people/keys",
            name="ERP of the shop",
            owner=f"shop-{shop.id}",
            scopes="stock.read",
            days="30",
            rate="600",
        )
        found = re.search(r"data-secret>(wms_sk_[\w-]+)<", desk.page)
        assert found is not None, desk.page
        assert (await anonymous.get("/stock", headers=bearer(found[1]))).status_code == 200
        page = await desk.open("/desk/people/keys", shop=shop.id)
        assert found[1] not in page
        key_id = re.search(r"/desk/people/keys/(\d+)/revoke", page)
        assert key_id is not None
        await desk.send(f"/desk/people/keys/{key_id[1]}/revoke")
        assert (await anonymous.get("/stock", headers=bearer(found[1]))).status_code == 401
        assert "ERP of the shop" not in await desk.open("/desk/people/keys", shop=shop.id)
        assert "revoked" in await desk.open("/desk/people/keys", shop=shop.id, show="all")


async def test_what_somebody_did_is_told_of_that_day_alone(server: Server, db: Database) -> None:
    shop = await a_shop(db)
    await a_key(db, shop=shop)
    async with at_desk(db, server, "admin") as desk:
        name = unique("Scanner ")
        await desk.send(
            "/desk/people/keys", name=name, owner=f"shop-{shop.id}", scopes="stock.read", days="", rate=""
        )
        page = await desk.open("/desk/people/events", person=desk.person_id)
        assert ("Key created" in page, name in page) == (True, True)
        assert name not in await desk.open("/desk/people/events", person=desk.person_id, day="2020-01-01")
        assert name not in await desk.open("/desk/people/events", person=desk.person_id, about="order")
        csv = await desk.http.get("/desk/people/events", params={"person": desk.person_id, "format": "csv"})
        assert csv.headers["content-type"].startswith("text/csv")
        assert name in csv.text


async def test_lists_page_on_and_refuse_what_is_no_cursor(server: Server, db: Database) -> None:
    async with at_desk(db, server, "admin") as desk:
        for path in ("/desk/people", "/desk/people/devices", "/desk/people/events", "/desk/people/keys"):
            r = await desk.http.get(path, params={"after": "nonsense"})
            assert r.status_code == 422, path
        csv = await desk.http.get("/desk/people", params={"format": "csv", "show": "all"})
        assert csv.text.startswith("\ufeff")

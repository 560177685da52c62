"""Shops' settings at the desk."""

from tests.builders import a_carrier, a_shop, unique
from tests.conftest import Server
from tests.desk import at_desk
from wms.db.tx import Database
from wms.shops.queries import shop as load_shop

SETTINGS = {
    "name": "Chatka", "language": "pl", "country": "pl", "timezone": "Europe/Warsaw", "cut_off": "13:30",
    "handling_days": "1", "partial_policy": "partial", "min_days_left": "30", "contact_email": "zwroty@example.com",
    "inserts": "Kartka | CARD-01\n\nUlotka", "return_checklist": "Metki\nKomplet", "active": "yes",
    "sender_name": "Chatka", "sender_street": "ul. Magazynowa 7", "sender_postcode": "05-870", "sender_city": "Błonie",
    "sender_country": "PL", "sender_phone": "", "sender_email": "",
}  # fmt: skip


async def test_settings_are_saved_as_they_were_typed(server: Server, db: Database) -> None:
    shop = await a_shop(db)
    here = f"/desk/shops/{shop.id}"
    async with at_desk(db, server, "admin") as desk:
        async with db.begin() as tx:
            version = (await load_shop(tx, shop.id)).version
        await desk.send(here, version=str(version), **SETTINGS)
        assert desk.went == f"{here}?done=changed", desk.page
        async with db.begin() as tx:
            found = await load_shop(tx, shop.id)
        assert (found.cut_off.isoformat(), found.handling_days, found.partial_policy) == (
            "13:30:00",
            1,
            "partial",
        )
        assert found.inserts == [{"text": "Kartka", "sku": "CARD-01"}, {"text": "Ulotka", "sku": None}]
        assert found.return_checklist == ["Metki", "Komplet"]
        assert found.sender["city"] == "Błonie"
        page = await desk.open(here)
        assert "Kartka | CARD-01" in page

        await desk.send(here, version=str(version), **SETTINGS)  # what somebody else has changed since
        assert (desk.status, desk.code) == (412, "changed-meanwhile")
        for field, name, value in (
            ("country", "Country", "P"),
            ("cut_off", "Cut-off", "noon"),
            ("timezone", "Time zone", "Mars/Base"),
            ("handling_days", "Working days to pack", "99"),
        ):
            await desk.send(here, version=str(found.version), **(SETTINGS | {field: value}))
            assert (desk.status, f"<span>{name}: " in desk.page) == (422, True), field


async def test_only_an_administrator_changes_them(server: Server, db: Database) -> None:
    shop = await a_shop(db)
    async with at_desk(db, server, "supervisor") as desk:
        assert "disabled" in await desk.open(f"/desk/shops/{shop.id}")
        await desk.send(f"/desk/shops/{shop.id}", version="1", **SETTINGS)
        assert desk.status == 403
        await desk.send("/desk/shops", name="X", code="x")
        assert desk.status == 403


async def test_a_new_shop_and_the_couriers(server: Server, db: Database) -> None:
    carrier = await a_carrier(db)
    code = unique("nowy-").lower()
    async with at_desk(db, server, "admin") as desk:
        await desk.send("/desk/shops", name="Nowy sklep", code=code)
        assert desk.went.endswith("?done=created")
        assert code in await desk.open("/desk/shops", q=code)
        assert carrier.code in desk.page
        await desk.send("/desk/shops", name="Nowy sklep", code="Wielkie Litery")
        assert desk.status == 422
        r = await desk.http.get("/desk/shops", params={"after": "nonsense"})
        assert r.status_code == 422

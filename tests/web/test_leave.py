"""A badge ends a sign-in; goods whose bar code only looks like one do not."""

import httpx
import pytest

from tests.builders import a_person, a_warehouse, signed_in_person
from tests.conftest import Server, new_key
from wms.db.tx import Database
from wms.web.html import csrf_of


@pytest.mark.parametrize("path", ["/floor/scans", "/floor/look", "/floor/move"])
async def test_only_a_badge_that_somebody_has_changes_the_user(
    server: Server, db: Database, path: str
) -> None:
    await a_warehouse(db)
    one, two = await signed_in_person(db, roles=["picker"]), await a_person(db)
    headers = {"X-CSRF": csrf_of(one.token), "X-Fragment": "1"}
    async with httpx.AsyncClient(
        base_url=server.url, cookies={"wms_session": one.token}, headers=headers
    ) as http:

        async def scan(code: str) -> httpx.Response:
            return await http.post(path, data={"scan": code}, headers={"Idempotency-Key": new_key()})

        r = await scan("B-100-BLUE")
        assert "sign-in" not in r.headers.get("x-go", ""), r.text
        assert (await http.get("/floor")).status_code == 200
        r = await scan(two.badge)
        assert r.headers["x-go"] == f"/floor/sign-in?badge={two.badge}"
        assert (await http.get("/floor")).status_code == 401

"""Somebody at a desk, without a browser: pages are fetched and forms sent as a browser would."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.builders import signed_in_person
from tests.conftest import Server, new_key
from wms.db.tx import Database
from wms.web.html import csrf_of


class Desk:
    """One person's pages. ``act`` sends a form as htmx does, ``form`` as a browser without a script."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self.http = http
        self.token = token

    async def see(self, path: str, status: int = 200, **query: Any) -> str:
        r = await self.http.get(path, params=query or None)
        assert r.status_code == status, (path, r.status_code, r.headers.get("location"), r.text[:300])
        return r.text

    async def act(self, path: str, status: int = 200, **fields: Any) -> str:
        r = await self.http.post(
            path, data=fields, headers={"HX-Request": "true", "X-CSRF": csrf_of(self.token), "Idempotency-Key": new_key()}
        )  # fmt: skip
        assert r.status_code == status, (path, r.status_code, r.text[:300])
        return r.headers.get("HX-Redirect", "") or r.text

    async def form(self, path: str, **fields: Any) -> httpx.Response:
        data = {"_key": new_key(), "_csrf": csrf_of(self.token)} | fields
        return await self.http.post(path, data=data)


@asynccontextmanager
async def at_desk(
    server: Server, db: Database, *roles: str, lang: str = "en", warehouse_id: int = 0
) -> AsyncIterator[Desk]:
    person = await signed_in_person(db, roles=list(roles))
    cookies = {"wms_session": person.token, "wms_lang": lang, "wms_warehouse": str(warehouse_id)}
    async with httpx.AsyncClient(base_url=server.url, timeout=30, cookies=cookies) as http:
        yield Desk(http, person.token)


def texts(page: str) -> str:
    """What a page says, without its markup, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))

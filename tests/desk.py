"""A desk's page as a program sees it: scans as the queue sends them, forms as a browser does."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from html import unescape

import httpx

from tests.builders import signed_in_person
from tests.conftest import Server, new_key
from wms.db.tx import Database
from wms.web.html import csrf_of


class Desk:
    """One person at one desk. ``text`` is the last answer, ``page`` the same as people read it, ``went`` the address that it led to."""

    def __init__(self, http: httpx.AsyncClient, token: str, person_id: int) -> None:
        self.http, self.person_id = http, person_id
        self.csrf = csrf_of(token)
        self.text = self.page = ""
        self.went = ""
        self.status = 0

    def _took(self, r: httpx.Response) -> httpx.Response:
        self.text, self.status = r.text, r.status_code
        self.page = unescape(self.text)
        self.went = r.headers.get("x-go", "") or r.headers.get("location", "")
        assert r.status_code < 500, r.text
        return r

    async def open(self, path: str, **query: str | int) -> str:
        r = self._took(await self.http.get(path, params=query))
        assert r.status_code == 200, (path, r.status_code, r.text[:500])
        return self.page

    async def scan(self, path: str, code: str, *, step: str = "", **fields: str) -> str:
        """One scan; the page's answer, or where it led."""
        headers = {"X-Fragment": "1", "X-CSRF": self.csrf, "Idempotency-Key": new_key()}
        self._took(await self.http.post(path, data={"scan": code, "step": step, **fields}, headers=headers))
        return self.page

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """A plain form."""
        form = {"_csrf": self.csrf, "_key": new_key(), **fields}
        return self._took(await self.http.post(path, data=form))

    @property
    def tone(self) -> str:
        """Tone of what was said of the last scan."""
        found = re.search(r'class="said" data-tone="(\w+)"', self.page)
        return found[1] if found else ""

    @property
    def code(self) -> str:
        found = re.search(r'data-code="([\w-]+)"', self.page)
        return found[1] if found else ""

    @property
    def step(self) -> str:
        found = re.search(r'data-step="([^"]*)"', self.page)
        return found[1].split(":")[-1] if found else ""


@asynccontextmanager
async def at_desk(
    db: Database, server: Server, *roles: str, lang: str = "en", **cookies: str
) -> AsyncIterator[Desk]:
    """A new person with these roles, signed in in a browser of their own."""
    person = await signed_in_person(db, roles=roles)
    kept: dict[str, str] = {"wms_session": person.token, "wms_lang": lang, **cookies}
    async with httpx.AsyncClient(base_url=server.url, cookies=kept, timeout=60) as http:
        yield Desk(http, person.token, person.id)


def cells(page: str) -> Sequence[str]:
    """The texts of all table cells."""
    return [re.sub(r"<[^>]+>", "", c).strip() for c in re.findall(r"<td[^>]*>(.*?)</td>", page, re.S)]

"""Lists of the desk from either end: the same rows, page by page, in the order that was asked for."""

import re
from html import unescape
from typing import Any

import pytest

from tests.builders import a_carrier, a_shop, a_warehouse, unique
from tests.conftest import Server
from tests.desk import Desk, at_desk
from wms.db.both_ways import order_of
from wms.db.tx import Database
from wms.shipping.desk_queries import past_manifests

ROWS = 53
"""More than a page."""
FILLED = {
    "/desk/inbound": """insert into asn (shop_id, warehouse_id, number, request_hash)
        select $1, $2, $3 || to_char(n, 'FM000'), '\\x00' from generate_series(1, $4::int) n""",
    "/desk/returns/list": """insert into rma (shop_id, warehouse_id, number, kind, announced)
        select $1, $2, $3 || to_char(n, 'FM000'), 'withdrawal', true from generate_series(1, $4::int) n""",
}


@pytest.mark.parametrize("path", list(FILLED))
async def test_a_list_is_read_from_either_end(path: str, db: Database, server: Server) -> None:
    shop, warehouse = await a_shop(db), await a_warehouse(db)
    stem = unique("BW") + "-"
    async with db.begin() as tx:
        await tx.run(FILLED[path], shop.id, warehouse.id, stem, ROWS)
    asked: dict[str, Any] = {"shop": shop.id}
    numbers = [f"{stem}{n:03}" for n in range(1, ROWS + 1)]
    async with at_desk(db, server, "supervisor", "inspector", wms_warehouse=str(warehouse.id)) as desk:
        for sort, expected in (("new", numbers[::-1]), ("old", numbers), ("'", numbers[::-1])):
            found: list[str] = []
            page = await desk.open(path, sort=sort, **asked)
            for more in (True, False):
                found += sorted((n for n in numbers if f">{n}<" in page), key=page.index)
                assert ("Next page" in page) == more
                if more:
                    link = page[: page.index(">Next page<")].rpartition('href="')[2].rstrip('"')
                    page = (await desk.http.get(link)).text
            assert found == expected
        csv = (await desk.http.get(path, params=asked | {"sort": "old", "format": "csv"})).text
        assert sorted(numbers, key=csv.index) == numbers


async def in_order(desk: Desk, path: str, names: list[str], shown: str, **asked: Any) -> list[str]:
    """The names as the pages have them, one after the other."""
    found: list[str] = []
    page = await desk.open(path, **asked)
    while True:
        found += sorted(
            (n for n in names if shown.format(n) in page), key=lambda n: page.index(shown.format(n))
        )
        link = re.search(r'href="([^"]*after=[^"]*)"', page)
        if link is None:
            return found
        page = unescape((await desk.http.get(link.group(1))).text)


async def test_what_waits_longest_comes_first_unless_asked_otherwise(db: Database, server: Server) -> None:
    warehouse = await a_warehouse(db, shared=False)
    stem = unique("STRAY") + "-"
    async with db.begin() as tx:
        await tx.run(
            """insert into stray_parcel (warehouse_id, code, note, at)
               select $1, $2 || to_char(n, 'FM000'), 'karton', now() - interval '1 day' + n / 2 * interval '1 minute'
               from generate_series(1, $3::int) n""",
            warehouse.id, stem, ROWS,
        )  # fmt: skip
    names = [f"{stem}{n:03}" for n in range(1, ROWS + 1)]
    async with at_desk(db, server, "supervisor", "inspector", wms_warehouse=str(warehouse.id)) as desk:
        for path, shown, asked in (
            ("/desk/returns/strays", "<b>{}</b>", {}),
            ("/desk/exceptions", ">{}</a>", {"kind": "stray"}),
        ):
            for sort, expected in (("", names), ("old", names), ("new", names[::-1]), ("'", names)):
                assert await in_order(desk, path, names, shown, sort=sort, **asked) == expected, (path, sort)
                file = (await desk.http.get(path, params={**asked, "sort": sort, "format": "csv"})).text
                assert sorted(names, key=file.index) == expected, (path, sort)


async def test_what_was_done_from_either_end(db: Database, server: Server) -> None:
    stem = unique("DID") + "-"
    many = 2 * ROWS
    async with at_desk(db, server, "supervisor") as desk:
        async with db.begin() as tx:
            await tx.run(
                """insert into event (shop_id, kind, subject, subject_id, ref, person_id, actor)
                   select 0, 'note', 'other', n, $1 || to_char(n, 'FM000'), $2, 'staff' from generate_series(1, $3::int) n""",
                stem, desk.person_id, many,
            )  # fmt: skip
        names = [f"{stem}{n:03}" for n in range(1, many + 1)]
        for sort, expected in (("", names[::-1]), ("new", names[::-1]), ("old", names)):
            asked = {"person": desk.person_id, "sort": sort}
            assert await in_order(desk, "/desk/people/events", names, ">{}<", **asked) == expected


CLOSED = """
insert into manifest (warehouse_id, carrier_id, number, state, pickup_at, parcels, weight_g, closed_at, sha256)
select $1, $2, 'BW-' || n, 'closed', now() + n * interval '1 day', 0, 0, now(), '-' from generate_series(1, 5) n
"""


class Undone(Exception):
    """No other test knows such manifests."""


async def read_closed(db: Database, warehouse_id: int, carrier_id: int) -> None:
    async with db.begin() as tx:
        await tx.run(CLOSED, warehouse_id, carrier_id)
        for first, expected in (("new", [5, 4, 3, 2, 1]), ("old", [1, 2, 3, 4, 5])):
            found: list[str | None] = []
            behind = 0
            while rows := await past_manifests(
                tx,
                warehouse_id,
                state="",
                carrier_id=carrier_id,
                behind=behind,
                limit=2,
                first=order_of(first),
            ):
                found += [m.number for m in rows]
                behind = rows[-1].id
            assert found == [f"BW-{n}" for n in expected]
        raise Undone


async def test_manifests_from_either_end(db: Database, server: Server) -> None:
    warehouse, carrier = await a_warehouse(db), await a_carrier(db)
    with pytest.raises(Undone):
        await read_closed(db, warehouse.id, carrier.id)
    async with at_desk(db, server, "supervisor", wms_warehouse=str(warehouse.id)) as desk:
        page = await desk.open("/desk/manifests", sort="old")
        assert '<option value="old" selected>' in page

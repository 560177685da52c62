"""Every list of the desk that is sorted by its headings: by each column, from either end, page by page."""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest

from tests.builders import a_bin, a_carrier, a_shop, a_sku, a_warehouse, stock_up, unique
from tests.conftest import Server
from tests.desk import Desk, at_desk
from wms.db.sorting import Column, Sorting
from wms.db.tx import Database
from wms.kernel.refusals import Invalid

ROWS = 53
"""More than a page."""
NEVER, EVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text) if text else NEVER


def until(text: str) -> datetime:
    return datetime.fromisoformat(text) if text else EVER


Sorts = Mapping[str, tuple[int, Callable[[str], Any]]]


@dataclass
class Listed:
    """``sorts``: where a column stands in the file and how it is compared; ``name``: the file's column that tells rows
    apart, and ``shown`` how a page shows it."""

    path: str
    asked: dict[str, Any]
    sorts: Sorts
    name: int
    shown: str = ">{}<"
    cookies: dict[str, str] = field(default_factory=dict)


async def people(db: Database) -> Listed:
    stem = unique("P")
    async with db.begin() as tx:
        await tx.run(
            """with p as (insert into person (badge, name, roles)
                 select $1 || '-' || n, $1 || ' ' || n % 7, '{picker}' from generate_series(1, $2::int) n returning id)
               insert into session (token_hash, person_id, floor, seen_at, expires_at)
               select sha256(($1 || id)::bytea), id, true, '2026-01-01'::timestamptz + id % 5 * interval '1 hour', now()
               from p where id % 3 > 0""",
            stem, ROWS,
        )  # fmt: skip
    return Listed(
        "/desk/people",
        {"q": stem},
        {"name": (1, str), "badge": (0, str), "seen": (4, moment)},
        0,
        "<td>{}</td>",
    )


async def devices(db: Database) -> Listed:
    stem = unique("D")
    async with db.begin() as tx:
        await tx.run(
            """with p as (insert into person (badge, name, roles) values ($1, $1, '{picker}') returning id),
               d as (insert into device (code, name, created_at)
                 select $1 || '-' || n, '', '2026-01-01'::timestamptz + n % 4 * interval '1 day'
                 from generate_series(1, $2::int) n returning id)
               insert into session (token_hash, person_id, device_id, floor, seen_at, expires_at)
               select sha256(($1 || d.id)::bytea), p.id, d.id, true, '2026-02-01'::timestamptz + d.id % 5 * interval '1 hour', now()
               from p, d where d.id % 3 > 0""",
            stem, ROWS,
        )  # fmt: skip
    return Listed(
        "/desk/people/devices", {"q": stem}, {"code": (0, str), "seen": (2, moment), "since": (4, moment)}, 0
    )


async def keys(db: Database) -> Listed:
    shop = await a_shop(db)
    async with db.begin() as tx:
        await tx.run(
            """insert into api_key (token_hash, public_id, name, kind, shop_id, scopes, created_at, expires_at)
               select sha256(($1 || n)::bytea), $1 || '-' || n, 'key ' || n % 6, 'shop', $2, '{}',
                      '2026-01-01'::timestamptz + n % 9 * interval '1 day',
                      case when n % 4 > 0 then '2030-01-01'::timestamptz + n % 5 * interval '1 day' end
               from generate_series(1, $3::int) n""",
            unique("k"), shop.id, ROWS,
        )  # fmt: skip
    sorts: Sorts = {"since": (5, moment), "until": (6, until), "name": (0, str), "owner": (2, str)}
    return Listed("/desk/people/keys", {"shop": shop.id}, sorts, 1, "<small>{}</small>")


async def places(db: Database) -> Listed:
    house = await a_warehouse(db, shared=False)
    async with db.begin() as tx:
        await tx.run(
            """insert into location (warehouse_id, code, kind, walk, capacity_ml, locked_at, lock_reason)
               select $1, 'SORT-' || n, 'bin', n % 8, nullif(n % 5, 0) * 1000,
                      case when n % 3 = 0 then '2026-01-01'::timestamptz + n % 4 * interval '1 day' end,
                      case when n % 3 = 0 then 'count' end
               from generate_series(1, $2::int * 2) n""",
            house.id, ROWS,
        )  # fmt: skip
    number = lambda text: int(text or -1)  # noqa: E731
    sorts: Sorts = {"code": (0, str), "walk": (7, number), "room": (8, number), "locked": (9, moment)}
    return Listed("/desk/locations/list", {"q": "SORT-"}, sorts, 0, cookies={"wms_warehouse": str(house.id)})


async def shops(db: Database) -> Listed:
    stem = unique("sort").lower()
    async with db.begin() as tx:
        await tx.run(
            "insert into shop (code, name) select $1 || '-' || n, 'Sklep ' || n % 9 from generate_series(1, $2::int) n",
            stem, ROWS,
        )  # fmt: skip
        await tx.run(
            """insert into sku (shop_id, code, name) select s.id, 'S-' || n, 'Kubek' from shop s, generate_series(1, s.id % 3) n
               where s.code like $1 || '-%'""",
            stem,
        )
    sorts: Sorts = {"name": (0, str), "code": (1, str), "skus": (6, int), "open": (7, int)}
    return Listed("/desk/shops", {"q": stem}, sorts, 1, "<td>{}</td>")


async def prices(db: Database) -> Listed:
    carrier = await a_carrier(db)
    async with db.begin() as tx:
        await tx.run(
            """insert into service_price (carrier_id, service, country, max_weight_g, price, currency, transit_days, valid_from)
               select $1, 's' || n % 3, 'PL', n * 990, n % 7 + 9.5, coalesce((select min(currency) from service_price), 'PLN'),
                      1, '2026-01-01'::date + n % 6
               from generate_series(1, $2::int) n""",
            carrier.id, ROWS,
        )  # fmt: skip
    sorts: Sorts = {"service": (1, str), "price": (4, float), "since": (7, str)}
    return Listed("/desk/shops/prices", {"carrier": carrier.code}, sorts, 3, "up to {} g")


async def stock(db: Database) -> Listed:
    shop, bin = await a_shop(db), await a_bin(db)
    for n in range(ROWS):
        sku = await a_sku(db, shop=shop)
        if n % 10 == 0:
            await stock_up(db, sku=sku, bin=bin, quantity=n // 10 + 1)
    sorts: Sorts = {"code": (1, str), "on_hand": (3, int), "available": (6, int)}
    return Listed("/desk/stock", {"shop": shop.id}, sorts, 1, ">{}</a>")


LISTS = (people, devices, keys, places, shops, prices, stock)


async def pages(desk: Desk, made: Listed, sort: str, names: list[str]) -> list[str]:
    """The names in the order of the pages."""
    found: list[str] = []
    page = await desk.open(made.path, sort=sort, **made.asked)
    while True:
        shown = {n: made.shown.format(n) for n in names}
        found += sorted((n for n in names if shown[n] in page), key=lambda n: page.index(shown[n]))
        if ">Next page<" not in page:
            return found
        link = page[: page.index(">Next page<")].rpartition('href="')[2].rstrip('"')
        r = await desk.http.get(link)
        assert r.status_code == 200, r.text
        page = unescape(r.text)


@pytest.mark.parametrize("make", LISTS, ids=lambda m: m.__name__)
async def test_a_list_is_read_by_each_heading_from_either_end(
    make: Callable[[Database], Any], db: Database, server: Server
) -> None:
    made: Listed = await make(db)
    async with at_desk(db, server, "supervisor", **made.cookies) as desk:
        heads = set(
            re.findall(r'class="by" href="[^"]*sort=-?(\w+)', await desk.open(made.path, **made.asked))
        )
        assert heads == set(made.sorts), "every sort has a heading to touch"
        for sort, (column, read) in made.sorts.items():
            ways: list[list[str]] = []
            for way in (sort, f"-{sort}"):
                file = (
                    await desk.http.get(made.path, params={**made.asked, "sort": way, "format": "csv"})
                ).text
                rows = list(csv.reader(file.lstrip("\ufeff").splitlines(), delimiter=";"))[1:]
                values, names = [read(r[column]) for r in rows], [r[made.name] for r in rows]
                assert len(set(names)) >= ROWS
                assert values == sorted(values, reverse=way != sort), way
                assert await pages(desk, made, way, names) == names, way
                ways.append(names)
            assert ways[1] == ways[0][::-1], sort
        told = await desk.open(made.path, sort=f"-{sort}", **made.asked)
        assert told.count('aria-sort="descending"') == 1
        for sort in (*made.sorts, "nonsense", "'"):
            for after in ("nonsense", "WzEsMl0", "WyJcdTAwMDAiLDFd", "WyJ4IiwxLDJd", "WyIxIiwtMV0"):
                r = await desk.http.get(made.path, params={"after": after, "sort": sort})
                assert r.status_code in (200, 422), (sort, after, r.text)
                assert r.status_code == 422 or after not in ("nonsense", "WzEsMl0", "WyJcdTAwMDAiLDFd")


def test_a_cursor_fits_its_column_or_is_refused() -> None:
    s = Sorting(
        "id", "t", t=Column("t", "t"), n=Column("n", "n", "bigint"), d=Column("d", "d", "date"),
        p=Column("p", "p", "numeric"), at=Column("at", "at", "timestamptz"),
    )  # fmt: skip
    good = {
        "t": "Żółw'; --",
        "n": "-7",
        "d": "2026-01-31",
        "p": "12.50",
        "at": "2026-01-31T10:00:00.123456+00:00",
    }
    for sort, value in good.items():
        assert s.behind(f"-{sort}", [value, 7]) == (value, 7)
        assert s.behind(sort, None) == (None, 0)
        wrong: list[list[int | str]] = [
            [value], [value, "7"], [7, 7], [value, -1], [value, 2**63], ["\x00", 1], [],
        ]  # fmt: skip
        for bad in wrong:
            with pytest.raises(Invalid):
                s.behind(sort, bad)
    for sort in ("n", "d", "p", "at"):
        for other in ("", "x", "1e999", "infinity", "9" * 40):
            with pytest.raises(Invalid):
                s.behind(sort, [other, 1])

"""People, devices, keys and what was done, for the desk."""

from datetime import datetime
from typing import Any

import msgspec

from wms.db.both_ways import Order, both_ways
from wms.db.sorting import Column, Sorting
from wms.db.tx import Tx


class PersonRow(msgspec.Struct, frozen=True):
    """``seen_at``: the last request of any session; ``sessions``: open ones."""

    id: int
    badge: str
    name: str
    roles: list[str]
    active: bool
    language: str
    has_pin: bool
    has_password: bool
    email: str | None
    created_at: datetime
    sessions: int
    device: str | None
    seen_at: datetime | None


# Who was seen last is looked for among the five sign-ins that end last: a list must not read all that there ever were.
PEOPLE = """
select p.id, p.badge, p.name, p.roles, p.active, p.language, p.pin_hash is not null as has_pin,
       p.password_hash is not null as has_password, p.email, p.created_at, n.sessions,
       (select d.code from device d where d.id = l.device_id) as device, l.seen_at
from person p
cross join lateral (
  select count(*)::int as sessions from session s
  where s.person_id = p.id and s.revoked_at is null and s.expires_at > now()) n
left join lateral (
  select s.device_id, s.seen_at from (
    select device_id, seen_at from session where person_id = p.id order by expires_at desc limit 5) s
  order by s.seen_at desc limit 1) l on true
"""
PEOPLE_BY = Sorting(
    "p.id",
    "name",
    name=Column("p.name", "name"),
    badge=Column("p.badge", "badge"),
    seen=Column("l.seen_at", "seen_at", "timestamptz", lacking="1970-01-01T00:00:00+00:00"),
)


async def list_people(
    tx: Tx,
    *,
    pattern: str,
    role: str,
    active: bool | None,
    sort: str,
    behind: tuple[str | None, int],
    limit: int,
) -> list[PersonRow]:
    """``active`` None: also who has left."""
    by = PEOPLE_BY.parts(sort, 5)
    where = f"""where ($2 = '' or p.name ilike $2 or p.badge ilike $2) and ($3 = '' or $3 = any(p.roles))
      and ($4::bool is null or p.active = $4) and {by["beyond"]} order by {by["order"]} limit $1"""
    return await tx.all(PersonRow, PEOPLE + where, limit, pattern, role, active, *behind)


async def one_person(tx: Tx, person_id: int) -> PersonRow | None:
    return await tx.one(PersonRow, PEOPLE + "where p.id = $1", person_id)


class DeviceRow(msgspec.Struct, frozen=True):
    """``person``: who used it last."""

    id: int
    code: str
    created_at: datetime
    sessions: int
    person_id: int | None
    person: str | None
    seen_at: datetime | None


DEVICES = """
select d.id, d.code, d.created_at, n.sessions, l.person_id, l.person, l.seen_at
from device d
cross join lateral (
  select count(*)::int as sessions from session s
  where s.device_id = d.id and s.revoked_at is null and s.expires_at > now()) n
left join lateral (
  select p.id as person_id, p.name as person, s.seen_at from (
    select person_id, seen_at from session where device_id = d.id order by expires_at desc limit 5) s
  join person p on p.id = s.person_id order by s.seen_at desc limit 1) l on true
where ($1 = '' or d.code ilike $1) and {beyond} order by {order} limit $2
"""
DEVICES_BY = Sorting(
    "d.id",
    "code",
    code=Column("d.code", "code"),
    seen=Column("l.seen_at", "seen_at", "timestamptz", lacking="1970-01-01T00:00:00+00:00"),
    since=Column("d.created_at", "created_at", "timestamptz"),
)


async def list_devices(
    tx: Tx, *, pattern: str, sort: str, behind: tuple[str | None, int], limit: int
) -> list[DeviceRow]:
    return await tx.all(DeviceRow, DEVICES.format(**DEVICES_BY.parts(sort, 3)), pattern, limit, *behind)


class KeyRow(msgspec.Struct, frozen=True):
    """``owner``: the shop or the courier that it speaks for."""

    id: int
    public_id: str
    name: str
    kind: str
    owner: str
    scopes: list[str]
    rate_per_min: int
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


KEYS = """
select k.id, k.public_id, k.name, k.kind, coalesce(s.name, c.name, '') as owner, k.scopes, k.rate_per_min, k.created_at,
       k.expires_at, k.revoked_at
from api_key k left join shop s on s.id = k.shop_id left join carrier c on c.id = k.carrier_id
where ($1 = 0 or k.shop_id = $1) and ($2 or (k.revoked_at is null and (k.expires_at is null or k.expires_at > now())))
  and {beyond} order by {order} limit $3
"""
KEYS_BY = Sorting(
    "k.id",
    "-since",
    since=Column("k.created_at", "created_at", "timestamptz"),
    until=Column("k.expires_at", "expires_at", "timestamptz", lacking="9999-01-01T00:00:00+00:00"),
    name=Column("k.name", "name"),
    owner=Column("coalesce(s.name, c.name, '')", "owner"),
)


async def list_keys(
    tx: Tx, *, shop_id: int, dead: bool, sort: str, behind: tuple[str | None, int], limit: int
) -> list[KeyRow]:
    """``dead``: also those that were revoked or have run out."""
    return await tx.all(KeyRow, KEYS.format(**KEYS_BY.parts(sort, 4)), shop_id, dead, limit, *behind)


class Choice(msgspec.Struct, frozen=True):
    id: int
    name: str


async def shops_and_carriers(tx: Tx) -> tuple[list[Choice], list[Choice]]:
    """Whom a key may be for."""
    rows = await tx.rows(
        """select 'shop' as what, id::bigint, name from shop where active
           union all select 'carrier', id, name from carrier where active order by 3 limit 4000"""
    )
    return tuple([Choice(r["id"], r["name"]) for r in rows if r["what"] == w] for w in ("shop", "carrier"))  # type: ignore[return-value]


class Did(msgspec.Struct, frozen=True):
    """One event with the names that people know."""

    id: int
    shop_id: int
    at: datetime
    kind: str
    subject: str
    subject_id: int
    ref: str | None
    data: dict[str, Any]
    person: str | None
    person_id: int | None
    device: str | None
    actor: str
    shop: str | None


# A day of events is a stretch of the log, found by its block ranges.
EVENTS = both_ways("""
select e.id, e.shop_id, e.at, e.kind, e.subject, e.subject_id, e.ref, e.data, p.name as person, e.person_id, d.code as device,
       e.actor, s.name as shop
from (
  select * from event e where e.at >= $1 and e.at < $2 and ($3::bigint = 0 or e.person_id = $3)
    and ($4 = '' or e.subject = $4) and ($5::bigint = 0 or e.id {beyond} $5) order by e.id {way} limit $6
) e
left join person p on p.id = e.person_id left join device d on d.id = e.device_id left join shop s on s.id = e.shop_id
order by e.id {way}
""")


async def list_events(
    tx: Tx,
    begin: datetime,
    end: datetime,
    *,
    person_id: int,
    subject: str,
    first: Order,
    after: int,
    limit: int,
) -> list[Did]:
    """What was done between two moments; by one person or by all."""
    return await tx.all(Did, EVENTS[first], begin, end, person_id, subject, after, limit)


async def names(tx: Tx) -> list[Choice]:
    """Everybody, for a choice."""
    return await tx.all(Choice, "select id, name from person order by name limit 2000")

"""People, devices, keys and what was done, for the desk."""

from datetime import datetime
from typing import Any

import msgspec

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


PEOPLE = """
select p.id, p.badge, p.name, p.roles, p.active, p.language, p.pin_hash is not null as has_pin,
       p.password_hash is not null as has_password, p.email, p.created_at, n.sessions, l.device, n.seen_at
from (select * from person p where {where} order by p.name, p.id limit $1) p
cross join lateral (
  select count(*) filter (where s.revoked_at is null and s.expires_at > now())::int as sessions, max(s.seen_at) as seen_at
  from session s where s.person_id = p.id) n
left join lateral (
  select d.code as device from session s left join device d on d.id = s.device_id where s.person_id = p.id
  order by s.seen_at desc limit 1) l on true
order by p.name, p.id
"""


async def list_people(
    tx: Tx, *, pattern: str, role: str, active: bool | None, after: tuple[str, int] | None, limit: int
) -> list[PersonRow]:
    """By name. ``active`` None: also who has left."""
    name, last = after or (None, 0)
    where = """($2 = '' or p.name ilike $2 or p.badge ilike $2) and ($3 = '' or $3 = any(p.roles))
      and ($4::bool is null or p.active = $4) and ($5::text is null or (p.name, p.id) > ($5, $6::bigint))"""
    return await tx.all(PersonRow, PEOPLE.format(where=where), limit, pattern, role, active, name, last)


async def one_person(tx: Tx, person_id: int) -> PersonRow | None:
    return await tx.one(PersonRow, PEOPLE.format(where="p.id = $2"), 1, person_id)


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
from (select * from device where ($1 = '' or code ilike $1) and ($2::text is null or code > $2) order by code limit $3) d
cross join lateral (
  select count(*)::int as sessions from session s
  where s.device_id = d.id and s.revoked_at is null and s.expires_at > now()) n
left join lateral (
  select p.id as person_id, p.name as person, s.seen_at from session s join person p on p.id = s.person_id
  where s.device_id = d.id order by s.seen_at desc limit 1) l on true
order by d.code
"""


async def list_devices(tx: Tx, *, pattern: str, after: str | None, limit: int) -> list[DeviceRow]:
    """By name."""
    return await tx.all(DeviceRow, DEVICES, pattern, after, limit)


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
  and ($3::bigint = 0 or k.id < $3) order by k.id desc limit $4
"""


async def list_keys(tx: Tx, *, shop_id: int, dead: bool, after: int, limit: int) -> list[KeyRow]:
    """Newest first; ``dead``: also those that were revoked or have run out."""
    return await tx.all(KeyRow, KEYS, shop_id, dead, after, limit)


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
EVENTS = """
select e.id, e.shop_id, e.at, e.kind, e.subject, e.subject_id, e.ref, e.data, p.name as person, e.person_id, d.code as device,
       e.actor, s.name as shop
from (
  select * from event e where e.at >= $1 and e.at < $2 and ($3::bigint = 0 or e.person_id = $3)
    and ($4 = '' or e.subject = $4) and ($5::bigint = 0 or e.id < $5) order by e.id desc limit $6
) e
left join person p on p.id = e.person_id left join device d on d.id = e.device_id left join shop s on s.id = e.shop_id
order by e.id desc
"""


async def list_events(
    tx: Tx, begin: datetime, end: datetime, *, person_id: int, subject: str, after: int, limit: int
) -> list[Did]:
    """What was done between two moments, the last first; by one person or by all."""
    return await tx.all(Did, EVENTS, begin, end, person_id, subject, after, limit)


async def names(tx: Tx) -> list[Choice]:
    """Everybody, for a choice."""
    return await tx.all(Choice, "select id, name from person order by name limit 2000")

"""Somebody with more rights lends their word to the one who works: badge and PIN, without a change of user."""

from collections.abc import Set as AbstractSet
from datetime import timedelta

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.people.errors import TooManyFailures
from wms.people.secrets import matches
from wms.people.sign_in import FAILURES, MINUTES

AT = "vouch"
"""Wrong tries are counted apart from those of signing in, for each badge."""


class Voucher(msgspec.Struct, frozen=True):
    id: int
    name: str


async def vouch(tx: Tx, badge: str, pin: str, roles: AbstractSet[str]) -> Voucher | None:
    """Who it is, when badge and PIN match and they have one of ``roles``; None counts as a wrong try.

    The caller commits a None too, or the try would not count. Raises ``TooManyFailures``.
    """
    name = badge.strip()[:100].lower()
    await tx.run("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"{name}\n{AT}")
    failed = await tx.value(
        "select count(*) from sign_in_failure where who = $1 and device = $2 and at > now() - $3::interval",
        name,
        AT,
        timedelta(minutes=MINUTES),
    )
    if failed >= FAILURES:
        raise TooManyFailures(minutes=MINUTES, retry_after=MINUTES * 60)
    person = await tx.row(
        "select id, name, roles, pin_hash from person where lower(badge) = $1 and active", name
    )
    right = await matches(person["pin_hash"] if person else None, pin[:100])
    if not right or person is None or not set(person["roles"]) & roles:
        await tx.run("insert into sign_in_failure (who, device) values ($1, $2)", name, AT)
        await record(tx, Event(kind="person.sign_in_failed", subject="person", subject_id=0, ref=name[:40]))
        return None
    await tx.run("delete from sign_in_failure where who = $1 and device = $2", name, AT)
    return Voucher(person["id"], person["name"])

"""Sign in: badge and PIN on the floor, e-mail and password at a desk."""

from datetime import datetime, timedelta

import msgspec

from wms.db.tx import Database
from wms.events.log import Event, record
from wms.kernel.ids import hash_token, new_token
from wms.people.errors import SignInFailed, TooManyFailures
from wms.people.secrets import matches

FAILURES, MINUTES = 5, 15
DESK, NEW_DEVICE = "desk", "(new)"
FLOOR_SHIFT = timedelta(hours=12)
DESK_DAY = timedelta(hours=10)


class SignedIn(msgspec.Struct, frozen=True):
    """``token`` is shown once; it goes into the Authorization header as ``Bearer``."""

    token: str
    name: str
    roles: list[str]
    expires_at: datetime


async def sign_in(
    database: Database, who: str, secret: str, *, device: str | None = None, floor: bool
) -> SignedIn:
    """A new session with a new token. ``who`` is a badge (floor) or an e-mail (desk).

    Raises ``SignInFailed``; after 5 failures in 15 minutes by the same name on the same device
    ``TooManyFailures``, also for the right secret. A device that nobody ever signed in on is counted as one with all
    others of that kind, because whoever guesses can make up names of devices. Short transactions, so that none is
    open while Argon2 works; an attempt counts as failed until it has turned out right, so that a thousand at the same
    moment are no more than five.
    """
    name = who.strip()[:100].lower()
    async with database.begin() as tx:
        at = DESK
        if device:
            known = await tx.value("select code from device where code = $1", device[:100])
            at = known or NEW_DEVICE
        await tx.run("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"{name}\n{at}")
        failed = await tx.value(
            "select count(*) from sign_in_failure where who = $1 and device = $2 and at > now() - $3::interval",
            name,
            at,
            timedelta(minutes=MINUTES),
        )
        if failed >= FAILURES:
            raise TooManyFailures(minutes=MINUTES, retry_after=MINUTES * 60)
        await tx.run("insert into sign_in_failure (who, device) values ($1, $2)", name, at)
        column, stored = ("badge", "pin_hash") if floor else ("email", "password_hash")
        person = await tx.row(
            f"select id, name, roles, {stored} as stored from person where lower({column}) = $1 and active",
            name,
        )
    if not await matches(person["stored"] if person else None, secret) or person is None:
        async with database.begin() as tx:
            await record(
                tx, Event(kind="person.sign_in_failed", subject="person", subject_id=0, ref=name[:40])
            )
        raise SignInFailed
    token = f"wms_se_{new_token('se').secret}"
    async with database.begin() as tx:
        device_id = None
        if device:
            device_id = await tx.value(
                """insert into device (code, name) values ($1, $1) on conflict (code) do update set code = excluded.code
                   returning id""",
                device[:100],
            )
        expires = tx.now + (FLOOR_SHIFT if floor else DESK_DAY)
        await tx.run(
            "insert into session (token_hash, person_id, device_id, floor, expires_at) values ($1, $2, $3, $4, $5)",
            hash_token(token),
            person["id"],
            device_id,
            floor,
            expires,
        )
        await tx.run("delete from sign_in_failure where who = $1 and device = $2", name, at)
        await record(
            tx, Event(kind="person.signed_in", subject="person", subject_id=person["id"], ref=person["name"])
        )
    return SignedIn(token=token, name=person["name"], roles=list(person["roles"]), expires_at=expires)

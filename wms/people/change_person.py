"""What changes about somebody: name, roles, a new PIN or password, sessions that end, the way back in."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Invalid, NotAllowed, NotFound
from wms.kernel.text import Text
from wms.people.errors import LastAdmin
from wms.people.manage import ROLES
from wms.people.secrets import check_password, check_pin, hash_secret, new_pin

OVER_OTHERS = frozenset({"supervisor", "admin"})
"""Roles whose PIN only an administrator gives: with it one would be that person."""


class Known(msgspec.Struct, frozen=True):
    id: int
    name: str
    roles: list[str]
    active: bool


async def known(tx: Tx, person_id: int) -> Known:
    """The person, locked for a change. Raises ``NotFound``."""
    found = await tx.one(
        Known, "select id, name, roles, active from person where id = $1 for no key update", person_id
    )
    if found is None:
        raise NotFound(what="person", ref=person_id)
    return found


async def keep_an_admin(tx: Tx, person_id: int) -> None:
    """Raises ``LastAdmin`` when without this person nobody could administer any more."""
    # two who take each other's role away at the same moment must see each other
    await tx.run("select pg_advisory_xact_lock(hashtextextended('the last administrator', 0))")
    if not await tx.value(
        "select exists (select from person where active and 'admin' = any(roles) and id <> $1)", person_id
    ):
        raise LastAdmin


async def change_person(tx: Tx, person_id: int, changes: Mapping[str, Any]) -> None:
    """``changes`` of ``name``, ``email``, ``language`` and ``roles``; roles count from the next request on.

    Raises ``NotFound``, ``LastAdmin``, ``Invalid`` for unknown roles, none at all, or an e-mail in use.
    """
    assert changes.keys() <= {"name", "email", "language", "roles"}, changes.keys()
    old = await known(tx, person_id)
    roles: Sequence[str] = changes.get("roles", old.roles)
    if not roles or [r for r in roles if r not in ROLES]:
        raise Invalid(
            field="roles",
            why=Text(en="choose at least one", pl="wybierz co najmniej jedną"),
            pointer="/roles",
        )
    if old.active and "admin" in old.roles and "admin" not in roles:
        await keep_an_admin(tx, person_id)
    email = changes.get("email")
    if email and await tx.value(
        "select exists (select from person where lower(email) = lower($1) and id <> $2)", email, person_id
    ):
        raise Invalid(
            field="email",
            why=Text(en="somebody else signs in with it", pl="ktoś inny już się nim loguje"),
            pointer="/email",
        )
    await tx.run(
        """update person set name = coalesce($2, name), roles = $3, language = coalesce($4, language),
             email = case when $5 then nullif(lower($6), '') else email end where id = $1""",
        person_id,
        changes.get("name"),
        list(roles),
        changes.get("language"),
        "email" in changes,
        email or "",
    )
    data: dict[str, Any] = {"changed": sorted(changes)}
    if set(roles) != set(old.roles):
        data["roles"] = {"old": old.roles, "new": list(roles)}
    await record(
        tx, Event(kind="person.changed", subject="person", subject_id=person_id, ref=old.name, data=data)
    )


async def give_pin(tx: Tx, person_id: int, pin: str | None = None) -> str:
    """A new PIN, drawn here where none is given; every session ends. It is shown to whoever asked and kept as a hash.

    Raises ``NotFound``, ``NotAllowed`` for a supervisor who asks for the PIN of another one, ``WeakSecret``.
    """
    old = await known(tx, person_id)
    if OVER_OTHERS & set(old.roles) and "admin" not in tx.actor.roles and tx.actor.person_id != person_id:
        raise NotAllowed
    if pin:
        check_pin(pin)
    else:
        pin = new_pin()
    await tx.run("update person set pin_hash = $2 where id = $1", person_id, await hash_secret(pin))
    await end_sessions(tx, person_id=person_id)
    await record(tx, Event(kind="person.pin_given", subject="person", subject_id=person_id, ref=old.name))
    return pin


async def give_password(tx: Tx, person_id: int, password: str) -> None:
    """A new password for desks; every session ends. Raises ``NotFound``, ``WeakSecret``."""
    check_password(password)
    old = await known(tx, person_id)
    await tx.run("update person set password_hash = $2 where id = $1", person_id, await hash_secret(password))
    await end_sessions(tx, person_id=person_id)
    await record(
        tx, Event(kind="person.password_given", subject="person", subject_id=person_id, ref=old.name)
    )


async def bring_back(tx: Tx, person_id: int) -> None:
    """Somebody who had left works here again, with badge, PIN and roles of before. Raises ``NotFound``."""
    old = await known(tx, person_id)
    if old.active:
        return
    await tx.run("update person set active = true where id = $1", person_id)
    await record(tx, Event(kind="person.returned", subject="person", subject_id=person_id, ref=old.name))


async def end_sessions(tx: Tx, *, person_id: int | None = None, device_id: int | None = None) -> int:
    """Signs somebody out everywhere, or everybody on a device that was lost; how many sessions ended.

    The session that asks goes on.
    """
    assert (person_id is None) != (device_id is None)
    column, of = ("person_id", person_id) if device_id is None else ("device_id", device_id)
    ended = await tx.run(
        f"""update session set revoked_at = now() where {column} = $1 and revoked_at is null and expires_at > now()
              and id is distinct from $2""",
        of,
        tx.actor.session_id,
    )
    if ended:
        subject = "person" if device_id is None else "device"
        await record(
            tx,
            Event(
                kind=f"{subject}.sessions_ended",
                subject=subject,
                subject_id=of or 0,
                data={"sessions": ended},
            ),
        )
    return ended

"""Creating people and keys, revoking sessions and keys."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.ids import hash_token, new_token
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.text import Text
from wms.kernel.whys import NONE_OF
from wms.people.secrets import check_password, check_pin, hash_secret

ROLES = ("receiver", "picker", "packer", "inspector", "supervisor", "care", "admin")


async def create_person(
    tx: Tx,
    *,
    badge: str,
    name: str,
    roles: Sequence[str],
    pin: str | None = None,
    email: str | None = None,
    password: str | None = None,
    language: str = "pl",
) -> int:
    """A new member of staff. Raises ``Invalid`` for unknown roles or a badge in use, ``WeakSecret`` for a bad PIN."""
    if unknown := [r for r in roles if r not in ROLES]:
        raise Invalid(
            field="roles", why=NONE_OF, wrong=", ".join(unknown), choices=", ".join(ROLES), pointer="/roles"
        )
    if pin is not None:
        check_pin(pin)
    if password is not None:
        check_password(password)
    person_id: int | None = await tx.value(
        """insert into person (badge, name, email, pin_hash, password_hash, roles, language)
           values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning id""",
        badge,
        name,
        email.lower() if email else None,
        await hash_secret(pin) if pin else None,
        await hash_secret(password) if password else None,
        list(roles),
        language,
    )
    if person_id is None:
        raise Invalid(
            field="badge",
            why=Text(
                en="badge or e-mail is already in use", pl="identyfikator lub adres e-mail jest już zajęty"
            ),
            pointer="/badge",
        )
    event = Event(
        kind="person.created", subject="person", subject_id=person_id, ref=name, data={"roles": list(roles)}
    )
    await record(tx, event)
    return person_id


async def dismiss(tx: Tx, person_id: int) -> None:
    """Somebody has left: the badge opens nothing any more, and every open session ends at once."""
    if not await tx.run("update person set active = false where id = $1", person_id):
        raise NotFound(what="person", ref=person_id)
    await tx.run(
        "update session set revoked_at = now() where person_id = $1 and revoked_at is null", person_id
    )
    await record(tx, Event(kind="person.dismissed", subject="person", subject_id=person_id))


class NewKey(msgspec.Struct, frozen=True):
    """``key`` is shown here and never again; only its hash is kept."""

    id: int
    public_id: str
    key: str


async def create_key(
    tx: Tx,
    *,
    name: str,
    scopes: Sequence[str],
    shop_id: int | None = None,
    carrier_id: int | None = None,
    expires_in: timedelta | None = None,
    rate_per_min: int = 600,
) -> NewKey:
    """A key for a shop (with scopes) or a courier; exactly one of ``shop_id`` and ``carrier_id``. Raises ``NotFound``.

    ``rate_per_min``: requests that it may make in a minute.
    """
    owner, owner_id = ("shop", shop_id) if shop_id else ("carrier", carrier_id)
    if not await tx.value(f"select exists (select from {owner} where id = $1)", owner_id):
        raise NotFound(what=owner, ref=owner_id)
    kind = "shop" if shop_id else "courier"
    token = new_token("key")
    key = f"wms_{'sk' if shop_id else 'ck'}_{token.secret}"
    key_id: int = await tx.value(
        """insert into api_key (token_hash, public_id, name, kind, shop_id, carrier_id, scopes, expires_at, rate_per_min)
           values ($1, $2, $3, $4, $5, $6, $7, now() + $8::interval, $9) returning id""",
        hash_token(key),
        token.public_id,
        name,
        kind,
        shop_id,
        carrier_id,
        list(scopes),
        expires_in,
        rate_per_min,
    )
    event = Event(kind="key.created", subject="api_key", subject_id=key_id, ref=name, shop_id=shop_id or 0)
    await record(tx, event)
    return NewKey(id=key_id, public_id=token.public_id, key=key)


async def revoke_key(tx: Tx, key_id: int) -> None:
    if not await tx.run("update api_key set revoked_at = now() where id = $1 and revoked_at is null", key_id):
        raise NotFound(what="key", ref=key_id)
    await record(tx, Event(kind="key.revoked", subject="api_key", subject_id=key_id))

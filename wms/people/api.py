"""HTTP resources of people: sign-in and sign-out, staff, keys."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from wms.db.tx import Database, Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Invalid
from wms.kernel.text import Text
from wms.kernel.whys import NONE_OF
from wms.people.manage import NewKey, create_key, create_person, dismiss, revoke_key
from wms.people.sign_in import SignedIn, sign_in
from wms.web.access import ADMIN, ANY_STAFF, SCOPES
from wms.web.pages import PathId

Word = Annotated[str, Meta(max_length=40)]
Secret = Annotated[str, Meta(max_length=200)]


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """Either ``badge`` and ``pin`` (with the handheld's ``device``), or ``email`` and ``password``."""

    badge: Annotated[str, Meta(max_length=40, examples=["B-1007"])] | None = None
    pin: Annotated[str, Meta(max_length=100, examples=["4711"])] | None = None
    email: Annotated[str, Meta(max_length=200)] | None = None
    password: Secret | None = None
    device: Annotated[str, Meta(max_length=40, examples=["HANDHELD-07"])] | None = None


class PersonIn(msgspec.Struct, forbid_unknown_fields=True):
    badge: Annotated[str, Meta(min_length=1, max_length=40, examples=["B-1007"])]
    name: Annotated[str, Meta(min_length=1, max_length=100, examples=["Anna Zając"])]
    roles: Annotated[list[Word], Meta(min_length=1, max_length=20, examples=[["picker", "packer"]])]
    pin: Secret | None = None
    email: Annotated[str, Meta(max_length=200)] | None = None
    password: Secret | None = None


class PersonOut(msgspec.Struct):
    id: int
    badge: str
    name: str
    roles: list[str]
    active: bool


class KeyIn(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=100, examples=["ERP"])]
    shop_id: Annotated[int, Meta(ge=1, le=2**31 - 1, examples=[1])] | None = None
    carrier_id: Annotated[int, Meta(ge=1, le=10**15)] | None = None
    scopes: Annotated[list[Word], Meta(max_length=50, examples=[["orders.write", "stock.read"]])] = []
    expires_in_days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    rate_per_min: Annotated[
        int, Meta(ge=1, le=1_000_000, description="Requests that it may make in a minute", examples=[600])
    ] = 600


class Me(msgspec.Struct):
    name: str
    kind: str
    roles: list[str]
    expires_at: datetime | None = None


@post("/sessions", public=True, tags=["people"], status_code=201)
async def post_session(database: NamedDependency[Database], data: JSONBody[SignIn]) -> SignedIn:
    """Sign in. The token goes into the Authorization header as ``Bearer``."""
    floor = data.badge is not None
    who, secret = (data.badge, data.pin) if floor else (data.email, data.password)
    return await sign_in(database, who or "", secret or "", device=data.device, floor=floor)


@get("/sessions/current", allow=ANY_STAFF, tags=["people"])
async def get_session(tx: NamedDependency[Tx]) -> Me:
    """Who is signed in."""
    expires = await tx.value("select expires_at from session where id = $1", tx.actor.session_id)
    return Me(name=tx.actor.name, kind=tx.actor.kind, roles=sorted(tx.actor.roles), expires_at=expires)


@delete("/sessions/current", allow=ANY_STAFF, tags=["people"])
async def delete_session(tx: NamedDependency[Tx]) -> None:
    """Sign out: the token is worth nothing from now on."""
    await tx.run("update session set revoked_at = now() where id = $1", tx.actor.session_id)
    await record(
        tx, Event(kind="person.signed_out", subject="person", subject_id=tx.actor.id, ref=tx.actor.name)
    )


@get("/people", allow=ADMIN | {"supervisor"}, tags=["people"])
async def get_people(tx: NamedDependency[Tx]) -> list[PersonOut]:
    """Everybody who may sign in, and who has left."""
    return await tx.all(PersonOut, "select id, badge, name, roles, active from person order by id limit 1000")


@post("/people", allow=ADMIN, tags=["people"])
async def post_person(tx: NamedDependency[Tx], data: JSONBody[PersonIn]) -> PersonOut:
    """A new member of staff."""
    person_id = await create_person(
        tx,
        badge=data.badge,
        name=data.name,
        roles=data.roles,
        pin=data.pin,
        email=data.email,
        password=data.password,
    )
    return PersonOut(id=person_id, badge=data.badge, name=data.name, roles=data.roles, active=True)


@delete("/people/{person_id:int}", allow=ADMIN, tags=["people"])
async def delete_person(tx: NamedDependency[Tx], person_id: PathId) -> None:
    """Somebody has left: badge and sessions end at once; what they did stays in the ledger."""
    await dismiss(tx, person_id)


@post("/keys", allow=ADMIN, idempotent=False, tags=["people"])
async def post_key(tx: NamedDependency[Tx], data: JSONBody[KeyIn]) -> NewKey:
    """A new key for a shop or a courier; the key itself is in this answer and nowhere else."""
    if (data.shop_id is None) == (data.carrier_id is None):
        raise Invalid(
            field="shop_id",
            why=Text(
                en="name a shop or a carrier, one of them", pl="podaj sklep albo przewoźnika, jedno z nich"
            ),
            pointer="/shop_id",
        )
    if unknown := [s for s in data.scopes if s not in SCOPES]:
        raise Invalid(
            field="scopes",
            why=NONE_OF,
            wrong=", ".join(unknown),
            choices=", ".join(SCOPES),
            pointer="/scopes",
        )
    return await create_key(
        tx,
        name=data.name,
        scopes=data.scopes,
        shop_id=data.shop_id,
        carrier_id=data.carrier_id,
        expires_in=timedelta(days=data.expires_in_days) if data.expires_in_days else None,
        rate_per_min=data.rate_per_min,
    )


@delete("/keys/{key_id:int}", allow=ADMIN, tags=["people"])
async def delete_key(tx: NamedDependency[Tx], key_id: PathId) -> None:
    """Revokes a key at once."""
    await revoke_key(tx, key_id)


handlers: list[HTTPRouteHandler] = [
    post_session,
    get_session,
    delete_session,
    get_people,
    post_person,
    delete_person,
    post_key,
    delete_key,
]

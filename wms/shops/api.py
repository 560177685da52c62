"""HTTP resources of shops."""

from datetime import time
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import HeaderParameter, JSONBody
from msgspec import UNSET, Meta, UnsetType

from wms.db.tx import Tx
from wms.shops.change_shop import change_shop
from wms.shops.create_shop import create_shop
from wms.shops.queries import ShopRow, shop, shops
from wms.web.access import ADMIN, ANY_STAFF, SCOPES
from wms.web.access import shop as shop_scope
from wms.web.etags import etag, wanted_version
from wms.web.pages import After, Limit, Page, PathShop, after_id, page

Name = Annotated[str, Meta(min_length=1, max_length=100, examples=["Chatka z Prezentami"])]
Language = Literal["pl", "en"]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", examples=["PL"])]
Timezone = Annotated[str, Meta(min_length=1, max_length=64, examples=["Europe/Warsaw"])]
CutOff = Annotated[time, Meta(examples=["14:00:00"])]
HandlingDays = Annotated[int, Meta(ge=0, le=60, examples=[0])]
DaysLeft = Annotated[int, Meta(ge=0, le=3650, examples=[30])]
Partial = Literal["complete", "partial"]
Contact = Annotated[
    str, Meta(max_length=254, description="Gets refund advice by mail", examples=["zwroty@example.com"])
]
Checklist = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=120)]],
    Meta(
        max_length=9,
        description="What an inspector looks at on every piece that comes back",
        examples=[["Tags are on", "Nothing is missing"]],
    ),
]
Short = Annotated[str, Meta(max_length=200)]


class Sender(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Who stands on the label as sender, and where undeliverable parcels go."""

    name: Annotated[str, Meta(max_length=200, examples=["Chatka z Prezentami"])] = ""
    street: Annotated[str, Meta(max_length=200, examples=["ul. Magazynowa 7"])] = ""
    postcode: Annotated[str, Meta(max_length=20, examples=["05-870"])] = ""
    city: Annotated[str, Meta(max_length=100, examples=["Błonie"])] = ""
    country: Annotated[str, Meta(max_length=2, examples=["PL"])] = ""
    phone: Annotated[str, Meta(max_length=30, examples=["+48221234567"])] = ""
    email: Annotated[str, Meta(max_length=200, examples=["sklep@example.com"])] = ""


class Insert(msgspec.Struct, forbid_unknown_fields=True):
    """Something the packer is told to put into every parcel."""

    text: Annotated[str, Meta(min_length=1, max_length=200, examples=["Kartka z podziękowaniem"])]
    sku: Annotated[str, Meta(max_length=64, examples=["CARD-01"])] | None = None


class ShopIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new shop. What is left out gets the usual policy of a Polish shop."""

    code: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9_-]{0,31}$", examples=["chatka"])]
    name: Name
    language: Language = "pl"
    country: Country = "PL"
    timezone: Timezone = "Europe/Warsaw"
    cut_off: CutOff = time(14, 0)
    handling_days: HandlingDays = 0
    partial_policy: Partial = "complete"
    min_days_left: DaysLeft = 0
    sender: Sender = msgspec.field(default_factory=Sender)
    contact_email: Contact | None = None
    inserts: Annotated[list[Insert], Meta(max_length=20)] = []
    return_checklist: Checklist = []


class ShopChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Only the fields that are sent change."""

    name: Name | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    country: Country | UnsetType = UNSET
    timezone: Timezone | UnsetType = UNSET
    cut_off: CutOff | UnsetType = UNSET
    handling_days: HandlingDays | UnsetType = UNSET
    partial_policy: Partial | UnsetType = UNSET
    min_days_left: DaysLeft | UnsetType = UNSET
    sender: Sender | UnsetType = UNSET
    contact_email: Contact | UnsetType | None = UNSET
    inserts: Annotated[list[Insert], Meta(max_length=20)] | UnsetType = UNSET
    return_checklist: Checklist | UnsetType = UNSET
    active: bool | UnsetType = UNSET


def changes_of(change: ShopChange) -> dict[str, Any]:
    sent = {f: getattr(change, f) for f in change.__struct_fields__}
    return {k: _plain(v) for k, v in sent.items() if v is not UNSET}


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value) if isinstance(value, Sender | list) else value


@get("/shops", allow=ANY_STAFF, tags=["shops"])
async def get_shops(
    tx: NamedDependency[Tx],
    after: After = "",
    limit: Limit = 100,
) -> Page[ShopRow]:
    """All shops, in the order in which they came."""
    return page(await shops(tx, after=after_id(after), limit=limit + 1), limit, lambda s: s.id)


@post("/shops", allow=ADMIN, tags=["shops"])
async def post_shop(tx: NamedDependency[Tx], data: JSONBody[ShopIn]) -> Response[ShopRow]:
    """A new shop. It can do nothing before it has a key: ``POST /keys``."""
    shop_id = await create_shop(
        tx,
        data.code,
        data.name,
        language=data.language,
        country=data.country,
        timezone=data.timezone,
        cut_off=data.cut_off,
        handling_days=data.handling_days,
        partial_policy=data.partial_policy,
        min_days_left=data.min_days_left,
        sender=msgspec.to_builtins(data.sender),
        contact_email=data.contact_email,
        inserts=msgspec.to_builtins(data.inserts),
        return_checklist=data.return_checklist,
    )
    found = await shop(tx, shop_id)
    return Response(found, status_code=201, headers=etag(found.version))


@get("/shops/current", allow=frozenset().union(*(shop_scope(s) for s in SCOPES)), tags=["shops"])
async def get_current_shop(tx: NamedDependency[Tx]) -> Response[ShopRow]:
    """The shop whose key asks, with its policies."""
    found = await shop(tx, tx.shop_id)
    return Response(found, headers=etag(found.version))


@get("/shops/{shop_id:int}", allow=ANY_STAFF, tags=["shops"])
async def get_shop(tx: NamedDependency[Tx], shop_id: PathShop) -> Response[ShopRow]:
    """One shop; its ETag goes into ``If-Match`` of a change."""
    found = await shop(tx, shop_id)
    return Response(found, headers=etag(found.version))


@patch("/shops/{shop_id:int}", allow=ADMIN, tags=["shops"])
async def patch_shop(
    tx: NamedDependency[Tx],
    shop_id: PathShop,
    data: JSONBody[ShopChange],
    if_match: Annotated[str | None, HeaderParameter(name="If-Match")] = None,
) -> Response[ShopRow]:
    """Change a shop's name or policies; needs ``If-Match`` with the ETag that was read."""
    found = await change_shop(tx, shop_id, changes_of(data), wanted_version(if_match))
    return Response(found, headers=etag(found.version))


handlers: list[HTTPRouteHandler] = [get_shops, post_shop, get_current_shop, get_shop, patch_shop]

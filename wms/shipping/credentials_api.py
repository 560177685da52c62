"""The secrets of carriers' accounts over HTTP: they go in, and never come out again."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, JSONBody, QueryParameter
from msgspec import Meta

from wms.carriers.credentials import list_credentials, remove_credentials, store_credentials
from wms.carriers.vault import load_vault
from wms.db.tx import Tx
from wms.paths import home
from wms.shipping.sweep_labels import retry_labels_of
from wms.web.access import ADMIN
from wms.web.pages import PathId

Secret = Annotated[str, Meta(min_length=1, max_length=4000, examples=["s3cret"])]
Name = Annotated[str, Meta(min_length=1, max_length=40, pattern="^[a-z_]+$", examples=["token"])]
ShopId = Annotated[int, Meta(ge=1, le=2**31 - 1, examples=[1])]
OfShop = FromQuery[Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)]]


class CredentialsIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``values`` as the adapter names them; ``shop_id`` for a shop with an account of its own."""

    values: Annotated[dict[Name, Secret], Meta(min_length=1, max_length=10, examples=[{"token": "s3cret"}])]
    shop_id: ShopId | None = None


class CredentialsOut(msgspec.Struct, frozen=True):
    """That there are some, and since when; what they are nobody is told. Without ``shop_id`` they are the operator's."""

    shop_id: int | None
    changed_at: datetime


@get("/carriers/{carrier_id:int}/credentials", allow=ADMIN, tags=["carriers"])
async def get_credentials(tx: NamedDependency[Tx], carrier_id: PathId) -> list[CredentialsOut]:
    """For which accounts of this carrier there are secrets."""
    return [CredentialsOut(shop, at) for shop, at in await list_credentials(tx, carrier_id)]


@put("/carriers/{carrier_id:int}/credentials", allow=ADMIN, tags=["carriers"])
async def put_credentials(
    tx: NamedDependency[Tx], carrier_id: PathId, data: JSONBody[CredentialsIn]
) -> list[CredentialsOut]:
    """Stores the secrets of an account, encrypted under the installation's key; they count from the next call on.

    Labels that the carrier had refused for the account are asked for again.
    """
    await store_credentials(tx, load_vault(home()), carrier_id, data.values, shop_id=data.shop_id)
    await retry_labels_of(tx, carrier_id, code="auth-failed")
    return [CredentialsOut(shop, at) for shop, at in await list_credentials(tx, carrier_id)]


@delete("/carriers/{carrier_id:int}/credentials", allow=ADMIN, tags=["carriers"], status_code=204)
async def delete_credentials(tx: NamedDependency[Tx], carrier_id: PathId, shop_id: OfShop = None) -> None:
    """Forgets the secrets of one account; a second call finds nothing to do."""
    await list_credentials(tx, carrier_id)
    await remove_credentials(tx, carrier_id, shop_id=shop_id)


handlers: list[HTTPRouteHandler] = [get_credentials, put_credentials, delete_credentials]

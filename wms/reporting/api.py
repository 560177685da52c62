"""HTTP resources of reporting: verify and explain."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, QueryParameter

from wms.db.tx import Tx
from wms.reporting.explain import Story, explain
from wms.reporting.verify import Report, verify_all
from wms.web.access import floor
from wms.web.problems import lang_of


@get("/verify", allow=floor("admin"), tags=["operations"])
async def get_verify(tx: NamedDependency[Tx], chain: FromQuery[bool] = False) -> Report:
    """Recompute every balance and law from the ledger; with `chain` also the hashes. Empty `deviations`: all is well."""
    return await verify_all(tx, chain=chain)


@get("/explain", allow=floor("care", "picker", "packer", "receiver", "inspector"), tags=["operations"])
async def get_explain(
    tx: NamedDependency[Tx],
    request: Request[Any, Any, Any],
    what: Annotated[str, QueryParameter(min_length=1, max_length=100)],
    shop: Annotated[str | None, QueryParameter(max_length=40)] = None,
) -> list[Story]:
    """The story of an order, parcel, SKU, location or handling unit, in plain words."""
    return await explain(tx, what, shop, lang_of(request))


handlers: list[HTTPRouteHandler] = [get_verify, get_explain]

"""HTTP resources of reporting: verify, explain, look up anything, the work that waits."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, QueryParameter

from wms.db.tx import Tx
from wms.kernel.text import Text
from wms.reporting import exceptions_api
from wms.reporting.explain import Story, explain
from wms.reporting.lookup import Lookup, look_up
from wms.reporting.verify import Report, verify_all
from wms.reporting.waiting import Waiting, work_that_waits
from wms.web.access import ANY_STAFF, floor
from wms.web.pages import QueryId, QueryIdOrNone
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


@get("/lookup", allow=ANY_STAFF, tags=["operations"])
async def get_lookup(
    tx: NamedDependency[Tx],
    request: Request[Any, Any, Any],
    scan: Annotated[str, QueryParameter(min_length=1, max_length=20_000, description="The raw scan")],
    warehouse_id: QueryIdOrNone = None,
) -> Lookup:
    """What is this? A place, goods, tote, pallet, order, parcel, return, ASN, receipt, lot or serial number.

    Told are the facts, the first 50 lines of what is inside, and what is going on with it: open tasks, who has them, holds.
    """
    lang = lang_of(request)

    def say(text: Text, **values: object) -> str:
        return text.in_(lang, **values)

    return await look_up(tx, scan, say, warehouse_id)


@get("/waiting", allow=ANY_STAFF, tags=["operations"])
async def get_waiting(tx: NamedDependency[Tx], warehouse_id: QueryId) -> list[Waiting]:
    """The work that waits in a warehouse, by kind, with the oldest and the earliest due."""
    return await work_that_waits(tx, warehouse_id)


handlers: list[HTTPRouteHandler] = [
    *exceptions_api.handlers,
    get_verify,
    get_explain,
    get_lookup,
    get_waiting,
]

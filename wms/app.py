"""The HTTP application: composition only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, Router, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.response import Response
from litestar.types import Scope

import wms.catalog.api
import wms.counting.api
import wms.events.api
import wms.locations.api
import wms.orders.api
import wms.packing.api
import wms.people.api
import wms.picking.api
import wms.printing.api
import wms.putaway.api
import wms.receiving.api
import wms.replenishment.api
import wms.reporting.api
import wms.returns.api
import wms.shipping.api
import wms.shops.api
import wms.stock.api
from wms.config import Settings, load_settings
from wms.db.migrate import head
from wms.db.roles import refuse_to_serve_as_owner
from wms.db.tx import SYSTEM, Database, Tx, is_near
from wms.kernel.refusals import Refusal
from wms.shipping.adapters import Carriers
from wms.shipping.request_label import LabelsOf
from wms.web.assets import static_file
from wms.web.compress import compressed
from wms.web.docs import DocsPage
from wms.web.edge import UnitOfWork
from wms.web.entrance import handlers as entrance
from wms.web.openapi import ApiDocument
from wms.web.problems import on_fault, on_http, on_refusal
from wms.web.telemetry import metrics, observed, setup_logging

SLICES = (
    wms.shops.api, wms.people.api, wms.locations.api, wms.catalog.api, wms.stock.api, wms.orders.api,
    wms.receiving.api, wms.putaway.api, wms.replenishment.api, wms.counting.api, wms.picking.api, wms.packing.api,
    wms.printing.api, wms.shipping.api, wms.returns.api, wms.events.api, wms.reporting.api,
)  # fmt: skip


BUSY_NEAR, BUSY_FAR = 4, 8
"""Scans of one server process that work in the database at a time, on this machine or on another: measured with 16 pickers
on two cores, where 16 at a time cost PostgreSQL a third more than 4."""
LONGEST_S = 90
"""Of one request."""


def page_modules() -> list[Any]:
    """Modules with pages for people: in each slice ``scanner*.py`` for handhelds, ``pages*.py`` for desks."""
    here = Path(__file__).parent
    found = sorted([*here.glob("*/scanner*.py"), *here.glob("*/pages*.py")])
    return [import_module(f"wms.{p.parent.name}.{p.stem}") for p in found if p.parent.name != "web"]


def provide_tx(scope: Scope) -> Tx:
    """The transaction that the edge opened for this request."""
    tx: Tx = scope["state"]["tx"]
    return tx


class Health(msgspec.Struct):
    status: str


@get("/health", public=True, sync_to_thread=False, tags=["operations"])
def health() -> Health:
    """The process lives."""
    return Health(status="ok")


@get("/ready", public=True, tags=["operations"], answers=[200, 503])
async def ready(database: NamedDependency[Database]) -> Response[Health]:
    """The process can work: the database answers and has the schema that this version knows."""
    try:
        async with database.begin(SYSTEM) as tx:
            found = await tx.value("select version_num from alembic_version")
    except Exception:
        return Response(Health(status="the database does not answer"), status_code=503)
    if found != head():
        return Response(Health(status=f"the schema is at {found}; run `wms migrate`"), status_code=503)
    return Response(Health(status="ready"))


def check_marks(app: Litestar) -> None:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            inside = handler.fn.__module__.startswith("wms.")
            if inside and not handler.opt.get("public") and "allow" not in handler.opt:
                raise RuntimeError(f"{route.path}: mark {handler.fn.__name__} with allow=... or public=True")


def create_app(settings: Settings | None = None) -> Litestar:
    """The ASGI application. Each worker process makes its own, with its own pool."""
    settings = settings or load_settings()
    setup_logging()
    busy = BUSY_NEAR if is_near(settings.app_url) else BUSY_FAR
    database = Database(settings.app_url, pool_size=settings.pool_size, busy=busy, longest=LONGEST_S)
    # Blocks of numbers are taken while the request that needs one holds a connection: never one of the same pool.
    numbers = Database(settings.app_url, pool_size=1)
    adapters = Carriers(numbers, settings.home)
    labels = LabelsOf(adapters)

    @asynccontextmanager
    async def life(app: Litestar) -> AsyncIterator[None]:
        async with database.pool.lent() as driver:  # an owner may not even put on our roles
            await refuse_to_serve_as_owner(driver)
        yield
        await adapters.close()
        await numbers.close()
        await database.close()

    handlers: list[HTTPRouteHandler] = [h for s in SLICES for h in s.handlers]
    pages: list[HTTPRouteHandler] = [*entrance, *(h for p in page_modules() for h in p.handlers)]
    app = Litestar(
        route_handlers=[
            Router("/api/v1", route_handlers=handlers),
            Router("/", route_handlers=pages, include_in_schema=False),
            health,
            ready,
            metrics,
            static_file,
        ],
        dependencies={
            "tx": Provide(provide_tx, sync_to_thread=False),
            "database": Provide(lambda: database, sync_to_thread=False),
            "adapters": Provide(lambda: adapters, sync_to_thread=False),
            "labels": Provide(lambda: labels, sync_to_thread=False),
            "settings": Provide(lambda: settings, sync_to_thread=False),
        },
        middleware=[UnitOfWork(database)],
        exception_handlers={Refusal: on_refusal, HTTPException: on_http, Exception: on_fault},
        lifespan=[life],
        openapi_config=OpenAPIConfig(
            title="WMS",
            version="1",
            path="/docs",
            description="Times are UTC (RFC 3339), weights grams, lengths millimetres, money decimal strings. "
            "Every POST needs an Idempotency-Key. Errors are problem documents (RFC 9457).",
            render_plugins=[DocsPage(path="/"), ApiDocument(path="/openapi.json")],
            use_handler_docstrings=True,
            components=Components(security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}),
            security=[{"bearer": []}],
        ),
        debug=False,
    )
    check_marks(app)
    app.asgi_handler = observed(compressed(app.asgi_handler))
    return app

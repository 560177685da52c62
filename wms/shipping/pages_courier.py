"""The courier's page of one manifest, opened by its link: the files, what was collected, the courier's own list.

Whoever has the link is the carrier, for this manifest and for 30 days: everything is done in the courier's own role, which
sees its closed manifests and nothing else.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, PathParameter
from litestar.response import Response

from wms.db.tx import Actor, Database, Tx
from wms.kernel.refusals import NotFound
from wms.printing.manifest_files import FORMATS, PaperFormat
from wms.shipping.compare_list import Compared, compare_list, numbers_of_text
from wms.shipping.confirm_pickup import confirm_pickup
from wms.shipping.courier_api import QueryDocument
from wms.shipping.fetch_file import fetch_file
from wms.shipping.manifest_api import parcels_page
from wms.shipping.manifest_queries import manifest_documents, manifest_row
from wms.shipping.page_errors import CollectedWhat
from wms.shipping.pages_manifests import INLINE, PAPERS, STATES
from wms.web.html import Html, go, render
from wms.web.pages import After, PathId

LIMIT = 200
Asked = Request[Any, Any, Any]
Mark = Annotated[str, PathParameter(min_length=10, max_length=60, pattern="^[A-Za-z0-9_-]+$")]
OPENS = """
select m.carrier_id, c.name as carrier, w.name as warehouse from manifest m
join carrier c on c.id = m.carrier_id join warehouse w on w.id = m.warehouse_id
where m.id = $1 and m.link_key = $2 and m.closed_at > now() - interval '30 days'
"""


@asynccontextmanager
async def opened(database: Database, manifest_id: int, mark: str) -> AsyncIterator[tuple[Tx, Any]]:
    """A transaction of this carrier's, and its names. Raises ``NotFound`` for a link that opens nothing."""
    async with database.begin() as tx:
        named = await tx.row(OPENS, manifest_id, mark)
    if named is None:
        raise NotFound(what="manifest", ref=manifest_id)
    actor = Actor(kind="courier", id=0, name="link", carrier_id=named["carrier_id"])
    async with database.begin(actor) as tx:
        yield tx, named


async def drawn(
    request: Asked, tx: Tx, named: Any, manifest_id: int, after: str, said: Compared | None
) -> Html:
    return render(
        request, "shipping/courier.html", m=await manifest_row(tx, manifest_id), named=named,
        papers=[d for d in await manifest_documents(tx, manifest_id) if d.kind in FORMATS], formats=FORMATS, kinds=PAPERS,
        found=await parcels_page(tx, manifest_id, after, LIMIT), after=after, states=STATES, compared=said,
        here=request.scope["path"].removesuffix("/list"),
    )  # fmt: skip


@get("/courier/{manifest_id:int}/{mark:str}", public=True)
async def courier(
    request: Asked, database: NamedDependency[Database], manifest_id: PathId, mark: Mark, after: After = ""
) -> Html:
    """What is on the list, its files, and what was collected of it."""
    async with opened(database, manifest_id, mark) as (tx, named):
        return await drawn(request, tx, named, manifest_id, after, None)


@get("/courier/{manifest_id:int}/{mark:str}/files/{format:str}", public=True)
async def courier_file(
    database: NamedDependency[Database],
    manifest_id: PathId,
    mark: Mark,
    format: FromPath[PaperFormat],
    document_id: QueryDocument = None,
) -> Response[bytes]:
    """A file, byte by byte: of several in one format the one that is named."""
    async with opened(database, manifest_id, mark) as (tx, _):
        found = await fetch_file(tx, manifest_id, format, document_id)
    headers = INLINE | {
        "ETag": f'"{found.sha256}"',
        "Content-Disposition": f'attachment; filename="{found.name}"',
    }
    return Response(found.content, media_type=found.media_type, headers=headers)


@post("/courier/{manifest_id:int}/{mark:str}", public=True, status_code=200)
async def courier_confirm(
    request: Asked, database: NamedDependency[Database], manifest_id: PathId, mark: Mark
) -> Response[Any]:
    """``all``: everything on the list is collected; else the ticked ``number``s are."""
    form = await request.form()
    ticked = [str(n)[:60] for n in form.getall("number", [])]
    if not ticked and "all" not in form:
        raise CollectedWhat
    async with opened(database, manifest_id, mark) as (tx, _):
        await confirm_pickup(tx, manifest_id, None if "all" in form else ticked)
    return go(request, request.scope["path"])


@post("/courier/{manifest_id:int}/{mark:str}/list", public=True, status_code=200)
async def courier_list(
    request: Asked, database: NamedDependency[Database], manifest_id: PathId, mark: Mark
) -> Html:
    """``numbers``: everything that came in at the courier's; answered with both differences."""
    numbers = numbers_of_text(str((await request.form()).get("numbers", "")))
    async with opened(database, manifest_id, mark) as (tx, named):
        said = await compare_list(tx, manifest_id, numbers, "courier")
        return await drawn(request, tx, named, manifest_id, "", said)


handlers: list[HTTPRouteHandler] = [courier, courier_file, courier_confirm, courier_list]

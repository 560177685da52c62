"""Parcels that nobody knows, at a desk: kept with a photo, found again, given up by a supervisor."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, QueryParameter
from litestar.response import Response

from wms.db.both_ways import order_of
from wms.db.tx import Tx
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.scan import parse_scan
from wms.kernel.text import Text
from wms.returns.desk_queries import return_by_number
from wms.returns.errors import ReturnUnknown
from wms.returns.queries import list_strays, stray_photo
from wms.returns.strays import dispose_stray, keep_stray, match_stray
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.html import Html, go, render, words_of
from wms.web.pages import After, PathId, after_id, page
from wms.web.sheet import MOST_ROWS, sheet

LOOK = floor("inspector", "care")
LIMIT = 30
Asked = Request[Any, Any, Any]


@get("/desk/returns/strays", allow=LOOK)
async def strays(
    request: Asked,
    tx: NamedDependency[Tx],
    wanted: Annotated[str, QueryParameter(name="state")] = "open",
    sort: FromQuery[str] = "",
    after: After = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """Those of this warehouse, oldest first unless asked otherwise. ``format=csv``: all of them as a file."""
    state = wanted if wanted in ("open", "matched", "disposed") else "open"
    csv, first = format == "csv", order_of(sort, usual="old")
    rows = await list_strays(
        tx, await warehouse_of(request, tx), state=state, first=first, after=0 if csv else after_id(after),
        limit=MOST_ROWS if csv else LIMIT + 1,
    )  # fmt: skip
    if csv:
        _ = words_of(request).gettext
        heads = [_("Number"), _("Since"), _("Code"), _("Note"), _("Closed")]
        lines = (
            (s.id, s.at.isoformat(), s.code, s.note, s.closed_at and s.closed_at.isoformat()) for s in rows
        )
        return sheet("unknown-parcels", heads, lines)
    boss = bool(tx.actor.roles & {"supervisor", "admin"})
    found = page(rows, LIMIT, lambda r: r.id)
    return render(
        request, "returns/desk_strays.html", found=found, state=state, boss=boss, after=after, sort=first
    )


@get("/desk/returns/strays/new", allow=LOOK, sync_to_thread=False)
def new_stray(request: Asked, tx: NamedDependency[Tx], code: FromQuery[str] = "") -> Html:
    return render(request, "returns/desk_stray.html", code=code[:600])


@post(
    "/desk/returns/strays/new",
    allow=LOOK,
    status_code=200,
    request_max_body_size=12_000_000,
)
async def post_stray(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """A note is needed, a photo welcome; the script sends the form, with its id and mark in headers."""
    form = await request.form()
    note, code = str(form.get("note", "")).strip()[:1000], str(form.get("code", "")).strip()[:600]
    if not note:
        raise Invalid(
            field="note",
            why=Text(
                en="describe it: colour, size, what is written on it",
                pl="opisz ją: kolor, rozmiar, co na niej napisano",
            ),
            pointer="/note",
        )
    taken = form.get("photo")
    content = await taken.read() if isinstance(taken, UploadFile) else b""
    await keep_stray(tx, await warehouse_of(request, tx), note, code=code or None, photo=content or None)
    return go(request, "/desk/returns/strays")


@get("/desk/returns/strays/{stray_id:int}/photo", allow=LOOK)
async def photo(tx: NamedDependency[Tx], stray_id: PathId) -> Response[bytes]:
    content = await stray_photo(tx, stray_id)
    if content is None:
        raise NotFound(what="photo of stray parcel", ref=stray_id)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=86400"}
    return Response(content, media_type="image/jpeg", headers=headers)


@post("/desk/returns/strays/{stray_id:int}/match", allow=LOOK, status_code=200)
async def match(request: Asked, tx: NamedDependency[Tx], stray_id: PathId) -> Response[Any]:
    """It belongs to this return, which is received with it where it was still expected."""
    read = parse_scan(str((await request.form()).get("number", "")))
    found = await return_by_number(tx, [c for c in (read.code, read.ref) if c])
    if found is None:
        raise ReturnUnknown(scanned=read.code[:60])
    await match_stray(tx, stray_id, *found)
    return go(request, f"/desk/returns/{found[0]}/{found[1]}")


@post("/desk/returns/strays/{stray_id:int}/dispose", allow=floor(), status_code=200)
async def dispose(request: Asked, tx: NamedDependency[Tx], stray_id: PathId) -> Response[Any]:
    reason = str((await request.form()).get("reason", "")).strip()[:500]
    if not reason:
        raise Invalid(
            field="reason",
            why=Text(en="say why nobody needs it", pl="podaj, dlaczego nikt jej nie potrzebuje"),
            pointer="/reason",
        )
    await dispose_stray(tx, stray_id, reason)
    return go(request, "/desk/returns/strays")


handlers: list[HTTPRouteHandler] = [strays, new_stray, post_stray, photo, match, dispose]

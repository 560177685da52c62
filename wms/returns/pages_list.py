"""All returns at a desk: the list with its ages, and the page of one with its whole story."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, QueryParameter
from litestar.response import Response

from wms.db.both_ways import order_of
from wms.db.tx import Tx
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.text import Text
from wms.kernel.whys import AN_AMOUNT, CHOOSE_FROM, CHOOSE_ONE
from wms.returns import words as said_in
from wms.returns.bench_hand import DISPOSITIONS
from wms.returns.decide_goods import HELD, decide_goods
from wms.returns.desk_queries import (
    OPEN_STATES,
    ListedReturn,
    listed_returns,
    return_photos,
    return_story,
    shop_names,
)
from wms.returns.queries import get_return
from wms.returns.settle_return import close_return, reject_return, resolve_return
from wms.returns.states import STEPS, ReturnState
from wms.returns.words import Disposition
from wms.web.access import floor
from wms.web.html import Html, go, render, words_of
from wms.web.pages import After, PathId, PathShop, after_id, page
from wms.web.sheet import MOST_ROWS, sheet

LOOK = floor("inspector", "care")
BENCH = floor("inspector")
CARE = floor("care")
LIMIT = 50
SETTLED = ("resolve", "reject", "close")
Asked = Request[Any, Any, Any]


def states_of(wanted: str) -> list[str]:
    """``open`` (the usual), ``all``, or one state."""
    if wanted == "all":
        return list(said_in.STATES)
    return [wanted] if wanted in said_in.STATES else list(OPEN_STATES)


@get("/desk/returns/list", allow=LOOK)
async def returns_list(
    request: Asked,
    tx: NamedDependency[Tx],
    q: FromQuery[str] = "",
    wanted: Annotated[str, QueryParameter(name="state")] = "",
    kind: FromQuery[str] = "",
    shop: FromQuery[int] = 0,
    sort: FromQuery[str] = "",
    after: After = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """A number finds a return in any state. ``format=csv``: all of it as a file."""
    q = q.replace("\x00", "").strip()[:100]
    state = wanted if wanted in said_in.STATES or wanted in ("open", "all") else "all" if q else "open"
    kind = kind if kind in said_in.KINDS else ""
    asked: dict[str, Any] = {
        "shop_id": shop if 0 < shop < 2**31 else 0, "states": states_of(state), "kind": kind, "search": q,
        "first": order_of(sort),
    }  # fmt: skip
    if format == "csv":
        return as_csv(request, await listed_returns(tx, **asked, behind=0, limit=MOST_ROWS))
    rows = await listed_returns(tx, **asked, behind=after_id(after), limit=LIMIT + 1)
    return render(
        request, "returns/desk_list.html", found=page(rows, LIMIT, lambda r: r.id), shops=await shop_names(tx),
        asked={"q": q, "state": state, "kind": kind, "shop": asked["shop_id"], "sort": asked["first"]}, after=after, w=said_in,
    )  # fmt: skip


def as_csv(request: Asked, rows: list[ListedReturn]) -> Response[Any]:
    words = words_of(request)
    _ = words.gettext
    heads = [
        _("Return"), _("Shop"), _("Kind"), _("State"), _("Order"), _("Pieces"), _("Inspected"), _("Announced"),
        _("Received"), _("Refund by"),
    ]  # fmt: skip
    lines = [
        (
            r.number, r.shop, words.text(said_in.KINDS[r.kind]), words.text(said_in.STATES[r.state]),  # type: ignore[index]
            r.order_number, r.units, r.inspected, r.created_at.isoformat(),
            r.received_at.isoformat() if r.received_at else None, r.due_on,
        )
        for r in rows
    ]  # fmt: skip
    return sheet("returns", heads, lines)


@get("/desk/returns/{shop_id:int}/{rma_id:int}", allow=LOOK)
async def one_return(request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, rma_id: PathId) -> Html:
    """One return: what was announced, what came, what it is worth, and everything that happened to it."""
    return await one_page(request, tx, shop_id, rma_id)


async def one_page(request: Asked, tx: Tx, shop_id: int, rma_id: int) -> Html:
    found = await get_return(tx, shop_id, rma_id)
    if found is None:
        raise NotFound(what="return", ref=rma_id)
    shown = {p for i in found.inspections for p in i.photos}
    photos = [p for p in await return_photos(tx, shop_id, rma_id) if p not in shown]
    roles = tx.actor.roles
    state = ReturnState(found.state)
    can = {
        "bench": bool(roles & {"inspector", "supervisor", "admin"})
        and state in (*STEPS.before(ReturnState.INSPECTING), ReturnState.INSPECTING),
        "decide": bool(roles & {"inspector", "supervisor", "admin"}),
        "care": bool(roles & {"care", "supervisor", "admin"}),
        "resolve": state in STEPS.before(ReturnState.RESOLVED),
        "reject": state in STEPS.before(ReturnState.REJECTED),
        "close": state in STEPS.before(ReturnState.CLOSED),
    }
    return render(
        request, "returns/desk_return.html", full=found, story=await return_story(tx, shop_id, rma_id), photos=photos,
        w=said_in, can=can, held=HELD, dispositions=DISPOSITIONS,
    )  # fmt: skip


@post("/desk/returns/{shop_id:int}/{rma_id:int}/decide", allow=BENCH, status_code=200)
async def decide(request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, rma_id: PathId) -> Response[Any]:
    """What becomes of goods that waited in quarantine."""
    form = await request.form()
    looked, wanted, grade = (str(form.get(f, "")) for f in ("inspection", "disposition", "grade"))
    if not (looked.isdigit() and len(looked) < 16):
        raise Invalid(
            field="inspection", why=Text(en="say which goods", pl="wskaż, który towar"), pointer="/inspection"
        )
    disposition: Disposition | None = next((d for d in DISPOSITIONS if d == wanted), None)
    if disposition is None:
        raise Invalid(field="disposition", why=CHOOSE_ONE, pointer="/disposition")
    now = next((g for g in said_in.GRADES if g == grade), None)
    await decide_goods(tx, shop_id, rma_id, int(looked), disposition, now)
    return go(request, f"/desk/returns/{shop_id}/{rma_id}")


@post("/desk/returns/{shop_id:int}/{rma_id:int}/settle", allow=CARE, status_code=200)
async def settle(request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, rma_id: PathId) -> Response[Any]:
    """``how``: resolve (with what was refunded), reject (with a reason), close."""
    form = await request.form()
    how, note = str(form.get("how", "")), str(form.get("note", "")).strip()[:500]
    if how == "resolve":
        await resolve_return(
            tx, shop_id, rma_id, note=note or None, refunded=money(str(form.get("refunded", "")))
        )
    elif how == "reject":
        if not note:
            raise Invalid(field="note", why=Text(en="say why", pl="podaj powód"), pointer="/note")
        await reject_return(tx, shop_id, rma_id, note)
    elif how == "close":
        await close_return(tx, shop_id, rma_id)
    else:
        raise Invalid(field="how", why=CHOOSE_FROM, choices=", ".join(SETTLED), pointer="/how")
    return go(request, f"/desk/returns/{shop_id}/{rma_id}")


def money(text: str) -> Decimal | None:
    """``49,90`` or ``49.90``; None for nothing. Raises ``Invalid``."""
    text = text.strip().replace(",", ".").replace(" ", "")
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Invalid(field="refunded", why=AN_AMOUNT, pointer="/refunded") from None
    if not amount.is_finite() or amount < 0 or amount >= 10**9 or amount != round(amount, 2):
        raise Invalid(field="refunded", why=AN_AMOUNT, pointer="/refunded")
    return amount


handlers: list[HTTPRouteHandler] = [returns_list, one_return, decide, settle]

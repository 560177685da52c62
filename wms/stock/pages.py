"""Stock at the desk: every SKU with what there is of it; one SKU by place and lot, why it is set aside, and its history."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.text import Text
from wms.stock.desk_queries import (
    SHOW,
    STOCK_BY,
    StockRow,
    list_stock,
    places_then,
    shop_choices,
    sku_head,
    told_moves,
    waiting_for_sku,
)
from wms.stock.explain import sentence
from wms.stock.queries import PlaceStock, places_of_sku, stock_of_sku
from wms.stock.words import STATUSES
from wms.web.access import floor
from wms.web.forms import a_moment, asked, like, query
from wms.web.html import render, words_of
from wms.web.i18n import language
from wms.web.pages import After, PathId, PathShop, after_id, behind, encode_cursor, page
from wms.web.sheet import MOST_ROWS, sheet

Asked = Request[Any, Any, Any]
OFFICE = floor("care")
LIMIT, MOVES = 50, 50

SHOWN = {
    "all": Text(en="All SKUs", pl="Wszystkie SKU"),
    "there": Text(en="In stock", pl="Na stanie"),
    "none": Text(en="None left", pl="Brak na stanie"),
    "low": Text(en="Available at most …", pl="Dostępne najwyżej …"),
    "allocated": Text(en="Set aside for orders", pl="Zarezerwowane"),
    "quarantine": Text(en="In quarantine", pl="W kwarantannie"),
    "damaged": Text(en="Damaged", pl="Uszkodzone"),
    "expired": Text(en="Past their date", pl="Po terminie ważności"),
    "expiring": Text(en="Expiring within … days", pl="Tracące ważność w ciągu … dni"),
    "unreachable": Text(en="There, but not to be promised", pl="Są, ale nie do sprzedania"),
}


@get("/desk/stock", allow=OFFICE)
async def stock(
    request: Asked,
    tx: NamedDependency[Tx],
    q: FromQuery[str] = "",
    shop: FromQuery[int] = 0,
    show: FromQuery[str] = "all",
    least: FromQuery[int] = 5,
    sort: FromQuery[str] = "code",
    after: After = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """SKUs with what there is of them. ``least`` is the number in the filters that have one."""
    q = asked(q)
    show = show if show in SHOW else "all"
    sort = STOCK_BY.chosen(sort)
    least = max(0, min(least, 100_000))
    csv = format == "csv"
    rows = await list_stock(
        tx, shop_id=max(0, min(shop, 2**31 - 1)), pattern=like(q) if q else "", q=q, show=show, least=least, sort=sort,
        behind=behind(STOCK_BY, sort, "" if csv else after), limit=MOST_ROWS if csv else LIMIT + 1,
    )  # fmt: skip
    if csv:
        return stock_csv(request, rows)
    base = query({"q": q, "shop": shop, "show": show, "least": least, "sort": sort})
    return render(
        request, "stock/desk_stock.html", found=page(rows, LIMIT, lambda r: STOCK_BY.key(sort, r, r.sku_id)), base=base,
        q=q, shop=shop, show=show, least=least, sort=sort, shown=SHOWN, shops=await shop_choices(tx), after=after,
    )  # fmt: skip


def stock_csv(request: Asked, rows: list[StockRow]) -> Response[Any]:
    _ = words_of(request).gettext
    heads = [_("Shop"), _("SKU"), _("Name"), _("On hand"), _("Set aside"), _("Picked"), _("Available"), _("Quarantine"),
             _("Damaged"), _("Expired"), _("Places"), _("Next date")]  # fmt: skip
    return sheet(
        "stock",
        heads,
        (
            (r.shop, r.sku, r.name, r.on_hand, r.allocated, r.picked, r.available, r.quarantine, r.damaged, r.expired,
             r.places, r.expires_on)
            for r in rows
        ),
    )  # fmt: skip


@get("/desk/stock/{shop_id:int}/{sku_id:int}", allow=OFFICE)
async def one_sku(
    request: Asked,
    tx: NamedDependency[Tx],
    shop_id: PathShop,
    sku_id: PathId,
    at: FromQuery[str] = "",
    after: After = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """One SKU: where it is, for whom it is set aside, what happened; with ``at`` where it was then."""
    head = await sku_head(tx, shop_id, sku_id)
    if head is None:
        raise NotFound(what="SKU", ref=sku_id)
    places = await places_of_sku(tx, shop_id, sku_id)
    if format == "csv":
        return places_csv(request, places)
    if format == "moves":
        told = await told_moves(tx, shop_id=shop_id, sku_id=sku_id, limit=1000)
        return moves_csv(request, told)
    moment = a_moment(at) if at else None
    moves = await told_moves(tx, shop_id=shop_id, sku_id=sku_id, before=after_id(after), limit=MOVES + 1)
    lang = language(request)
    return render(
        request, "stock/desk_sku.html", s=head, stock=await stock_of_sku(tx, shop_id, head.code), places=places,
        statuses=STATUSES, waiting=await waiting_for_sku(tx, shop_id, sku_id), at=at if moment else "", moment=moment,
        then=await places_then(tx, shop_id, sku_id, moment) if moment else [], wrong_at=bool(at) and moment is None,
        moves=[(m, sentence(m, lang)) for m in moves[:MOVES]],
        next=encode_cursor(moves[MOVES - 1].id) if len(moves) > MOVES else None, after=after,
    )  # fmt: skip


def places_csv(request: Asked, places: list[PlaceStock]) -> Response[Any]:
    """What is where: of one SKU, or in one place."""
    words = words_of(request)
    _ = words.gettext
    heads = [_("Location"), _("SKU"), _("Name"), _("Unit"), _("Lot"), _("Serial number"), _("Use by"), _("State"),
             _("On hand"), _("Set aside"), _("Since")]  # fmt: skip
    rows = (
        (p.location, p.sku, p.name, p.handling_unit, p.lot, p.serial, p.expires_on, words.text(STATUSES[p.status]), p.on_hand,
         p.allocated, p.since.isoformat())
        for p in places
    )  # fmt: skip
    return sheet("places", heads, rows)


def moves_csv(request: Asked, moves: list[Any]) -> Response[Any]:
    """The last thousand moves."""
    _ = words_of(request).gettext
    heads = [_("When"), _("SKU"), _("Pieces"), _("From"), _("To"), _("Lot"), _("Reason"), _("Order"), _("Document"), _("Who"),
             _("Device"), _("Number of the move")]  # fmt: skip
    rows = (
        (m.at.isoformat(), m.sku, m.quantity, m.from_hu or m.from_code, m.to_hu or m.to_code, m.serial or m.lot, m.reason,
         m.order, m.doc, m.person, m.device, m.id)
        for m in moves
    )  # fmt: skip
    return sheet("moves", heads, rows)


handlers: list[HTTPRouteHandler] = [stock, one_sku]

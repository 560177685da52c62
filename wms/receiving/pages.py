"""Inbound at the desk: what was announced and what came, one page each, and announcing a delivery from a spreadsheet."""

from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, QueryParameter
from litestar.response import Response

from wms.db.both_ways import order_of
from wms.db.tx import Tx
from wms.kernel.text import Lang, Text
from wms.locations.queries import warehouses
from wms.receiving.cancel_asn import cancel_asn
from wms.receiving.close_receipt import close_receipt
from wms.receiving.create_asn import Announcement, check_lines, create_asn
from wms.receiving.desk_queries import AsnRow, ReceiptRow, list_asns, list_receipts, shop_choices
from wms.receiving.errors import LINE_FAULTS
from wms.receiving.queries import asn_view, receipt_view
from wms.receiving.read_lines import NO_LINES, BadLine, GoodLine, read_lines
from wms.stock.words import STATUSES
from wms.web.access import SUPERVISOR, floor
from wms.web.entrance import warehouse_of
from wms.web.forms import Fields, asked, fields, like
from wms.web.html import Html, go, render, words_of
from wms.web.i18n import language
from wms.web.pages import After, PathId, PathShop, after_id, page
from wms.web.sheet import MOST_ROWS, sheet

Asked = Request[Any, Any, Any]
StateAsked = Annotated[str, QueryParameter(name="state", max_length=20)]
RECEIVER = floor("receiver")
LIMIT = 50

ASN_STATES = {
    "announced": Text(en="announced", pl="zapowiedziane"),
    "receiving": Text(en="being received", pl="w przyjęciu"),
    "received": Text(en="received", pl="przyjęte"),
    "cancelled": Text(en="cancelled", pl="anulowane"),
}
RECEIPT_STATES = {
    "open": Text(en="open", pl="otwarte"),
    "closed": Text(en="closed", pl="zamknięte"),
}
TONES = {"receiving": "warn", "received": "ok", "cancelled": "stop", "open": "warn", "closed": "ok"}
DIFFERENCES = {
    "over": Text(en="too many", pl="nadwyżka"),
    "short": Text(en="too few", pl="brak"),
    "damaged": Text(en="damaged", pl="uszkodzone"),
    "unknown": Text(en="unknown goods", pl="nieznany towar"),
}
DONE = {
    "announced": Text(en="The delivery is announced.", pl="Dostawa została zapowiedziana."),
    "cancelled": Text(en="The announcement is cancelled.", pl="Awizo zostało anulowane."),
    "closed": Text(en="The receipt is closed; the shop is told.", pl="Przyjęcie zamknięte; sklep dostał wynik."),
}  # fmt: skip
WORDS: dict[str, Any] = {
    "asn_states": ASN_STATES, "receipt_states": RECEIPT_STATES, "tones": TONES, "kinds": DIFFERENCES, "statuses": STATUSES,
}  # fmt: skip


@get("/desk/inbound", allow=RECEIVER)
async def inbound(
    request: Asked,
    tx: NamedDependency[Tx],
    show: FromQuery[str] = "asns",
    in_state: StateAsked = "",
    shop: FromQuery[int] = 0,
    q: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    after: After = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """Announcements, or receipts; ``sort`` says from which end."""
    first = order_of(sort)
    asns = show != "receipts"
    q = asked(q)
    choices = {"open", "all", *ASN_STATES} if asns else {"all", "different", *RECEIPT_STATES}
    state = in_state if in_state in choices else "open" if asns and not q else "all"
    house = await warehouse_of(request, tx)
    pattern = like(q) if q else ""
    limit = MOST_ROWS if format == "csv" else LIMIT + 1
    wanted: dict[str, Any] = {
        "shop_id": shop, "state": state, "pattern": pattern, "after": after_id(after), "limit": limit, "first": first,
    }  # fmt: skip
    found: list[Any] = [*await (list_asns if asns else list_receipts)(tx, house, **wanted)]
    if format == "csv":
        return asns_csv(request, found) if asns else receipts_csv(request, found)
    base = {"show": "asns" if asns else "receipts", "state": state, "shop": shop, "q": q, "sort": first}
    return render(
        request, "receiving/desk_inbound.html", asns=asns, found=page(found, LIMIT, lambda r: r.id), base=base,
        shops=await shop_choices(tx), after=after, **WORDS,
    )  # fmt: skip


def asns_csv(request: Asked, rows: list[AsnRow]) -> Response[Any]:
    words = words_of(request)
    _ = words.gettext
    heads = [_("Shop"), _("ASN"), _("State"), _("Expected"), _("Haulier"), _("Lines"), _("As announced"), _("Received"),
             _("Differences"), _("Announced at")]  # fmt: skip
    return sheet(
        "asns",
        heads,
        (
            (r.shop, r.number, words.text(ASN_STATES[r.state]), r.expected_on, r.carrier, r.lines, r.announced, r.received,
             r.differences, r.created_at.isoformat())
            for r in rows
        ),
    )  # fmt: skip


def receipts_csv(request: Asked, rows: list[ReceiptRow]) -> Response[Any]:
    words = words_of(request)
    _ = words.gettext
    heads = [_("Shop"), _("Receipt"), _("ASN"), _("State"), _("Dock"), _("Who"), _("As announced"), _("Received"),
             _("Differences"), _("Opened"), _("Closed")]  # fmt: skip
    return sheet(
        "receipts",
        heads,
        (
            (r.shop, r.number, r.asn, words.text(RECEIPT_STATES[r.state]), r.dock, r.person, r.announced, r.received,
             r.differences, r.opened_at.isoformat(), r.closed_at.isoformat() if r.closed_at else "")
            for r in rows
        ),
    )  # fmt: skip


@get("/desk/inbound/asns/{shop_id:int}/{asn_id:int}", allow=RECEIVER)
async def one_asn(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, asn_id: PathId, done: FromQuery[str] = ""
) -> Html:
    """One announcement, line by line, with the receipts that came of it."""
    asn = await asn_view(tx, shop_id, asn_id)
    shop = await tx.value("select name from shop where id = $1", shop_id)
    warehouse_id = await tx.value(
        "select warehouse_id from asn where shop_id = $1 and id = $2", shop_id, asn_id
    )
    receipts = await list_receipts(
        tx, warehouse_id, shop_id=shop_id, state="all", pattern="", after=0, limit=50, asn_id=asn_id
    )
    return render(
        request, "receiving/desk_asn.html", a=asn, shop=shop, receipts=receipts, done=DONE.get(done),
        lead=bool(tx.actor.roles & {"supervisor", "admin"}), **WORDS,
    )  # fmt: skip


@post("/desk/inbound/asns/{shop_id:int}/{asn_id:int}/cancel", allow=SUPERVISOR, status_code=200)
async def stop_asn(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, asn_id: PathId
) -> Response[Any]:
    """The delivery will not come."""
    await cancel_asn(tx, shop_id, asn_id)
    return go(request, f"/desk/inbound/asns/{shop_id}/{asn_id}?done=cancelled")


@get("/desk/inbound/receipts/{shop_id:int}/{receipt_id:int}", allow=RECEIVER)
async def one_receipt(
    request: Asked,
    tx: NamedDependency[Tx],
    shop_id: PathShop,
    receipt_id: PathId,
    done: FromQuery[str] = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """What was announced and what came, with every difference and its photos."""
    receipt = await receipt_view(tx, shop_id, receipt_id)
    if format == "csv":
        _ = words_of(request).gettext
        heads = [_("Line"), _("SKU"), _("Name"), _("As announced"), _("Received"), _("Too many"), _("Too few"), _("Damaged"),
                 _("Expired")]  # fmt: skip
        rows = (
            (n.line_no, n.sku, n.name, n.announced, n.received, n.over, n.short, n.damaged, n.expired)
            for n in receipt.lines
        )
        return sheet("receipt", heads, rows)
    shop = await tx.value("select name from shop where id = $1", shop_id)
    return render(
        request, "receiving/desk_receipt.html", r=receipt, shop=shop, done=DONE.get(done),
        lead=bool(tx.actor.roles & {"supervisor", "admin"}), **WORDS,
    )  # fmt: skip


@post("/desk/inbound/receipts/{shop_id:int}/{receipt_id:int}/close", allow=SUPERVISOR, status_code=200)
async def end_receipt(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, receipt_id: PathId
) -> Response[Any]:
    """The dock is empty, and the receiver has gone home without saying so."""
    await close_receipt(tx, shop_id, receipt_id)
    return go(request, f"/desk/inbound/receipts/{shop_id}/{receipt_id}?done=closed")


@get("/desk/inbound/new", allow=SUPERVISOR)
async def announce(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """The form: whose goods, under which number, and the lines as a spreadsheet has them."""
    return await draw_form(request, tx, Fields())


@post("/desk/inbound/new", allow=SUPERVISOR, status_code=200, request_max_body_size=2_000_000)
async def post_announce(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """Announces. Where a line is bad, it says which, and asks whether the good ones shall be announced without it."""
    form = await fields(request)
    lang = language(request)
    shop_id = form.count("shop_id", 1, 2**31 - 1)
    number = form.word("number", 60)
    good, bad = await judged(tx, shop_id, form.get("lines", ""), lang)
    if bad and (form.get("partly") != "yes" or not good):
        return await draw_form(request, tx, form, good, bad)
    made = await create_asn(
        tx,
        shop_id,
        Announcement(
            number=number,
            lines=[g.line for g in good],
            warehouse=form.word("warehouse", 20, needed=False) or None,
            expected_on=form.day("expected_on"),
            carrier=form.word("carrier", 80, needed=False) or None,
            note=form.word("note", 500, needed=False) or None,
        ),
    )
    if bad:
        return await draw_form(request, tx, form, good, bad, made=made.id)
    return go(request, f"/desk/inbound/asns/{shop_id}/{made.id}?{urlencode({'done': 'announced'})}")


async def judged(tx: Tx, shop_id: int, text: str, lang: Lang) -> tuple[list[GoodLine], list[BadLine]]:
    """Lines that can be announced, and the others, each with what is wrong with it, in the order of the file."""
    good, bad = read_lines(text, lang)
    _, errors = await check_lines(tx, shop_id, [g.line for g in good])
    wrong = {int(e["pointer"].split("/")[2]): LINE_FAULTS[e["code"]].in_(lang, sku=e["sku"]) for e in errors}
    bad += [BadLine(g.row, g.text, wrong[i]) for i, g in enumerate(good) if i in wrong]
    good = [g for i, g in enumerate(good) if i not in wrong]
    if not good and not bad:
        bad.append(BadLine(0, "", NO_LINES.in_(lang)))
    return good, sorted(bad, key=lambda b: b.row)


async def draw_form(
    request: Asked,
    tx: Tx,
    form: Fields,
    good: list[GoodLine] | None = None,
    bad: list[BadLine] | None = None,
    made: int = 0,
) -> Html:
    """The form as it was filled in. With ``made`` the good lines are announced, and only the bad ones stay in it."""
    good, bad = good or [], bad or []
    given = Fields(form)
    if made:
        given["number"] = f"{form['number']}-2"[:60]
        given["lines"] = "\n".join(b.text for b in bad)
    values: dict[str, Any] = {"good": good, "bad": [msgspec.structs.asdict(b) for b in bad], "made": made}
    return render(
        request, "receiving/desk_announce.html", f=given, shops=await shop_choices(tx), warehouses=await warehouses(tx),
        number=form.get("number", ""), shop_id=form.get("shop_id", ""), pieces=sum(g.line.quantity for g in good),
        **values,
    )  # fmt: skip


handlers: list[HTTPRouteHandler] = [
    inbound, one_asn, stop_asn, one_receipt, end_receipt, announce, post_announce,
]  # fmt: skip

"""Orders at the desk: search by anything, filter, sort, page on, export."""

import csv
import io
from typing import Annotated, Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, QueryParameter
from litestar.response import Response

from wms.db.tx import Tx
from wms.orders.hold_words import HOLDS
from wms.orders.states import OrderState
from wms.printing.cells import risky
from wms.reporting.find_orders import Filters, Row, find_orders, key_of, sorts
from wms.reporting.order_words import STATES, TONES
from wms.web.access import floor
from wms.web.html import HEADERS, render, words_of
from wms.web.pages import After, decode_cursor, page

Asked = Request[Any, Any, Any]
LIMIT = 50
MOST_CSV = 10_000
MOST_Q = 100

CHOICES = """
select 'shop' as what, id, code, name from shop union all select 'carrier', id, code, name from carrier
union all select 'hold', 0, code, code from (select distinct h.code from orders o
  join order_hold h on h.shop_id = o.shop_id and h.order_id = o.id and h.released_at is null
  where o.state = 'on_hold' and o.state in ('received','on_hold','backordered','allocated','released','picking','picked',
    'packing','packed','labelled','manifested')) x
order by 1, 4 limit 2000
"""


def filters(q: str, state: str, shop: int, carrier: int, hold: str, sort: str) -> Filters:
    """What was asked, with what makes no sense left out. A search looks everywhere unless it says where."""
    q = q.replace("\x00", "").strip()[:MOST_Q]
    if state not in ("open", "all", *OrderState):
        state = "all" if q else "open"
    if hold:
        state = "on_hold"
    asked = Filters(
        q=q,
        state=state,
        shop_id=max(0, min(shop, 2**31 - 1)),
        carrier_id=max(0, min(carrier, 10**15)),
        hold=hold[:60],
    )
    allowed = sorts(asked)
    return msgspec.structs.replace(asked, sort=sort if sort in allowed else allowed[0])


@get("/desk/orders", allow=floor("care"))
async def orders(
    request: Asked,
    tx: NamedDependency[Tx],
    q: FromQuery[str] = "",
    in_state: Annotated[str, QueryParameter(name="state", max_length=40)] = "",
    shop: FromQuery[int] = 0,
    carrier: FromQuery[int] = 0,
    hold: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    after: After = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """The list, or all of it as a file (``format=csv``)."""
    f = filters(q, in_state, shop, carrier, hold, sort)
    if format == "csv":
        return as_csv(request, await find_orders(tx, f, after=None, limit=MOST_CSV))
    behind = decode_cursor(after, list[int | str]) if after else None
    found = page(await find_orders(tx, f, after=behind, limit=LIMIT + 1), LIMIT, key_of)
    choices: dict[str, list[Any]] = {"shop": [], "carrier": [], "hold": []}
    for r in await tx.rows(CHOICES):
        choices[r["what"]].append(r)
    return render(
        request, "reporting/desk_orders.html", f=f, found=found, choices=choices, states=STATES, tones=TONES, sorts=sorts(f), hold_words=HOLDS,
        after=after,
    )  # fmt: skip


def as_csv(request: Asked, rows: list[Row]) -> Response[Any]:
    """The list for a spreadsheet: UTF-8 with its mark, semicolons, no formula that would run."""
    words = words_of(request)
    _ = words.gettext
    out = io.StringIO()
    sheet = csv.writer(out, delimiter=";")
    sheet.writerow(
        [_("Shop"), _("Order"), _("State"), _("Carrier"), _("Service"), _("Promise"), _("Received"), _("Priority"),
         _("Recipient"), _("Postcode"), _("Town"), _("Country"), _("Pieces"), _("Missing"), _("Tracking numbers")]
    )  # fmt: skip
    for r in rows:
        sheet.writerow(
            safe(v)
            for v in (
                r.shop, r.number, words.text(STATES[r.state]), r.carrier, r.service, r.ship_by.isoformat(),
                r.received_at.isoformat(), r.priority, r.name, r.postcode, r.city, r.country, r.units, r.missing,
                r.tracking or "",
            )
        )  # fmt: skip
    return Response(
        ("\ufeff" + out.getvalue()).encode(),
        media_type="text/csv",
        headers=HEADERS | {"Content-Disposition": 'attachment; filename="orders.csv"'},
    )


def safe(value: object) -> object:
    """A cell that no spreadsheet runs."""
    return f"'{value}" if isinstance(value, str) and risky(value) else value


handlers: list[HTTPRouteHandler] = [orders]

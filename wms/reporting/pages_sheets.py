"""Bar code sheets to print: places, totes, badges, goods, commands, scanner set-up; on A4 or on a roll."""

import asyncio
from typing import Any
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.refusals import Invalid
from wms.kernel.text import Text
from wms.kernel.whys import BETWEEN, CHOOSE_FROM
from wms.locations.desk_queries import zones
from wms.people.words import ROLE_NAMES
from wms.printing.set_up import commands_pdf, set_up_pdf
from wms.printing.sheets import PaperKind, render_sheets
from wms.printing.templates import load_template
from wms.reporting.sheet_labels import MOST_NEW_TOTES, Wanted, What, add_totes, labels_of
from wms.web.access import SUPERVISOR
from wms.web.entrance import warehouse_of
from wms.web.forms import asked, fields
from wms.web.html import HEADERS, Html, go, render
from wms.web.i18n import language

Asked = Request[Any, Any, Any]
SHEETS: dict[str, Text] = {
    "location": Text(en="Locations", pl="Lokalizacje"),
    "tote": Text(en="Totes", pl="Pojemniki"),
    "badge": Text(en="Badges", pl="Identyfikatory"),
    "sku": Text(en="Goods", pl="Towary"),
}
MOST_COPIES = 500


@get("/desk/sheets", allow=SUPERVISOR)
async def sheets(request: Asked, tx: NamedDependency[Tx], what: FromQuery[str] = "location") -> Html:
    """What can be printed, and how much of it."""
    house = await warehouse_of(request, tx)
    counts = await tx.row(
        """select (select count(*) from location where warehouse_id = $1 and real and active) as location,
             (select count(*) from handling_unit where warehouse_id = $1 and kind = 'tote') as tote,
             (select count(*) from person where active) as badge, (select count(*) from sku where active and not kit) as sku""",
        house,
    )
    shops = await tx.rows("select id, name from shop where active order by name limit 2000")
    return render(
        request, "reporting/desk_sheets.html", what=what if what in SHEETS else "location", sheets=SHEETS, counts=counts,
        zones=await zones(tx, house), shops=shops, roles=ROLE_NAMES, most_totes=MOST_NEW_TOTES,
    )  # fmt: skip


@get("/desk/sheets/file", allow=SUPERVISOR)
async def sheet_file(
    request: Asked,
    tx: NamedDependency[Tx],
    what: FromQuery[str] = "commands",
    paper: FromQuery[str] = "a4",
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
    zone: FromQuery[str] = "",
    aisle: FromQuery[str] = "",
    role: FromQuery[str] = "",
    person: FromQuery[int] = 0,
    shop: FromQuery[int] = 0,
    copies: FromQuery[int] = 1,
) -> Response[bytes]:
    """The sheet as PDF, to be printed at 100 %."""
    lang = language(request)
    if what == "commands":
        content = await asyncio.to_thread(commands_pdf)
    elif what == "set-up":
        content = await asyncio.to_thread(set_up_pdf, lang)
    elif what in SHEETS:
        if not 1 <= copies <= MOST_COPIES:
            raise Invalid(field="copies", why=BETWEEN, low=1, high=MOST_COPIES, pointer="/copies")
        kind: What = what  # type: ignore[assignment]
        wanted = Wanted(
            what=kind, first=asked(first, 64), last=asked(last, 64), zone=asked(zone, 20), aisle=asked(aisle, 20),
            role=asked(role, 20), person_id=max(0, min(person, 10**15)), shop_id=max(0, min(shop, 2**31 - 1)), copies=copies,
        )  # fmt: skip
        labels = await labels_of(tx, await warehouse_of(request, tx), wanted, lang)
        on: PaperKind = "roll" if paper == "roll" else "a4"
        content = await asyncio.to_thread(lambda: render_sheets(load_template(kind), labels, on))
    else:
        raise Invalid(
            field="what", why=CHOOSE_FROM, choices=", ".join([*SHEETS, "commands", "set-up"]), pointer="/what"
        )
    headers = HEADERS | {"Content-Disposition": f'inline; filename="{what}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@post("/desk/sheets/totes", allow=SUPERVISOR, status_code=200)
async def new_totes(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """New totes with the next free numbers; their labels are what comes back."""
    form = await fields(request)
    count = form.count("count", 1, MOST_NEW_TOTES)
    first, last = await add_totes(tx, await warehouse_of(request, tx), count)
    paper = "roll" if form.get("paper") == "roll" else "a4"
    return go(
        request,
        f"/desk/sheets/file?{urlencode({'what': 'tote', 'first': first, 'last': last, 'paper': paper})}",
    )


handlers: list[HTTPRouteHandler] = [sheets, sheet_file, new_totes]

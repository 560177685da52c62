"""Label templates at the desk: which there are and what is wrong with them; one of them as picture and as ZPL."""

import asyncio
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.text import Text
from wms.printing.fields import FIELDS, sample
from wms.printing.filters import KNOWN
from wms.printing.pdf import render_pdf
from wms.printing.picture import label_png
from wms.printing.templates import Found, LabelTemplate, find_template, find_templates, load_template
from wms.printing.zpl import render_zpl
from wms.web.access import SUPERVISOR
from wms.web.html import HEADERS, Html, render
from wms.web.i18n import language

Asked = Request[Any, Any, Any]
Format = Literal["png", "pdf", "zpl"]
MEDIA = {"png": "image/png", "pdf": "application/pdf", "zpl": "application/zpl"}
KINDS: dict[str, Text] = {
    "parcel": Text(en="Parcel", pl="Paczka"),
    "return": Text(en="Return", pl="Zwrot"),
    "handling_unit": Text(en="Handling unit", pl="Nośnik"),
    "location": Text(en="Location", pl="Lokalizacja"),
    "tote": Text(en="Tote", pl="Pojemnik"),
    "badge": Text(en="Badge", pl="Identyfikator"),
    "sku": Text(en="Goods", pl="Towar"),
}


class Row(msgspec.Struct, frozen=True):
    """A template file as the list shows it; ``owner`` as `Found` has it, ``size`` in millimetres."""

    name: str
    owner: str | None
    kind: str
    size: str
    version: str
    wrong: str
    line: int


class Shop(msgspec.Struct, frozen=True):
    id: int
    code: str
    name: str


def _row(found: Found, lang: str) -> Row:
    t = found.template
    return Row(
        name=found.name,
        owner=found.owner,
        kind=t.kind if t else "",
        size=_size(t) if t else "",
        version=t.version if t else "",
        wrong=found.wrong.say("pl" if lang == "pl" else "en") if found.wrong else "",
        line=found.wrong.line if found.wrong else 0,
    )


def _size(template: LabelTemplate) -> str:
    page = template.page
    return f"{page.width / page.dots_per_mm:g} × {page.height / page.dots_per_mm:g} mm"


async def _shops(tx: Tx) -> list[Shop]:
    rows = await tx.rows("select id, code, name from shop where active order by name limit 2000")
    return [Shop(r["id"], r["code"], r["name"]) for r in rows]


async def _code(tx: Tx, shop: int) -> str | None:
    """The code of a shop; None for no shop. Raises ``NotFound``."""
    if not shop:
        return None
    code: str | None = await tx.value("select code from shop where id = $1", max(0, min(shop, 2**31 - 1)))
    if code is None:
        raise NotFound(what="shop", ref=shop)
    return code


@get("/desk/labels", allow=SUPERVISOR)
async def labels(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """Every template file, whose it is, and what is wrong with it."""
    found = await asyncio.to_thread(find_templates)
    lang = language(request)
    ids = {s.code: s for s in await _shops(tx)}
    return render(
        request, "reporting/desk_labels.html", rows=[_row(f, lang) for f in found], shops=ids, kinds=KINDS,
    )  # fmt: skip


@get("/desk/labels/{name:str}", allow=SUPERVISOR)
async def label(
    request: Asked, tx: NamedDependency[Tx], name: FromPath[str], shop: FromQuery[int] = 0
) -> Html:
    """One template with its sample data, as it is used for a shop."""
    code = await _code(tx, shop)
    found = await asyncio.to_thread(find_template, name, shop=code)
    t = found.template
    zpl = await asyncio.to_thread(render_zpl, t, [sample(t.kind)]) if t else b""
    fields = FIELDS[t.kind] if t else {}
    return render(
        request, "reporting/desk_label.html", row=_row(found, language(request)), kinds=KINDS, shop=shop,
        shops=await _shops(tx), zpl=zpl.decode(), filters=KNOWN, fields={k: str(v) for k, v in fields.items()},
        wide=t.page.width if t else 0, high=t.page.height if t else 0,
    )  # fmt: skip


@get("/desk/labels/{name:str}/file", allow=SUPERVISOR)
async def label_file(
    tx: NamedDependency[Tx],
    name: FromPath[str],
    format: Annotated[Format, QueryParameter()] = "pdf",
    shop: FromQuery[int] = 0,
) -> Response[bytes]:
    """The sample label as a picture (one pixel a dot), as PDF or as ZPL."""
    code = await _code(tx, shop)

    def drawn() -> bytes:
        template = load_template(name, shop=code)
        values = sample(template.kind)
        if format == "png":
            return label_png(template, values)
        return render_pdf(template, [values]) if format == "pdf" else render_zpl(template, [values])

    content = await asyncio.to_thread(drawn)
    how = "attachment" if format == "zpl" else "inline"
    headers = HEADERS | {"Content-Disposition": f'{how}; filename="{name}.{format}"'}
    return Response(content, media_type=MEDIA[format], headers=headers)


handlers: list[HTTPRouteHandler] = [labels, label, label_file]

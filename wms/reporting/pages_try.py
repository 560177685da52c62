"""Try the handheld without a scanner: the pages in a frame, and beside them the bar codes that one would stand before.

Only where ``WMS_VIRTUAL_SCANNER=1`` is set, as the demo does: on a real floor a code is scanned from the thing itself.
"""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.scan import MAX_SCAN
from wms.printing.code128 import code128
from wms.printing.errors import Unprintable
from wms.web.access import ANY_STAFF
from wms.web.entrance import warehouse_of
from wms.web.html import HEADERS, Html, render
from wms.web.virtual_scanner import teaches

Asked = Request[Any, Any, Any]
THINGS = """
(select 'location' as kind, l.code as title, 'L-' || l.code as code from location l
  where l.warehouse_id = $1 and l.kind in ('station', 'dock', 'cage') order by l.kind desc, l.code limit 8)
union all
(select 'tote', h.code, h.code from handling_unit h
  where h.warehouse_id = $1 and h.kind = 'tote'
    and not exists (select from balance b where b.hu_id = h.id and b.on_hand > 0) order by h.code limit 10)
union all
(select 'goods', s.name, b.code from barcode b join sku s on (s.shop_id, s.id) = (b.shop_id, b.sku_id)
  where b.quantity = 1 order by b.id limit 8)
"""


@get("/desk/try", allow=ANY_STAFF)
async def try_page(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """The handheld in a frame, with codes to click."""
    if not teaches():
        raise NotFoundException
    things = await tx.rows(THINGS, await warehouse_of(request, tx))
    return render(request, "reporting/try.html", things=things)


@get("/desk/try/code", allow=ANY_STAFF)
async def code_picture(text: FromQuery[str] = "") -> Response[str]:
    """A Code 128 as a picture, one unit a module."""
    if not teaches() or not 0 < len(text) <= MAX_SCAN:
        raise NotFoundException
    try:
        bars = code128(text)
    except Unprintable as e:
        raise NotFoundException from e
    x, rects = 10, []
    for i, width in enumerate(bars.runs):
        if i % 2 == 0:
            rects.append(f'<rect x="{x}" width="{width}" height="40"/>')
        x += width
    body = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {x + 10} 40" preserveAspectRatio="none">{"".join(rects)}</svg>'
    headers = HEADERS | {"Cache-Control": "private, max-age=3600"}
    return Response(body, media_type="image/svg+xml", headers=headers)


handlers: list[HTTPRouteHandler] = [try_page, code_picture]

"""What is done with a manifest after it was closed: the carrier's own protocol, its list of what came in, what is settled."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.shipping.compare_list import compare_list, numbers_of_text
from wms.shipping.fetch_protocol import ask_again
from wms.shipping.page_errors import NothingTicked, ReasonMissing
from wms.shipping.pages_manifests import keys_of
from wms.shipping.reconcile import settle_parcels
from wms.web.access import floor
from wms.web.html import go
from wms.web.pages import PathId

LEAD = floor()
Asked = Request[Any, Any, Any]


@post("/desk/manifests/{manifest_id:int}/protocol", allow=LEAD, status_code=200)
async def own_protocol(request: Asked, tx: NamedDependency[Tx], manifest_id: PathId) -> Response[Any]:
    """Ask the carrier for its own protocol now."""
    await ask_again(tx, manifest_id)
    return go(request, f"/desk/manifests/{manifest_id}")


@post("/desk/manifests/{manifest_id:int}/counter", allow=floor("packer", "care"), status_code=200)
async def counter(request: Asked, tx: NamedDependency[Tx], manifest_id: PathId) -> Response[Any]:
    """``numbers``: what the courier says that it received, pasted from its list."""
    numbers = numbers_of_text(str((await request.form()).get("numbers", "")))
    await compare_list(tx, manifest_id, numbers, "desk")
    return go(request, f"/desk/manifests/{manifest_id}")


@post("/desk/manifests/{manifest_id:int}/settle", allow=floor("care"), status_code=200)
async def settle(request: Asked, tx: NamedDependency[Tx], manifest_id: PathId) -> Response[Any]:
    """``parcel``: keys ``SHOP-PARCEL`` of those that were ticked; ``reason``: what became of them."""
    form = await request.form()
    keys = keys_of(" ".join(str(v) for v in form.getall("parcel", [])))
    if not keys:
        raise NothingTicked
    reason = " ".join(str(form.get("reason", "")).split())[:300]
    if len(reason) < 3:
        raise ReasonMissing
    await settle_parcels(tx, manifest_id, sorted(keys), reason)
    return go(request, f"/desk/manifests/{manifest_id}")


handlers: list[HTTPRouteHandler] = [own_protocol, counter, settle]

"""Alarms of parcels on their way, and each carrier's thresholds, over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import get, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.shipping.watch_parcels import set_watch
from wms.shipping.watch_rules import LONGEST_H, hours_of
from wms.web.access import SUPERVISOR, floor, shop, shop_in_question
from wms.web.pages import After, Limit, Page, PathId, ShopId, after_id, page

Hours = Annotated[int, Meta(ge=1, le=LONGEST_H, examples=[36])]


class WatchIn(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Hours; what is left out is the default. ``point_h`` runs by the plain clock, the others on working days only.

    ``first_scan_h`` (24): handed over, no scan yet; ``moving_h`` (48): on its way; ``out_h`` (24): with the courier;
    ``point_h`` (36): lies at a point; ``late_h`` (72): not there, where neither shop nor price list names a day.
    """

    first_scan_h: Hours | None = None
    moving_h: Hours | None = None
    out_h: Hours | None = None
    point_h: Hours | None = None
    late_h: Hours | None = None


class Watch(msgspec.Struct, frozen=True):
    """``hours`` that count; ``own`` those that are this carrier's own."""

    hours: dict[str, int]
    own: list[str]


class AlarmOut(msgspec.Struct, frozen=True):
    """A parcel on its way that somebody must look at; ``facts`` are what was seen."""

    id: int
    shop_id: int
    parcel_id: int
    order_id: int
    order_number: str
    tracking_number: str | None
    carrier: str
    kind: Literal["silent", "late", "stuck", "problem"]
    since: datetime
    facts: dict[str, Any]
    opened_at: datetime


OPEN = """
select a.id, a.shop_id, a.parcel_id, p.order_id, o.number as order_number, p.tracking_number, c.code as carrier, a.kind, a.since,
  a.facts, a.opened_at
from parcel_alarm a join parcel p on (p.shop_id, p.id) = (a.shop_id, a.parcel_id)
join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id) join carrier c on c.id = p.carrier_id
where a.shop_id = $1 and a.closed_at is null and a.id > $2 order by a.id limit $3
"""


@get("/parcel-alarms", allow=floor("care") | shop("orders.read"), tags=["parcels"])
async def get_alarms(
    tx: NamedDependency[Tx], shop_id: ShopId = 0, after: After = "", limit: Limit = 100
) -> Page[AlarmOut]:
    """A shop's parcels on their way that somebody must look at: no news, late, uncollected, or in trouble."""
    rows = await tx.all(AlarmOut, OPEN, shop_in_question(tx, shop_id or None), after_id(after), limit + 1)
    return page(rows, limit, lambda a: a.id)


@get("/carriers/{carrier_id:int}/watch", allow=floor("care"), tags=["carriers"])
async def get_watch(tx: NamedDependency[Tx], carrier_id: PathId) -> Watch:
    """After how many hours a parcel of this carrier raises an alarm."""
    row = await tx.row("select watch from carrier where id = $1", carrier_id)
    if row is None:
        raise NotFound(what="carrier", ref=carrier_id)
    return Watch(hours_of(row["watch"]), sorted(row["watch"]))


@put("/carriers/{carrier_id:int}/watch", allow=SUPERVISOR, tags=["carriers"])
async def put_watch(tx: NamedDependency[Tx], carrier_id: PathId, data: JSONBody[WatchIn]) -> Watch:
    """Set a carrier's own thresholds; those left out go back to the default. The next round counts by them."""
    own = {f: v for f in data.__struct_fields__ if (v := getattr(data, f)) is not None}
    return Watch(await set_watch(tx, carrier_id, own), sorted(own))


handlers: list[HTTPRouteHandler] = [get_alarms, get_watch, put_watch]

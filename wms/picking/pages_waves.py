"""Waves from the desk: release by hand, the rule that releases by itself, and an order's urgency."""

from datetime import datetime
from typing import Any, get_args

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.refusals import Invalid
from wms.kernel.text import Text
from wms.kernel.whys import BETWEEN, WHOLE_NUMBER
from wms.orders.change_priority import change_priority
from wms.picking.clusters import Kind
from wms.picking.plan_wave import MOST_ORDERS, release
from wms.picking.replan_pickup import replan_for
from wms.picking.wave_rule import save_wave_rule
from wms.web.access import SUPERVISOR, floor
from wms.web.entrance import warehouse_of
from wms.web.html import go, is_fragment, said, words_of
from wms.web.pages import PathId, PathShop

Asked = Request[Any, Any, Any]


def number(form: dict[str, str], name: str) -> int | None:
    """A whole number of a form, None where the field is empty. Raises ``Invalid``."""
    text = form.get(name, "").strip()
    if not text:
        return None
    if not (text.lstrip("-").isdigit() and text.isascii() and len(text) < 16):
        raise Invalid(field=name, why=WHOLE_NUMBER, pointer=f"/{name}")
    return int(text)


async def fields(request: Asked) -> dict[str, str]:
    return {k: v for k, v in (await request.form()).items() if isinstance(v, str)}


def done(request: Asked, sentence: str, back: str, tone: str = "ok") -> Response[Any]:
    """The sentence to a page that asked by a script, else back to the page."""
    return said(request, tone, sentence, status=200) if is_fragment(request) else go(request, back)


@post("/desk/waves", allow=SUPERVISOR, status_code=200)
async def release_by_hand(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """Releases what is ready: of one carrier or all, of one kind or all, due until a pickup, so many orders at most."""
    form = await fields(request)
    kind: Kind | None = next((k for k in get_args(Kind) if k == form.get("kind")), None)
    until = None
    if form.get("until"):
        try:
            until = datetime.fromisoformat(form["until"])
        except ValueError:
            raise Invalid(
                field="until",
                why=Text(en="choose a pickup of the list", pl="wybierz odbiór z listy"),
                pointer="/until",
            ) from None
        if until.tzinfo is None:
            raise Invalid(
                field="until",
                why=Text(en="choose a pickup of the list", pl="wybierz odbiór z listy"),
                pointer="/until",
            )
    most = number(form, "max_orders")
    if most is not None and not 1 <= most <= MOST_ORDERS:
        raise Invalid(field="max_orders", why=BETWEEN, low=1, high=MOST_ORDERS, pointer="/max_orders")
    waves = await release(
        tx,
        await warehouse_of(request, tx),
        kind=kind,
        carrier_id=number(form, "carrier_id"),
        ship_by_until=until,
        max_orders=most or 2000,
    )
    words = words_of(request)
    if not waves:
        return done(request, words.gettext("Nothing that is ready fits this choice."), "/desk", "warn")
    orders, carts = sum(w.orders for w in waves), sum(w.clusters for w in waves)
    parts = [
        words.ngettext("Released %(num)s order", "Released %(num)s orders", orders) % {"num": orders},
        words.ngettext("on %(num)s cart", "on %(num)s carts", carts) % {"num": carts},
        words.ngettext("in %(num)s wave.", "in %(num)s waves.", len(waves)) % {"num": len(waves)},
    ]
    return done(request, " ".join(parts), "/desk")


@post("/desk/waves/rule", allow=SUPERVISOR, status_code=200)
async def keep_rule(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """The rule of this warehouse; both fields empty: by hand alone."""
    form = await fields(request)
    minutes, waiting = number(form, "minutes_before"), number(form, "orders_waiting")
    await save_wave_rule(tx, await warehouse_of(request, tx), minutes, waiting)
    words = words_of(request)
    off = minutes is None and waiting is None
    sentence = (
        words.gettext("The rule is off: waves are released by hand.")
        if off
        else words.gettext("The rule is kept; it is followed every minute.")
    )
    return done(request, sentence, "/desk")


@post("/desk/orders/{shop_id:int}/{order_id:int}/priority", allow=floor("care"), status_code=200)
async def set_priority(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, order_id: PathId
) -> Response[Any]:
    """How urgent an order is; the carts of its pickup that nobody has touched are planned anew."""
    priority = number(await fields(request), "priority")
    if priority is None:
        raise Invalid(field="priority", why=WHOLE_NUMBER, pointer="/priority")
    await change_priority(tx, shop_id, order_id, priority)
    moved = await replan_for(tx, shop_id, order_id)
    return go(request, f"/desk/orders/{shop_id}/{order_id}?done=priority-{moved.where}")


handlers: list[HTTPRouteHandler] = [release_by_hand, keep_rule, set_priority]

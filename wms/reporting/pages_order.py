"""One order at the desk: its whole story on one page, and what may still be done with it."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.carriers.fault_words import technical, tell_label_fault
from wms.db.tx import Tx
from wms.kernel.refusals import Invalid
from wms.kernel.text import Text
from wms.orders.cancel_order import cancel_order
from wms.orders.choose_again import choose_for_order
from wms.orders.holds import HOLDABLE
from wms.orders.mend_order import hold_order, release_hold
from wms.orders.service_words import REASONS, WHYS
from wms.orders.set_service import set_service
from wms.orders.states import BEFORE_HANDOVER, OrderState
from wms.reporting.change_address import FIELDS, LIMITS, change_address
from wms.reporting.order_page import load_order_page
from wms.reporting.order_words import LABELS, MAILS, PARCELS, RETURNS, STATES, TONES, TRACKING
from wms.web.access import floor
from wms.web.entrance import ours
from wms.web.html import Html, go, render
from wms.web.i18n import language
from wms.web.menu import LEAD
from wms.web.pages import PathId, PathShop

Asked = Request[Any, Any, Any]
CARE = floor("care")

CARRIER_SAYS = Text(en="The carrier does not take this: {why}", pl="Przewoźnik tego nie przyjmuje: {why}")
DONE = {
    "service": Text(en="The service is stored.", pl="Zapisano usługę."),
    "held": Text(en="The order is on hold.", pl="Zamówienie wstrzymano."),
    "released": Text(en="The hold is released.", pl="Wstrzymanie zwolniono."),
    "still-held": Text(
        en="The hold by hand is released; a check still holds the order. Mend what it names, or ask a supervisor.",
        pl="Ręczne wstrzymanie zwolniono; zamówienie nadal blokuje kontrola. Popraw to, co wskazuje, albo poproś kierownika."),
    "cancelled": Text(en="The order is cancelled.", pl="Zamówienie anulowano."),
    "address": Text(en="The new address is stored.", pl="Zapisano nowy adres."),
    "label": Text(en="The label is asked for again.", pl="Ponownie zamówiono etykietę."),
    "priority-waiting": Text(
        en="The priority is stored. It counts when the order is released.",
        pl="Zapisano priorytet. Zadziała, gdy zamówienie trafi na halę."),
    "priority-planned": Text(
        en="The priority is stored, and the untouched carts of its pickup were planned anew.",
        pl="Zapisano priorytet i na nowo zaplanowano nietknięte wózki tego odbioru."),
    "priority-in_hand": Text(
        en="The priority is stored. Its cart is in somebody's hands already and stays as it is.",
        pl="Zapisano priorytet. Wózek z tym zamówieniem ktoś już prowadzi, więc zostaje bez zmian."),
    "priority-past": Text(
        en="The priority is stored; the order is picked already.",
        pl="Zapisano priorytet; zamówienie jest już skompletowane."),
}  # fmt: skip


async def fields(request: Asked) -> dict[str, str]:
    return {k: v for k, v in (await request.form()).items() if isinstance(v, str)}


async def draw(
    request: Asked,
    tx: Tx,
    shop_id: int,
    order_id: int,
    *,
    done: str = "",
    given: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
) -> Html:
    """The page; with ``given`` and ``faults`` the address form as it was typed in."""
    found = await load_order_page(tx, shop_id, order_id, language(request))
    order = found.order
    state = OrderState(order.state)
    has_label = any(p.label_state and not p.label_refused for p in found.parcels)
    refused = {
        f: e.said(language(request))
        for p in found.parcels
        for e in p.fields
        if (f := e.field.removeprefix("receiver.")) in FIELDS
    }
    if state in BEFORE_HANDOVER and not has_label and not faults:
        said = CARRIER_SAYS.in_(language(request), why="{}")
        refusals = {f: said.replace("{}", why) for f, why in refused.items()}
    else:
        refusals = {}
    return render(
        request,
        "reporting/desk_order.html",
        status=422 if faults else 200,
        p=found,
        o=order,
        done=DONE.get(done),
        address=given or {f: getattr(order, f) or "" for f in FIELDS},
        faults=faults or refusals,
        refused=bool(refusals),
        reasons=REASONS, whys=WHYS, label_fault=tell_label_fault, technical=technical,
        limits=LIMITS,
        states=STATES, tones=TONES, parcel_words=PARCELS, label_words=LABELS, tracking_words=TRACKING,
        return_words=RETURNS, mail_words=MAILS,
        holds=[h for h in order.holds if h.released_at is None],
        may={
            "hold": state in HOLDABLE,
            "release": state == OrderState.ON_HOLD,
            "overrule": bool(tx.actor.roles & LEAD),
            "address": state in BEFORE_HANDOVER and not has_label,
            "priority": state in BEFORE_HANDOVER,
            "service": state == OrderState.ON_HOLD or state in HOLDABLE,
            "cancel": state in BEFORE_HANDOVER,
        },
    )  # fmt: skip


@get("/desk/orders/{shop_id:int}/{order_id:int}", allow=CARE)
async def order_page(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, order_id: PathId, done: FromQuery[str] = ""
) -> Html:
    return await draw(request, tx, shop_id, order_id, done=done)


def reason_of(form: dict[str, str]) -> str:
    """The reason that was given. Raises ``Invalid`` for none."""
    reason = " ".join(form.get("reason", "").split())
    if not 1 <= len(reason) <= 300:
        raise Invalid(
            field="reason",
            why=Text(en="write {low} to {high} characters", pl="wpisz od {low} do {high} znaków"),
            low=1,
            high=300,
            pointer="/reason",
        )
    return reason


def back_to(request: Asked, form: dict[str, str], shop_id: int, order_id: int, done: str) -> Response[Any]:
    """The page that the form stood on: the order's, or the list of exceptions."""
    here = f"/desk/orders/{shop_id}/{order_id}?done={done}"
    return go(request, ours(form.get("back", ""), here) if form.get("back", "").startswith("/desk") else here)


@post("/desk/orders/{shop_id:int}/{order_id:int}/hold", allow=CARE, status_code=200)
async def hold(request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, order_id: PathId) -> Response[Any]:
    form = await fields(request)
    await hold_order(tx, shop_id, order_id, reason_of(form))
    return back_to(request, form, shop_id, order_id, "held")


@post("/desk/orders/{shop_id:int}/{order_id:int}/release", allow=CARE, status_code=200)
async def release(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, order_id: PathId
) -> Response[Any]:
    """Holds by hand; a supervisor also overrules the checks."""
    mended = await release_hold(tx, shop_id, order_id, all_holds=bool(tx.actor.roles & LEAD))
    return back_to(
        request, await fields(request), shop_id, order_id, "still-held" if mended.open_holds else "released"
    )


@post("/desk/orders/{shop_id:int}/{order_id:int}/cancel", allow=CARE, status_code=200)
async def cancel(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, order_id: PathId
) -> Response[Any]:
    form = await fields(request)
    await cancel_order(tx, shop_id, order_id, reason=reason_of(form))
    return back_to(request, form, shop_id, order_id, "cancelled")


@post("/desk/orders/{shop_id:int}/{order_id:int}/recipient", allow=CARE, status_code=200)
async def recipient(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, order_id: PathId
) -> Response[Any]:
    """The address, before the label; what is wrong is said at its field, and nothing is stored."""
    form = await fields(request)
    version = form.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Invalid(
            field="version",
            why=Text(en="send the page as it is", pl="wyślij stronę bez zmian"),
            pointer="/version",
        )
    changed = await change_address(tx, shop_id, order_id, int(version), form, language(request))
    if changed.faults:
        given = {f: form.get(f, "") for f in FIELDS}
        return await draw(request, tx, shop_id, order_id, given=given, faults=changed.faults)
    return back_to(request, form, shop_id, order_id, "address")


@post("/desk/orders/{shop_id:int}/{order_id:int}/service", allow=CARE, status_code=200)
async def service(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, order_id: PathId
) -> Response[Any]:
    """Somebody names the carrier and its service, or has the rules choose again."""
    form = await fields(request)
    carrier, _, wanted = form.get("service", "").partition("/")
    if not carrier:
        mended = await choose_for_order(tx, shop_id, order_id)
    else:
        mended = await set_service(tx, shop_id, order_id, carrier, wanted)
    return back_to(request, form, shop_id, order_id, "still-held" if mended.open_holds else "service")


handlers: list[HTTPRouteHandler] = [order_page, hold, release, cancel, recipient, service]

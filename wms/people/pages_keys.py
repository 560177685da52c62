"""Keys of shops and couriers at the desk: made here and shown once, revoked at once."""

from datetime import timedelta
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.refusals import Invalid
from wms.kernel.text import Text
from wms.people.desk_queries import KEYS_BY, list_keys, shops_and_carriers
from wms.people.manage import create_key, revoke_key
from wms.web.access import ADMIN, SCOPES, SUPERVISOR
from wms.web.forms import fields, query
from wms.web.html import Html, go, render, words_of
from wms.web.pages import After, PathId, behind, page
from wms.web.sheet import MOST_ROWS, sheet

Asked = Request[Any, Any, Any]
LIMIT = 50
DONE = {"revoked": Text(en="The key opens nothing any more.", pl="Klucz już nic nie otwiera.")}
SCOPE_NAMES = {
    "catalog.read": Text(en="read the catalogue", pl="czytać katalog"),
    "catalog.write": Text(en="change the catalogue", pl="zmieniać katalog"),
    "inbound.read": Text(en="read deliveries", pl="czytać dostawy"),
    "inbound.write": Text(en="announce deliveries", pl="awizować dostawy"),
    "orders.read": Text(en="read orders", pl="czytać zamówienia"),
    "orders.write": Text(en="send and cancel orders", pl="wysyłać i anulować zamówienia"),
    "stock.read": Text(en="read stock", pl="czytać stany"),
    "returns.read": Text(en="read returns", pl="czytać zwroty"),
    "returns.write": Text(en="announce returns", pl="zgłaszać zwroty"),
    "events.read": Text(en="read what happens", pl="czytać zdarzenia"),
}


@get("/desk/people/keys", allow=SUPERVISOR)
async def keys(
    request: Asked,
    tx: NamedDependency[Tx],
    shop: FromQuery[int] = 0,
    show: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    after: After = "",
    done: FromQuery[str] = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """Keys that open something; with ``show=all`` also those that did. ``format=csv``: all of them as a file."""
    if format == "csv":
        return await keys_csv(request, tx, shop=shop, show=show, sort=sort)
    return await draw(request, tx, shop=shop, show=show, sort=sort, after=after, done=done)


async def keys_csv(request: Asked, tx: Tx, *, shop: int, show: str, sort: str) -> Response[Any]:
    sort = KEYS_BY.chosen(sort)
    rows = await list_keys(
        tx,
        shop_id=max(0, min(shop, 2**31 - 1)),
        dead=show == "all",
        sort=sort,
        behind=(None, 0),
        limit=MOST_ROWS,
    )
    _ = words_of(request).gettext
    heads = [_("Name"), _("Key"), _("For"), _("May"), _("Requests a minute"), _("Since"), _("Until"), _("Revoked")]  # fmt: skip
    return sheet(
        "keys",
        heads,
        (
            (k.name, k.public_id, k.owner, " ".join(k.scopes), k.rate_per_min, k.created_at.isoformat(),
             k.expires_at.isoformat() if k.expires_at else "", k.revoked_at.isoformat() if k.revoked_at else "")
            for k in rows
        ),
    )  # fmt: skip


async def draw(
    request: Asked,
    tx: Tx,
    *,
    shop: int = 0,
    show: str = "",
    sort: str = "",
    after: str = "",
    done: str = "",
    made: Any = None,
) -> Html:
    shop, sort = max(0, min(shop, 2**31 - 1)), KEYS_BY.chosen(sort)
    rows = await list_keys(
        tx, shop_id=shop, dead=show == "all", sort=sort, behind=behind(KEYS_BY, sort, after), limit=LIMIT + 1
    )
    shops, carriers = await shops_and_carriers(tx)
    return render(
        request, "people/desk_keys.html", found=page(rows, LIMIT, lambda k: KEYS_BY.key(sort, k, k.id)), shops=shops,
        carriers=carriers, shop=shop, show=show, sort=sort, base=query({"shop": shop, "show": show, "sort": sort}), after=after,
        scopes=SCOPE_NAMES, made=made, done=DONE.get(done),
        admin="admin" in tx.actor.roles,
    )  # fmt: skip


@post("/desk/people/keys", allow=ADMIN, status_code=200, idempotent=False)
async def new_key(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """A new key; it is in this answer and nowhere else."""
    form = await fields(request)
    kind, _, number = form.get("owner", "").partition("-")
    if kind not in ("shop", "carrier") or not number.isdigit() or len(number) > 15:
        raise Invalid(
            field="owner",
            why=Text(en="choose a shop or a courier", pl="wybierz sklep albo kuriera"),
            pointer="/owner",
        )
    scopes = [s for s in form.many.get("scopes", []) if s in SCOPES]
    if kind == "shop" and not scopes:
        raise Invalid(
            field="scopes",
            why=Text(en="choose what the key may do", pl="wybierz, co wolno z tym kluczem"),
            pointer="/scopes",
        )
    days = form.number("days", 1, 3650)
    made = await create_key(
        tx,
        name=form.word("name", 100),
        scopes=scopes if kind == "shop" else [],
        shop_id=int(number) if kind == "shop" else None,
        carrier_id=int(number) if kind == "carrier" else None,
        expires_in=timedelta(days=days) if days else None,
        rate_per_min=form.number("rate", 1, 1_000_000) or 600,
    )
    return await draw(request, tx, made=made)


@post("/desk/people/keys/{key_id:int}/revoke", allow=ADMIN, status_code=200)
async def drop_key(request: Asked, tx: NamedDependency[Tx], key_id: PathId) -> Response[Any]:
    """Revokes a key at once."""
    await revoke_key(tx, key_id)
    return go(request, "/desk/people/keys?done=revoked")


handlers: list[HTTPRouteHandler] = [keys, new_key, drop_key]

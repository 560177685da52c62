"""The doors of the pages: sign-in by badge and PIN or e-mail and password, sign-out, language, theme, warehouse."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Redirect, Response

from wms.db.tx import Database, Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Refusal
from wms.people.sign_in import SignedIn, sign_in
from wms.web.access import ANY_STAFF
from wms.web.errors import ForeignForm, NoWarehouse
from wms.web.html import HEADERS, Html, go, render
from wms.web.i18n import known
from wms.web.problems import describe

YEAR = 365 * 24 * 3600
THEMES = ("dark", "light")


def same_origin(request: Request[Any, Any, Any]) -> bool:
    """Whether a form came from a page of ours; browsers say so, and a program that says nothing is no browser."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")


def is_secure(request: Request[Any, Any, Any]) -> bool:
    return request.headers.get("x-forwarded-proto", request.url.scheme) == "https"


def kept(
    request: Request[Any, Any, Any], name: str, value: str, *, hidden: bool, seconds: int | None
) -> Cookie:
    return Cookie(
        key=name,
        value=value,
        path="/",
        httponly=hidden,
        samesite="lax",
        secure=is_secure(request),
        max_age=seconds,
    )


def ours(address: str, otherwise: str) -> str:
    """A path of this server, or ``otherwise``: nobody is led away by a link that they were sent."""
    good = address.startswith(("/floor", "/desk", "/courier")) and not any(c in address for c in "\\\r\n")
    return address if good else otherwise


@get("/", public=True, sync_to_thread=False)
def front(request: Request[Any, Any, Any]) -> Html:
    """Where to: the floor or a desk."""
    return render(request, "web/front.html")


@get("/floor/sign-in", public=True, sync_to_thread=False)
def floor_sign_in(
    request: Request[Any, Any, Any], badge: FromQuery[str] = "", next: FromQuery[str] = ""
) -> Html:
    return render(request, "web/sign_in_floor.html", badge=badge[:40], next=ours(next, "/floor"), problem="")


@post("/floor/sign-in", public=True)
async def post_floor_sign_in(
    request: Request[Any, Any, Any], database: NamedDependency[Database]
) -> Response[Any]:
    """Badge and PIN. The device's name is made on first use and kept on it."""
    form = await request.form()
    badge, pin = str(form.get("badge", ""))[:100].strip(), str(form.get("pin", ""))[:100]
    after = ours(str(form.get("next", "")), "/floor")
    device = request.cookies.get("wms_device", "")[:40]
    try:
        if not same_origin(request):
            raise ForeignForm
        found = await sign_in(database, badge, pin, device=device or None, floor=True)
    except Refusal as e:
        problem, headers = describe(request, e)
        values = {"badge": badge[:40], "next": after, "problem": problem.detail}
        return render(request, "web/sign_in_floor.html", status=e.status, headers=headers, **values)
    return signed_in(request, found, after)


@get("/desk/sign-in", public=True, sync_to_thread=False)
def desk_sign_in(request: Request[Any, Any, Any], next: FromQuery[str] = "") -> Html:
    return render(request, "web/sign_in_desk.html", email="", next=ours(next, "/desk"), problem="")


@post("/desk/sign-in", public=True)
async def post_desk_sign_in(
    request: Request[Any, Any, Any], database: NamedDependency[Database]
) -> Response[Any]:
    """E-mail and password, or badge and PIN typed at a pack station."""
    form = await request.form()
    email, password = str(form.get("email", ""))[:200].strip(), str(form.get("password", ""))[:200]
    after = ours(str(form.get("next", "")), "/desk")
    by_badge = "@" not in email
    try:
        if not same_origin(request):
            raise ForeignForm
        device = (request.cookies.get("wms_device", "")[:40] or None) if by_badge else None
        found = await sign_in(database, email, password, device=device, floor=by_badge)
    except Refusal as e:
        problem, headers = describe(request, e)
        values = {"email": email, "next": after, "problem": problem.detail}
        return render(request, "web/sign_in_desk.html", status=e.status, headers=headers, **values)
    return signed_in(request, found, after)


def signed_in(request: Request[Any, Any, Any], found: SignedIn, after: str) -> Response[Any]:
    """The new session's cookie. A session id of before is never used on."""
    return Redirect(
        after, status_code=303, headers=HEADERS,
        cookies=[kept(request, "wms_session", found.token, hidden=True, seconds=None)],
    )  # fmt: skip


async def end_session(tx: Tx) -> None:
    await tx.run("update session set revoked_at = now() where id = $1", tx.actor.session_id)
    await record(
        tx, Event(kind="person.signed_out", subject="person", subject_id=tx.actor.id, ref=tx.actor.name)
    )


@post("/floor/sign-out", allow=ANY_STAFF, idempotent=False)
async def floor_sign_out(request: Request[Any, Any, Any], tx: NamedDependency[Tx]) -> Response[Any]:
    await end_session(tx)
    return go(request, "/floor/sign-in")


@post("/desk/sign-out", allow=ANY_STAFF, idempotent=False)
async def desk_sign_out(request: Request[Any, Any, Any], tx: NamedDependency[Tx]) -> Response[Any]:
    await end_session(tx)
    return go(request, "/desk/sign-in")


@get("/floor/me", allow=ANY_STAFF)
async def floor_me(request: Request[Any, Any, Any], tx: NamedDependency[Tx]) -> Html:
    """Who works here: change the user, the language, the light, the warehouse, the device's name."""
    warehouses = await tx.rows("select id, code, name from warehouse order by code limit 100")
    return render(
        request,
        "web/me_floor.html",
        device=request.cookies.get("wms_device", ""),
        warehouses=warehouses,
        here=await warehouse_of(request, tx),
    )


@post("/floor/preferences", public=True, name="floor-preferences")
async def floor_preferences(request: Request[Any, Any, Any]) -> Response[Any]:
    return await preferences(request, "/floor")


@post("/desk/preferences", public=True, name="desk-preferences")
async def desk_preferences(request: Request[Any, Any, Any]) -> Response[Any]:
    return await preferences(request, "/desk")


async def preferences(request: Request[Any, Any, Any], home: str) -> Response[Any]:
    """What this device likes; kept in its cookies alone, so it needs nobody to be signed in."""
    if not same_origin(request):
        raise ForeignForm
    form = await request.form()
    cookies = []
    if (lang := known(str(form.get("lang", "")))) is not None:
        cookies.append(kept(request, "wms_lang", lang, hidden=False, seconds=YEAR))
    if (theme := str(form.get("theme", ""))) in THEMES:
        cookies.append(kept(request, "wms_theme", theme, hidden=False, seconds=YEAR))
    if (place := str(form.get("warehouse_id", ""))).isdigit():
        cookies.append(kept(request, "wms_warehouse", place[:15], hidden=False, seconds=YEAR))
    if "device" in form:
        name = "".join(c for c in str(form["device"]) if c.isalnum() or c in "-_")[:40]
        cookies.append(kept(request, "wms_device", name, hidden=False, seconds=YEAR))
    after = ours(str(form.get("next", "")), home)
    return Redirect(after, status_code=303, headers=HEADERS, cookies=cookies)


def kept_number(request: Request[Any, Any, Any], name: str) -> int:
    """The id that this device keeps in a cookie; 0 for none."""
    said = request.cookies.get(name, "")
    return int(said) if said.isdigit() and len(said) < 16 else 0


STATION = "wms_station"
WAREHOUSE = "select id from warehouse order by id = $1 desc, id limit 1"


def station_cookie(request: Request[Any, Any, Any], location_id: int) -> Cookie:
    """The pack station that this device stands at from now on."""
    return kept(request, STATION, str(location_id), hidden=False, seconds=YEAR)


def chosen_station(request: Request[Any, Any, Any]) -> int | None:
    """The id of the pack station that was chosen on this device; whether there is such a one, its reader looks."""
    return kept_number(request, STATION) or None


async def warehouse_of(request: Request[Any, Any, Any], tx: Tx) -> int:
    """The warehouse that this device works in: the chosen one, else the first. Raises ``NoWarehouse``."""
    found = await tx.value(WAREHOUSE, kept_number(request, "wms_warehouse"))
    if found is None:
        raise NoWarehouse
    return int(found)


handlers: list[HTTPRouteHandler] = [
    front, floor_sign_in, post_floor_sign_in, desk_sign_in, post_desk_sign_in, floor_sign_out, desk_sign_out, floor_me,
    floor_preferences, desk_preferences,
]  # fmt: skip

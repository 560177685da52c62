"""Pages: templates of the slices, in the reader's language, under one policy of what a browser may do with them.

A handheld's page is drawn whole once; from then on each scan is answered with the ``screen`` block of the same template
(``X-Fragment``), so a template is one file and works without a script too. A refusal is one sentence with its tone.
Nothing is written into a page but through autoescape; scripts and styles come from ``/static`` alone.
"""

import hashlib
import hmac
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.response import Redirect

from wms.web.assets import asset
from wms.web.i18n import LANGUAGES, Words, language, words
from wms.web.menu import menu

PACKAGE = Path(__file__).parent.parent
MEDIA_TYPE = "text/html; charset=utf-8"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; media-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'self'; "
    "base-uri 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), hid=(), microphone=(), serial=(), usb=()",
    "Cache-Control": "no-store",
    "Vary": "X-Fragment, HX-Request, Cookie, Accept-Language",
}
WITH_SERIAL = {"Permissions-Policy": HEADERS["Permissions-Policy"].replace("serial=()", "serial=(self)")}
"""For a page that reads a scale."""
Html = Response[str]


def is_page(path: str) -> bool:
    """Whether an address is one that people look at, and so is answered in HTML."""
    return path.startswith(("/floor", "/desk", "/courier")) or path == "/"


def area(path: str) -> str:
    return "floor" if path.startswith("/floor") or path == "/" else "desk"


def is_fragment(request: Request[Any, Any, Any]) -> bool:
    """Whether a script asks, who sets the answer into the page that it has."""
    return "x-fragment" in request.headers or "hx-request" in request.headers


def csrf_of(token: str) -> str:
    """What a form of this session carries: known only to who knows the session's token."""
    return hashlib.sha256(b"csrf:" + token.encode()).hexdigest()[:32]


def csrf_right(token: str, given: str) -> bool:
    return hmac.compare_digest(csrf_of(token).encode(), given.encode())


@cache
def environment(lang: str) -> Environment:
    """Templates of all slices with the texts of one language."""
    env = Environment(
        loader=FileSystemLoader(sorted(PACKAGE.glob("*/templates"))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    said = words(lang)
    env.install_gettext_translations(said.catalogue, newstyle=True)  # type: ignore[attr-defined]
    env.globals |= {"asset": asset, "LANGUAGES": LANGUAGES, "menu": menu}
    env.filters |= {
        "number": said.number, "time": said.time, "moment": said.moment, "day": said.day, "ago": said.ago,
        "text": said.text,
    }  # fmt: skip
    env.globals["ui"] = env.get_template("web/ui.html").module
    return env


def words_of(request: Request[Any, Any, Any]) -> Words:
    """The texts of whoever looks at the page, for page modules that say something themselves."""
    return words(language(request))


def context(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What every template may use besides its own values."""
    state = request.scope["state"]
    token = request.cookies.get("wms_session", "")
    theme = request.cookies.get("wms_theme", "")
    return {
        "lang": language(request),
        "me": state.get("actor"),
        "csrf": csrf_of(token) if token else "",
        "key": str(uuid4()),
        "path": request.scope["path"],
        "theme": theme if theme in ("dark", "light") else "",
        "now": state["tx"].now if "tx" in state else None,
    }


def render(
    request: Request[Any, Any, Any],
    template: str,
    *,
    block: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> Html:
    """A page, or of it only ``block``; a script that asks for a fragment gets the block ``screen`` if there is one.

    ``template`` is named like ``picking/scan.html``; ``values`` are its own.
    """
    page = environment(language(request)).get_template(template)
    given = context(request) | values
    if not block and is_fragment(request) and "screen" in page.blocks:
        block = "screen"
    body = "".join(page.blocks[block](page.new_context(given))) if block else page.render(given)
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=HEADERS | (headers or {}))


def go(request: Request[Any, Any, Any], address: str) -> Response[Any]:
    """Sends whoever posted a form on to the next page; ``address`` is a path of ours."""
    if "hx-request" in request.headers:
        return Response(
            "", status_code=200, media_type=MEDIA_TYPE, headers=HEADERS | {"HX-Redirect": address}
        )
    if "x-fragment" in request.headers:
        return Response("", status_code=200, media_type=MEDIA_TYPE, headers=HEADERS | {"X-Go": address})
    return Redirect(address, status_code=303, headers=HEADERS)


def said(
    request: Request[Any, Any, Any], tone: str, sentence: str, code: str = "", status: int = 409
) -> Html:
    """One sentence instead of a page: what a scan or a form was refused with."""
    body = environment(language(request)).get_template("web/said.html")
    return Response(
        body.render(tone=tone, sentence=sentence, code=code),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=HEADERS,
    )

"""Errors as problem documents (RFC 9457): one table from what was raised to what is answered."""

import http
from typing import Any
from urllib.parse import quote

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import ClientException, HTTPException, ValidationException
from litestar.response import Redirect

from wms.kernel.refusals import Refusal
from wms.kernel.shape_words import say_shape
from wms.kernel.text import Lang, Text, pick_lang
from wms.web.errors import UnusableValue
from wms.web.html import HEADERS, area, is_fragment, is_page, render, said
from wms.web.i18n import language
from wms.web.troubles import is_clash, is_gone, is_slow, is_unusable

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
FAULT = Text(
    en="A fault on our side. Nothing was changed; try again, and if it happens again, tell us the request id.",
    pl="Błąd po naszej stronie. Nic się nie zmieniło; spróbuj ponownie, a jeśli się powtórzy, podaj numer żądania.",
)
HTTP = {
    400: Text(
        en="The request is not as documented: {why}. Correct it and send it again.",
        pl="Żądanie jest niezgodne z dokumentacją: {why}. Popraw je i wyślij ponownie.",
    ),
    404: Text(
        en="There is nothing at this address. Check it against /docs.",
        pl="Pod tym adresem nic nie ma. Sprawdź go w /docs.",
    ),
    405: Text(
        en="This address does not know this method. Check it against /docs.",
        pl="Ten adres nie obsługuje tej metody. Sprawdź ją w /docs.",
    ),
    413: Text(
        en="The request is too large. Send it in smaller parts.",
        pl="Żądanie jest za duże. Wyślij je w mniejszych częściach.",
    ),
}


class Problem(msgspec.Struct, omit_defaults=True):
    """``type`` is stable and ends in the refusal's code; ``detail`` is a sentence for a person in their language."""

    type: str
    title: str
    status: int
    detail: str
    code: str = ""
    tone: str = ""
    pointer: str | None = None
    request_id: str | None = None
    values: dict[str, Any] = {}
    errors: list[dict[str, Any]] = []


def lang_of(request: Request[Any, Any, Any]) -> Lang:
    if is_page(request.scope["path"]):
        return language(request)
    return pick_lang(request.headers.get("accept-language"))


def of_refusal(refusal: Refusal, lang: Lang, request_id: str | None = None) -> Problem:
    return Problem(
        type=f"/problems/{refusal.code}",
        title=refusal.code.replace("-", " "),
        status=refusal.status,
        detail=refusal.say(lang),
        code=refusal.code,
        tone=refusal.tone,
        pointer=refusal.pointer,
        request_id=request_id,
        values={
            k: v for k, v in refusal.values.items() if isinstance(v, str | int | float | list | dict | bool)
        },
    )


def _told(error: dict[str, Any], lang: Lang) -> str:
    """One fault of a request, with the place where it is."""
    why, values = say_shape(str(error.get("message") or ""))
    return ": ".join(said for said in (str(error.get("key") or ""), why.in_(lang, **values)) if said)


def _of_http(e: HTTPException, lang: Lang, request_id: str | None) -> Problem:
    phrase = http.HTTPStatus(e.status_code).phrase
    errors: list[dict[str, Any]] = []
    why = (e.detail or phrase).rstrip(".")
    if isinstance(e, ValidationException) and isinstance(e.extra, list):
        errors = [x if isinstance(x, dict) else {"message": str(x)} for x in e.extra]
        why = "; ".join(_told(x, lang) for x in errors) or why
    text = HTTP.get(e.status_code)
    return Problem(
        type=f"/problems/http-{e.status_code}",
        title=phrase,
        status=e.status_code,
        detail=text.in_(lang, why=why) if text else why,
        code=f"http-{e.status_code}",
        request_id=request_id,
        errors=errors,
    )


def describe(request: Request[Any, Any, Any], e: Exception) -> tuple[Problem, dict[str, str]]:
    """The problem document of whatever was raised, and the headers that go with it. A fault is logged here."""
    state = request.scope["state"]
    lang, request_id = lang_of(request), state.get("request_id")
    headers: dict[str, str] = {}
    if is_unusable(e):
        log_fault("unusable value", request, e)
        e = UnusableValue()
    if isinstance(
        e, UnicodeDecodeError | RecursionError
    ):  # how msgspec meets bytes that are no UTF-8, and "[[[["
        log_fault("unreadable body", request, e)
        e = ClientException("the body is not JSON in UTF-8, or too deep")
    if isinstance(e, Refusal):
        state["refusal"] = e
        if e.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        if (wait := e.values.get("retry_after", 2 if e.status == 503 else None)) is not None:
            headers["Retry-After"] = str(wait)
        return of_refusal(e, lang, request_id), headers
    if isinstance(e, HTTPException):
        return _of_http(e, lang, request_id), dict(e.headers or {})
    state["fault"] = e
    if not (is_clash(e) or is_gone(e) or is_slow(e)):  # those the edge takes care of
        log_fault("fault", request, e)
    fault = Problem(
        type="/problems/fault",
        title="Internal Server Error",
        status=500,
        detail=FAULT.in_(lang),
        code="fault",
        request_id=request_id,
    )
    return fault, headers


def log_fault(event: str, request: Request[Any, Any, Any], e: BaseException) -> None:
    """Where and what kind; the error's own words are left out where the line is written."""
    state = request.scope["state"]
    route = request.scope.get("path_template", "")
    log.error(event, request_id=state.get("request_id"), route=route, exc_info=e)


def on_page(request: Request[Any, Any, Any], e: Exception) -> Response[Any]:
    """The same for whoever looks at a page: a sentence where a script asked, a page of its own elsewhere."""
    problem, headers = describe(request, e)
    if problem.status == 401 and not is_fragment(request):
        back = request.scope["path"] if request.method == "GET" else ""
        address = f"/{area(request.scope['path'])}/sign-in" + (f"?next={quote(back)}" if back else "")
        return Redirect(address, status_code=303, headers=HEADERS)
    if is_fragment(request):
        if problem.status == 401 and "hx-request" in request.headers:
            headers["HX-Redirect"] = "/desk/sign-in"
        answer: Response[Any] = said(
            request, problem.tone or "stop", problem.detail, problem.code, problem.status
        )
    else:
        answer = render(
            request, f"web/problem_{area(request.scope['path'])}.html", status=problem.status, problem=problem
        )
    for name, value in headers.items():
        answer.headers[name] = value
    return answer


def on_error(request: Request[Any, Any, Any], e: Exception) -> Response[Any]:
    """The handler of everything that a route may raise."""
    if is_page(request.scope["path"]):
        return on_page(request, e)
    problem, headers = describe(request, e)
    return Response(problem, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


on_refusal = on_http = on_fault = on_error

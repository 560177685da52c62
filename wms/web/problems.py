"""Errors as problem documents (RFC 9457): one table from what was raised to what is answered."""

import http
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from wms.kernel.refusals import Refusal
from wms.kernel.text import Lang, pick_lang

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"


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
    return pick_lang(request.headers.get("accept-language"))


def answer(problem: Problem, headers: dict[str, str] | None = None) -> Response[Problem]:
    return Response(problem, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers or {})


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


def on_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Problem]:
    request.scope["state"]["refusal"] = refusal
    headers = {"Retry-After": "2"} if refusal.status == 503 else None
    if (wait := refusal.values.get("retry_after")) is not None:
        headers = {"Retry-After": str(wait)}
    return answer(of_refusal(refusal, lang_of(request), request.scope["state"].get("request_id")), headers)


def on_http(request: Request[Any, Any, Any], e: HTTPException) -> Response[Problem]:
    errors: list[dict[str, Any]] = []
    detail = e.detail
    if isinstance(e, ValidationException) and isinstance(e.extra, list):
        errors = [x if isinstance(x, dict) else {"message": str(x)} for x in e.extra]
        detail = "; ".join(str(x.get("message", "")) for x in errors) or detail
    phrase = http.HTTPStatus(e.status_code).phrase
    return answer(
        Problem(
            type=f"/problems/http-{e.status_code}",
            title=phrase,
            status=e.status_code,
            detail=detail or phrase,
            code=f"http-{e.status_code}",
            request_id=request.scope["state"].get("request_id"),
            errors=errors,
        ),
        dict(e.headers or {}),
    )


def on_fault(request: Request[Any, Any, Any], e: Exception) -> Response[Problem]:
    """A fault of ours: logged with its trace, answered without details."""
    request.scope["state"]["fault"] = e
    log.error("fault", path=request.scope["path"], exc_info=e)
    lang = lang_of(request)
    detail = (
        "Błąd po naszej stronie. Nic się nie zmieniło; spróbuj ponownie, a jeśli się powtórzy, podaj numer żądania."
        if lang == "pl"
        else "A fault on our side. Nothing was changed; try again, and if it happens again, tell us the request id."
    )
    return answer(
        Problem(
            type="/problems/fault",
            title="Internal Server Error",
            status=500,
            detail=detail,
            code="fault",
            request_id=request.scope["state"].get("request_id"),
        )
    )

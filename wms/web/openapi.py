"""The API's own description (OpenAPI 3.1).

Litestar describes paths and parameters. Bodies and answers are described by msgspec, which also decodes them, so the
description cannot say one thing and the server do another. The edge adds what it does to every route: the key that a
POST needs, who may call, and the problem documents that it may answer.
"""

from collections.abc import Iterable, Iterator
from inspect import cleandoc
from typing import Any

import msgspec
import msgspec.inspect as mi
from litestar import Litestar, Request
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.response import Response

from wms.web.access import ANY_STAFF, SCOPES, STAFF_ROLES, mark
from wms.web.examples import example
from wms.web.problems import MEDIA_TYPE, Problem

PROBLEMS = {
    400: "Not as documented here: a field is missing, unknown or out of its limits, or the Idempotency-Key is missing.",
    401: "No key or session, or it has expired or was revoked.",
    403: "The key's scope or the person's role does not allow this.",
    404: "There is no such thing, or it belongs to another shop.",
    409: "Refused: the state of things does not allow it. `code` says which refusal, `detail` what to do.",
    412: "Somebody else changed it meanwhile. Read it again.",
    413: "Too large.",
    422: "Understood, but a value cannot be right. `pointer` names it.",
    428: "If-Match is missing.",
    429: "Too many requests of this key in a minute, or failed sign-ins. Retry-After says when to try again.",
    503: "Busy, or the database does not answer. Nothing was changed; send the same request again.",
}
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each new thing, the same for a retry: a retry gets the first answer and does nothing twice.",
    "schema": {
        "type": "string",
        "pattern": "^[!-~]{1,100}$",
        "examples": ["6f3c0c9e-0d5c-4b1e-9a55-3f2b1c6b7a10"],
    },
}
REF = "#/components/schemas/{name}"
TIMES: list[tuple[type[mi.Type], dict[str, str]]] = [
    (mi.DateTimeType, {"format": "date-time"}),
    (mi.TimeType, {"pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?$"}),
]
VERBS = ("get", "put", "post", "patch", "delete")


class ApiDocument(JsonRenderPlugin):
    """Serves the description; it is made once, when it is first asked for."""

    made: bytes = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if not self.made:
            self.made = msgspec.json.encode(describe_api(request.app))
        return self.made


def describe_api(app: Litestar) -> dict[str, Any]:
    """The whole description, as JSON-able values."""
    document: dict[str, Any] = app.openapi_schema.to_schema()
    handlers = _handlers(app)
    bodies, answers = [_body(h) for h in handlers.values()], [_answer(h) for h in handlers.values()]
    found = [t for t in (*bodies, *answers, Problem) if t is not None and t is not bytes]
    schemas, components = msgspec.json.schema_components(found, ref_template=REF, schema_hook=_anything)
    _name_times(found, components)
    _spell_tuples([schemas, components])
    for component in components.values():
        if "description" in component:
            component["description"] = _markdown(component["description"])
    enums = document["components"].get("schemas", {})
    schema_of = {repr(t): s for t, s in zip(found, schemas, strict=True)}
    document["components"] = {
        "schemas": components,
        "parameters": {"IdempotencyKey": KEY_PARAMETER},
        "responses": {f"Problem{status}": _problem(text) for status, text in PROBLEMS.items()},
        "securitySchemes": document["components"]["securitySchemes"],
    }
    for (path, verb), handler in handlers.items():
        operation = document["paths"][path][verb]
        _say_what(operation, handler)
        _parameters(operation, handler, verb, enums)
        if (body := _body(handler)) is not None:
            schema = schema_of[repr(body)]
            content = {"schema": schema, "example": handler.opt.get("example") or example(schema, components)}
            operation["requestBody"] = {"required": True, "content": {"application/json": content}}
        _responses(operation, handler, schema_of.get(repr(_answer(handler))))
    return document


def _anything(kind: type) -> dict[str, Any]:
    """``object`` in an answer: whatever JSON can say. Raises NotImplementedError for types that msgspec cannot encode."""
    if kind is object:
        return {"description": "Any JSON value"}
    raise NotImplementedError


def _structs(types: Iterable[Any]) -> Iterator[mi.StructType]:
    """Every struct that is in the types, once."""
    waiting, seen = list(mi.multi_type_info(types)), set()
    while waiting:
        kind = waiting.pop()
        for inner in ("type", "item_type", "value_type"):
            if isinstance(found := getattr(kind, inner, None), mi.Type):
                waiting.append(found)
        waiting += (*getattr(kind, "types", ()), *getattr(kind, "item_types", ()))
        if isinstance(kind, mi.StructType) and repr(kind.cls) not in seen:
            seen.add(repr(kind.cls))
            waiting += [f.type for f in kind.fields]
            yield kind


def _name_times(types: Iterable[Any], components: dict[str, Any]) -> None:
    """Says how times are written, which msgspec says only where a zone is declared. Moments of ours all have one."""
    for struct in _structs(types):
        for field in struct.fields:
            kinds = _flat(field.type)
            says = next((how for kind, how in TIMES for t in kinds if isinstance(t, kind)), None)
            if says is None:
                continue
            long_name = f"{struct.cls.__module__}.{struct.cls.__qualname__}"
            component = components.get(long_name) or components[struct.cls.__name__]
            schema = component["properties"][field.encode_name]
            for part in schema.get("anyOf", [schema]):
                if part.get("type") == "string":
                    part |= says


def _spell_tuples(value: Any) -> None:
    """Tuples as lists of so many of any of their types: not every tool understands ``prefixItems``."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    for part in parts:
        _spell_tuples(part)
    if isinstance(value, dict) and "prefixItems" in value:
        value["items"] = {"anyOf": value.pop("prefixItems")}


def _flat(kind: mi.Type) -> list[mi.Type]:
    """A type without its metadata; the members of a union."""
    if isinstance(kind, mi.Metadata):
        return _flat(kind.type)
    return [t for member in kind.types for t in _flat(member)] if isinstance(kind, mi.UnionType) else [kind]


def _markdown(docstring: str) -> str:
    return cleandoc(docstring).replace("``", "`")


def _handlers(app: Litestar) -> dict[tuple[str, str], HTTPRouteHandler]:
    return {
        (route.path_format, verb.lower()): handler
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        for verb in handler.http_methods
        if verb.lower() in VERBS and handler.resolve_include_in_schema()
    }


def _body(handler: HTTPRouteHandler) -> Any:
    field = handler.parsed_fn_signature.parameters.get("data")
    return None if field is None else field.annotation


def _answer(handler: HTTPRouteHandler) -> Any:
    """What the answer holds; None for nothing, ``bytes`` for a file."""
    found = handler.parsed_fn_signature.return_type
    if found.is_subclass_of(Response):
        return found.inner_types[0].annotation
    return None if found.annotation in (None, type(None)) else found.annotation


def _problem(text: str) -> dict[str, Any]:
    schema = {"$ref": REF.format(name="Problem")}
    return {"description": text, "content": {MEDIA_TYPE: {"schema": schema}}}


def _callers(handler: HTTPRouteHandler) -> str:
    allow = mark(handler.opt)
    if allow is None:
        return "Open to everybody."
    staff = [r for r in STAFF_ROLES if r in allow or r == "admin"] if allow & set(STAFF_ROLES) else []
    scopes = [s for s in SCOPES if f"shop:{s}" in allow]
    who = ["staff: " + ", ".join(staff)] if staff else []
    who += ["a shop's key with " + _any_of(scopes)] if scopes else []
    who += ["a courier's key"] if "courier" in allow else []
    return f"For {'; '.join(who)}."


def _any_of(scopes: list[str]) -> str:
    return "any scope" if len(scopes) == len(SCOPES) else " or ".join(f"`{s}`" for s in scopes)


def _say_what(operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    text = _markdown(operation.get("description") or "")
    first = text.split("\n\n")[0].replace("\n", " ")
    slice_ = handler.fn.__module__.split(".")[1]
    operation["operationId"] = f"{slice_}.{handler.fn.__name__}"
    operation["summary"] = first.split(". ")[0].split(": ")[0].rstrip(".").replace("`", "")
    operation["description"] = f"{text}\n\n{_callers(handler)}".strip()
    operation["security"] = [] if mark(handler.opt) is None else [{"bearer": []}]
    operation.pop("deprecated", None)


def _parameters(
    operation: dict[str, Any], handler: HTTPRouteHandler, verb: str, enums: dict[str, Any]
) -> None:
    found = operation.get("parameters", [])
    for parameter in found:
        for noise in ("deprecated", "allowEmptyValue", "allowReserved"):
            parameter.pop(noise, None)
        parameter["schema"] = _sent(parameter["schema"], enums)
    if verb == "post" and mark(handler.opt) is not None and handler.opt.get("idempotent", True):
        found = [*found, {"$ref": "#/components/parameters/IdempotencyKey"}]
    if found:
        operation["parameters"] = found


def _sent(schema: dict[str, Any], enums: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema without ``null``: what is not said is left out, there is no way to write it."""
    schema = dict(schema)
    one_of = [s for s in schema.pop("oneOf", []) if s.get("type") != "null"]
    if len(one_of) == 1:
        schema = one_of[0] | schema
    elif one_of:
        schema["oneOf"] = one_of
    if "$ref" in schema:
        named = enums[schema.pop("$ref").rsplit("/", 1)[-1]]
        schema = {k: named[k] for k in ("type", "enum")} | schema
    if isinstance(schema.get("type"), list):
        (schema["type"],) = (t for t in schema["type"] if t != "null")
    if "enum" in schema:
        schema["enum"] = [v for v in schema["enum"] if v is not None]
    return {k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in schema.items()}


def _responses(operation: dict[str, Any], handler: HTTPRouteHandler, schema: dict[str, Any] | None) -> None:
    success: dict[str, Any] = {"description": "Done." if schema is None else "The answer."}
    if _answer(handler) is bytes:
        media = handler.opt.get("produces") or [str(handler.media_type or "application/octet-stream")]
        success = {"description": "The file.", "content": {m: {"schema": {"type": "string"}} for m in media}}
    elif schema is not None:
        success["content"] = {"application/json": {"schema": schema}}
    statuses = handler.opt.get("answers") or [handler.status_code]
    found: dict[str, Any] = {str(s): success for s in statuses}
    for status in _refusals(operation, handler):
        found[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    operation["responses"] = dict(sorted(found.items()))


def _refusals(operation: dict[str, Any], handler: HTTPRouteHandler) -> list[int]:
    if mark(handler.opt) is None and _body(handler) is None and "POST" not in handler.http_methods:
        return []
    allow = mark(handler.opt)
    found = [400, 401, 404, 409, 422, 503] + ([403] if allow is not None else [429])
    if allow is not None and not allow <= ANY_STAFF:  # keys are counted, staff are not
        found.append(429)
    names = {p.get("name") for p in operation.get("parameters", [])}
    return found + ([412, 428] if "If-Match" in names else []) + ([413] if _body(handler) is not None else [])

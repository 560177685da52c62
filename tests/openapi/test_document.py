"""The API's description: valid, complete, and true to what the server decodes."""

from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.conftest import Api, Server
from wms.app import create_app
from wms.config import Settings
from wms.kernel.refusals import REFUSALS
from wms.web.openapi import PROBLEMS, describe_api

VERBS = {"get", "put", "post", "patch", "delete"}


@pytest.fixture(scope="module")
def document(settings: Settings) -> dict[str, Any]:
    """As a client gets it: through JSON."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(describe_api(create_app(settings))))
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        assert set(item) <= VERBS, path
        for verb, operation in item.items():
            yield f"{verb.upper()} {path}", operation


def bodies(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, operation in operations(document):
        if "requestBody" in operation:
            yield name, operation["requestBody"]["content"]["application/json"]


def checked(schema: dict[str, Any], document: dict[str, Any]) -> jsonschema.Draft202012Validator:
    whole = schema | {"components": document["components"]}
    return jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())


async def test_what_is_served_is_valid_openapi(server: Server, document: dict[str, Any]) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http:
        r = await http.get("/docs/openapi.json")
        assert r.status_code == 200
        assert r.json() == document
        page = await http.get("/docs")
        assert "rapi-doc" in page.text
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    wrong = []
    seen = set()
    for name, operation in operations(document):
        if not (operation["summary"] and operation["description"] and operation.get("tags")):
            wrong.append(name)
        if len(operation["summary"]) > 120 or "``" in operation["description"]:
            wrong.append(f"{name}: {operation['summary']}")
        assert "For " in operation["description"] or "Open to everybody" in operation["description"], name
        assert operation["operationId"] not in seen, name
        seen.add(operation["operationId"])
        assert "security" in operation, name
    assert not wrong, "\n".join(wrong)


def test_problems_are_documented_everywhere(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        if not operation["security"]:
            continue
        assert {"400", "401", "403", "404", "409", "422", "503"} <= operation["responses"].keys(), name
    for status, response in document["components"]["responses"].items():
        assert list(response["content"]) == ["application/problem+json"], status
    documented = set(PROBLEMS)
    undocumented = {r.status for r in REFUSALS.values()} - documented
    assert not undocumented, "refusals have a status that the description does not know"


def test_every_body_has_an_example_that_it_allows(document: dict[str, Any]) -> None:
    wrong = []
    for name, content in bodies(document):
        validator = checked(content["schema"], document)
        for error in validator.iter_errors(content["example"]):
            wrong.append(f"{name}: {error.message}")
        if content["example"] in ({}, None):
            wrong.append(f"{name}: empty")
    assert not wrong, "\n".join(wrong)


def test_every_example_is_decoded(settings: Settings, document: dict[str, Any]) -> None:
    """By the very structs that the handlers take."""
    seen = 0
    for route in create_app(settings).routes:
        for handler in getattr(route, "route_handlers", []):
            field = handler.parsed_fn_signature.parameters.get("data")
            if field is None:
                continue
            (verb,) = handler.http_methods - {"OPTIONS"}
            operation = document["paths"][route.path_format][verb.lower()]
            example = operation["requestBody"]["content"]["application/json"]["example"]
            msgspec.json.decode(msgspec.json.encode(example), type=field.annotation)
            seen += 1
    assert seen > 40


def test_examples_of_fields_fit_their_fields(document: dict[str, Any]) -> None:
    wrong = []
    for name, component in document["components"]["schemas"].items():
        for field, schema in component.get("properties", {}).items():
            for part in (schema, *schema.get("anyOf", [])):
                for value in part.get("examples", []):
                    wrong += [
                        f"{name}.{field}: {e.message}" for e in checked(part, document).iter_errors(value)
                    ]
    assert not wrong, "\n".join(wrong)


def test_bodies_allow_no_unknown_fields_and_no_endless_texts(document: dict[str, Any]) -> None:
    """What comes in is bounded: no field that nobody knows, no text, list or number without a limit."""
    waiting = [content["schema"] for _, content in bodies(document)]
    seen: set[str] = set()
    wrong = []
    while waiting:
        schema = waiting.pop()
        if "$ref" not in schema:
            waiting += [s for s in (*schema.get("anyOf", []), schema.get("items", {})) if s]
            continue
        name = schema["$ref"].rsplit("/", 1)[-1]
        if name in seen:
            continue
        seen.add(name)
        component = document["components"]["schemas"][name]
        if component.get("additionalProperties") is not False and component.get("type") == "object":
            wrong.append(f"{name} takes unknown fields")
        for field, of_field in component.get("properties", {}).items():
            for part in of_field.get("anyOf", [of_field]):
                waiting.append(part)
                if not bounded(part):
                    wrong.append(f"{name}.{field} has no limit: {part}")
    assert not wrong, "\n".join(wrong)


def bounded(schema: dict[str, Any]) -> bool:
    kind = schema.get("type")
    if kind == "string" and "enum" not in schema:
        return "maxLength" in schema or "format" in schema or "pattern" in schema
    if kind == "array":
        return "maxItems" in schema and bounded(schema.get("items", {}))
    if kind == "integer":
        return {"minimum", "exclusiveMinimum"} & schema.keys() != set() and bool(
            {"maximum", "exclusiveMaximum"} & schema.keys()
        )
    return True


def test_a_post_says_that_it_needs_a_key(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        refs = [p.get("$ref", "") for p in operation.get("parameters", [])]
        if name.startswith("POST") and operation["security"] and not name.endswith(("/keys", "/triage")):
            assert "#/components/parameters/IdempotencyKey" in refs, name
        else:
            assert "#/components/parameters/IdempotencyKey" not in refs, name


async def test_a_path_of_another_kind_is_not_found(anonymous: Api) -> None:
    """A word where an id belongs: no route, so a problem document with 404, as documented."""
    for path in ("/orders/abc", "/returns/1.5", "/nothing/here"):
        r = await anonymous.get(path)
        assert r.status_code == 404, path
        assert r.headers["content-type"] == "application/problem+json"
        assert r.json()["code"] == "http-404"

"""Examples of request bodies, put together from the examples of their fields."""

from typing import Any

SAMPLES = {"date-time": "2026-11-20T10:00:00Z", "date": "2026-11-20", "time": "14:00:00", "decimal": "12.50"}


def example(schema: dict[str, Any], components: dict[str, Any]) -> Any:
    """A value that the schema allows: required fields, and optional ones that have an example of their own."""
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        return example(components[schema["$ref"].rsplit("/", 1)[-1]], components)
    if "enum" in schema or "const" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    if "anyOf" in schema:
        return example(next(s for s in schema["anyOf"] if s.get("type") != "null"), components)
    return _of_type(schema, components)


def _of_type(schema: dict[str, Any], components: dict[str, Any]) -> Any:
    kind = schema.get("type")
    if kind == "object":
        required = schema.get("required", [])
        fields = schema.get("properties", {}).items()
        return {n: example(s, components) for n, s in fields if n in required or _has_example(s, components)}
    if kind == "array":
        return [example(schema["items"], components)]
    if kind == "string":
        return SAMPLES.get(schema.get("format", ""), "text"[: schema.get("maxLength", 4)])
    if kind == "boolean":
        return bool(schema.get("default", False))
    return schema.get("default", schema.get("minimum", 1))


def _has_example(schema: dict[str, Any], components: dict[str, Any]) -> bool:
    if "$ref" in schema:
        return False
    return bool(schema.get("examples")) or any(_has_example(s, components) for s in schema.get("anyOf", []))

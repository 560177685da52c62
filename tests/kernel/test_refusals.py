"""What a refused value is told as: the field by its name on the page, the reason in the reader's language."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from string import Formatter
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

import wms
from wms.kernel.field_names import FIELDS
from wms.kernel.refusals import REFUSALS, Invalid, WrongState
from wms.kernel.shape_words import say_shape, wrong_shape
from wms.kernel.text import Text
from wms.kernel.whys import AT_MOST_CHARACTERS, SAID
from wms.packing.errors import NotPickedYet

BY_PROGRAMS = {
    "If-Match", "act", "after", "do", "pickable", "subject", "version",
}  # fmt: skip
"""Fields that nobody fills in on a page."""
READERS = {"word", "number", "count", "day", "lines"}


def fields_in_code() -> Iterator[tuple[str, str]]:
    """Every field that the code names as wrong, or reads from a form, with its file."""
    for file in Path(wms.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call):
                continue
            named: list[ast.expr] = []
            if isinstance(node.func, ast.Name) and node.func.id == "Invalid":
                named = [k.value for k in node.keywords if k.arg == "field"]
            elif isinstance(node.func, ast.Attribute) and node.func.attr in READERS:
                of_form = isinstance(node.func.value, ast.Name) and node.func.value.id == "form"
                named = node.args[:1] if of_form else []
            for value in named:
                if (
                    isinstance(value, ast.Constant)
                    and isinstance(value.value, str)
                    and "%" not in value.value
                ):
                    yield value.value, file.name


def test_every_field_that_people_fill_in_has_its_name() -> None:
    found = list(fields_in_code())
    assert len(found) > 100, "the code is read"
    assert {(n, file) for n, file in found if n not in FIELDS and n not in BY_PROGRAMS} == set()


def test_a_value_is_refused_by_the_name_and_in_the_language_of_the_reader() -> None:
    refusal = Invalid(field="name", why=AT_MOST_CHARACTERS, most=80, pointer="/name")
    assert refusal.say("pl") == "Nazwa: najwyżej 80 znaków"
    assert refusal.say("en") == "Name: at most 80 characters"
    assert refusal.values == {"field": "name", "most": 80, "why": "at most 80 characters"}
    of_path = Invalid(field="/recipient/street", why=Text(en="fill it in", pl="wypełnij"))
    assert of_path.say("pl") == "Ulica: wypełnij"
    assert Invalid(field="If-Match", why=SAID, said="{x}").say("pl") == "If-Match: {x}"


class Colour(Enum):
    RED = "red"


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=2, max_length=4)] = "abc"
    code: Annotated[str, Meta(pattern="^[A-Z]+$")] = "A"
    count: Annotated[int, Meta(ge=1, le=9)] = 1
    parts: Annotated[list[int], Meta(min_length=1, max_length=2)] = []
    day: date = date(2026, 11, 22)
    price: Decimal = Decimal(1)
    colour: Colour = Colour.RED


class Needs(msgspec.Struct):
    name: str


@pytest.mark.parametrize(
    ("given", "field", "polish"),
    [
        ({"name": "a"}, "name", "liczba znaków: co najmniej 2"),
        ({"name": "abcde"}, "name", "najwyżej 4 znaków"),
        ({"name": 7}, "name", "oczekiwano str, a jest int"),
        ({"code": "ab"}, "code", "wpisz w postaci '^[A-Z]+$'"),
        ({"count": 0}, "count", "co najmniej 1"),
        ({"count": 10}, "count", "najwyżej 9"),
        ({"parts": []}, "parts", "liczba pozycji: co najmniej 1"),
        ({"parts": [1, 2, 3]}, "parts", "liczba pozycji: najwyżej 2"),
        ({"parts": [1, "x"]}, "parts/1", "oczekiwano int, a jest str"),
        ({"day": "tomorrow"}, "day", "nieprawidłowa wartość (RFC3339 encoded date)"),
        ({"price": "dear"}, "price", "nieprawidłowa wartość (decimal string)"),
        ({"colour": "blue"}, "colour", "blue nie należy do dozwolonych"),
        ({"size": 1}, "form", "nie ma pola size"),
    ],
)
def test_what_msgspec_says_is_said_in_polish(given: dict[str, Any], field: str, polish: str) -> None:
    with pytest.raises(msgspec.ValidationError) as e:
        msgspec.convert(given, Shape)
    refusal = wrong_shape(e.value, "/lines/3")
    assert refusal.values["field"] == field
    assert refusal.pointer == "/lines/3" + ("" if field == "form" else f"/{field}")
    assert refusal.why is not SAID
    assert refusal.say("pl").endswith(f": {polish}")


def test_a_field_that_is_missing_and_words_that_nobody_knows() -> None:
    with pytest.raises(msgspec.ValidationError) as e:
        msgspec.convert({}, Needs)
    assert wrong_shape(e.value).say("pl") == "Formularz: brakuje pola name"
    text, values = say_shape("something {new}")
    assert text.in_("pl", **values) == "something {new}"


def test_a_state_is_told_in_words() -> None:
    refusal = WrongState(what="order", ref="A-1", state="picking", wanted="on_hold")
    assert refusal.say("pl") == (
        "To niemożliwe: zamówienie A-1 ma stan: kompletowane, a z niego nie może przejść do stanu: wstrzymane."
    )
    assert "order A-1 is picking and cannot become on hold" in refusal.say("en")
    assert refusal.values["state"] == "picking", "programs get the code"
    assert "odd" in WrongState(what="order", ref="A-1", state="odd", wanted="on_hold").say("pl")


CODES = {"kind", "state", "status", "grade"}
"""Values of refusals that are codes of ours."""


def test_codes_in_refusals_have_words() -> None:
    for module in pkgutil.walk_packages(wms.__path__, "wms."):
        if module.name.endswith("errors"):
            importlib.import_module(module.name)
    named = {
        (refusal.__name__, name)
        for refusal in REFUSALS.values()
        for _, name, _, _ in Formatter().parse(refusal.text.pl)
        if name in CODES and name not in refusal.words and "say" not in vars(refusal)
    }
    assert named == set()


def test_a_code_is_read_as_a_word_and_sent_as_a_code() -> None:
    refusal = NotPickedYet(number="A-1", state="picking")
    assert "(kompletowane)" in refusal.say("pl")
    assert "(picking)" in refusal.say("en")
    assert refusal.values["state"] == "picking"
    assert "(odd)" in NotPickedYet(number="A-1", state="odd").say("pl"), "a code that nobody knows"

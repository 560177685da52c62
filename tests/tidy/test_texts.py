"""Every refusal speaks both languages, with the same values, and says something different in each."""

import ast
import importlib
import pkgutil
import string
from pathlib import Path

import pytest

import wms
from wms.kernel.refusals import REFUSALS, NotFound, Refusal
from wms.kernel.text import Text, stretched
from wms.kernel.things import THINGS

for module in pkgutil.walk_packages(wms.__path__, "wms."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("refusal", [REFUSALS[code] for code in sorted(REFUSALS)], ids=sorted(REFUSALS))
def test_refusal_speaks_polish_and_english(refusal: type[Refusal]) -> None:
    text = refusal.text
    assert isinstance(text, Text)
    assert fields(text.en) == fields(text.pl) == fields(stretched(text.en))
    assert text.en[-1] in ".?!}" or text.en.endswith(")"), "a sentence ends like one"
    if fields(text.en) == set():
        assert text.en != text.pl
    assert 400 <= refusal.status < 600
    assert refusal.tone in ("info", "warn", "stop")


def test_there_are_many_refusals() -> None:
    assert len(REFUSALS) > 40


def test_what_is_stretched_is_longer_and_keeps_its_values() -> None:
    text = Text(en="Scan {code} at <b>{place}</b>.", pl="Zeskanuj {code}.")
    assert text.in_("xa", code="SKU-aeiou", place="A-01").startswith("Sçàñ SKU-aeiou àt <b>A-01</b>.")
    assert len(stretched("twenty signs of text")) == 28


def things() -> set[str]:
    """The kinds of things that the sources name in refusals."""
    found = set()
    for path in Path(wms.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id == "StateTable":
                    found.add(ast.literal_eval(node.args[0]))
                elif node.func.id in ("ChangedMeanwhile", "NotFound", "WrongState"):
                    what = next(k.value for k in node.keywords if k.arg == "what")
                    found |= {ast.literal_eval(what)} if isinstance(what, ast.Constant) else set()
    return found


def test_a_thing_is_named_in_the_readers_language() -> None:
    assert set(THINGS) == things()
    assert NotFound(what="printer", ref=5).say("pl").startswith("Nie ma takiego obiektu: drukarka 5.")
    assert NotFound(what="printer", ref=5).say("en").startswith("There is no printer 5.")

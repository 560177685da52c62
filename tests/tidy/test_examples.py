"""What a docstring shows is so."""

import doctest
import importlib
from pathlib import Path

import pytest

import wms

ROOT = Path(wms.__file__).parent
SHOWN = sorted(p for p in ROOT.rglob("*.py") if "\n    >>> " in p.read_text())


@pytest.mark.parametrize("path", SHOWN, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_examples_of_a_module(path: Path) -> None:
    name = ".".join(("wms", *path.relative_to(ROOT).with_suffix("").parts))
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert tried > 0
    assert failed == 0

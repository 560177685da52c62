"""Finding, reading and keeping label templates."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
import structlog

from wms.kernel.text import Text
from wms.paths import home, share
from wms.printing.errors import (
    BAD_VALUE,
    NOT_TOML,
    ONE_LINE,
    TOO_BIG,
    UNKNOWN_KIND,
    CannotPrint,
    NoTemplate,
    TemplateError,
    Unprintable,
)
from wms.printing.fields import FIELDS, check_names
from wms.printing.layout import Mark, Page
from wms.printing.prepare import Prepared, drawn, prepare
from wms.printing.schema import ARRAYS, TemplateFile
from wms.printing.values import getter, tracer

T = TypeVar("T")
Get = Callable[[Mapping[str, object]], object]
KEPT = 100
"""Values of an element whose drawing is remembered."""
LARGEST_FILE = 64 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_]+)\s*\]\]?")
_KEY = re.compile(r"\s*([A-Za-z0-9_]+)\s*=")
_AT_LINE = re.compile(r"\(at line (\d+)")
_AT_PATH = re.compile(r" - at `\$\.?([^`]*)`")
_STEP = re.compile(r"([A-Za-z0-9_]+)(?:\[(\d+)\])?")
_UNKNOWN_KEY = re.compile(r"unknown field `([^`]*)`")

log = structlog.get_logger("wms.printing")


@dataclass(frozen=True, eq=False)
class LabelTemplate:
    """A checked template, ready to draw. ``version`` is the hash of its content (16 hexadecimal digits): with the
    values of a label it is all that is needed to make the same bytes again."""

    name: str
    kind: str
    version: str
    file: str
    page: Page
    font: str
    bold_font: str
    fixed: tuple[Mark, ...]
    """Marks that are the same on every label."""
    elements: tuple[Prepared, ...]
    """The other elements."""
    kept: dict[str, Any] = field(default_factory=dict, repr=False)
    """What was made of this template once and for all, by name."""

    def marks(self, label: Mapping[str, object]) -> list[Mark]:
        """What one label adds to the fixed marks.

        ``label`` is nested by the dots in the published names; None and what is left out are empty. Raises
        ValueError for a name that is not published, `CannotPrint` where a bar code or a filter refuses its value.
        """
        check_names(self.kind, label)
        made: list[Mark] = []
        for item, wanted, trace, known in self.made("marks", _plan):
            if wanted is not None and not wanted(label):
                continue
            key = trace(label)
            found = known.get(key)
            if found is None:
                try:
                    found = item.draw(label)
                except Unprintable as refused:
                    raise CannotPrint(
                        self.name, f"{item.array} {item.place + 1}", refused.why, **refused.details
                    ) from refused
                if len(known) >= KEPT:
                    known.clear()
                known[key] = found
            made.extend(found)
        return made

    def made(self, name: str, make: Callable[["LabelTemplate"], T]) -> T:
        """What ``make`` makes of this template, made once; ``name`` is its own."""
        found: T | None = self.kept.get(name)
        if found is None:
            found = self.kept[name] = make(self)
        return found


def _plan(template: LabelTemplate) -> list[tuple[Prepared, Get | None, Get, dict[object, Sequence[Mark]]]]:
    """For each element: whether it is on a label, the key of its values there, and what was made of them of late.

    Labels of one day share most of what they say (sender, carrier, service).
    """
    return [
        (item, getter(item.when) if item.when else None, tracer(item.paths), {}) for item in template.elements
    ]


def load_template(name: str, *, shop: str | None = None) -> LabelTemplate:
    """The template ``name``: the shop's own, else the operator's, else the shipped one.

    A changed file counts from the next call on. A file that was good in this process and is broken now is
    reported in the log, and the last good one is kept: a slip in an editor must not stop the benches. Raises
    `TemplateError` for a file that was never good, `NoTemplate` where there is none.
    """
    found = find_template(name, shop=shop)
    if found.template is not None:
        return found.template
    assert found.wrong is not None
    raise found.wrong.with_traceback(None)


class Found(NamedTuple):
    """One template file. ``owner`` is the code of a shop, empty for the operator's own, None for a shipped one.

    ``wrong`` is what is wrong with the file as it is now; ``template`` is then the last good one of this process, None
    where there was none.
    """

    name: str
    owner: str | None
    template: LabelTemplate | None
    wrong: TemplateError | None


def find_template(name: str, *, shop: str | None = None) -> Found:
    """The file that `load_template` would use. Raises `NoTemplate`."""
    for owner, folder in _folders(shop):
        path = folder / f"{name}.toml"
        if _usable(name, path, folder):
            return Found(name, owner, *_read(name, path))
    raise NoTemplate(name=name)


def find_templates() -> list[Found]:
    """Every file by name: the shops' own, then the operator's, then the shipped ones."""
    own = home() / "label_templates"
    shops = sorted([folder.name for folder in own.glob("*/") if _NAME.fullmatch(folder.name)])
    folders = [*((shop, own / shop) for shop in shops), *_folders(None)]
    return [
        Found(path.stem, owner, *_read(path.stem, path))
        for owner, folder in folders
        for path in sorted(folder.glob("*.toml"))
        if _usable(path.stem, path, folder)
    ]


def _usable(name: str, path: Path, folder: Path) -> bool:
    if not _NAME.fullmatch(name) or not path.is_file():
        return False
    return not path.is_symlink() or path.resolve().is_relative_to(folder.resolve())


_good: dict[Path, tuple[str, LabelTemplate]] = {}
_bad: dict[Path, tuple[str, TemplateError]] = {}


def _read(name: str, path: Path) -> tuple[LabelTemplate | None, TemplateError | None]:
    """The last good template of a file, and what is wrong with the file as it is now."""
    source = path.read_bytes()
    digest = _digest(source, path.parent)
    last, bad = _good.get(path), _bad.get(path)
    if last is not None and last[0] == digest:
        return last[1], None
    if bad is None or bad[0] != digest:
        try:
            template = parse_template(source, name=name, file=path)
        except TemplateError as broken:
            bad = _bad[path] = digest, broken
            if last is not None:
                log.error("label template refused, keeping the last good one", why=broken.say("en"))
        else:
            _good[path] = digest, template
            return template, None
    return last[1] if last else None, bad[1]


def _folders(shop: str | None) -> list[tuple[str | None, Path]]:
    own = home() / "label_templates"
    shops = [(shop, own / shop)] if shop is not None and _NAME.fullmatch(shop) else []
    return [*shops, ("", own), (None, share("label_templates"))]


def _digest(source: bytes, folder: Path) -> str:
    """The hash of a template and of the pictures that it names."""
    digest = hashlib.sha256(source)
    for found in re.finditer(rb'^\s*file\s*=\s*["\']([A-Za-z0-9_-]+\.(?:png|bmp))["\']', source, re.M):
        picture = folder / found[1].decode()
        if picture.is_file():
            digest.update(picture.read_bytes())
    return digest.hexdigest()[:16]


def parse_template(source: bytes, *, name: str, file: Path) -> LabelTemplate:
    """Read and check the content of a template file; ``file`` names it in errors and is where pictures are sought.

    Raises `TemplateError`.
    """
    if len(source) > LARGEST_FILE:
        raise TemplateError(file.name, 1, "-", TOO_BIG, limit=LARGEST_FILE)
    try:
        text = source.decode()
        raw = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        found = _AT_LINE.search(str(wrong))
        line = int(found[1]) if found else source[: getattr(wrong, "start", 0)].count(b"\n") + 1
        raise TemplateError(file.name, line, "-", NOT_TOML, detail=str(wrong)) from wrong
    lines = _Lines(text)
    for place, row in enumerate(text.splitlines(), start=1):
        if '"""' in row or "'''" in row:
            raise TemplateError(file.name, place, "value", ONE_LINE)
    try:
        spec = msgspec.convert(raw, TemplateFile)
    except msgspec.ValidationError as wrong:
        raise _shape_error(str(wrong), file, lines) from wrong
    if spec.kind not in FIELDS:
        raise TemplateError(
            file.name, lines.of("", 0, "kind"), "kind", UNKNOWN_KIND, value=spec.kind, known=", ".join(FIELDS)
        )

    def blame(array: str, index: int, key: str, why: Text, details: dict[str, Any]) -> Exception:
        return TemplateError(file.name, lines.of(array, index, key), f"{array}.{key}", why, **details)

    items = prepare(spec, file.parent, blame, lambda array, index: lines.of(array, index, ""))
    return LabelTemplate(
        name=name,
        kind=spec.kind,
        version=_digest(source, file.parent),
        file=file.name,
        page=Page(
            round(spec.size[0] * spec.dots_per_mm), round(spec.size[1] * spec.dots_per_mm), spec.dots_per_mm
        ),
        font=spec.zpl.font,
        bold_font=spec.zpl.bold_font or spec.zpl.font,
        fixed=tuple(mark for item in items if item.fixed is not None for mark in item.fixed),
        elements=tuple(drawn(items)),
    )


class _Lines:
    """Where the tables and keys of a file stand; `tomllib` does not say."""

    def __init__(self, text: str) -> None:
        self._found: dict[tuple[str, int, str], int] = {}
        table, counts = "", dict.fromkeys(ARRAYS, 0)
        index = 0
        for number, row in enumerate(text.splitlines(), start=1):
            if header := _HEADER.match(row):
                table = header[1]
                index = counts.get(table, 0)
                counts[table] = index + 1
                self._found.setdefault((table, index, ""), number)
            elif key := _KEY.match(row):
                self._found.setdefault((table, index, key[1]), number)

    def of(self, table: str, index: int, key: str) -> int:
        """The line of a key, else that of its table, else the first."""
        return self._found.get((table, index, key)) or self._found.get((table, index, "")) or 1


def _shape_error(message: str, file: Path, lines: _Lines) -> TemplateError:
    found = _AT_PATH.search(message)
    steps: Sequence[tuple[str, str]] = _STEP.findall(found[1]) if found else []
    unknown = _UNKNOWN_KEY.search(message)
    detail = _AT_PATH.sub("", message)
    if steps and (steps[0][0] in ARRAYS or steps[0][0] == "zpl"):
        table, index = steps[0][0], int(steps[0][1] or 0)
        key = unknown[1] if unknown else steps[1][0] if len(steps) > 1 else ""
        return TemplateError(
            file.name, lines.of(table, index, key), f"{table}.{key}".rstrip("."), BAD_VALUE, detail=detail
        )
    key = unknown[1] if unknown else steps[0][0] if steps else "-"
    return TemplateError(file.name, lines.of("", 0, key) if key != "-" else 1, key, BAD_VALUE, detail=detail)

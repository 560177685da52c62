"""Every kind of event that the code records has words of its own wherever people read it."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import wms
from wms.carriers.port import TrackStatus
from wms.orders.states import OrderState
from wms.orders.story import STATES
from wms.people.words import EVENTS as ON_PEOPLE
from wms.printing.states import JobState
from wms.replenishment.states import RefillState
from wms.reporting.order_events import TEXTS
from wms.returns.states import ReturnState
from wms.returns.words import EVENTS as ON_RETURNS

ROOT = Path(wms.__file__).parent
STEPS = {
    "order.": [s.value for s in OrderState],
    "parcel.": list(get_args(TrackStatus)),
    "print.": [s.value for s in JobState if s not in (JobState.QUEUED, JobState.SENDING, JobState.PRINTED)],
    "replenishment.": [s.value for s in RefillState],
    "return.": [s.value for s in ReturnState],
    "pickup.not_ordered.": ["wanted", "failed", "unknown", "dropped"],
    "": ["person.sessions_ended", "device.sessions_ended"],
}
"""What a kind ends with that is not written out where it is recorded, by what it begins with."""
Function = ast.FunctionDef | ast.AsyncFunctionDef
Call = tuple[ast.Call, Function | None]
"""With the function that it stands in."""


def passed(call: ast.Call, name: str, place: int) -> ast.expr:
    by_name = [k.value for k in call.keywords if k.arg == name]
    return by_name[0] if by_name else call.args[place]


class Kinds:
    """What ``Event(kind=...)`` gets, through functions that are handed the kind or the end of it."""

    def __init__(self) -> None:
        self.texts = {p: p.read_text() for p in sorted(ROOT.rglob("*.py"))}
        self.known: dict[Path, dict[str, list[Call]]] = {}
        self.found: set[str] = set()
        for path, call, inside in self.calls("Event", self.texts):
            self.read(path, passed(call, "kind", 0), inside, "")

    def calls(self, name: str, where: Iterable[Path]) -> Iterator[tuple[Path, ast.Call, Function | None]]:
        for path in where:
            if f"{name}(" in self.texts[path]:
                if path not in self.known:
                    self.known[path] = {}
                    self.walk(ast.parse(self.texts[path]), None, self.known[path])
                for call, inside in self.known[path].get(name, []):
                    yield path, call, inside

    def walk(self, node: ast.AST, inside: Function | None, into: dict[str, list[Call]]) -> None:
        for child in ast.iter_child_nodes(node):
            if (
                isinstance(child, ast.Call)
                and isinstance(child.func, ast.Name)
                and (child.args or child.keywords)
            ):
                into.setdefault(child.func.id, []).append((child, inside))
            self.walk(child, child if isinstance(child, Function) else inside, into)

    def read(self, path: Path, said: ast.expr, inside: Function | None, prefix: str) -> None:
        match said:
            case ast.Constant(value=str(text)):
                self.found.add(prefix + text)
            case ast.IfExp(body=one, orelse=other):
                self.read(path, one, inside, prefix)
                self.read(path, other, inside, prefix)
            case ast.JoinedStr(values=[ast.Constant(value=str(begin)), ast.FormattedValue(value=end)]):
                self.read(path, end, inside, prefix + begin)
            case ast.Name(id=name) if inside is not None and name in (
                own := [a.arg for a in inside.args.args]
            ):
                everywhere = [path] if inside.name.startswith("_") else self.texts
                for at, call, around in self.calls(inside.name, everywhere):
                    self.read(at, passed(call, name, own.index(name)), around, prefix)
            case _:
                self.found |= {prefix + end for end in STEPS[prefix]}


def test_every_kind_of_event_has_words() -> None:
    found = Kinds().found
    assert {
        "order.put_back_undone",
        "return.inspection_undone",
        "label.voided",
        "sku.updated",
        "mail.sent",
    } <= found
    assert sorted(found - ON_PEOPLE.keys()) == [], "under People"
    told = TEXTS.keys() | {f"order.{state}" for state in STATES}
    assert (
        sorted(
            k
            for k in found - told
            if k.startswith(("order.", "parcel.", "label.", "return.", "mail.", "print."))
        )
        == []
    ), "on the page of an order"
    assert sorted(k for k in found - ON_RETURNS.keys() if k.startswith(("return.", "mail."))) == [], (
        "on the page of a return"
    )

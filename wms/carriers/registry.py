"""Finding the adapter of a carrier: ours, and plug-ins through the entry points ``wms.carriers``."""

from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import msgspec
import structlog

from wms.carriers.own_range.adapter import make as make_own_range
from wms.carriers.port import CarrierAdapter, CarrierError

GROUP = "wms.carriers"

log = structlog.get_logger("wms.carriers")


class NumberBlock(msgspec.Struct, frozen=True):
    """``count`` numbers from ``first`` of a range, and how the range prints one."""

    first: int
    count: int
    kind: str
    prefix: str
    suffix: str


Take = Callable[[str, int], Awaitable[NumberBlock]]
"""Takes up to so many numbers of the range with this code; raises ``NumbersUsedUp`` when there are none."""


class Account(msgspec.Struct, frozen=True):
    """What an adapter is made from: our carrier's code, its customer number, its settings, and numbers to hand out."""

    carrier: str
    account: str
    max_weight_g: int
    settings: Mapping[str, Any]
    take: Take


Factory = Callable[[Account], CarrierAdapter]
BUILT_IN: dict[str, Factory] = {"own_range": make_own_range}


class CarrierBroken(CarrierError):
    """The plug-in cannot be loaded, or there is none of that name. Every other carrier goes on."""

    code = "carrier-broken"


def found() -> dict[str, EntryPoint]:
    """The plug-ins that are installed, by name; none of them is loaded by looking."""
    return {e.name: e for e in entry_points(group=GROUP) if e.name not in BUILT_IN}


def adapter_names() -> list[str]:
    return sorted({*BUILT_IN, *found()})


def make_adapter(name: str, account: Account) -> CarrierAdapter:
    """The adapter ``name`` for one account. Raises ``CarrierBroken`` with the plug-in's own words."""
    factory = BUILT_IN.get(name)
    try:
        if factory is None:
            plugin = found().get(name)
            if plugin is None:
                raise CarrierBroken(f"there is no adapter {name!r}; installed: {', '.join(adapter_names())}")
            factory = plugin.load()
        return factory(account)
    except CarrierBroken:
        raise
    except Exception as e:  # whatever a plug-in raises is that carrier's trouble and nobody else's
        log.error("carrier adapter cannot be loaded", adapter=name, exc_info=e)
        raise CarrierBroken(f"the adapter {name!r} cannot be loaded: {type(e).__name__}: {e}") from e

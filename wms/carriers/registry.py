"""Finding the adapter of a carrier: ours, and plug-ins through the entry points ``wms.carriers``."""

import importlib
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import get_type_hints

import msgspec
import structlog

from wms.carriers.account import Account, Credentials, NumberBlock, Take
from wms.carriers.errors import Cap, CarrierError
from wms.carriers.port import CarrierAdapter

__all__ = [
    "GROUP", "Account", "CarrierBroken", "Credentials", "Factory", "NumberBlock", "Take", "adapter_names", "capabilities",
    "credential_fields", "found", "in_house", "make_adapter", "most_on_protocol", "needs_credentials",
]  # fmt: skip

GROUP = "wms.carriers"

log = structlog.get_logger("wms.carriers")

Factory = Callable[[Account], CarrierAdapter]

BUILT_IN = {
    "dhl24": "wms.carriers.dhl24.adapter",
    "dpd_pl": "wms.carriers.dpd_pl.adapter",
    "gls_pl": "wms.carriers.gls_pl.adapter",
    "inpost": "wms.carriers.inpost.adapter",
    "manual": "wms.carriers.manual.adapter",
    "own_range": "wms.carriers.own_range.adapter",
}
"""Modules with a ``make``, loaded when first asked for."""
ANY_NUMBER = 20_000
WITHOUT_CREDENTIALS = frozenset({"own_range", "manual"})
IN_HOUSE = frozenset({"own_range"})


class CarrierBroken(CarrierError):
    """The plug-in cannot be loaded, or there is none of that name. Every other carrier goes on."""

    code = "carrier-broken"


def found() -> dict[str, EntryPoint]:
    """The plug-ins that are installed, by name; none of them is loaded by looking."""
    return {e.name: e for e in entry_points(group=GROUP) if e.name not in BUILT_IN}


def adapter_names() -> list[str]:
    return sorted({*BUILT_IN, *found()})


def needs_credentials(name: str) -> bool:
    """Whether each shop may have an account of its own there; own numbers are the operator's alone."""
    return name not in WITHOUT_CREDENTIALS


def in_house(name: str) -> bool:
    """Whether a booking is complete with a number that is kept here; whoever else is asked may need a network."""
    return name in IN_HOUSE


def credential_fields(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the secrets that a built-in adapter needs, and of those it may have; a plug-in tells none."""
    if name not in BUILT_IN or not needs_credentials(name):
        return (), ()
    module = importlib.import_module(BUILT_IN[name].replace(".adapter", ".requests"))
    fields = msgspec.structs.fields(module.Access)
    return tuple(f.name for f in fields if f.required), tuple(f.name for f in fields if not f.required)


def capabilities(name: str) -> list[str]:
    """What the adapter's class says it can do, without making one. Raises ``CarrierBroken``."""
    try:
        kind = get_type_hints(_factory(name)).get("return")
        return sorted(getattr(kind, "capabilities", ()))
    except CarrierBroken:
        raise
    except Exception as e:  # whatever a plug-in raises is that carrier's trouble and nobody else's
        raise CarrierBroken(f"the adapter {name!r} cannot be loaded: {type(e).__name__}: {e}") from e


def most_on_protocol(name: str) -> int:
    """How many bookings the adapter takes on one protocol of its carrier's; 0 when it gives none. Raises ``CarrierBroken``."""
    if Cap.PROTOCOL not in capabilities(name):
        return 0
    return int(getattr(get_type_hints(_factory(name))["return"], "protocol_most", ANY_NUMBER))


def _factory(name: str) -> Factory:
    if name in BUILT_IN:
        ours: Factory = importlib.import_module(BUILT_IN[name]).make
        return ours
    plugin = found().get(name)
    if plugin is None:
        raise CarrierBroken(f"there is no adapter {name!r}; installed: {', '.join(adapter_names())}")
    theirs: Factory = plugin.load()
    return theirs


def make_adapter(name: str, account: Account) -> CarrierAdapter:
    """The adapter ``name`` for one account. Raises ``CarrierBroken`` with the plug-in's own words."""
    try:
        return _factory(name)(account)
    except CarrierBroken:
        raise
    except Exception as e:  # whatever a plug-in raises is that carrier's trouble and nobody else's
        log.error("carrier adapter cannot be loaded", adapter=name, kind=type(e).__name__)
        raise CarrierBroken(f"the adapter {name!r} cannot be loaded: {type(e).__name__}: {e}") from e

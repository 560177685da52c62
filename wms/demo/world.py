"""The demo's world: who works where, with which key, and what is remembered between two runs."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import httpx
import msgspec

from wms.demo.client import Client, Figures
from wms.demo.stock_plan import StockPlan
from wms.demo.things import DemoSku, DerivedDay
from wms.demo.warehouse import Layout


class State(msgspec.Struct, kw_only=True):
    """What a second run needs: kept in ``demo.json`` (mode 0600), because keys and PINs are shown only once."""

    run: str
    source: str
    day: str
    limit: int | None = None
    admin_password: str = ""
    pins: dict[str, str] = {}
    shop_keys: dict[str, str] = {}
    shop_ids: dict[str, int] = {}
    courier_keys: dict[str, str] = {}
    carrier_ids: dict[str, int] = {}
    warehouse_id: int = 0
    carriers: str = "own"
    simulators: dict[str, str] = {}
    """Where the couriers' simulators answer, by carrier; empty where every carrier's numbers are our own."""
    gone: dict[str, dict[str, int]] = {}
    """Units that were not in the bin, by location and ``shop/SKU``: what a count will not find."""
    finished: bool = False


class Memory:
    """The state file; saved after every change, whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> State | None:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=State)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def save(self, state: State) -> None:
        new = self.path.with_suffix(".new")
        fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "wb") as f:
            f.write(msgspec.json.format(msgspec.json.encode(state)))
        new.replace(self.path)


@dataclass(kw_only=True)
class World:
    """Everything that a stage works with. ``tell`` shows progress: done of total, and a word."""

    http: httpx.AsyncClient
    figures: Figures
    state: State
    memory: Memory
    day: DerivedDay
    plan: StockPlan
    layout: Layout
    files: Path
    tell: Callable[[int, int, str], None]
    admin: Client
    staff: dict[str, list[Client]] = field(default_factory=dict)
    badges: dict[str, str] = field(default_factory=dict)
    shops: dict[str, Client] = field(default_factory=dict)
    couriers: dict[str, Client] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    slipped: set[tuple[int, str]] = field(default_factory=set)
    absent: dict[tuple[str, str], int] = field(default_factory=dict)
    _tote: int = 0

    def next_tote(self) -> str:
        """Whichever tote stands next in the row."""
        self._tote = (self._tote + 1) % len(self.layout.totes)
        return self.layout.totes[self._tote]

    def client(self, token: str) -> Client:
        return Client(self.http, self.figures, token)

    def once(self, *words: object) -> str:
        """The name of one thing in this run of the demo, for a request that must happen once."""
        return "/".join([self.state.run, *map(str, words)])

    def count(self, what: str, by: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + by

    def sku(self, shop: str, code: str) -> DemoSku:
        return self.by_code[shop, code]

    def ean_of(self, shop_id: int, code: str) -> str:
        """The bar code on the goods; ``shop_id`` is the system's number of the shop."""
        shop = next(c for c, i in self.state.shop_ids.items() if i == shop_id)
        return self.by_code[shop, code].ean

    @cached_property
    def by_code(self) -> dict[tuple[str, str], DemoSku]:
        return {(s.shop, s.code): s for s in self.day.skus}

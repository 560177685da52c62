"""The ledger as a plain dict: what its verbs must do, in the simplest words that say it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from wms.kernel.refusals import Refusal
from wms.stock.errors import AllocatedElsewhere, AlreadySettled, AlreadyThere, NotEnoughStock, SerialElsewhere
from wms.stock.ledger import Allocated, Move, Want

Key = tuple[int, int, int, int, int, str]
"""Shop, SKU, location, handling unit, lot, status."""


@dataclass
class Promised:
    key: Key
    order_id: int
    line_id: int
    open: int
    settled: int = 0


@dataclass
class Model:
    real: frozenset[int]
    pickable: frozenset[int]
    serials: frozenset[int]
    expires: dict[int, str | None]
    lots_of: dict[int, frozenset[int]]
    on_hand: defaultdict[Key, int] = field(default_factory=lambda: defaultdict(int))
    promised: dict[int, Promised] = field(default_factory=dict)

    def allocated(self, key: Key) -> int:
        return sum(p.open for p in self.promised.values() if p.key == key)

    def balances(self) -> dict[Key, tuple[int, int]]:
        return {k: (q, self.allocated(k)) for k, q in self.on_hand.items() if q}

    def refusal(self, moves: Sequence[Move]) -> type[Refusal] | type[LookupError] | None:
        """What post must say to these moves; None: it must do them."""
        after = self.on_hand.copy()
        taken: defaultdict[int, int] = defaultdict(int)
        elsewhere = unknown = False
        for m in moves:
            fro, to = ends(m)
            if fro == to:
                return AlreadyThere
            unknown |= m.lot_id != 0 and m.lot_id not in self.lots_of[m.sku_id]
            after[fro] -= m.quantity
            after[to] += m.quantity
            if m.allocation_id is not None:
                taken[m.allocation_id] += m.quantity
                p = self.promised.get(m.allocation_id)
                elsewhere |= p is not None and (
                    p.key != fro
                    or m.order_id not in (None, p.order_id)
                    or m.order_line_id not in (None, p.line_id)
                )
        if any(a not in self.promised or self.promised[a].open < q for a, q in taken.items()):
            return AlreadySettled
        if elsewhere:
            return AllocatedElsewhere
        for key, q in after.items():
            promised = sum(p.open - taken[a] for a, p in self.promised.items() if p.key == key)
            if key[2] in self.real and (q < 0 or q < promised):
                return NotEnoughStock
        if unknown:
            return LookupError
        for lot in self.serials:
            if sum(q for k, q in after.items() if k[4] == lot and k[2] in self.real) > 1:
                return SerialElsewhere
        return None

    def post(self, moves: Sequence[Move]) -> None:
        for m in moves:
            fro, to = ends(m)
            self.on_hand[fro] -= m.quantity
            self.on_hand[to] += m.quantity
            if m.allocation_id is not None:
                self.promised[m.allocation_id].open -= m.quantity
                self.promised[m.allocation_id].settled += m.quantity

    def allocate(self, wants: Sequence[Want], made: Sequence[Allocated]) -> None:
        """Takes over what was allocated after having checked that it is what had to be."""
        for want in wants:
            got = [a for a in made if a.order_line_id == want.order_line_id]
            usable = self.usable(want)
            assert sum(a.quantity for a in got) == min(want.quantity, sum(usable.values()))
            for a in got:
                key = (a.shop_id, a.sku_id, a.location_id, a.hu_id, a.lot_id, "sellable")
                assert 0 < a.quantity <= usable.get(key, 0), "not usable, or more than is free"
                assert (a.sku_id, a.order_id) == (want.sku_id, want.order_id)
                self.promised[a.allocation_id] = Promised(key, a.order_id, a.order_line_id, a.quantity)
            latest = max((self.age(a.lot_id) for a in got), default="")
            left = [
                k
                for k in usable
                if usable[k] > sum(a.quantity for a in got if self.promised[a.allocation_id].key == k)
            ]
            assert all(self.age(k[4]) >= latest for k in left), "something expires sooner and was left"
        assert {a.order_line_id for a in made} <= {w.order_line_id for w in wants}

    def usable(self, want: Want) -> dict[Key, int]:
        return {
            k: q - self.allocated(k)
            for k, q in self.on_hand.items()
            if k[:2] == (want.shop_id, want.sku_id) and k[5] == "sellable" and k[2] in self.pickable
            and q > self.allocated(k) and self.age(k[4]) > want.expires_after.isoformat()
        }  # fmt: skip

    def age(self, lot_id: int) -> str:
        return self.expires.get(lot_id) or "9999-12-31"

    def void(self, allocations: set[int]) -> dict[int, int]:
        """What each gives back, of those that are open."""
        given = {a: self.promised[a].open for a in allocations if self.promised[a].open}
        for a in given:
            self.promised[a].open = 0
        return given


def ends(m: Move) -> tuple[Key, Key]:
    return (
        (m.shop_id, m.sku_id, m.from_location, m.from_hu, m.lot_id, m.status),
        (m.shop_id, m.sku_id, m.to_location, m.to_hu, m.lot_id, m.to_status or m.status),
    )

"""Random work against a plain dict: after every step the ledger is what the dict says, and every law holds.

250 sequences of up to 15 steps; ``WMS_SEQUENCES`` sets another number, then of up to 30 steps.
"""

import os
from collections.abc import Coroutine, Iterator, Sequence
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import wms.stock.ledger as ledger
from tests.conftest import Cluster
from tests.ledger.model import Key, ends
from tests.ledger.world import EDGE, Lab
from wms.stock.errors import SerialElsewhere
from wms.stock.ledger import Move, Status, Want

T = TypeVar("T")
SEQUENCES = int(os.environ.get("WMS_SEQUENCES", "250"))
STEPS = 30 if "WMS_SEQUENCES" in os.environ else 15

quantities = st.integers(1, 4)
statuses: st.SearchStrategy[Status] = st.sampled_from(["sellable", "damaged", "quarantine"])
few = st.integers(0, 11)


class Machine(RuleBasedStateMachine):
    lab: ClassVar[Lab]

    def __init__(self) -> None:
        super().__init__()
        self.tx = self.lab.begin()
        self.world = self.lab.world
        self.model = self.world.model()

    def teardown(self) -> None:
        self.lab.rollback()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.lab.loop.run_until_complete(work)

    def post(self, moves: Sequence[Move]) -> None:
        refusal = self.model.refusal(moves)
        if refusal is None:
            ids = self.do(ledger.post(self.tx, moves))
            assert ids == sorted(set(ids))
            assert len(ids) == len(moves)
            self.model.post(moves)
        elif (
            refusal is SerialElsewhere
        ):  # said by a constraint, after which only a savepoint can be returned to
            with pytest.raises(refusal):
                self.do(self.in_savepoint(moves))
        else:  # and nothing to roll back: what was refused was not done
            with pytest.raises(refusal):
                self.do(ledger.post(self.tx, moves))

    async def in_savepoint(self, moves: Sequence[Move]) -> None:
        async with self.tx.driver.transaction():
            await ledger.post(self.tx, moves)

    # -- drawing things

    def place(self, n: int) -> int:
        work = [self.world.places[k] for k in ("WORK", "DOCK-1")]
        return [*self.world.bins, *self.world.bins, self.world.locked, *work][n % 9]

    def hu(self, n: int) -> int:
        return [0, 0, *self.world.totes][n % 4]

    def goods(self, n: int) -> tuple[int, int]:
        """A SKU and one of its lots; a SKU without lots comes often."""
        every = [(s, lot) for s in self.world.skus for lot in self.world.lots[s] or [0]]
        return every[n % len(every)]

    def somewhere(self, n: int, *, real: bool = True) -> Key:
        """A balance that is there."""
        keys = sorted(k for k in self.model.balances() if (k[2] in self.model.real) == real)
        return keys[n % len(keys)]

    def move_from(self, key: Key, quantity: int, to: int, hu: int = 0, **kwargs: Any) -> Move:
        values: dict[str, Any] = {
            "shop_id": key[0], "sku_id": key[1], "from_location": key[2], "from_hu": key[3], "lot_id": key[4],
            "status": key[5], "quantity": quantity, "to_location": to, "to_hu": hu, "reason": "storing",
        }  # fmt: skip
        return Move(**(values | kwargs))

    def stocked(self) -> bool:
        return any(k[2] in self.model.real for k in self.model.balances())

    # -- goods in

    @rule(what=few, to=few, hu=few, quantity=st.integers(1, 9), status=statuses)
    def receive(self, what: int, to: int, hu: int, quantity: int, status: Status) -> None:
        sku, lot = self.goods(what)
        quantity = 1 if lot in self.world.serials else quantity
        key = (self.world.shop_of[sku], sku, self.world.places["SUPPLIER"], 0, lot, status)
        self.post([self.move_from(key, quantity, self.place(to), self.hu(hu), reason="receiving")])

    @rule(what=few, to=few, quantity=st.integers(1, 9))
    def receive_every_lot(self, what: int, to: int, quantity: int) -> None:
        """A whole delivery: each lot of the SKU into a bin of its own."""
        sku, _ = self.goods(what)
        moves = []
        for n, lot in enumerate(self.world.lots[sku] or [0]):
            key = (self.world.shop_of[sku], sku, self.world.places["SUPPLIER"], 0, lot, "sellable")
            q = 1 if lot in self.world.serials else quantity
            moves.append(self.move_from(key, q, self.world.bins[(to + n) % 3], reason="receiving"))
        self.post(moves)

    @rule(what=few, other=few, to=few)
    def receive_with_any_lot(self, what: int, other: int, to: int) -> None:
        """Also a lot of another SKU."""
        sku, _ = self.goods(what)
        _, lot = self.goods(other)
        key = (self.world.shop_of[sku], sku, self.world.places["SUPPLIER"], 0, lot, "sellable")
        self.post([self.move_from(key, 1, self.place(to))])

    # -- inside

    @precondition(stocked)
    @rule(where=few, to=few, hu=few, quantity=quantities)
    def move(self, where: int, to: int, hu: int, quantity: int) -> None:
        self.post([self.move_from(self.somewhere(where), quantity, self.place(to), self.hu(hu))])

    @precondition(stocked)
    @rule(where=few, to=few)
    def move_all(self, where: int, to: int) -> None:
        key = self.somewhere(where)
        self.post([self.move_from(key, self.model.on_hand[key], self.place(to))])

    @precondition(stocked)
    @rule(where=few, to=few, then=few, quantity=quantities, more=quantities)
    def move_on(self, where: int, to: int, then: int, quantity: int, more: int) -> None:
        """Several moves at once; the second takes what the first brings."""
        first = self.move_from(self.somewhere(where), quantity, self.place(to))
        second = self.move_from(ends(first)[1], more, self.place(then))
        third = self.move_from(self.somewhere(then), quantity, self.place(where))
        self.post([first, second, third])

    @rule(what=few, fro=few, to=few, quantity=quantities)
    def move_what_may_not_be_there(self, what: int, fro: int, to: int, quantity: int) -> None:
        sku, lot = self.goods(what)
        key = (self.world.shop_of[sku], sku, self.place(fro), 0, lot, "sellable")
        self.post([self.move_from(key, quantity, self.place(to))])

    @precondition(stocked)
    @rule(where=few, quantity=quantities, status=statuses)
    def change_status(self, where: int, quantity: int, status: Status) -> None:
        key = self.somewhere(where)
        self.post([self.move_from(key, quantity, key[2], key[3], to_status=status, reason="inspecting")])

    @precondition(stocked)
    @rule(where=few, quantity=quantities, loss=st.booleans())
    def adjust(self, where: int, quantity: int, loss: bool) -> None:
        key, lost = self.somewhere(where), self.world.places["LOST-FOUND"]
        if loss:
            self.post([self.move_from(key, quantity, lost)])
        else:
            self.post([self.move_from((*key[:2], lost, 0, *key[4:]), quantity, key[2], key[3])])

    # -- orders

    @precondition(stocked)
    @rule(
        wants=st.lists(st.tuples(few, quantities), min_size=1, max_size=3),
        after=st.sampled_from([EDGE, EDGE.replace(year=2029)]),
    )
    def allocate(self, wants: list[tuple[int, int]], after: Any) -> None:
        asked = []
        for n, (where, quantity) in enumerate(wants):
            shop, sku = self.somewhere(where)[:2]
            order, lines = self.world.lines[sku]
            asked.append(
                Want(
                    shop_id=shop,
                    order_id=order,
                    order_line_id=lines[n],
                    sku_id=sku,
                    quantity=quantity,
                    expires_after=after,
                )
            )
        made = self.do(ledger.allocate(self.tx, asked))
        self.model.allocate(asked, made)

    @precondition(stocked)
    @rule(where=few)
    def allocate_everything_twice(self, where: int) -> None:
        shop, sku = self.somewhere(where)[:2]
        order, lines = self.world.lines[sku]
        for line in lines[:2]:
            want = Want(
                shop_id=shop, order_id=order, order_line_id=line, sku_id=sku, quantity=99, expires_after=EDGE
            )
            self.model.allocate([want], self.do(ledger.allocate(self.tx, [want])))

    def promised(self) -> bool:
        return bool(self.model.promised)

    def promise(self, n: int) -> int:
        return sorted(self.model.promised)[n % len(self.model.promised)]

    @precondition(promised)
    @rule(n=few, quantity=quantities, hu=few)
    def pick(self, n: int, quantity: int, hu: int) -> None:
        a = self.promise(n)
        p = self.model.promised[a]
        named = {"order_id": p.order_id, "order_line_id": p.line_id} if hu % 2 else {}
        work = self.world.places["WORK"]
        self.post(
            [self.move_from(p.key, quantity, work, self.hu(hu), allocation_id=a, reason="picking", **named)]
        )

    @precondition(promised)
    @rule(n=few)
    def pick_in_two_parts_at_once(self, n: int) -> None:
        a = self.promise(n)
        p = self.model.promised[a]
        rest = max(p.open - 1, 1)
        work = self.world.places["WORK"]
        self.post([self.move_from(p.key, q, work, allocation_id=a, reason="picking") for q in (1, rest)])

    @precondition(lambda self: self.promised() and self.stocked())
    @rule(n=few, where=few)
    def pick_the_wrong_goods(self, n: int, where: int) -> None:
        a = self.promise(n)
        key = self.somewhere(where)
        if key[0] == self.model.promised[a].key[0]:
            self.post([self.move_from(key, 1, self.world.places["WORK"], allocation_id=a, reason="picking")])

    @precondition(promised)
    @rule(n=few, line=few)
    def pick_for_another_line(self, n: int, line: int) -> None:
        a = self.promise(n)
        p = self.model.promised[a]
        others = [x for x in self.world.lines[p.key[1]][1] if x != p.line_id]
        named = {"order_line_id": others[line % len(others)]}
        work = self.world.places["WORK"]
        self.post([self.move_from(p.key, 1, work, allocation_id=a, reason="picking", **named)])

    @precondition(promised)
    @rule(which=st.lists(few, min_size=1, max_size=4))
    def void(self, which: list[int]) -> None:
        """Also one that is done, also one named twice."""
        asked = [self.promise(n) for n in which]
        done = self.do(ledger.void(self.tx, [(self.model.promised[a].key[0], a) for a in asked]))
        assert {v.allocation_id: v.quantity for v in done} == self.model.void(set(asked))
        assert len(done) == len({v.allocation_id for v in done})

    # -- goods out and back

    @precondition(stocked)
    @rule(where=few, quantity=quantities, to=st.sampled_from(["PACKED", "CUSTOMER", "SCRAP", "SUPPLIER"]))
    def send(self, where: int, quantity: int, to: str) -> None:
        self.post([self.move_from(self.somewhere(where), quantity, self.world.places[to], reason="shipping")])

    @precondition(lambda self: any(k[2] not in self.model.real for k in self.model.balances()))
    @rule(where=few, quantity=quantities)
    def come_back(self, where: int, quantity: int) -> None:
        key = self.somewhere(where, real=False)
        self.post([self.move_from(key, quantity, self.world.places["RETURNS"], reason="returning")])

    @invariant()
    def laws_hold(self) -> None:
        self.lab.check(self.tx, self.model)


@pytest.fixture(scope="module")
def lab(cluster: Cluster, worker_id: str) -> Iterator[Lab]:
    found = Lab(cluster, f"wms_machine_{worker_id}")
    yield found
    found.close()


def run(lab: Lab, sequences: int, *, phases: Sequence[Phase] = tuple(Phase)) -> None:
    Machine.lab = lab
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=sequences, stateful_step_count=STEPS, deadline=None, database=None, phases=phases,
            suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
        ),
    )  # fmt: skip


@pytest.mark.parametrize("alone", [1, 0], ids=["alone", "as one of many"])
def test_random_work_keeps_the_laws(lab: Lab, alone: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of it with a statement of its own for a single move, half with the one for many."""
    monkeypatch.setattr(ledger, "ALONE", alone)
    run(lab, SEQUENCES // 2)
    print(f"{lab.sequences} sequences, {lab.steps} steps")

"""Random work finds each fault that shows itself to one writer alone."""

import pytest
from hypothesis import Phase

from tests.ledger.faults import ALONE, Fault
from tests.ledger.test_machine import lab, run
from tests.ledger.world import Lab

__all__ = ["lab"]  # the fixture


@pytest.mark.slow
@pytest.mark.parametrize("fault", ALONE, ids=lambda f: f.name)
def test_a_planted_fault_is_found(lab: Lab, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    fault.plant(monkeypatch)
    before = lab.sequences
    # an assertion, a refusal too many or too few, or a constraint of the database
    with pytest.raises((Exception, pytest.fail.Exception)) as caught:
        run(lab, 3_000, phases=[Phase.generate])  # as many as it takes; most need fewer than a hundred
    print(f"{fault.name}: sequence {lab.sequences - before}, {type(caught.value).__name__}")

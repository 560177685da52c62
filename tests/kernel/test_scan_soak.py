"""A million inputs, on demand: ``pytest -m slow -s tests/kernel/test_scan_soak.py``."""

import random
import time

import pytest

from tests.kernel.scans import FRAGMENTS
from wms.kernel.refusals import Refusal
from wms.kernel.scan import parse_scan

INPUTS = 1_000_000


def _input(dice: random.Random) -> str:
    kind = dice.randrange(5)
    if kind == 0:
        return "".join(chr(dice.randrange(0x11_0000)) for _ in range(dice.randrange(40)))
    if kind == 1:
        return dice.randbytes(dice.randrange(200)).decode("latin-1")
    if kind == 2:
        return str(dice.randrange(10 ** dice.randrange(1, 30)))
    joined = "".join(dice.choice(FRAGMENTS) for _ in range(dice.randrange(1, 30)))
    if kind == 3:
        return joined
    # Behind a legal beginning, where the most code runs.
    start = dice.choice(
        ["]C1", "]d2", "0105901234123457", "]C10105901234123457", "https://a/01/05901234123457"]
    )
    return start + "".join(dice.choice("0123456789AB\x1d17103") for _ in range(dice.randrange(80)))


@pytest.mark.slow
def test_a_million_inputs(request: pytest.FixtureRequest) -> None:
    if "slow" not in request.config.getoption("markexpr"):
        pytest.skip("a soak: select it with -m slow")
    dice = random.Random(20261006)
    spent: list[int] = []
    scans = refusals = ambiguous = 0
    for _ in range(INPUTS):
        raw = _input(dice)
        start = time.perf_counter_ns()
        try:
            scan = parse_scan(raw)
        except Refusal:
            refusals += 1
        else:
            scans += 1
            ambiguous += scan.ambiguous
        spent.append(time.perf_counter_ns() - start)
    spent.sort()
    p50, p99, p999 = (spent[int(INPUTS * share)] / 1000 for share in (0.5, 0.99, 0.999))
    print(
        f"\n{INPUTS} inputs: {scans} scans ({ambiguous} ambiguous), {refusals} refusals, 0 exceptions; "
        f"p50 {p50:.1f} us, p99 {p99:.1f} us, p99.9 {p999:.1f} us, worst {spent[-1] / 1000:.0f} us"
    )
    assert scans
    assert refusals
    assert ambiguous
    assert p99 < 1000

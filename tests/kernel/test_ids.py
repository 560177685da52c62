import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.kernel import ids
from wms.kernel.ids import hash_token, is_token, new_token, uuid7


def test_a_token_is_long_url_safe_and_known_only_by_its_hash() -> None:
    public_id, secret = new_token("key")
    assert public_id.startswith("key_")
    assert len(secret) * 6 >= 128
    assert all(char.isalnum() or char in "-_" for char in secret)
    stored = hash_token(secret)
    assert len(stored) == 32
    assert secret.encode() not in stored
    assert is_token(secret, stored)
    assert not is_token(secret + "x", stored)
    assert not is_token("", stored)


def test_no_two_tokens_are_equal() -> None:
    tokens = [new_token("k") for _ in range(1000)]
    assert len({t.public_id for t in tokens}) == len({t.secret for t in tokens}) == 1000


@given(st.text(alphabet=st.characters()))
def test_any_text_can_be_compared(text: str) -> None:
    assert is_token(text, hash_token(text))
    assert not is_token(text, hash_token(text + "a"))


def test_uuid7_has_version_variant_and_the_time() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert 0 <= (made.int >> 80) - before < 60_000


def test_uuid7_rises_strictly_also_across_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: [uuid7() for _ in range(5000)], range(4)))
    assert all(run == sorted(run) for run in runs)
    assert len({made for run in runs for made in run}) == 20_000


def test_uuid7_keeps_its_order_when_the_clock_is_set_back_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns()
    before = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: now - 3_600_000_000_000)
    after = [uuid7() for _ in range(100)]
    assert [before, *after] == sorted([before, *after])


def test_uuid7_of_the_example_in_the_rfc(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 9562 A.6: 2022-02-22 19:22:22 UTC with rand_a 0xCC3 and rand_b 0x18C4DC0C0C07398F."""
    moment = int(datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC).timestamp()) * 1_000_000_000
    fraction = -(-0xCC3 * 1_000_000 // 4096)  # nanoseconds that give 0xCC3, rounded up
    monkeypatch.setattr(ids, "_last", 0)
    monkeypatch.setattr(time, "time_ns", lambda: moment + fraction)
    monkeypatch.setattr("os.urandom", lambda n: (0x18C4DC0C0C07398F).to_bytes(n, "big"))
    assert uuid7() == UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")

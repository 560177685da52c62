"""Every adapter, every call, every fault: the right typed error, and never a second paid booking."""

import pytest

from tests.carriers.matrix import COURIERS, Asked, run_courier, table
from wms.carriers.port import PROTOCOLS, Cap
from wms.carriers.registry import Account, make_adapter

CALLS = {
    Cap.CREATE: "create", Cap.FIND: "find_by_reference", Cap.LABEL: "labels pdf", Cap.LABEL_SHEET: "label_sheet",
    Cap.CANCEL: "cancel", Cap.TRACK: "track", Cap.PICKUP: "order_pickup", Cap.PROTOCOL: "protocol", Cap.POINTS: "points",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "asked"),
    [pytest.param(n, a, id=f"{n}-{a.name}") for n, c in COURIERS.items() for a in c.calls],
)
async def test_faults(name: str, asked: Asked) -> None:
    cells = await run_courier(name, (asked,))
    assert len(cells) == 17
    assert [c for c in cells if not c.good] == [], table(cells)


@pytest.mark.parametrize("name", COURIERS)
def test_no_call_is_left_out(name: str) -> None:
    adapter = make_adapter(name, Account(name, "", 30_000, {"mode": "test"} | COURIERS[name].settings))
    asked = {a.name for a in COURIERS[name].calls}
    assert {CALLS[cap] for cap in adapter.capabilities if cap in CALLS} <= asked
    assert set(CALLS) | {Cap.WEBHOOK, Cap.TYPED, Cap.MULTI_PARCEL} >= set(PROTOCOLS)

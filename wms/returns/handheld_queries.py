"""What an inspector's handheld shows besides the return on the bench."""

import msgspec

from wms.db.tx import Tx


class OnBench(msgspec.Struct, frozen=True):
    """A return that lies on the bench: ``units`` announced, ``inspected`` so far."""

    id: int
    shop_id: int
    number: str
    shop: str
    units: int
    inspected: int


ON_BENCH = """
select r.id, r.shop_id, r.number, s.name as shop, coalesce(t.units, 0)::int as units,
  coalesce(t.inspected, 0)::int as inspected
from rma r join shop s on s.id = r.shop_id
left join lateral (select sum(n.quantity) filter (where n.announced) as units, sum(n.inspected) as inspected from rma_line n
  where n.shop_id = r.shop_id and n.rma_id = r.id) t on true
where r.warehouse_id = $1 and r.state in ('received', 'inspecting')
order by r.state = 'received', r.received_at, r.id limit $2
"""


async def on_bench(tx: Tx, warehouse_id: int, limit: int) -> list[OnBench]:
    """What was begun, then what arrived first."""
    return await tx.all(OnBench, ON_BENCH, warehouse_id, limit)


async def next_expected(tx: Tx, warehouse_id: int) -> str:
    """The label of a return that is announced: what an inspector would find on the next box; else empty."""
    number = await tx.value(
        "select number from rma where warehouse_id = $1 and state = 'announced' order by id limit 1",
        warehouse_id,
    )
    return f"R-{number}" if number else ""


async def one_by_one(tx: Tx, shop_id: int, sku_id: int) -> bool:
    """Whether each piece of the SKU has a serial number, so that two are never judged at once."""
    found: bool = await tx.value(
        "select serial_tracked from sku where shop_id = $1 and id = $2", shop_id, sku_id
    )
    return found

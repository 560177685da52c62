"""Every SELECT that counting answers with. What the system expects is not among it until the count is closed."""

from datetime import date, datetime

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound


class CountHead(msgspec.Struct, frozen=True):
    id: int
    warehouse_id: int
    location_id: int
    location: str
    reason: str
    state: str
    person: str | None
    opened_at: datetime
    started_at: datetime | None
    closed_at: datetime | None


class CountedLine(msgspec.Struct, frozen=True):
    """``expected`` and ``adjusted`` (found more: positive) are null until the count is closed: a count is blind.

    ``again``: the goods moved meanwhile, count them once more.
    """

    shop_id: int
    sku: str
    name: str
    lot: str | None
    serial: str | None
    expires_on: date | None
    status: str
    counted: int
    again: bool
    expected: int | None
    adjusted: int | None


class CountView(CountHead, frozen=True):
    lines: list[CountedLine] = []


COUNT = """
select c.id, l.warehouse_id, c.location_id, l.code as location, c.reason, c.state, p.name as person, c.opened_at,
       c.started_at, c.closed_at
from count_task c join location l on l.id = c.location_id left join person p on p.id = c.person_id
"""
LINES = """
select n.shop_id, s.code as sku, s.name, nullif(t.code, '') as lot, t.serial, t.expires_on, n.status, n.counted,
       n.moved as again, case when c.state = 'closed' then n.expected end as expected,
       case when c.state = 'closed' then n.adjusted end as adjusted
from count_line n join count_task c on c.id = n.count_task_id
join sku s on (s.shop_id, s.id) = (n.shop_id, n.sku_id) left join lot t on (t.shop_id, t.id) = (n.shop_id, n.lot_id)
where n.count_task_id = $1 order by n.shop_id, s.code, t.code, n.id
"""


async def count_view(tx: Tx, task_id: int) -> CountView:
    """One count with what was counted so far. Raises ``NotFound``."""
    found = await tx.one(CountView, f"{COUNT} where c.id = $1", task_id)
    if found is None:
        raise NotFound(what="count", ref=task_id)
    return msgspec.structs.replace(found, lines=await tx.all(CountedLine, LINES, task_id))


async def counts(tx: Tx, warehouse_id: int, *, state: str | None, after: int, limit: int) -> list[CountHead]:
    """Counts of a warehouse by id from behind ``after``; with no state those that are not closed."""
    return await tx.all(
        CountHead,
        f"""{COUNT} where l.warehouse_id = $1 and c.id > $3
            and (c.state = $2 or ($2::text is null and c.state <> 'closed')) order by c.id limit $4""",
        warehouse_id,
        state,
        after,
        limit,
    )

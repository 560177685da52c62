"""The counts that wait, as a handheld lists them, and how far one has come."""

from datetime import datetime

import msgspec

from wms.db.tx import Tx


class CountTask(msgspec.Struct, frozen=True):
    """A count as the list shows it. ``mine``: this worker has begun it."""

    id: int
    location: str
    reason: str
    person: str | None
    mine: bool
    opened_at: datetime


TASKS = """
select c.id, l.code as location, c.reason, case when c.state = 'counting' then p.name end as person,
       c.state = 'counting' and c.person_id = $2 as mine, c.opened_at
from count_task c join location l on l.id = c.location_id left join person p on p.id = c.person_id
where l.warehouse_id = $1 and c.state in ('open', 'counting')
"""


async def count_tasks(tx: Tx, warehouse_id: int, limit: int) -> list[CountTask]:
    """Counts that are not finished: one's own first, then those that block picking, along the walk; others' last."""
    return await tx.all(
        CountTask,
        f"""{TASKS} order by (c.state = 'counting' and c.person_id = $2) desc, c.state = 'counting',
            c.reason <> 'short_pick', l.walk, c.id limit $3""",
        warehouse_id,
        tx.actor.person_id,
        limit,
    )


async def count_at(tx: Tx, warehouse_id: int, location_id: int) -> CountTask | None:
    """The open count of a place."""
    return await tx.one(
        CountTask, f"{TASKS} and c.location_id = $3 limit 1", warehouse_id, tx.actor.person_id, location_id
    )


class Sum(msgspec.Struct, frozen=True):
    """What was counted so far: kinds of goods and pieces."""

    kinds: int
    pieces: int


async def so_far(tx: Tx, task_id: int) -> Sum:
    found = await tx.one(
        Sum,
        """select count(*) filter (where counted > 0)::int as kinds, coalesce(sum(counted), 0)::int as pieces
           from count_line where count_task_id = $1""",
        task_id,
    )
    assert found is not None
    return found

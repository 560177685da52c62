"""Ask for a location to be counted: the row by which a short pick, a supervisor or a plan leaves work for counting."""

from typing import Literal

from wms.db.tx import Tx
from wms.events.log import Event, record

CountReason = Literal["short_pick", "cycle", "manual", "zero_check"]

SHORT_PICK = "short_pick"
"""The reason of a lock that a short pick puts on the rest of a bin; closing the count takes this lock off, no other."""

# One open count per location is enough: what asks again while it waits joins it.
REQUEST = """
with born as (
  insert into count_task (location_id, reason) values ($1, $2)
  on conflict (location_id) where state in ('open', 'counting') do nothing returning id
)
select id, true as born from born
union all
select id, false from count_task where location_id = $1 and state in ('open', 'counting')
  and not exists (select from born)
"""


async def request_count(tx: Tx, location_id: int, reason: CountReason) -> int:
    """The id of the location's open count task: a new one, or the one that is already waiting."""
    row = await tx.row(REQUEST, location_id, reason)
    if row is None:  # another transaction asked at this moment and has committed since: now it can be seen
        row = await tx.row(REQUEST, location_id, reason)
    assert row is not None
    task_id: int = row["id"]
    if row["born"]:
        code = await tx.value("select code from location where id = $1", location_id)
        event = Event(
            kind="count.requested",
            subject="count_task",
            subject_id=task_id,
            ref=code,
            data={"reason": reason},
        )
        await record(tx, event)
    return task_id

"""Somebody stands before the shelf and begins to count."""

from wms.counting.errors import CountTaken
from wms.counting.queries import CountView, count_view
from wms.counting.states import COUNT, CountState
from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound

START = """
update count_task c set state = 'counting', person_id = $2, started_at = $3, move_id = (
  select coalesce(max(id), 0) from (
    select max(m.id) as id from move m where m.from_location_id = c.location_id
    union all select max(m.id) from move m where m.to_location_id = c.location_id) t)
where c.id = $1
"""
TAKE_OVER = frozenset({"supervisor", "admin"})


async def start_count(tx: Tx, task_id: int) -> CountView:
    """Starts the count and remembers the ledger's position at the location.

    The same person may start again (a restarted handheld) and goes on. Raises ``CountTaken`` when somebody else is
    counting, unless a supervisor takes over, ``WrongState`` for a closed count, ``NotFound``.
    """
    row = await tx.row(
        """select c.state, c.person_id, c.location_id, p.name, l.code from count_task c
           join location l on l.id = c.location_id left join person p on p.id = c.person_id
           where c.id = $1 for update of c""",
        task_id,
    )
    if row is None:
        raise NotFound(what="count", ref=task_id)
    me = tx.actor.person_id
    if row["state"] == CountState.COUNTING:
        if row["person_id"] != me:
            if not tx.actor.roles & TAKE_OVER:
                raise CountTaken(person=row["name"] or "?", location=row["code"])
            await tx.run("update count_task set person_id = $2 where id = $1", task_id, me)
        return await count_view(tx, task_id)
    COUNT.check(task_id, CountState(row["state"]), CountState.COUNTING)
    # whoever is writing to these balances comes to an end first, so that the position covers it
    await tx.rows(
        "select 1 from balance where location_id = $1 order by shop_id, id for update", row["location_id"]
    )
    await tx.run(START, task_id, me, tx.now)
    await record(tx, Event(kind="count.started", subject="count_task", subject_id=task_id, ref=row["code"]))
    return await count_view(tx, task_id)

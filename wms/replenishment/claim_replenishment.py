"""A worker takes a task: never one that somebody else has, and one's own unfinished one first."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.lease import LEASE
from wms.kernel.notice import Notice
from wms.kernel.refusals import NotAllowed
from wms.kernel.text import Text
from wms.replenishment.errors import NothingToReplenish
from wms.replenishment.screen import RefillScreen, check_holder, draw, lock_task
from wms.replenishment.states import REFILL, RefillState

GIVEN_BACK = Notice(
    "given-back",
    Text(
        en="The task is given back. Put down what you hold where it came from.",
        pl="Zadanie zostało oddane. Odłóż to, co masz, tam, skąd pochodzi.",
    ),
)
# One person claims one task at a time: the second of two taps waits here and then finds the first one's task.
ONE_AT_A_TIME = "select id from person where id = $1 for no key update"
OWN = """
update replenishment r set lease_until = $3, device_id = $4 from (
  select shop_id, id from replenishment where warehouse_id = $1 and state = 'claimed' and person_id = $2
  order by due_at nulls last, id limit 1) o
where (r.shop_id, r.id) = (o.shop_id, o.id) returning r.shop_id, r.id
"""
# What somebody has just given back comes to them last; else the most urgent promise, then along the walk.
NEXT = """
with next as materialized (
  select r.shop_id, r.id, r.person_id from replenishment r join location f on f.id = r.from_location_id
  where r.warehouse_id = $1 and (r.state = 'waiting' or (r.state = 'claimed' and r.lease_until < $3))
    and ($6::int is null or (r.shop_id, r.id) = ($6, $7::bigint))
  order by r.lost_by_id is not distinct from $2, r.due_at nulls last, f.walk, r.id limit 1 for update of r skip locked
)
update replenishment r set state = 'claimed', person_id = $2, device_id = $5, lease_until = $4, claimed_at = $3,
       step = 'location', counted = 0, missing = false,
       lost_by_id = case when n.person_id <> $2 then n.person_id else r.lost_by_id end
from next n where (r.shop_id, r.id) = (n.shop_id, n.id)
returning r.shop_id, r.id, n.person_id as lost_by, r.to_location_id
"""


async def claim_replenishment(
    tx: Tx, warehouse_id: int, *, task: tuple[int, int] | None = None
) -> RefillScreen:
    """The first screen of this worker's task: an unfinished one of their own, else the next by promise and walk.

    ``task`` (shop, id) asks for a certain one. A task whose lease ran out is taken over, and counted anew. Raises
    ``NothingToReplenish``, ``NotYourReplenishment`` with who has the task asked for, ``NotFound``.
    """
    me = tx.actor.person_id
    if me is None:
        raise NotAllowed
    await tx.run(ONE_AT_A_TIME, me)
    until = tx.now + LEASE
    if task is None:
        own = await tx.row(OWN, warehouse_id, me, until, tx.actor.device_id)
        if own is not None:
            return draw(tx, await lock_task(tx, own["shop_id"], own["id"]))
    shop_id, task_id = task or (None, None)
    found = await tx.row(NEXT, warehouse_id, me, tx.now, until, tx.actor.device_id, shop_id, task_id)
    if found is None:
        if task is not None:
            asked = await lock_task(tx, *task)
            check_holder(tx, asked)
            return draw(tx, asked)
        held = await tx.value(
            "select count(*) from replenishment where warehouse_id = $1 and state = 'claimed'", warehouse_id
        )
        raise NothingToReplenish(held=held)
    taken = await lock_task(tx, found["shop_id"], found["id"])
    event = Event(
        kind="replenishment.claimed",
        subject="replenishment",
        subject_id=taken.id,
        shop_id=taken.shop_id,
        ref=taken.target,
        data={"taken_over_from": found["lost_by"]} if found["lost_by"] not in (None, me) else {},
    )
    await record(tx, event)
    return draw(tx, taken)


async def release_replenishment(tx: Tx, shop_id: int, task_id: int) -> RefillScreen:
    """Gives a task back: its holder, or a supervisor for whoever went home. Nothing has moved."""
    task = await lock_task(tx, shop_id, task_id)
    if task.state != RefillState.CLAIMED or not tx.actor.roles & {"supervisor", "admin"}:
        check_holder(tx, task)
    REFILL.check(task.id, RefillState(task.state), RefillState.WAITING)
    await tx.run(
        """update replenishment set state = 'waiting', lost_by_id = person_id, person_id = null, device_id = null,
             lease_until = null, step = 'location', counted = 0, missing = false where shop_id = $1 and id = $2""",
        shop_id,
        task_id,
    )
    event = Event(
        kind="replenishment.released",
        subject="replenishment",
        subject_id=task.id,
        shop_id=shop_id,
        ref=task.target,
    )
    await record(tx, event)
    return draw(tx, msgspec.structs.replace(task, state="waiting", counted=0, missing=False), GIVEN_BACK)

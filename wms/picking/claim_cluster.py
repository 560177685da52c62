"""A picker takes a cart: never one that another picker has, and one's own unfinished one first."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.lease import LEASE
from wms.kernel.refusals import NotAllowed
from wms.picking.clusters import Kind
from wms.picking.errors import NothingToPick
from wms.picking.hold_cart import check_holder, check_open
from wms.picking.pass_on import closed_when_empty
from wms.picking.screen import PickScreen, draw, load_cart

# One person claims one cart at a time: the second of two taps waits here and then finds the first one's cart.
ONE_AT_A_TIME = "select id from person where id = $1 for no key update"
OWN = """
update cluster set lease_until = $3, device_id = $4 where id = (
  select id from cluster where warehouse_id = $1 and state = 'claimed' and person_id = $2
  order by ship_by, id limit 1)
returning id
"""
# A cart that somebody began comes before an untouched one of the same pickup.
NEXT = """
with next as materialized (
  select id, person_id from cluster
  where warehouse_id = $1 and (state = 'waiting' or (state = 'claimed' and lease_until < $3))
    and ($6::text is null or kind = $6) and ($7::bigint is null or id = $7)
  order by ship_by, begun_at nulls last, id limit 1 for update skip locked
), again as (
  update pick_task t set step = 'location', counted = 0, missing = false from next n
  where t.cluster_id = n.id and t.state = 'open' and t.step <> 'location'
)
update cluster c set state = 'claimed', person_id = $2, device_id = $5, lease_until = $4,
       claimed_at = $3, lost_by_id = case when n.person_id <> $2 then n.person_id else c.lost_by_id end
from next n where c.id = n.id
returning c.id, n.person_id as lost_by
"""


async def claim(
    tx: Tx, warehouse_id: int, *, kind: Kind | None = None, cluster_id: int | None = None
) -> PickScreen:
    """The first screen of this picker's cart: an unfinished one of their own, else the next by ``ship_by``.

    ``cluster_id`` asks for a certain cart. A cart whose lease ran out is taken over; what its picker had counted but not
    put into a tote is counted anew. Raises ``NothingToPick``, ``NotYourCluster`` with who has the cart asked for.
    """
    me = tx.actor.person_id
    if me is None:
        raise NotAllowed
    await tx.run(ONE_AT_A_TIME, me)
    until = tx.now + LEASE
    if cluster_id is None:
        own: int | None = await tx.value(OWN, warehouse_id, me, until, tx.actor.device_id)
        if own is not None:
            cart = await closed_when_empty(tx, check_holder(tx, await load_cart(tx, own), own))
            if cart.cluster_state != "done":
                return draw(tx, cart)
    while True:
        found = await tx.row(NEXT, warehouse_id, me, tx.now, until, tx.actor.device_id, kind, cluster_id)
        if found is None:
            return await _none(tx, warehouse_id, cluster_id)
        cart = check_holder(tx, await load_cart(tx, found["id"]), found["id"])
        cart = await closed_when_empty(tx, cart)
        if cart.cluster_state == "done":  # all its orders were cancelled meanwhile
            continue
        await record(
            tx,
            Event(
                kind="cluster.claimed", subject="cluster", subject_id=cart.cluster_id,
                data={"taken_over_from": found["lost_by"]} if found["lost_by"] else {},
            ),
        )  # fmt: skip
        return draw(tx, cart)


async def _none(tx: Tx, warehouse_id: int, cluster_id: int | None) -> PickScreen:
    if cluster_id is not None:  # it is the picker's own, or somebody's, or finished
        cart = check_open(check_holder(tx, await load_cart(tx, cluster_id), cluster_id))
        return draw(tx, cart)
    held = await tx.value(
        "select count(*) from cluster where warehouse_id = $1 and state = 'claimed'", warehouse_id
    )
    raise NothingToPick(held=held)


async def release_cluster(tx: Tx, cluster_id: int) -> PickScreen:
    """Gives a cart back: its picker, or a supervisor for whoever went home. What is in the totes stays there."""
    cart = await load_cart(tx, cluster_id, lock="cart")
    if cart is None or not tx.actor.roles & {"supervisor", "admin"}:
        cart = check_holder(tx, cart, cluster_id)
    check_open(cart)
    await tx.run(
        """with again as (
             update pick_task set step = 'location', counted = 0, missing = false
             where cluster_id = $1 and state = 'open' and step <> 'location'
           ) update cluster set state = 'waiting', lost_by_id = coalesce(person_id, lost_by_id), person_id = null,
                    device_id = null, lease_until = null where id = $1""",
        cluster_id,
    )
    await record(tx, Event(kind="cluster.released", subject="cluster", subject_id=cluster_id))
    return draw(tx, msgspec.structs.replace(cart, cluster_state="waiting", person_id=None))

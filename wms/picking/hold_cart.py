"""Whose cart it is: the checks before every act on it."""

from wms.db.tx import Tx
from wms.kernel.lease import LEASE, RENEW_AFTER
from wms.kernel.refusals import NotFound, Refusal
from wms.orders.errors import OrderCancelled
from wms.orders.states import OrderState
from wms.picking.errors import ClusterDone, LeaseLost, NotYourCluster, OrderWaits, TakenOver
from wms.picking.screen import Cart


def check_holder(tx: Tx, cart: Cart | None, cluster_id: int) -> Cart:
    """Raises ``NotFound``, ``LeaseLost`` for a cart that was this picker's, ``NotYourCluster`` with who has it.

    A lease that ran out while nobody took the cart over is simply renewed by the scan.
    """
    if cart is None:
        raise NotFound(what="cluster", ref=cluster_id)
    me = tx.actor.person_id
    if cart.cluster_state in ("done", "void"):
        return cart
    if cart.cluster_state != "claimed" or cart.person_id != me:
        if cart.lost_by_id == me and cart.holder:
            raise TakenOver(cluster=cluster_id, holder=cart.holder)
        if cart.lost_by_id == me or cart.person_id is None:
            raise LeaseLost(cluster=cluster_id, holder=cart.holder or "")
        until = f"{cart.lease_until:%H:%M} UTC" if cart.lease_until else "?"
        raise NotYourCluster(cluster=cluster_id, holder=cart.holder or "?", until=until)
    return cart


def check_open(cart: Cart) -> Cart:
    """Raises ``ClusterDone``."""
    if cart.cluster_state in ("done", "void"):
        raise ClusterDone(cluster=cart.cluster_id)
    return cart


def gate(cart: Cart) -> Refusal | None:
    """What stands against picking for this order now, if anything; its row is locked by whoever is about to move goods."""
    if cart.order_state == OrderState.CANCELLED:
        return OrderCancelled(number=cart.number)
    if cart.order_state in (OrderState.RELEASED, OrderState.PICKING):
        return None
    return OrderWaits(number=cart.number)


async def extend_lease(tx: Tx, cart: Cart) -> None:
    """A scan keeps the cart for another ``LEASE``."""
    if cart.lease_until is None or cart.lease_until < tx.now + LEASE - RENEW_AFTER:
        await tx.run("update cluster set lease_until = $2 where id = $1", cart.cluster_id, tx.now + LEASE)

"""The answer to a scan that has nothing left to do: the present screen, and why."""

from collections.abc import Sequence

import msgspec

from wms.db.tx import Tx
from wms.kernel.notice import ALREADY_DONE, Notice
from wms.kernel.refusals import Refusal
from wms.kernel.text import Text
from wms.picking.hold_cart import gate
from wms.picking.post_pick import finish_cluster
from wms.picking.screen import Cart, PickScreen, draw, load_cart

IN_HAND = Text(
    en="Order {number} may not go on. Put the {quantity} in your hand back onto {location}; here is the next pick.",
    pl="Zamówienie {number} nie może iść dalej. Odłóż pobrane sztuki ({quantity}) na {location}; oto następne pobranie.",
)


async def pass_on(tx: Tx, cart: Cart) -> PickScreen:
    """ "Already done", or the order's cancellation where that is why; a cart with nothing left is closed."""
    against = gate(cart) if cart.task_id is not None and cart.state == "void" else None
    fresh = await now_at(tx, cart.cluster_id)
    if against is not None:
        return draw(tx, fresh, against)
    return draw(tx, fresh, ALREADY_DONE)


async def void_task(tx: Tx, cart: Cart, against: Refusal) -> PickScreen:
    """The order may not go on: its task is void, the next one is shown."""
    await make_void(tx, [cart])
    said: Refusal | Notice = against
    if cart.counted:  # they never left the bin, so they go back there
        values = {"number": cart.number, "quantity": cart.counted, "location": cart.location}
        said = Notice(against.code, IN_HAND, against.tone, values)
    return draw(tx, await now_at(tx, cart.cluster_id), said)


async def make_void(tx: Tx, carts: Sequence[Cart]) -> None:
    """Nobody fetches these tasks any more."""
    await tx.run(
        """update pick_task t set state = 'void', done_at = $3
           from unnest((select $1::int[]), (select $2::bigint[])) as u(shop_id, id)
           where t.shop_id = u.shop_id and t.id = u.id""",
        [c.shop_id for c in carts],
        [c.task_id for c in carts],
        tx.now,
    )


async def now_at(tx: Tx, cluster_id: int) -> Cart:
    """The cart at its current task; closed when none is left."""
    fresh = await load_cart(tx, cluster_id)
    assert fresh is not None
    return await closed_when_empty(tx, fresh)


async def closed_when_empty(tx: Tx, cart: Cart) -> Cart:
    """Closes the cart when ``cart`` has come to no next task."""
    if cart.task_id is None and cart.cluster_state != "done" and await finish_cluster(tx, cart.cluster_id):
        return msgspec.structs.replace(cart, cluster_state="done")
    return cart

"""The shelf holds less than it should: take what is there, lock the rest, look elsewhere at once."""

from collections.abc import Sequence

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.notice import Notice
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.scan import parse_scan
from wms.kernel.text import Text
from wms.locations.count_request import request_count
from wms.locations.lock_location import lock_location
from wms.orders.advance import advance
from wms.orders.allocate_orders import reallocate_line
from wms.orders.counters import line_unallocated
from wms.orders.states import OrderState
from wms.picking.errors import TotesFirst, WrongTote
from wms.picking.hold_cart import check_holder, gate
from wms.picking.judge_item import is_tote, shown
from wms.picking.pass_on import now_at, pass_on, void_task
from wms.picking.post_pick import post_pick
from wms.picking.screen import Cart, PickScreen, draw, load_cart
from wms.picking.walk_on import walk_on
from wms.stock.ledger import Allocated, void

ELSEWHERE = Text(
    en="Missing here; {quantity} more at {locations}.",
    pl="Tu brakuje; pozostałe sztuki ({quantity}) są w: {locations}.",
)
LESS = Text(
    en="{missing} pieces are missing and nowhere else. Order {number} goes without them.",
    pl="Brakuje {missing} szt. i nie ma ich nigdzie indziej. Zamówienie {number} wyjdzie bez nich.",
)
BACK = Text(
    en="{missing} pieces are missing and nowhere else. Order {number} waits for them; leave it out.",
    pl="Brakuje {missing} szt. i nie ma ich nigdzie indziej. Zamówienie {number} czeka na nie; pomiń je.",
)


async def short_pick(
    tx: Tx, cluster_id: int, task_id: int, quantity: int, tote: str | None = None
) -> PickScreen:
    """Confirms ``quantity`` (0 or more, less than is wanted) with the tote's scan, and reports the rest missing.

    The bin is locked for new allocations and gets a count task. What is missing comes from other bins, as new tasks
    of this walk; if there is nothing, the order waits (``backordered``), or goes on without where its shop ships in
    parts. Raises ``Invalid``, ``WrongTote``, ``TotesFirst``.
    """
    cart = check_holder(tx, await load_cart(tx, cluster_id, task_id, lock="cart"), cluster_id)
    if cart.task_id is None:
        raise NotFound(what="pick task", ref=task_id)
    if cart.state != "open":
        return await pass_on(tx, cart)
    if quantity >= cart.quantity:
        raise Invalid(
            field="quantity",
            why=Text(en="less than the {wanted} wanted", pl="mniej niż żądane {wanted}"),
            wanted=cart.quantity,
            pointer="/quantity",
        )
    if quantity:
        if cart.tote_id is None:
            raise TotesFirst(slot=cart.slot)
        read = parse_scan(tote or "")
        if not is_tote(cart, read):
            raise WrongTote(scanned=shown(read), expected=cart.tote)
    return await fall_short(tx, cart, quantity)


async def fall_short(tx: Tx, cart: Cart, quantity: int) -> PickScreen:
    """The same for a cart that is locked, with the tote scanned where ``quantity`` is not 0."""
    if (against := gate(cart)) is not None:
        return await void_task(tx, cart, against)
    rest = cart.quantity - quantity
    await post_pick(tx, cart, quantity, state="short")
    await line_unallocated(tx, cart.shop_id, cart.order_line_id, rest)
    await void(tx, [(cart.shop_id, cart.allocation_id)])
    await lock_location(tx, cart.location_id, "short_pick")
    await request_count(tx, cart.location_id, "short_pick")
    found = await reallocate_line(tx, cart.shop_id, cart.order_line_id, rest)
    missing = rest - sum(a.quantity for a in found)
    whole = cart.partial_policy == "complete"
    if missing and whole:
        await _wait(tx, cart)
    else:
        if found:
            await walk_on(tx, cart, found)
        if missing and not await _something_left(tx, cart):
            whole = True
            await _wait(tx, cart)
    places = await _codes(tx, found)
    if missing:
        said = Notice(
            "short-pick", BACK if whole else LESS, "warn", {"missing": missing, "number": cart.number}
        )
    else:
        said = Notice("short-pick", ELSEWHERE, "warn", {"quantity": rest, "locations": ", ".join(places)})
    await record(
        tx,
        Event(
            kind="order.short", subject="order", subject_id=cart.order_id, shop_id=cart.shop_id, ref=cart.number,
            data={
                "sku": cart.sku, "location": cart.location, "wanted": cart.quantity, "picked": quantity,
                "elsewhere": rest - missing, "missing": missing, "order_waits": bool(missing and whole),
            },
        ),
    )  # fmt: skip
    return draw(tx, await now_at(tx, cart.cluster_id), said)


async def _wait(tx: Tx, cart: Cart) -> None:
    """The order goes back to wait. It keeps its other allocations and what is in its tote; nothing more is fetched."""
    await tx.run(
        """update pick_task set state = 'void', done_at = $4
           where shop_id = $1 and order_id = $2 and cluster_id = $3 and state = 'open'""",
        cart.shop_id,
        cart.order_id,
        cart.cluster_id,
        tx.now,
    )
    await advance(tx, cart.shop_id, [cart.order_id], OrderState.BACKORDERED, reason="short_pick")


async def _something_left(tx: Tx, cart: Cart) -> bool:
    found: bool = await tx.value(
        """select exists (select from order_line where shop_id = $1 and order_id = $2 and picked > 0)
             or exists (select from pick_task where shop_id = $1 and order_id = $2 and state = 'open')""",
        cart.shop_id,
        cart.order_id,
    )
    return found


async def _codes(tx: Tx, found: Sequence[Allocated]) -> list[str]:
    rows = await tx.rows(
        "select code from location where id = any($1::bigint[]) order by walk, code",
        [a.location_id for a in found],
    )
    return [r["code"] for r in rows]

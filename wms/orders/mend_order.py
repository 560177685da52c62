"""Change an order's recipient before the label, hold an order, release it."""

from msgspec import UNSET, UnsetType

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Invalid, WrongState
from wms.orders.advance import advance
from wms.orders.check_address import NEVER_RELEASED, check_recipient, goes_to_point
from wms.orders.choose_again import choose_again
from wms.orders.errors import LabelExists, OrderGone
from wms.orders.gates import lock_orders
from wms.orders.holds import HOLDABLE, Mended, go_on, hold_by_hand, hold_faults
from wms.orders.order_in import RecipientIn, tidied
from wms.orders.queries import recipient_of
from wms.orders.states import BEFORE_HANDOVER, OrderState


async def mend_recipient(
    tx: Tx,
    shop_id: int,
    order_id: int,
    recipient: RecipientIn,
    *,
    point: str | UnsetType | None = UNSET,
) -> Mended:
    """Replaces the recipient; an order that was on hold for its address goes on as soon as nothing is wrong.

    ``point`` unset: stays as it is; None or empty: the order goes to no point any more. A label that the carrier has refused, with nothing booked, is asked for again with the new one. Raises ``LabelExists`` when
    a label is bought or being bought, ``OrderGone`` after handover or cancel, ``Invalid``
    for a fault in the new address of an order that is on the floor already, where no hold would stop it.
    """
    (order,) = await lock_orders(tx, shop_id, [order_id])
    if order.state not in BEFORE_HANDOVER:
        raise OrderGone(number=order.number)
    live = await tx.value(
        """select exists(select from label b join parcel p on (p.shop_id, p.id) = (b.shop_id, b.parcel_id)
                         where b.shop_id = $1 and p.order_id = $2 and b.state <> 'void'
                           and not (b.state = 'failed' and b.error_code is not distinct from 'rejected'
                             and b.in_doubt_since is null and b.carrier_ref is null))""",
        shop_id,
        order_id,
    )
    if live:
        raise LabelExists(number=order.number)
    recipient = tidied(recipient)
    await tx.run(
        """update orders set name = $3, company = $4, street = $5, postcode = $6, city = $7, country = $8, phone = $9,
             email = $10, point = case when $12 then $11 else point end, version = version + 1
           where shop_id = $1 and id = $2""",
        shop_id,
        order_id,
        recipient.name,
        recipient.company,
        recipient.street,
        recipient.postcode,
        recipient.city,
        recipient.country,
        recipient.phone,
        recipient.email,
        None if point is UNSET else (point or "").strip() or None,
        point is not UNSET,
    )
    stored = await recipient_of(tx, shop_id, order_id)
    (choice,) = await choose_again(tx, shop_id, [order])
    locker = goes_to_point(choice.service, stored.point, carried=choice.carried)
    faults = list(check_recipient(stored, locker=locker))
    if faults and order.state not in HOLDABLE | {OrderState.ON_HOLD}:
        raise Invalid(field=faults[0].field, why=faults[0].text, pointer=faults[0].field)
    await hold_faults(tx, shop_id, order_id, faults)
    event = Event(
        kind="order.recipient_changed", subject="order", subject_id=order_id, shop_id=shop_id, ref=order.number,
        data={"faults": [f.code for f in faults]},
    )  # fmt: skip
    await record(tx, event)
    await tx.run(
        """update label b set retry_at = $3 from parcel p
           where b.shop_id = $1 and (p.shop_id, p.id) = (b.shop_id, b.parcel_id) and p.order_id = $2
             and b.state = 'failed' and b.error_code = 'rejected'""",
        shop_id,
        order_id,
        tx.now,
    )
    if faults and order.state in HOLDABLE:
        await advance(tx, shop_id, [order_id], OrderState.ON_HOLD, reason=faults[0].code)
    return await go_on(tx, shop_id, order_id)


async def hold_order(tx: Tx, shop_id: int, order_id: int, said: str) -> Mended:
    """Puts an order on hold by hand. Its stock stays set aside. Raises ``WrongState`` once it is on the floor."""
    (order,) = await lock_orders(tx, shop_id, [order_id])
    if order.state != OrderState.ON_HOLD and order.state not in HOLDABLE:
        raise WrongState(what="order", ref=order.number, state=order.state, wanted="on_hold")
    await hold_by_hand(tx, shop_id, order_id, said)
    if not await advance(tx, shop_id, [order_id], OrderState.ON_HOLD, reason=said):
        data = {"old": order.state, "new": order.state, "reason": said}
        await record(
            tx,
            Event(
                kind="order.on_hold", subject="order", subject_id=order_id, shop_id=shop_id, ref=order.number, data=data,
            ),
        )  # fmt: skip
    return await go_on(tx, shop_id, order_id)


async def release_hold(tx: Tx, shop_id: int, order_id: int, *, all_holds: bool) -> Mended:
    """Releases the manual holds; with ``all_holds`` (a supervisor's decision) also those of a check.

    Those that would only come back stay until they are mended: a manifest that cannot be closed, an order that nobody takes.
    """
    await lock_orders(tx, shop_id, [order_id])
    await tx.run(
        """update order_hold set released_at = now()
           where shop_id = $1 and order_id = $2 and released_at is null and code <> all($4::text[])
             and ($3 or code = 'manual')""",
        shop_id,
        order_id,
        all_holds,
        list(NEVER_RELEASED),
    )
    return await go_on(tx, shop_id, order_id)

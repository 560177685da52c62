"""Change an order's recipient before the label, hold an order, release it."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Invalid, WrongState
from wms.kernel.text import Lang
from wms.orders.advance import advance
from wms.orders.allocate_orders import allocate_orders
from wms.orders.check_address import FAULTS, NEVER_RELEASED, Recipient, check_recipient
from wms.orders.errors import LabelExists, OrderGone
from wms.orders.gates import lock_orders
from wms.orders.order_in import RecipientIn, tidied
from wms.orders.states import BEFORE_HANDOVER, OrderState

# Before goods are taken an order can wait; later a hold would strand a tote on the floor.
HOLDABLE = frozenset({OrderState.RECEIVED, OrderState.BACKORDERED, OrderState.ALLOCATED})


class Mended(msgspec.Struct, frozen=True):
    number: str
    state: str
    open_holds: list[str]


async def mend_recipient(
    tx: Tx, shop_id: int, order_id: int, recipient: RecipientIn, *, point: str | None, lang: Lang = "en"
) -> Mended:
    """Replaces the recipient; an order that was on hold for its address goes on as soon as nothing is wrong.

    Raises ``LabelExists`` when a label is bought or being bought, ``OrderGone`` after handover or cancel, ``Invalid``
    for a fault in the new address of an order that is on the floor already, where no hold would stop it.
    """
    (order,) = await lock_orders(tx, shop_id, [order_id])
    if order.state not in BEFORE_HANDOVER:
        raise OrderGone(number=order.number)
    live = await tx.value(
        """select exists(select from label b join parcel p on (p.shop_id, p.id) = (b.shop_id, b.parcel_id)
                         where b.shop_id = $1 and p.order_id = $2 and b.state <> 'void')""",
        shop_id,
        order_id,
    )
    if live:
        raise LabelExists(number=order.number)
    recipient = tidied(recipient)
    await tx.run(
        """update orders set name = $3, company = $4, street = $5, postcode = $6, city = $7, country = $8, phone = $9,
             email = $10, point = coalesce($11, point), version = version + 1 where shop_id = $1 and id = $2""",
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
        point,
    )
    stored = await tx.one(
        Recipient,
        """select name, company, street, postcode, city, country, phone, email, point from orders
           where shop_id = $1 and id = $2""",
        shop_id,
        order_id,
    )
    assert stored is not None
    faults = list(check_recipient(stored, locker="locker" in order.service))
    if faults and order.state not in HOLDABLE | {OrderState.ON_HOLD}:
        raise Invalid(field=faults[0].field, why=faults[0].text.in_(lang), pointer=faults[0].field)
    await tx.run(
        """update order_hold set released_at = now()
            where shop_id = $1 and order_id = $2 and released_at is null and code = any($3::text[])""",
        shop_id,
        order_id,
        list(FAULTS),
    )
    for fault in faults:
        await add_hold(tx, shop_id, order_id, fault.code, fault.field, fault.text.in_(lang))
    event = Event(
        kind="order.recipient_changed", subject="order", subject_id=order_id, shop_id=shop_id, ref=order.number,
        data={"faults": [f.code for f in faults]},
    )  # fmt: skip
    await record(tx, event)
    if faults and order.state in HOLDABLE:
        await advance(tx, shop_id, [order_id], OrderState.ON_HOLD, reason=faults[0].code)
    return await _go_on(tx, shop_id, order_id, order.number)


async def add_hold(tx: Tx, shop_id: int, order_id: int, code: str, field: str | None, detail: str) -> None:
    await tx.run(
        "insert into order_hold (shop_id, order_id, code, field, detail) values ($1, $2, $3, $4, $5)",
        shop_id,
        order_id,
        code,
        field,
        detail,
    )


async def hold_order(tx: Tx, shop_id: int, order_id: int, detail: str) -> Mended:
    """Puts an order on hold by hand. Its stock stays set aside. Raises ``WrongState`` once it is on the floor."""
    (order,) = await lock_orders(tx, shop_id, [order_id])
    if order.state != OrderState.ON_HOLD and order.state not in HOLDABLE:
        raise WrongState(what="order", ref=order.number, state=order.state, wanted="on_hold")
    await add_hold(tx, shop_id, order_id, "manual", None, detail)
    await advance(tx, shop_id, [order_id], OrderState.ON_HOLD, reason=detail)
    return await _go_on(tx, shop_id, order_id, order.number)


async def release_hold(tx: Tx, shop_id: int, order_id: int, *, all_holds: bool) -> Mended:
    """Releases the manual holds; with ``all_holds`` (a supervisor's decision) also those of a check.

    Those that would only come back as a manifest that cannot be closed stay until they are mended.
    """
    (order,) = await lock_orders(tx, shop_id, [order_id])
    await tx.run(
        """update order_hold set released_at = now()
           where shop_id = $1 and order_id = $2 and released_at is null and code <> all($4::text[])
             and ($3 or code = 'manual')""",
        shop_id,
        order_id,
        all_holds,
        list(NEVER_RELEASED),
    )
    return await _go_on(tx, shop_id, order_id, order.number)


async def _go_on(tx: Tx, shop_id: int, order_id: int, number: str) -> Mended:
    """Allocates and moves on an order whose last hold is gone."""
    row = await tx.row(
        """select o.state, array(select code from order_hold h where h.shop_id = o.shop_id and h.order_id = o.id
                                  and h.released_at is null order by h.id) as holds
           from orders o where o.shop_id = $1 and o.id = $2""",
        shop_id,
        order_id,
    )
    assert row is not None
    state = row["state"]
    if state == OrderState.ON_HOLD and not row["holds"]:
        await allocate_orders(tx, shop_id, [order_id])
        state = await tx.value("select state from orders where shop_id = $1 and id = $2", shop_id, order_id)
    return Mended(number=number, state=state, open_holds=list(row["holds"]))

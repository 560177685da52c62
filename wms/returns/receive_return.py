"""Arrival at the bench: an announced return, or one that nobody announced."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import record
from wms.kernel.refusals import NotFound
from wms.locations.queries import system_location
from wms.returns.errors import AlreadyReceived
from wms.returns.states import EXPECTED, LockedReturn, ReturnState, advance_return, lock_return, return_event
from wms.returns.words import Kind


class Received(msgspec.Struct, frozen=True):
    """``bench`` is the code of the place where the box lies now."""

    id: int
    shop_id: int
    number: str
    kind: str
    state: str
    order_number: str | None
    bench: str


async def receive_return(tx: Tx, shop_id: int, rma_id: int, warehouse_id: int) -> Received:
    """The box of an announced return is here. Raises ``AlreadyReceived``, ``WrongState`` when it is over."""
    rma = await lock_return(tx, shop_id, rma_id)
    if rma.state in (ReturnState.RECEIVED, ReturnState.INSPECTING, ReturnState.INSPECTED):
        raise AlreadyReceived(number=rma.number, rma_id=rma.id, shop_id=shop_id)
    bench = await system_location(tx, warehouse_id, "returns")
    rma = await advance_return(tx, rma, ReturnState.RECEIVED, announced=True)
    await tx.run(
        "update rma set received_at = $3, warehouse_id = $4, location_id = $5 where shop_id = $1 and id = $2",
        shop_id,
        rma_id,
        tx.now,
        warehouse_id,
        bench,
    )
    return await received(tx, rma, bench)


OPEN = """
with n as (select nextval(pg_get_serial_sequence('rma', 'id')) as id)
insert into rma (shop_id, id, number, kind, state, announced, order_id, order_number, parcel_id, tracking_number, name, email,
                 note, warehouse_id, location_id, received_at)
select $1, n.id, 'RMA-' || lpad(n.id::text, 7, '0'), $2, 'received', false, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 from n
on conflict (shop_id, parcel_id) where kind = 'undelivered' do nothing
returning id, number
"""


async def open_return(
    tx: Tx,
    shop_id: int,
    warehouse_id: int,
    *,
    order_id: int | None = None,
    kind: Kind = "unknown",
    parcel_id: int | None = None,
    tracking_number: str | None = None,
    name: str | None = None,
    email: str | None = None,
    note: str | None = None,
) -> Received:
    """A box that nobody announced, for a shop, with or without its order; its goods become lines as they are inspected.

    Raises ``NotFound`` for a shop or order that does not exist.
    """
    if await tx.value("select 1 from shop where id = $1", shop_id) is None:
        raise NotFound(what="shop", ref=shop_id)
    order = None
    if order_id is not None:
        order = await tx.row(
            "select id, number, name, email from orders where shop_id = $1 and id = $2", shop_id, order_id
        )
        if order is None:
            raise NotFound(what="order", ref=order_id)
    bench = await system_location(tx, warehouse_id, "returns")
    made = await tx.row(
        OPEN, shop_id, kind, order_id, order["number"] if order else None, parcel_id, tracking_number,
        name or (order["name"] if order else None), email or (order["email"] if order else None), note, warehouse_id,
        bench, tx.now,
    )  # fmt: skip
    if made is None:  # this parcel came back before
        number = await tx.value(
            "select number from rma where shop_id = $1 and parcel_id = $2 and kind = 'undelivered'",
            shop_id,
            parcel_id,
        )
        raise AlreadyReceived(number=number)
    rma = LockedReturn(
        shop_id=shop_id, id=made["id"], number=made["number"], kind=kind, state=ReturnState.RECEIVED, announced=False,
        order_id=order_id, order_number=order["number"] if order else None, warehouse_id=warehouse_id, location_id=bench,
    )  # fmt: skip
    data = {"new": "received", "kind": kind, "announced": False, "order_number": rma.order_number}
    await record(tx, return_event(rma, "received", data))
    return await received(tx, rma, bench)


async def received(tx: Tx, rma: LockedReturn, bench: int) -> Received:
    """What the bench shows after an arrival."""
    return Received(
        id=rma.id,
        shop_id=rma.shop_id,
        number=rma.number,
        kind=rma.kind,
        state=rma.state.value,
        order_number=rma.order_number,
        bench=await tx.value("select code from location where id = $1", bench),
    )


def is_expected(rma: LockedReturn) -> bool:
    """Announced, and not here yet."""
    return rma.state in EXPECTED

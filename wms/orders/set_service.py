"""A person says who carries an order."""

from wms.db.tx import Tx
from wms.kernel.refusals import Invalid
from wms.orders.check_address import check_recipient, goes_to_point, to_point
from wms.orders.choose_again import OPEN, carry, release_holds
from wms.orders.errors import TooLateToChoose
from wms.orders.gates import lock_orders
from wms.orders.hold_words import NO_SERVICE
from wms.orders.holds import Mended, go_on
from wms.orders.pickups import Pickups
from wms.orders.queries import recipient_of
from wms.orders.service_values import ByHand
from wms.orders.store_choice import Kept
from wms.orders.terms import terms_of


async def set_service(tx: Tx, shop_id: int, order_id: int, carrier: str, service: str) -> Mended:
    """The order goes with this service; rules leave it alone from then on.

    What the recipient lacks for this service alone is refused, and what they lacked for the one before is no hold any more;
    what they lack for any service stays as it was, on hold or overruled. Raises ``TooLateToChoose``, ``UnknownCarrier``,
    ``Invalid`` with the field that is missing, ``NotFound``.
    """
    (order,) = await lock_orders(tx, shop_id, [order_id])
    if order.state not in OPEN:
        raise TooLateToChoose(number=order.number, state=order.state)
    terms = await terms_of(tx, shop_id, ())
    terms.carrier(carrier, service)
    recipient = await recipient_of(tx, shop_id, order_id)
    now = goes_to_point(order.service, recipient.point, carried=order.carrier_id is not None)
    before = list(check_recipient(recipient, locker=now))
    faults = list(check_recipient(recipient, locker=to_point(service)))
    for fault in faults:
        if fault not in before:
            raise Invalid(field=fault.field, why=fault.text, pointer="/service")
    kept = Kept(order_id=order_id, number=order.number, found=ByHand(carrier, service))
    await carry(tx, shop_id, [kept], [Pickups(terms, tx.now).of(carrier).ship_by])
    mended = [f.code for f in before if f not in faults]
    await release_holds(tx, shop_id, [order_id], [NO_SERVICE, *mended])
    return await go_on(tx, shop_id, order_id)

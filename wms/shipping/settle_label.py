"""A person says what no machine can: the number of a parcel that was booked by hand, or what became of a lost booking."""

from wms.carriers.port import CarrierError, Created, Rejected, TakesNumbers
from wms.db.tx import Tx
from wms.events.log import record
from wms.orders.labels import Asked
from wms.orders.parcels import lock_live_parcel
from wms.shipping.adapters import offline_adapter
from wms.shipping.errors import AdapterUnusable, NothingToDecide, NumberNotTaken, NumberOnAnotherParcel
from wms.shipping.label_data import UNANSWERED, Intent, shipment_of
from wms.shipping.label_records import of_parcel
from wms.shipping.queries import label_intent
from wms.shipping.request_label import enqueue_label


async def give_number(tx: Tx, shop_id: int, parcel_id: int, number: str) -> Asked:
    """The parcel was booked by hand, under ``number``; its label follows in the background.

    Raises ``NothingToDecide``, ``NumberNotTaken``, ``NumberOnAnotherParcel``, ``AdapterUnusable``, ``OrderCancelled``,
    ``OrderOnHold``, ``NotFound``.
    """
    return await _booked(tx, await _undecided(tx, shop_id, parcel_id, "number-wanted"), number, None)


async def declare_booked(
    tx: Tx, shop_id: int, parcel_id: int, number: str, *, carrier_ref: str | None = None
) -> Asked:
    """The lost booking exists, under ``number``; its label is fetched. Raises what ``give_number`` raises.

    ``carrier_ref``: the carrier's own id of the booking, where it is another than the number.
    """
    return await _booked(tx, await _undecided(tx, shop_id, parcel_id, "unknown"), number, carrier_ref)


async def _booked(tx: Tx, i: Intent, number: str, carrier_ref: str | None) -> Asked:
    made = _booking(i, number, carrier_ref)
    if await tx.value(
        """select 1 from parcel where carrier_id = $1 and tracking_number = $2 union all
           select 1 from label where carrier_id = $1 and tracking_number = $2 and state <> 'void'
             and (shop_id, id) <> ($3, $4)""",
        i.carrier_id,
        made.numbers[0],
        i.shop_id,
        i.label_id,
    ):
        raise NumberOnAnotherParcel(number=made.numbers[0], pointer="/number")
    await tx.run(
        """update label set state = 'accepted', carrier_ref = $3, tracking_number = $4, in_doubt_since = null,
             accepted_at = coalesce(accepted_at, $5), error = null, error_code = null, retry_at = $6
           where shop_id = $1 and id = $2""",
        i.shop_id,
        i.label_id,
        made.id,
        made.numbers[0],
        tx.now,
        tx.now + UNANSWERED,
    )
    data: dict[str, object] = {"label_id": i.label_id, "tracking_number": made.numbers[0]}
    await record(tx, of_parcel(i, "label.number_given", data | {"was": i.label_state}))
    await enqueue_label(tx, i.shop_id, i.label_id)
    return Asked(i.label_id, i.parcel_id, "accepted")


async def declare_unbooked(tx: Tx, shop_id: int, parcel_id: int) -> Asked:
    """The lost booking never came to be: it is bought again. Raises ``NothingToDecide``, ``NotFound``."""
    i = await _undecided(tx, shop_id, parcel_id, "unknown")
    await tx.run(
        """update label set state = 'requested', in_doubt_since = null, error = null, error_code = null, retry_at = $3
           where shop_id = $1 and id = $2""",
        shop_id,
        i.label_id,
        tx.now + UNANSWERED,
    )
    await record(tx, of_parcel(i, "label.declared_unbooked", {"label_id": i.label_id}))
    await enqueue_label(tx, shop_id, i.label_id)
    return Asked(i.label_id, parcel_id, "requested")


async def _undecided(tx: Tx, shop_id: int, parcel_id: int, *wanted: str) -> Intent:
    """The parcel's live label, locked, when its state or its trouble is one of ``wanted``."""
    _, parcel = await lock_live_parcel(tx, shop_id, parcel_id)
    row = await tx.row(
        """select id, state, error_code from label
           where shop_id = $1 and parcel_id = $2 and state <> 'void' for update""",
        shop_id,
        parcel_id,
    )
    if row is None or not {row["state"], row["error_code"]} & set(wanted):
        raise NothingToDecide(parcel=parcel.hu, state=row["state"] if row else "-")
    found = await label_intent(tx, shop_id, row["id"])
    assert found is not None
    return found


def _booking(i: Intent, number: str, carrier_ref: str | None) -> Created:
    try:
        adapter = offline_adapter(i)
        if isinstance(adapter, TakesNumbers):
            made = adapter.typed(shipment_of(i), number)
        else:
            plain = number.strip()
            made = Created(id=plain, reference=i.reference, numbers=(plain,))
    except Rejected as e:
        raise NumberNotTaken(carrier=i.carrier_name, fields=e.field_errors, pointer="/number") from e
    except CarrierError as e:
        raise AdapterUnusable(why=str(e)) from e
    return (
        made if carrier_ref is None else Created(id=carrier_ref, reference=i.reference, numbers=made.numbers)
    )

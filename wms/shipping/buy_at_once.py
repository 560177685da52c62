"""A label whose number is kept here needs nobody outside: it is made in the transaction that asks for it.

What cannot be made so (no numbers left, a parcel that the carrier does not take, a template that is broken) is left to the
job, which meets the same and tells it.
"""

from wms.carriers.port import CarrierError, Tracks
from wms.carriers.registry import in_house
from wms.db.tx import Tx
from wms.printing.errors import NoTemplate, TemplateError
from wms.shipping.adapters import Carriers
from wms.shipping.label_data import shipment_of
from wms.shipping.label_records import make_ready
from wms.shipping.queries import label_intent


async def buy_at_once(tx: Tx, carriers: Carriers, shop_id: int, label_id: int) -> bool:
    """Whether the label is ready now. Its order and its parcel are locked; its row is new in this transaction.

    A number that another parcel has got by hand is left out; then, too, the job takes the next one.
    """
    intent = await label_intent(tx, shop_id, label_id)
    if intent is None or not in_house(intent.adapter):
        return False
    try:
        adapter = carriers.adapter(intent)
        created = await adapter.create(shipment_of(intent))
        await make_ready(tx, intent, created, {}, tracked=isinstance(adapter, Tracks))
    except (CarrierError, NoTemplate, TemplateError):
        return False
    return True

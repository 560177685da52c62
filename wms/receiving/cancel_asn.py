"""A delivery that will not come."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.receiving.queries import AsnView, asn_view
from wms.receiving.states import ASN, AsnState


async def cancel_asn(tx: Tx, shop_id: int, asn_id: int) -> AsnView:
    """Cancels; a second call changes nothing. Raises ``WrongState`` once it is being received, ``NotFound``."""
    row = await tx.row(
        "select number, state from asn where shop_id = $1 and id = $2 for update", shop_id, asn_id
    )
    if row is None:
        raise NotFound(what="ASN", ref=asn_id)
    if row["state"] != AsnState.CANCELLED:
        ASN.check(row["number"], AsnState(row["state"]), AsnState.CANCELLED)
        await tx.run("update asn set state = 'cancelled' where shop_id = $1 and id = $2", shop_id, asn_id)
        event = Event(
            kind="asn.cancelled", subject="asn", subject_id=asn_id, shop_id=shop_id, ref=row["number"]
        )
        await record(tx, event)
    return await asn_view(tx, shop_id, asn_id)

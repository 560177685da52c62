"""Somebody counted the parcels in the cage, or at the truck: does the list agree?"""

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.shipping.hand_over import GONE
from wms.shipping.manifest_errors import ManifestAlreadyGone
from wms.shipping.manifest_queries import manifest_row


class Recounted(msgspec.Struct, frozen=True):
    """``difference`` is counted less listed; what was left behind is not counted."""

    counted: int
    listed: int
    difference: int


async def recount_manifest(tx: Tx, manifest_id: int, counted: int) -> Recounted:
    """Keeps the count with the manifest, before it is closed or before it leaves. Raises ``ManifestAlreadyGone``, ``NotFound``."""
    m = await manifest_row(tx, manifest_id)
    if m.state in GONE:
        raise ManifestAlreadyGone(number=m.number)
    event = Event(
        kind="manifest.recounted", subject="manifest", subject_id=manifest_id,
        data={"counted": counted, "listed": m.going},
    )  # fmt: skip
    await record(tx, event)
    return Recounted(counted, m.going, counted - m.going)

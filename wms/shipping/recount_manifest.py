"""Somebody counted the parcels in the cage: does the list agree?"""

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.shipping.errors import ManifestAlreadyClosed
from wms.shipping.manifest_queries import manifest_row


class Recounted(msgspec.Struct, frozen=True):
    """``difference`` is counted less listed."""

    counted: int
    listed: int

    @property
    def difference(self) -> int:
        return self.counted - self.listed


async def recount_manifest(tx: Tx, manifest_id: int, counted: int) -> Recounted:
    """Keeps the count with the manifest. Raises ``ManifestAlreadyClosed``, ``NotFound``."""
    m = await manifest_row(tx, manifest_id)
    if m.state != "open":
        raise ManifestAlreadyClosed(number=m.number)
    event = Event(
        kind="manifest.recounted", subject="manifest", subject_id=manifest_id,
        data={"counted": counted, "listed": m.parcels},
    )  # fmt: skip
    await record(tx, event)
    return Recounted(counted, m.parcels)

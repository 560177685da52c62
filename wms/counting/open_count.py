"""Ask for a location to be counted."""

from wms.counting.errors import NotCountable
from wms.counting.queries import CountView, count_view
from wms.db.tx import Tx
from wms.locations.count_request import CountReason, request_count
from wms.locations.queries import place

COUNTABLE = frozenset({"bin", "reserve", "dock", "returns", "quarantine"})


async def open_count(tx: Tx, location_id: int, reason: CountReason = "manual") -> CountView:
    """The location's open count: a new one, or the one that already waits. Raises ``NotFound``, ``NotCountable``."""
    where = await place(tx, location_id)
    if where.kind not in COUNTABLE:
        raise NotCountable(location=where.code, kind=where.kind)
    return await count_view(tx, await request_count(tx, location_id, reason))

"""A warehouse's floor as the walk needs it, read from its locations."""

import msgspec

from wms.db.tx import Tx
from wms.picking.aisles import AisleMap, Point, Stop, map_aisles


class Floor(msgspec.Struct, frozen=True):
    """``gate`` is where a walk starts and ends: the first pack station."""

    aisles: AisleMap
    gate: Point


PICKABLE = """select id as location_id, x, y, z, aisle, walk from location
where warehouse_id = $1 and pickable order by id"""
GATE = """select coalesce(x, 0) as x, coalesce(y, 0) as y from location
where warehouse_id = $1 and kind = 'station' order by id limit 1"""


async def load_floor(tx: Tx, warehouse_id: int) -> Floor:
    """The aisles and the gate; without a station the walk starts at the origin."""
    stops = [Stop(**dict(row)) for row in await tx.rows(PICKABLE, warehouse_id)]
    gate = await tx.one(Point, GATE, warehouse_id)
    return Floor(aisles=map_aisles(stops), gate=gate or Point(0, 0))

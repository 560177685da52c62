"""Which cartons to take from the shelf for what still lies in the tote."""

import asyncio

import msgspec

from wms.db.tx import Tx
from wms.packing.cartons import Carton, ItemToPack, propose_cartons
from wms.packing.queries import cartons, session_row, still_to_pack


class ProposedCarton(msgspec.Struct, frozen=True):
    """One carton and the pieces that go into it; ``weight_g`` counts the carton and what has a known weight."""

    carton: str
    contents: dict[str, int]
    fill_percent: int
    weight_g: int


class Proposal(msgspec.Struct, frozen=True):
    """``method`` volume: reckoned by volume, look twice. ``unknown``: SKUs without size; ``too_large``: no carton fits."""

    parcels: list[ProposedCarton]
    method: str
    unknown: dict[str, int]
    too_large: dict[str, int]


MOST = """
select c.max_weight_g from orders o join carrier c on c.id = o.carrier_id where o.shop_id = $1 and o.id = $2
"""


async def propose_for_session(tx: Tx, shop_id: int, session_id: int) -> Proposal:
    """A proposal for what is left to pack; no parcel heavier than its carrier takes. Raises ``NotFound``."""
    session = await session_row(tx, shop_id, session_id)
    left = await still_to_pack(tx, shop_id, session.order_id)
    shelf = await cartons(tx)
    items = [ItemToPack(w.sku, w.length_mm, w.width_mm, w.height_mm, w.weight_g, w.quantity) for w in left]
    most = await tx.value(MOST, shop_id, session.order_id)
    kinds = [
        Carton(c.id, c.length_mm, c.width_mm, c.height_mm, c.weight_g, min(c.weight_g + c.max_load_g, most))
        for c in shelf
    ]
    found = await asyncio.to_thread(propose_cartons, items, kinds)
    codes = {c.id: c.code for c in shelf}
    return Proposal(
        parcels=[
            ProposedCarton(codes[p.carton_id], dict(p.contents), p.fill_percent, p.weight_g)
            for p in found.parcels
        ],
        method=found.method,
        unknown=dict(found.unknown),
        too_large=dict(found.too_large),
    )

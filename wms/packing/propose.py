"""Which cartons to take from the shelf for what still lies in the tote."""

import asyncio

import msgspec

from wms.db.tx import Tx
from wms.packing.cartons import Carton, ItemToPack, propose_cartons
from wms.packing.queries import Station, Weighed, cartons, parcel_contents, session_row, still_to_pack


class ProposedCarton(msgspec.Struct, frozen=True):
    """One carton and the pieces that go into it; ``weight_g`` counts the carton and what has a known weight."""

    carton: str
    contents: dict[str, int]
    fill_percent: int
    weight_g: int


class Proposal(msgspec.Struct, frozen=True):
    """``method`` volume: reckoned by volume, look twice. ``unknown``: SKUs without size; ``too_large``: no carton fits.

    ``open_parcel``: the carton for what lies in the open parcel already, close it first; None with nothing in it, or
    where no one carton takes it.
    """

    parcels: list[ProposedCarton]
    method: str
    unknown: dict[str, int]
    too_large: dict[str, int]
    open_parcel: str | None = None


MOST = """
select c.max_weight_g from orders o join carrier c on c.id = o.carrier_id where o.shop_id = $1 and o.id = $2
"""


async def propose_for_session(tx: Tx, shop_id: int, session_id: int) -> Proposal:
    """A proposal for what is left to pack; no parcel heavier than its carrier takes. Raises ``NotFound``."""
    session = await session_row(tx, shop_id, session_id)
    order_id = session.order_id
    found = await _propose(tx, shop_id, order_id, await still_to_pack(tx, shop_id, order_id))
    if session.parcel_id is None:
        return found
    begun = _codes(
        await _propose(tx, shop_id, order_id, await parcel_contents(tx, shop_id, session.parcel_id))
    )
    return msgspec.structs.replace(found, open_parcel=begun[0] if len(begun) == 1 else None)


async def propose_for_table(tx: Tx, station: Station, *, left: bool) -> list[str]:
    """Codes of cartons for the open parcel's content, with ``left`` also for what still lies in totes.

    Empty where a piece has no known size or fits into no carton: then the packer knows better.
    """
    goods: list[Weighed] = []
    if station.parcel_id is not None and station.contents:
        goods += await parcel_contents(tx, station.shop_id, station.parcel_id)
    if left and station.units_left:
        goods += await still_to_pack(tx, station.shop_id, station.order_id)
    return _codes(await _propose(tx, station.shop_id, station.order_id, goods))


def _codes(found: Proposal) -> list[str]:
    """The cartons, if they take everything."""
    return [] if found.unknown or found.too_large else [p.carton for p in found.parcels]


async def _propose(tx: Tx, shop_id: int, order_id: int, goods: list[Weighed]) -> Proposal:
    shelf = await cartons(tx)
    items = [ItemToPack(w.sku, w.length_mm, w.width_mm, w.height_mm, w.weight_g, w.quantity) for w in goods]
    most = await tx.value(MOST, shop_id, order_id)
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

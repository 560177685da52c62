"""A whole parcel in one call, for packing machines and for stations with software of their own."""

from collections.abc import Sequence

import msgspec

from wms.catalog.resolve import resolve_each, unknown
from wms.db.tx import Tx
from wms.kernel.refusals import Refusal
from wms.kernel.scan import parse_scan
from wms.packing.close_parcel import Closed, close_parcel
from wms.packing.open_parcel import take_box
from wms.packing.pack_scan import choose, move_pieces
from wms.packing.queries import Piece, pieces_in_totes
from wms.packing.start_packing import Taken, take_order


class Packed(msgspec.Struct, frozen=True, kw_only=True):
    """``quantity`` times what the scan stands for; ``lot``: lot or serial number, where the code does not say it."""

    scan: str
    quantity: int = 1
    lot: str | None = None


async def pack_whole(
    tx: Tx,
    station_id: int,
    scan: str,
    pieces: Sequence[Packed],
    *,
    carton: str,
    weight_g: int | None,
    inserts: Sequence[str] = (),
    overrule: str | None = None,
) -> Closed:
    """Packs the pieces of one order into its next parcel and closes it: all or nothing.

    ``scan``: the order's number, or a tote; of several orders in a tote the one that needs the first piece most. What it
    lacks after that stays in the totes for another parcel. Raises what packing scan by scan raises, with a pointer to the
    piece that is wrong.
    """
    first = pieces[0]
    found = await take_order(tx, station_id, scan, first.scan, first.lot)
    assert isinstance(found, Taken)  # a piece tells which
    order = found.order
    session = msgspec.structs.replace(found.session, tote_hu_id=None)  # it may have emptied several totes
    left = await pieces_in_totes(tx, order.shop_id, order.id)
    chosen: list[tuple[Piece, int]] = []
    reads = [parse_scan(p.scan) for p in pieces]
    for n, (said, read, goods) in enumerate(zip(pieces, reads, await resolve_each(tx, reads), strict=True)):
        try:
            if not goods:
                raise unknown(read)
            taken = choose(order, session, left, goods, said.quantity, said.lot)
        except Refusal as e:
            e.pointer = f"/pieces/{n}"
            raise
        chosen += taken
        left = _without(left, taken)
    session = await take_box(tx, order, session)
    assert session.parcel_id is not None
    await move_pieces(tx, order, session, chosen)
    return await close_parcel(
        tx,
        order.shop_id,
        session.parcel_id,
        carton=carton,
        weight_g=weight_g,
        inserts=inserts,
        overrule=overrule,
    )


def _without(pieces: Sequence[Piece], taken: Sequence[tuple[Piece, int]]) -> list[Piece]:
    """What is left in the totes, and what each line still lacks."""
    gone = dict(taken)
    packed: dict[int, int] = {}
    for p, n in taken:
        packed[p.order_line_id] = packed.get(p.order_line_id, 0) + n
    rest = (
        msgspec.structs.replace(
            p, quantity=p.quantity - gone.get(p, 0), needed=p.needed - packed.get(p.order_line_id, 0)
        )
        for p in pieces
    )
    return [p for p in rest if p.quantity > 0]

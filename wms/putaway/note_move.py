"""The row by which what a worker carried can be undone."""

from collections.abc import Sequence

from wms.db.tx import Tx

NOTE = """
insert into goods_move (warehouse_id, from_location_id, to_location_id, unit_id, move_shops, move_ids, person_id, device_id, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
"""


async def note_move(
    tx: Tx,
    warehouse_id: int,
    start_id: int | None,
    target_id: int,
    unit_id: int | None,
    shops: Sequence[int],
    ids: Sequence[int],
) -> int:
    """The row's id. ``shops`` and ``ids`` name the moves in the ledger; ``unit_id`` was carried whole."""
    made: int = await tx.value(
        NOTE,
        warehouse_id,
        start_id,
        target_id,
        unit_id,
        list(shops),
        list(ids),
        tx.actor.person_id,
        tx.actor.device_id,
        tx.now,
    )
    return made

"""Add a kind of carton to the shelf."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.packing.errors import CartonExists


async def create_carton(
    tx: Tx, *, code: str, length_mm: int, width_mm: int, height_mm: int, weight_g: int, max_load_g: int
) -> int:
    """Inner size in mm, its own weight and the most that goes in, in grams. Raises ``CartonExists``."""
    carton_id: int | None = await tx.value(
        """insert into carton (code, length_mm, width_mm, height_mm, weight_g, max_load_g)
           values ($1, $2, $3, $4, $5, $6) on conflict (code) do nothing returning id""",
        code,
        length_mm,
        width_mm,
        height_mm,
        weight_g,
        max_load_g,
    )
    if carton_id is None:
        raise CartonExists(carton=code, pointer="/code")
    await record(tx, Event(kind="carton.created", subject="carton", subject_id=carton_id, ref=code))
    return carton_id

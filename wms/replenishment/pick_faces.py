"""Which bins are pick faces, and how much they should hold."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.scan import parse_scan
from wms.kernel.text import Text
from wms.locations.resolve import need_location
from wms.replenishment.errors import NotAPickFace
from wms.replenishment.queries import FaceRow, face_row
from wms.stock.queries import sku_id_of

SET = """
insert into pick_face (shop_id, sku_id, location_id, min, max) values ($1, $2, $3, $4, $5)
on conflict (shop_id, sku_id, location_id) do update set min = excluded.min, max = excluded.max
returning id
"""


async def set_pick_face(
    tx: Tx, shop_id: int, warehouse_id: int, sku: str, location: str, minimum: int, maximum: int
) -> FaceRow:
    """Makes the bin a pick face of the SKU, or changes its levels; quantities in pieces.

    ``location`` is a raw scan. Raises ``NotFound`` for the SKU, ``UnknownLocation``, ``NotAPickFace``, ``Invalid``.
    """
    if minimum > maximum:
        raise Invalid(
            field="min",
            why=Text(en="not more than the greatest stock", pl="nie więcej niż stan najwyższy"),
            pointer="/min",
        )
    sku_id = await sku_id_of(tx, shop_id, sku)
    if sku_id is None:
        raise NotFound(what="SKU", ref=sku)
    where = await need_location(tx, warehouse_id, parse_scan(location))
    if where.kind != "bin" or not where.pickable:
        raise NotAPickFace(location=where.code, kind=where.kind)
    face_id: int = await tx.value(SET, shop_id, sku_id, where.id, minimum, maximum)
    data = {"sku": sku, "min": minimum, "max": maximum}
    event = Event(
        kind="pick_face.set",
        subject="pick_face",
        subject_id=face_id,
        shop_id=shop_id,
        ref=where.code,
        data=data,
    )
    await record(tx, event)
    return await face_row(tx, shop_id, face_id)


async def drop_pick_face(tx: Tx, shop_id: int, face_id: int) -> None:
    """The bin is filled no more; what waits for it is void at the next planning. Raises ``NotFound``."""
    face = await face_row(tx, shop_id, face_id)
    await tx.run("delete from pick_face where shop_id = $1 and id = $2", shop_id, face_id)
    await record(
        tx,
        Event(
            kind="pick_face.dropped",
            subject="pick_face",
            subject_id=face_id,
            shop_id=shop_id,
            ref=face.location,
            data={"sku": face.sku},
        ),
    )

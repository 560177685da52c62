"""What desks show of labels, manifests and pickups."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound


class FieldError(NamedTuple):
    """A field of the parcel's data that the carrier did not take, with its own words."""

    field: str
    code: str
    why: str


class LabelScreen(msgspec.Struct, frozen=True):
    """A parcel on the pack station's table and its label. ``state`` none: nobody has asked for it yet.

    ``fields`` are what the carrier refused last. ``retry_at``: when it is tried again by itself.
    """

    shop_id: int
    parcel_id: int
    parcel: str
    parcel_no: int
    parcel_state: str
    weight_g: int | None
    carton: str | None
    order_id: int
    order_number: str
    shop: str
    carrier: str
    service: str
    left: int
    state: str
    tracking_number: str | None
    attempts: int
    error_code: str | None
    error: str | None
    retry_at: datetime | None
    fields: list[FieldError]


LABEL = """
select p.shop_id, p.id as parcel_id, h.code as parcel, p.no as parcel_no, p.state as parcel_state, p.weight_g,
  p.carton_code as carton, o.id as order_id, o.number as order_number, s.name as shop, c.name as carrier, p.service,
  (select coalesce(sum(l.picked - l.packed), 0) from order_line l
   where l.shop_id = o.shop_id and l.order_id = o.id and not l.kit)::int as left,
  coalesce(b.state, 'none') as state, b.tracking_number, coalesce(b.attempts, 0) as attempts, b.error_code, b.error,
  b.retry_at,
  coalesce((select e.data -> 'fields' from event e where e.shop_id = p.shop_id and e.subject = 'parcel'
     and e.subject_id = p.id and e.kind = 'label.failed' and e.data ? 'fields' order by e.id desc limit 1), '[]') as fields
from parcel p
join handling_unit h on h.id = p.hu_id
join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id)
join shop s on s.id = p.shop_id join carrier c on c.id = p.carrier_id
left join label b on (b.shop_id, b.parcel_id) = (p.shop_id, p.id) and b.state <> 'void'
where p.shop_id = $1 and p.id = $2
"""


async def label_screen(tx: Tx, shop_id: int, parcel_id: int) -> LabelScreen:
    """Raises ``NotFound``."""
    found = await tx.one(LabelScreen, LABEL, shop_id, parcel_id)
    if found is None:
        raise NotFound(what="parcel", ref=parcel_id)
    return found

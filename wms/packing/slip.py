"""The paper in the parcel: what the slip of one parcel says."""

from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.printing.documents import Address, PackingSlip, SlipLine


class _Row(msgspec.Struct, frozen=True):
    language: Literal["pl", "en"]
    shop: str
    sender: dict[str, Any]
    timezone: str
    number: str
    placed_at: datetime
    name: str
    company: str | None
    street: str
    postcode: str
    city: str
    country: str
    no: int
    parcels: int
    items: list[dict[str, Any]]


SLIP = """
select o.language, s.name as shop, s.sender, s.timezone, o.number, o.placed_at, o.name, o.company, o.street, o.postcode,
  o.city, o.country, p.no,
  (select count(*) from parcel q where q.shop_id = p.shop_id and q.order_id = p.order_id and q.state <> 'void')::int
    as parcels,
  (select coalesce(jsonb_agg(jsonb_build_object('code', k.code, 'name', k.name, 'quantity', i.quantity, 'detail',
     coalesce(lot.serial, nullif(lot.code, ''), '')) order by k.code, i.id), '[]')
   from parcel_item i join sku k on (k.shop_id, k.id) = (i.shop_id, i.sku_id)
   left join lot on (lot.shop_id, lot.id) = (i.shop_id, i.lot_id)
   where i.shop_id = p.shop_id and i.parcel_id = p.id) as items
from parcel p join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id) join shop s on s.id = p.shop_id
where p.shop_id = $1 and p.id = $2
"""


async def slip_of_parcel(tx: Tx, shop_id: int, parcel_id: int) -> PackingSlip:
    """What ``wms.printing.slip.packing_slip`` draws, in the buyer's language. Raises ``NotFound``."""
    row = await tx.one(_Row, SLIP, shop_id, parcel_id)
    if row is None:
        raise NotFound(what="parcel", ref=parcel_id)
    sender = {k: str(v) for k, v in row.sender.items()}
    back = Address(
        name=sender.get("name") or row.shop,
        street=sender.get("street", ""),
        postcode=sender.get("postcode", ""),
        city=sender.get("city", ""),
        country=sender.get("country", ""),
    )
    return PackingSlip(
        lang=row.language,
        shop_name=row.shop,
        order_number=row.number,
        lines=tuple(msgspec.convert(i, SlipLine) for i in row.items),
        receiver=Address(
            name=row.name, company=row.company or "", street=row.street, postcode=row.postcode, city=row.city,
            country=row.country,
        ),
        ordered_on=row.placed_at.astimezone(ZoneInfo(row.timezone)).date(),
        parcel_number=row.no,
        parcel_count=row.parcels,
        note=sender.get("note", ""),
        how_to_return=sender.get("how_to_return", ""),
        return_url=sender.get("return_url", ""),
        return_address=back if back.street else None,
    )  # fmt: skip

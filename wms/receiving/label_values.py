"""What stands on the SSCC label of a handling unit."""

from datetime import date
from typing import Literal

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.text import Lang, Text
from wms.printing.pdf import render_pdf
from wms.printing.templates import load_template
from wms.printing.zpl import render_zpl

KINDS = {
    "pallet": Text(en="Pallet", pl="Paleta"),
    "carton": Text(en="Carton", pl="Karton"),
    "tote": Text(en="Tote", pl="Pojemnik"),
    "parcel": Text(en="Parcel", pl="Paczka"),
}


class Operator(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    phone: str | None = None


class Named(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str | None = None
    code: str | None = None
    kind: str | None = None


class UnitLabel(msgspec.Struct, frozen=True, omit_defaults=True):
    """The fields of the label template ``handling_unit``, nested as the template names them.

    Shop, SKU, lot and date stand there only where the whole unit is of one.
    """

    operator: Operator
    unit: Named
    sscc: str | None = None
    shop: Named | None = None
    sku: Named | None = None
    gtin: str | None = None
    lot: str | None = None
    expiry: date | None = None
    quantity: int | None = None
    asn: str | None = None
    received_on: date | None = None


UNIT = """
with held as (
  select b.shop_id, b.sku_id, b.lot_id, sum(b.on_hand)::int as quantity
  from balance b where b.hu_id = $1 and b.on_hand > 0 group by 1, 2, 3
), one as (
  select count(distinct shop_id) as shops, count(distinct (shop_id, sku_id)) as skus, count(*) as lots,
         min(shop_id) as shop_id, min(sku_id) as sku_id, min(lot_id) as lot_id, sum(quantity)::int as quantity
  from held
), came as (
  select max(rl.at) as at, case when count(distinct a.id) = 1 then min(a.number) end as asn
  from receipt_line rl join receipt r on (r.shop_id, r.id) = (rl.shop_id, rl.receipt_id)
  left join asn a on (a.shop_id, a.id) = (r.shop_id, r.asn_id)
  where rl.hu_id = $1 and rl.shop_id in (select shop_id from held)
)
select h.kind, h.code, h.sscc, w.name, w.address, sh.name as shop, s.code as sku, s.name as sku_name,
       (select b.gtin from barcode b where (b.shop_id, b.sku_id) = (s.shop_id, s.id) and b.gtin is not null
        order by b.quantity, b.id limit 1) as gtin,
       nullif(t.code, '') as lot, t.expires_on, case when one.skus = 1 then one.quantity end as quantity,
       came.asn, (came.at at time zone w.timezone)::date as received_on
from handling_unit h join warehouse w on w.id = h.warehouse_id cross join one cross join came
left join shop sh on one.shops = 1 and sh.id = one.shop_id
left join sku s on one.skus = 1 and (s.shop_id, s.id) = (one.shop_id, one.sku_id)
left join lot t on one.lots = 1 and (t.shop_id, t.id) = (one.shop_id, one.lot_id)
where h.id = $1
"""


async def label_values(tx: Tx, unit_id: int, lang: Lang) -> UnitLabel:
    """The label's values as the unit stands now. Raises ``NotFound``."""
    r = await tx.row(UNIT, unit_id)
    if r is None:
        raise NotFound(what="handling unit", ref=unit_id)
    address: dict[str, str] = r["address"] or {}
    return UnitLabel(
        operator=Operator(
            name=r["name"],
            street=address.get("street"),
            postcode=address.get("postcode"),
            city=address.get("city"),
            phone=address.get("phone"),
        ),
        unit=Named(kind=KINDS[r["kind"]].in_(lang), code=r["code"]),
        sscc=r["sscc"],
        shop=Named(name=r["shop"]) if r["shop"] else None,
        sku=Named(code=r["sku"], name=r["sku_name"]) if r["sku"] else None,
        gtin=r["gtin"],
        lot=r["lot"],
        expiry=r["expires_on"],
        quantity=r["quantity"],
        asn=r["asn"],
        received_on=r["received_on"],
    )


def draw_label(values: UnitLabel, fmt: Literal["pdf", "zpl"]) -> bytes:
    """The label itself. Drawing takes milliseconds of CPU: call it in a thread."""
    template = load_template("handling_unit")
    fields = msgspec.to_builtins(values, builtin_types=(date,))
    return render_pdf(template, [fields]) if fmt == "pdf" else render_zpl(template, [fields])

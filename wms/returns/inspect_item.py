"""Inspect what is in the box, item by item: identity, condition, and what becomes of it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from wms.catalog.resolve import Goods as Resolved
from wms.catalog.resolve import resolve_goods
from wms.db.tx import Tx
from wms.events.documents import keep_document
from wms.events.log import record
from wms.events.photos import clean_photo
from wms.kernel.calendar import local_date
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.scan import parse_scan
from wms.kernel.text import Text
from wms.locations.queries import system_location
from wms.returns.disposition import Goods, Places, arrival, check_disposition, decision, goods_target
from wms.returns.errors import (
    GoodsAmbiguous,
    GoodsOfAnotherShop,
    GoodsUnknown,
    KitInParts,
    LotNeeded,
    OnePieceOneSerial,
)
from wms.returns.fill_lines import Part, fill_lines
from wms.returns.queries import OwnLine, own_lines, returnable_lines, shipped_lots
from wms.returns.states import LockedReturn, ReturnState, advance_return, lock_return, return_event
from wms.returns.words import Disposition, Grade, Reason, Warn
from wms.stock.ledger import post
from wms.stock.lots import TakenLot, find_lot, take_lot


class Checked(msgspec.Struct, forbid_unknown_fields=True):
    """A question of the shop's checklist, and whether the piece passed."""

    text: Annotated[str, Meta(min_length=1, max_length=120, examples=["Tags are on"])]
    ok: bool


class Look(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the inspector saw. Scan the goods (``code``), or name them by ``sku_id``, one of the two.

    ``quantity`` counts scans: two scans of a case of 12 are 24 pieces. ``lot``, ``expires_on`` and ``serial`` are typed from
    the label where the code does not hold them. ``photo``: JPEG, PNG or WebP, base64, up to 8 MB.
    """

    code: Annotated[str, Meta(min_length=1, max_length=600, examples=["5901234123457"])] | None = None
    sku_id: Annotated[int, Meta(ge=1, le=10**15)] | None = None
    quantity: Annotated[int, Meta(ge=1, le=100_000, examples=[1])] = 1
    grade: Grade
    disposition: Disposition
    lot: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    serial: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    expires_on: date | None = None
    reason: Reason | None = None
    note: Annotated[str, Meta(max_length=1000)] | None = None
    checklist: Annotated[list[Checked], Meta(max_length=9)] = []
    photo: Annotated[bytes, Meta(max_length=8_000_000)] | None = None


class Inspected(msgspec.Struct, frozen=True):
    """``put_into`` is the code of the place where the goods go now; null for what is not the shop's product.

    ``open_units``: announced and not inspected yet. ``warnings`` are words that the shop will see too.
    """

    ids: list[int]
    sku: str
    quantity: int
    warnings: list[Warn]
    put_into: str | None
    open_units: int
    state: str


async def inspect_item(
    tx: Tx, shop_id: int, rma_id: int, look: Look, photos: Sequence[int] = ()
) -> Inspected:
    """Records what was seen and moves the goods from the customer to where they belong now.

    ``photos``: ids of pictures that were taken before (``add_photo``), besides the one in ``look``.

    More than announced, goods that nobody announced and another serial number than was shipped are taken in with a
    warning. Raises ``WrongState`` before arrival and after the end, ``GoodsUnknown``, ``GoodsAmbiguous``,
    ``GoodsOfAnotherShop``, ``KitInParts``, ``NotOurs``, ``NotForSale``, ``LotExpired``, ``LotNeeded``,
    ``OnePieceOneSerial``, ``BadPhoto``, and from the ledger ``LotDiffers`` and ``SerialElsewhere``.
    """
    rma = await lock_return(tx, shop_id, rma_id)
    if rma.state != ReturnState.INSPECTING:
        rma = await advance_return(tx, rma, ReturnState.INSPECTING)
    own = await own_lines(tx, shop_id, rma_id)
    goods = await identify(tx, rma, look, own)
    if goods.kit:
        raise KitInParts(sku=goods.sku_code)
    quantity = look.quantity * (goods.quantity_per_scan if look.code is not None else 1)
    lot, warnings = await _lot(tx, rma, look, goods, quantity)
    order = await returnable_lines(tx, shop_id, rma.order_id, but=rma_id) if rma.order_id else []
    parts = fill_lines(
        goods.sku_id, quantity, own, order, announced=rma.announced, has_order=rma.order_id is not None
    )
    photo = None
    if look.photo is not None:
        content = await clean_photo(look.photo)
        photo = await keep_document(
            tx,
            shop_id,
            "photo",
            "return",
            rma_id,
            f"{rma.number} {goods.sku_code}.jpg",
            "image/jpeg",
            content,
        )
    lot_id = lot.id if lot else 0
    pictures = [*photos, *([photo] if photo is not None else [])]
    last_no = max((n.line_no for n in own), default=0)  # an undone look has left its number free
    ids = await _write(tx, rma, look, goods, parts, warnings, lot_id, pictures, last_no)
    places = await places_of(tx, rma)
    if look.grade != "not_ours":
        moving = [
            Goods(
                shop_id=shop_id, sku_id=goods.sku_id, quantity=p.quantity, lot_id=lot_id, order_id=rma.order_id,
                order_line_id=p.order_line_id, doc=rma.number,
            )
            for p in parts
        ]  # fmt: skip
        await post(
            tx,
            [
                m
                for g in moving
                for m in (arrival(g, places), decision(g, places.bench, look.disposition, places))
            ],
        )
    said = list(dict.fromkeys([*warnings, *(w for p in parts for w in p.warnings)]))
    data: dict[str, Any] = {
        "sku": goods.sku_code, "quantity": quantity, "grade": look.grade, "disposition": look.disposition, "warnings": said,
        "lot": lot.code or None if lot else None, "serial": lot.serial if lot else None, "note": look.note,
        "reason": look.reason, "failed": [c.text for c in look.checklist if not c.ok],
    }  # fmt: skip
    await record(tx, return_event(rma, "item_inspected", data))
    row = await tx.row(
        """select (select l.code from location l where l.id = $3) as put_into,
             coalesce(sum(greatest(quantity - inspected, 0)) filter (where announced), 0)::int as open_units
           from rma_line where shop_id = $1 and rma_id = $2""",
        shop_id,
        rma_id,
        goods_target(look.disposition, places),
    )
    assert row is not None
    put_into = None if look.grade == "not_ours" else row["put_into"]
    return Inspected(ids, goods.sku_code, quantity, said, put_into, row["open_units"], rma.state.value)


async def identify(tx: Tx, rma: LockedReturn, look: Look, own: Sequence[OwnLine]) -> Resolved:
    """What was scanned, of this return's shop. What is on the return outranks what is not."""
    if (look.code is None) == (look.sku_id is None):
        raise Invalid(
            field="code",
            why=Text(
                en="scan the goods or name sku_id, one of them",
                pl="zeskanuj towar albo podaj sku_id, jedno z nich",
            ),
            pointer="/code",
        )
    if look.code is None:
        row = await tx.row(
            """select shop_id, id as sku_id, code as sku_code, name, 1 as quantity_per_scan, null as lot_code,
                 null::date as expires_on, null as serial, lot_policy, serial_tracked, kit, active
               from sku where shop_id = $1 and id = $2""",
            rma.shop_id,
            look.sku_id,
        )
        if row is None:
            raise NotFound(what="SKU", ref=look.sku_id)
        return Resolved(**dict(row))
    scan = parse_scan(look.code)
    found = await resolve_goods(tx, scan, rma.shop_id)
    if not found:
        if others := await resolve_goods(tx, scan):
            names = await tx.rows(
                "select name from shop where id = any($1::int[]) order by name", [g.shop_id for g in others]
            )
            raise GoodsOfAnotherShop(
                sku=others[0].sku_code, shops=", ".join(n["name"] for n in names[:5]), scanned=scan.code[:60]
            )
        raise GoodsUnknown(scanned=scan.code[:60])
    on_return = {n.sku_id for n in own}
    found = [g for g in found if g.sku_id in on_return] or found
    if len({g.sku_id for g in found}) == 1 and (len(found) == 1 or look.lot or look.serial):
        return found[0]
    choices = [
        {
            "sku_id": g.sku_id, "sku": g.sku_code, "name": g.name, "lot": g.lot_code, "serial": g.serial,
            "expires_on": g.expires_on.isoformat() if g.expires_on else None,
        }
        for g in found[:10]
    ]  # fmt: skip
    said = "; ".join(
        " ".join(str(c[k]) for k in ("sku", "lot", "expires_on", "serial") if c[k]) for c in choices
    )
    raise GoodsAmbiguous(scanned=scan.code[:60], said=said, choices=choices)


async def _lot(
    tx: Tx, rma: LockedReturn, look: Look, goods: Resolved, quantity: int
) -> tuple[TakenLot | None, list[Warn]]:
    """The lot or serial number, where the SKU keeps them, and how it compares with what was shipped."""
    keeps_lot, keeps_serial = goods.lot_policy != "none", goods.serial_tracked
    code = (look.lot or goods.lot_code) if keeps_lot else None
    serial = (look.serial or goods.serial) if keeps_serial else None
    expires_on = (look.expires_on or goods.expires_on) if keeps_lot else None
    if serial and quantity != 1:
        raise OnePieceOneSerial(quantity=quantity)
    known = None
    if code or serial:
        known = await find_lot(tx, rma.shop_id, goods.sku_id, code or "", serial)
        expires_on = expires_on or (known.expires_on if known else None)
    zone = await tx.value("select timezone from warehouse where id = $1", rma.warehouse_id)
    check_disposition(look.grade, look.disposition, expires_on, local_date(tx.now, zone))
    if look.disposition in ("restock", "repack", "repair"):
        # the label may be gone: then the goods can wait, but nobody may buy them
        missing = [
            *(["lot"] if keeps_lot and not code and not (known and known.code) else []),
            *(["expiry date"] if goods.lot_policy == "expiry" and not expires_on else []),
            *(["serial number"] if keeps_serial and not serial else []),
        ]
        if missing:
            raise LotNeeded(sku=goods.sku_code, needs=missing)
    if not (code or serial) or look.grade == "not_ours":
        return None, []
    lot = await take_lot(
        tx,
        rma.shop_id,
        goods.sku_id,
        code=code,
        serial=serial,
        expires_on=look.expires_on or goods.expires_on,
    )
    if rma.order_id is None:
        return lot, []
    lots, serials = await shipped_lots(tx, rma.shop_id, rma.order_id, goods.sku_id)
    warnings: list[Warn] = []
    if serial and serials and serial not in serials:
        warnings.append("other-serial")
    elif not serial and lot.code and lots and lot.code not in lots:
        warnings.append("other-lot")
    return lot, warnings


WRITE = """
with p as materialized (
  select row_number() over (order by o) as n, nullif(line_id, 0) as line_id, nullif(order_line_id, 0) as order_line_id,
         quantity, warnings
  from unnest($3::bigint[], $4::bigint[], $5::int[], $6::jsonb[]) with ordinality
       as u(line_id, order_line_id, quantity, warnings, o)
), born as (
  insert into rma_line (shop_id, rma_id, line_no, sku_id, order_line_id, quantity, inspected, announced)
  select $1, $2, $7 + p.n, $8, p.order_line_id, p.quantity, p.quantity, false from p
  where p.line_id is null and $10 <> 'not_ours'
  returning id
), filled as (
  update rma_line l set inspected = l.inspected + p.quantity,
         quantity = case when l.announced then l.quantity else l.quantity + p.quantity end
  from (select line_id, sum(quantity)::int as quantity from p group by line_id) p
  where l.shop_id = $1 and l.id = p.line_id and $10 <> 'not_ours'
)
insert into inspection (shop_id, rma_id, rma_line_id, sku_id, lot_id, quantity, grade, disposition, warnings, note,
                        document_id, person_id, photos, reason, checklist)
select $1, $2, coalesce(p.line_id, (select id from born)), $8, nullif($9::bigint, 0), p.quantity, $10, $11, p.warnings, $12,
       $13, $14, $15::jsonb, $16, $17::jsonb
from p order by p.n
returning id
"""


async def _write(
    tx: Tx,
    rma: LockedReturn,
    look: Look,
    goods: Resolved,
    parts: Sequence[Part],
    warnings: Sequence[Warn],
    lot_id: int,
    photos: Sequence[int],
    last_no: int,
) -> list[int]:
    """The inspections, and the lines that they fill; something that is not the product fills none."""
    said = [list(dict.fromkeys([*warnings, *p.warnings])) for p in parts]
    rows = await tx.rows(
        WRITE, rma.shop_id, rma.id, [p.line_id or 0 for p in parts], [p.order_line_id or 0 for p in parts],
        [p.quantity for p in parts], [msgspec.json.encode(w).decode() for w in said], last_no, goods.sku_id, lot_id,
        look.grade, look.disposition, look.note, photos[0] if photos else None, tx.actor.person_id,
        msgspec.json.encode(list(photos)).decode(), look.reason, msgspec.json.encode(look.checklist).decode(),
    )  # fmt: skip
    return [r["id"] for r in rows]


async def places_of(tx: Tx, rma: LockedReturn) -> Places:
    """The places that this return's goods pass through."""
    return Places(
        customer=await system_location(tx, rma.warehouse_id, "customer"),
        bench=rma.location_id or await system_location(tx, rma.warehouse_id, "returns"),
        quarantine=await system_location(tx, rma.warehouse_id, "quarantine"),
        scrap=await system_location(tx, rma.warehouse_id, "scrap"),
    )

"""One SKU counted: blind."""

from collections.abc import Sequence
from datetime import date

import msgspec

from wms.catalog.resolve import Goods, need_goods
from wms.counting.errors import CountLotNeeded, CountNotStarted, CountOnePiece, CountWhich
from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.scan import parse_scan
from wms.stock.ledger import Status
from wms.stock.lots import TakenLot, find_lot, take_lot


class CountedAs(msgspec.Struct, frozen=True, kw_only=True):
    """What the counter adds to the scan; a value here wins over the same value in the symbol."""

    shop_id: int | None = None
    lot: str | None = None
    expires_on: date | None = None
    serial: str | None = None
    status: Status = "sellable"


class Submitted(msgspec.Struct, frozen=True):
    """``counted`` in all. ``again``: these goods moved while they were being counted; count them once more, from none."""

    shop_id: int
    sku: str
    name: str
    lot: str | None
    serial: str | None
    status: Status
    counted: int
    again: bool


# The balance row is locked, so that a pick that is just being written is either in it or comes after it. What is
# compared later is this very snapshot; moves after it change counted and held alike.
SUBMIT = """
with held as materialized (
  select on_hand from balance
  where shop_id = $2 and sku_id = $3 and location_id = $6 and hu_id = 0 and lot_id = $4 and status = $5 for update
), since as (
  select coalesce((select n.move_id from count_line n where n.count_task_id = $1 and n.shop_id = $2 and n.sku_id = $3
                     and n.lot_id = $4 and n.status = $5), c.move_id, 0) as move_id
  from count_task c where c.id = $1
), later as (
  select m.id, m.shop_id, m.sku_id, m.lot_id, m.from_status as status from move m, since s
  where m.from_location_id = $6 and m.id > s.move_id
  union all
  select m.id, m.shop_id, m.sku_id, m.lot_id, m.to_status from move m, since s
  where m.to_location_id = $6 and m.id > s.move_id
)
insert into count_line (count_task_id, shop_id, sku_id, lot_id, status, counted, expected, move_id, moved, person_id)
select $1, $2, $3, $4, $5, $7, coalesce((select on_hand from held), 0),
       greatest(s.move_id, (select max(id) from later)),
       exists (select from later t where (t.shop_id, t.sku_id, coalesce(t.lot_id, 0), t.status) = ($2, $3, $4, $5)), $8
from since s
on conflict (count_task_id, shop_id, sku_id, lot_id, status) do update
set counted = case when $9 and not count_line.moved then count_line.counted + excluded.counted else excluded.counted end,
    expected = excluded.expected, move_id = excluded.move_id, moved = excluded.moved,
    person_id = excluded.person_id, at = now()
returning counted, moved
"""


async def submit_line(
    tx: Tx, task_id: int, code: str, quantity: int, counted_as: CountedAs, *, more: bool = False
) -> Submitted:
    """Notes that ``quantity`` pieces of the scanned goods are there; a second time it replaces the first.

    With ``more`` they come on top of those counted before, unless the goods moved meanwhile: then the count of them
    begins anew. ``quantity`` 0 says that none is there. Raises ``CountNotStarted``, ``UnknownGoods``, ``CountWhich``,
    ``CountLotNeeded``, ``CountOnePiece``, ``LotDiffers``, ``NotFound``.
    """
    task = await tx.row(
        """select c.state, c.location_id, l.code from count_task c join location l on l.id = c.location_id
           where c.id = $1 for share of c""",
        task_id,
    )
    if task is None:
        raise NotFound(what="count", ref=task_id)
    if task["state"] != "counting":
        raise CountNotStarted(location=task["code"], state=task["state"])
    scan = parse_scan(code)
    found = await need_goods(tx, scan, counted_as.shop_id)
    goods = await _one(tx, task["location_id"], found, counted_as, scan.code)
    lot = await _lot(tx, goods, quantity)
    noted = await tx.row(
        SUBMIT,
        task_id,
        goods.shop_id,
        goods.sku_id,
        lot.id if lot else 0,
        counted_as.status,
        task["location_id"],
        quantity,
        tx.actor.person_id,
        more and (lot is None or lot.serial is None),  # a serial number is there or is not
    )
    assert noted is not None
    return Submitted(
        shop_id=goods.shop_id,
        sku=goods.sku_code,
        name=goods.name,
        lot=(lot.code or None) if lot else None,
        serial=lot.serial if lot else None,
        status=counted_as.status,
        counted=noted["counted"],
        again=noted["moved"],
    )


async def _one(tx: Tx, location_id: int, found: Sequence[Goods], told: CountedAs, scanned: str) -> Goods:
    """The one SKU that is meant: where shops sell the same EAN, the one whose goods belong here."""
    shops = {g.shop_id for g in found}
    if len(shops) > 1:
        here = await tx.rows(
            """select distinct b.shop_id from balance b
               join unnest($2::int[], $3::bigint[]) as g(shop_id, sku_id) on (b.shop_id, b.sku_id) = (g.shop_id, g.sku_id)
               where b.location_id = $1""",
            location_id,
            [g.shop_id for g in found],
            [g.sku_id for g in found],
        )
        if len(here) == 1:
            found = [g for g in found if g.shop_id == here[0]["shop_id"]]
    meant = list(dict.fromkeys(_told(g, told) for g in found))
    if len(meant) > 1:
        choices = [_shown(g) for g in meant]
        raise CountWhich(scanned=scanned, said="; ".join(choices), choices=choices)
    return meant[0]


def _told(goods: Goods, told: CountedAs) -> Goods:
    lots, serials = goods.lot_policy != "none", goods.serial_tracked
    return msgspec.structs.replace(
        goods,
        quantity_per_scan=1,  # the counter counts pieces, whatever was scanned
        lot_code=(told.lot or goods.lot_code) if lots else None,
        expires_on=(told.expires_on or goods.expires_on) if lots else None,
        serial=(told.serial or goods.serial) if serials else None,
    )


def _shown(goods: Goods) -> str:
    date_text = goods.expires_on.isoformat() if goods.expires_on else None
    parts = [goods.sku_code, f"(#{goods.shop_id})", goods.lot_code, date_text, goods.serial]
    return " ".join(p for p in parts if p)


async def _lot(tx: Tx, goods: Goods, quantity: int) -> TakenLot | None:
    if goods.lot_policy == "none" and not goods.serial_tracked:
        return None
    code, expires_on = goods.lot_code, goods.expires_on
    if goods.lot_policy == "expiry" and not code and expires_on:
        code = expires_on.isoformat()
    if (goods.lot_policy != "none" and not code) or (goods.serial_tracked and not goods.serial):
        raise CountLotNeeded(sku=goods.sku_code)
    if goods.serial_tracked and quantity > 1:
        raise CountOnePiece(quantity=quantity)
    if goods.lot_policy == "expiry" and expires_on is None:
        known = await find_lot(tx, goods.shop_id, goods.sku_id, code or "", goods.serial)
        if known is None:
            raise CountLotNeeded(sku=goods.sku_code, pointer="/expires_on")
    return await take_lot(
        tx, goods.shop_id, goods.sku_id, code=code, serial=goods.serial, expires_on=expires_on
    )

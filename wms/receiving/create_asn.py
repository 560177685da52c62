"""A shop announces a delivery."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Invalid
from wms.kernel.text import Text
from wms.receiving.errors import AsnExists, AsnLinesWrong
from wms.receiving.queries import AsnView, asn_view


class LineIn(msgspec.Struct, frozen=True, kw_only=True):
    """``quantity`` in pieces. Lot and date where the SKU keeps them and the shop knows them already."""

    sku: str
    quantity: int
    lot: str | None = None
    expires_on: date | None = None


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """``number`` is the shop's own; ``warehouse`` is a code and may be left out where there is one warehouse."""

    number: str
    lines: Sequence[LineIn]
    warehouse: str | None = None
    expected_on: date | None = None
    carrier: str | None = None
    note: str | None = None


CHECK = """
select u.o::int as line, u.code as sku, s.id,
  case when s.id is null then 'unknown-sku' when not s.active then 'inactive-sku' when s.kit then 'kit'
       when s.lot_policy = 'none' and not s.serial_tracked and u.detail then 'lot-not-kept' end as fault
from unnest($2::text[], $3::bool[]) with ordinality as u(code, detail, o)
left join sku s on s.shop_id = $1 and s.code = u.code
order by u.o
"""
INSERT = """
with a as (
  insert into asn (shop_id, number, warehouse_id, expected_on, carrier, note, request_hash)
  values ($1, $2, $3, $4, $5, $6, $7) on conflict (shop_id, number) do nothing returning id
), lines as (
  insert into asn_line (shop_id, asn_id, line_no, sku_id, quantity, lot_code, expires_on)
  select $1, a.id, u.o, u.sku_id, u.quantity, u.lot, u.expires_on
  from a, unnest($8::bigint[], $9::int[], $10::text[], $11::date[])
       with ordinality as u(sku_id, quantity, lot, expires_on, o)
)
select id from a
"""


SEVERAL = Text(
    en="there are several warehouses: name one by its code",
    pl="jest kilka magazynów: podaj kod jednego z nich",
)
NONE_SUCH = Text(en="there is no such warehouse", pl="nie ma takiego magazynu")


async def create_asn(tx: Tx, shop_id: int, wanted: Announcement) -> AsnView:
    """The ASN, new or as it stands when the same announcement comes again.

    Raises ``AsnLinesWrong`` with every bad line at once, ``AsnExists`` when the number stands for something else,
    ``Invalid`` for the warehouse.
    """
    request_hash = hashlib.sha256(msgspec.json.encode(wanted)).digest()
    if known := await _known(tx, shop_id, wanted.number, request_hash):
        return known
    warehouse_id = await _warehouse(tx, wanted.warehouse)
    ids, errors = await check_lines(tx, shop_id, wanted.lines)
    if errors:
        raise AsnLinesWrong(errors)
    asn_id = await tx.value(
        INSERT,
        shop_id,
        wanted.number,
        warehouse_id,
        wanted.expected_on,
        wanted.carrier,
        wanted.note,
        request_hash,
        ids,
        [n.quantity for n in wanted.lines],
        [n.lot for n in wanted.lines],
        [n.expires_on for n in wanted.lines],
    )
    if asn_id is None:  # the same number, at the same moment
        known = await _known(tx, shop_id, wanted.number, request_hash)
        assert known is not None
        return known
    data = {"lines": len(wanted.lines), "units": sum(n.quantity for n in wanted.lines)}
    event = Event(
        kind="asn.announced", subject="asn", subject_id=asn_id, shop_id=shop_id, ref=wanted.number, data=data
    )
    await record(tx, event)
    return await asn_view(tx, shop_id, asn_id)


async def check_lines(
    tx: Tx, shop_id: int, lines: Sequence[LineIn]
) -> tuple[list[int | None], list[dict[str, Any]]]:
    """The SKU of each line, and what is wrong with the lines: pointer, code (``LINE_FAULTS``) and SKU as written."""
    checked = await tx.rows(
        CHECK,
        shop_id,
        [n.sku for n in lines],
        [n.lot is not None or n.expires_on is not None for n in lines],
    )
    errors: list[dict[str, Any]] = [
        {
            "pointer": f"/lines/{r['line'] - 1}/{'lot' if r['fault'] == 'lot-not-kept' else 'sku'}",
            "code": r["fault"],
            "sku": r["sku"],
        }
        for r in checked
        if r["fault"]
    ]
    return [r["id"] for r in checked], errors


async def _known(tx: Tx, shop_id: int, number: str, request_hash: bytes) -> AsnView | None:
    row = await tx.row("select id, request_hash from asn where shop_id = $1 and number = $2", shop_id, number)
    if row is None:
        return None
    if row["request_hash"] != request_hash:
        raise AsnExists(number=number, pointer="/number")
    return await asn_view(tx, shop_id, row["id"])


async def _warehouse(tx: Tx, code: str | None) -> int:
    rows = await tx.rows("select id, code from warehouse where $1::text is null or code = $1 limit 2", code)
    if len(rows) == 1:
        return int(rows[0]["id"])
    raise Invalid(field="warehouse", why=SEVERAL if rows else NONE_SUCH, pointer="/warehouse")

"""Create and change SKUs in bulk: good lines are kept, each bad one is told why."""

from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg
import msgspec

from wms.catalog.check_skus import (
    Failure,
    Known,
    changes_policy,
    check_lines,
    normalised,
    says_the_same,
    settled,
)
from wms.catalog.queries import SKU, SkuIn, SkuRow, barcode_owners, lock_skus, stocked
from wms.db.tx import Tx
from wms.events.log import Event, record_all
from wms.kernel.numbers import gtin14
from wms.kernel.refusals import ChangedMeanwhile

MAX_LINES = 1000
_COLUMNS = (
    "name", "weight_g", "length_mm", "width_mm", "height_mm", "lot_policy", "serial_tracked", "kit", "price", "currency",
    "picture_url", "active",
)  # fmt: skip
_UNNEST = (
    "unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::int[], $8::text[], $9::bool[], $10::bool[],"
    f" $11::numeric[], $12::text[], $13::text[], $14::bool[]) as u(code, {', '.join(_COLUMNS)})"
)
INSERT = f"""insert into sku (shop_id, code, {", ".join(_COLUMNS)})
select $1, code, {", ".join(_COLUMNS)} from {_UNNEST} order by code
on conflict (shop_id, code) do nothing returning id, code"""
UPDATE = f"""update sku s set ({", ".join(_COLUMNS)}, version) = (select {", ".join("u." + c for c in _COLUMNS)}, s.version + 1)
from {_UNNEST} where s.shop_id = $1 and s.code = u.code"""

INSERT_BARCODES = """insert into barcode as b (shop_id, sku_id, code, gtin, quantity)
select $1, w.* from unnest($2::bigint[], $3::text[], $4::text[], $5::int[]) as w order by 3
on conflict (shop_id, code) do update set quantity = excluded.quantity where b.sku_id = excluded.sku_id"""


class Upserted(msgspec.Struct, frozen=True):
    """Codes of the SKUs that were created, changed, or were so already; and the lines that were not taken."""

    created: list[str]
    updated: list[str]
    unchanged: list[str]
    failed: list[Failure]


async def upsert_skus(tx: Tx, shop_id: int, lines: Sequence[SkuIn]) -> Upserted:
    """Brings the shop's SKUs to what the lines say, in a fixed number of statements for one line or a thousand.

    Nothing is raised for a bad line: it is among the ``failed``, with its refusal. A line that says what is there
    already writes nothing, so sending the whole catalog every night is cheap.
    """
    parts = [c.sku for line in lines for c in line.components or []]
    codes = sorted({line.code for line in lines} | set(parts))
    locked = await lock_skus(tx, shop_id, codes)
    found = await tx.all(SkuRow, f"{SKU} where s.shop_id = $1 and s.code = any($2)", shop_id, codes)
    rows = {r.code: r for r in found}
    wanted = [settled(line, rows.get(line.code)) for line in lines]
    changing = [rows[w.code].id for w in wanted if changes_policy(w, rows.get(w.code))]
    barcodes = [normalised(b.code) for w in wanted for b in w.barcodes or []]
    gtins = [g for c in barcodes if (g := gtin14(c))]
    known = Known(
        rows=rows,
        locked=locked,
        stocked=frozenset(await stocked(tx, shop_id, changing)),
        owners=await barcode_owners(tx, shop_id, barcodes, gtins),
    )
    good, failed = check_lines(wanted, known)
    new = [line for code, line in good.items() if code not in rows]
    changed = [line for code, line in good.items() if code in rows and not says_the_same(line, rows[code])]
    ids = {code: row.id for code, row in rows.items()}
    ids |= await _insert(tx, shop_id, new)
    if changed:
        await tx.run(UPDATE, shop_id, *_values(changed))
    written = [*new, *changed]
    if written:
        await _write_barcodes(tx, shop_id, written, ids)
        await _write_components(tx, shop_id, written, ids)
    await record_all(tx, [_event(shop_id, line, ids, "created") for line in new])
    await record_all(tx, [_event(shop_id, line, ids, "updated") for line in changed])
    touched = {line.code for line in written}
    return Upserted(
        created=[line.code for line in new],
        updated=[line.code for line in changed],
        unchanged=[code for code in good if code not in touched],
        failed=failed,
    )


def _event(shop_id: int, line: SkuIn, ids: dict[str, int], what: str) -> Event:
    return Event(kind=f"sku.{what}", subject="sku", subject_id=ids[line.code], shop_id=shop_id, ref=line.code)


def _values(lines: Iterable[SkuIn]) -> list[list[Any]]:
    rows = [
        (
            x.code, x.name, x.weight_g, x.length_mm, x.width_mm, x.height_mm, x.lot_policy, x.serial_tracked,
            bool(x.components), x.price, x.currency, x.picture_url, x.active,
        )
        for x in lines
    ]  # fmt: skip
    return [list(column) for column in zip(*rows, strict=True)]


async def _insert(tx: Tx, shop_id: int, new: Sequence[SkuIn]) -> dict[str, int]:
    if not new:
        return {}
    ids = {r["code"]: r["id"] for r in await tx.rows(INSERT, shop_id, *_values(new))}
    for line in new:
        if line.code not in ids:  # somebody else created it since we looked
            raise ChangedMeanwhile(what="SKU", ref=line.code)
    return ids


async def _write_barcodes(tx: Tx, shop_id: int, lines: Sequence[SkuIn], ids: dict[str, int]) -> None:
    wanted = [
        (ids[line.code], b.code, gtin14(b.code), b.quantity) for line in lines for b in line.barcodes or []
    ]
    sku_ids, codes = [w[0] for w in wanted], [w[1] for w in wanted]
    gtins, quantities = [w[2] for w in wanted], [w[3] for w in wanted]
    await tx.run(
        """delete from barcode b where b.shop_id = $1 and b.sku_id = any($2) and not exists (
             select from unnest($3::bigint[], $4::text[]) as w(sku_id, code)
             where (w.sku_id, w.code) = (b.sku_id, b.code))""",
        shop_id,
        [ids[line.code] for line in lines],
        sku_ids,
        codes,
    )
    try:
        written = await tx.run(INSERT_BARCODES, shop_id, sku_ids, codes, gtins, quantities)
    except asyncpg.UniqueViolationError as e:  # another spelling of the same number
        raise ChangedMeanwhile(what="SKU", ref=lines[0].code) from e
    if written != len(wanted):  # somebody else took one of these codes since we looked
        raise ChangedMeanwhile(what="SKU", ref=lines[0].code)


async def _write_components(tx: Tx, shop_id: int, lines: Sequence[SkuIn], ids: dict[str, int]) -> None:
    wanted = [(ids[line.code], ids[c.sku], c.quantity) for line in lines for c in line.components or []]
    kit_ids, sku_ids, quantities = [w[0] for w in wanted], [w[1] for w in wanted], [w[2] for w in wanted]
    await tx.run(
        """delete from kit_component k where k.shop_id = $1 and k.kit_sku_id = any($2) and not exists (
             select from unnest($3::bigint[], $4::bigint[]) as w(kit_id, sku_id)
             where (w.kit_id, w.sku_id) = (k.kit_sku_id, k.sku_id))""",
        shop_id,
        [ids[line.code] for line in lines],
        kit_ids,
        sku_ids,
    )
    await tx.run(
        """insert into kit_component (shop_id, kit_sku_id, sku_id, quantity)
           select $1, w.* from unnest($2::bigint[], $3::bigint[], $4::int[]) as w
           on conflict (shop_id, kit_sku_id, sku_id) do update set quantity = excluded.quantity""",
        shop_id,
        kit_ids,
        sku_ids,
        quantities,
    )

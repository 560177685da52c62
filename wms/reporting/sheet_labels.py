"""What is printed on labels of places, totes, badges and goods: the rows, and the values of their templates."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import Invalid
from wms.kernel.scan import LOCATION_PREFIX
from wms.kernel.text import Lang, Text
from wms.locations.handling_units import create_totes
from wms.people.words import ROLE_NAMES

What = Literal["location", "tote", "badge", "sku"]
MOST_LABELS = 2000
MOST_NEW_TOTES = 500

LOCATIONS = """
select l.code, coalesce(z.name, z.code) as zone, w.code as warehouse
from location l join warehouse w on w.id = l.warehouse_id left join zone z on z.id = l.zone_id
where l.warehouse_id = $1 and l.real and l.active and ($2 = '' or l.code >= $2) and ($3 = '' or l.code <= $3)
  and ($4 = '' or z.code = $4) and ($5 = '' or l.aisle = $5) order by l.walk, l.code limit $6
"""
TOTES = """
select h.code, w.code as warehouse from handling_unit h join warehouse w on w.id = h.warehouse_id
where h.warehouse_id = $1 and h.kind = 'tote' and ($2 = '' or (length(h.code), h.code) >= (length($2), $2))
  and ($3 = '' or (length(h.code), h.code) <= (length($3), $3)) order by length(h.code), h.code limit $4
"""
BADGES = """
select p.badge, p.name, p.roles, (select name from warehouse where id = $1) as warehouse from person p
where p.active and ($2::bigint = 0 or p.id = $2) and ($3 = '' or $3 = any(p.roles)) order by p.name, p.id limit $4
"""
SKUS = """
select s.code, s.name, h.name as shop, coalesce(b.code, s.code) as barcode
from sku s join shop h on h.id = s.shop_id
left join lateral (select b.code from barcode b where b.shop_id = s.shop_id and b.sku_id = s.id
                   order by b.quantity, b.id limit 1) b on true
where s.shop_id = $1 and s.active and not s.kit and ($2 = '' or s.code >= $2) and ($3 = '' or s.code <= $3)
order by s.code limit $4
"""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which labels. ``first`` and ``last`` are codes, both are printed; what is empty or 0 does not narrow."""

    what: What
    first: str = ""
    last: str = ""
    zone: str = ""
    aisle: str = ""
    role: str = ""
    person_id: int = 0
    shop_id: int = 0
    copies: int = 1


async def labels_of(tx: Tx, warehouse_id: int, wanted: Wanted, lang: Lang) -> list[dict[str, Any]]:
    """Values for the template named like ``what``, each ``copies`` times. Raises ``Invalid`` for none, or for too many."""
    rows = await _rows(tx, warehouse_id, wanted)
    if not rows:
        raise Invalid(
            field="first",
            why=Text(en="there is nothing in this range", pl="w tym zakresie nic nie ma"),
            pointer="/first",
        )
    if len(rows) * wanted.copies > MOST_LABELS:
        raise Invalid(
            field="last",
            why=Text(en="more than {most} labels; narrow the range", pl="ponad {most} etykiet; zawęź zakres"),
            most=MOST_LABELS,
            pointer="/last",
        )
    labels = [_label(wanted.what, r, lang) for r in rows]
    return [label for label in labels for _ in range(wanted.copies)]


async def _rows(tx: Tx, warehouse_id: int, w: Wanted) -> list[Any]:
    most = MOST_LABELS + 1
    if w.what == "location":
        return await tx.rows(LOCATIONS, warehouse_id, w.first, w.last, w.zone, w.aisle, most)
    if w.what == "tote":
        return await tx.rows(TOTES, warehouse_id, w.first, w.last, most)
    if w.what == "badge":
        return await tx.rows(BADGES, warehouse_id, w.person_id, w.role, most)
    if not w.shop_id:
        raise Invalid(
            field="shop", why=Text(en="choose whose goods", pl="wybierz, czyj to towar"), pointer="/shop"
        )
    return await tx.rows(SKUS, w.shop_id, w.first, w.last, most)


def _label(what: What, r: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    if what == "location":
        return {
            "warehouse": r["warehouse"],
            "location": {"code": r["code"], "zone": r["zone"]},
            "barcode": LOCATION_PREFIX + r["code"],
        }
    if what == "tote":
        return {"warehouse": r["warehouse"], "tote": {"code": r["code"]}, "barcode": r["code"]}
    if what == "badge":
        roles = ", ".join(ROLE_NAMES[role].in_(lang) for role in r["roles"] if role in ROLE_NAMES)
        return {
            "operator": {"name": r["warehouse"]},
            "person": {"name": r["name"], "role": roles},
            "barcode": r["badge"],
        }
    return {
        "shop": {"name": r["shop"]},
        "sku": {"code": r["code"], "name": r["name"]},
        "barcode": r["barcode"],
    }


async def add_totes(tx: Tx, warehouse_id: int, count: int) -> tuple[str, str]:
    """New totes with the next numbers that no tote has; code of the first and of the last."""
    # two who ask at the same moment must not be given the same numbers
    await tx.run("select pg_advisory_xact_lock(hashtextextended('numbers of totes', 0))")
    last: int = await tx.value(
        r"select coalesce(max(substr(code, 3)::int), 0) from handling_unit where code ~ '^T-[0-9]{1,6}$'"
    )
    if last + count > 999_999:
        raise Invalid(
            field="count",
            why=Text(
                en="the numbers T-000001 to T-999999 are used up",
                pl="numery od T-000001 do T-999999 są wyczerpane",
            ),
            pointer="/count",
        )
    codes = [f"T-{n:03}" for n in range(last + 1, last + count + 1)]
    await create_totes(tx, warehouse_id, codes)
    return codes[0], codes[-1]

"""Create handling units: pallets, cartons, totes, parcels."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.numbers import sscc_valid
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.text import Text
from wms.locations.errors import CodeTaken

UnitKind = Literal["pallet", "carton", "tote", "parcel"]
PREFIX: dict[UnitKind, str] = {"pallet": "PAL-", "carton": "CTN-", "tote": "T-", "parcel": "P-"}


class UnitIn(msgspec.Struct, frozen=True, kw_only=True):
    kind: UnitKind
    code: str | None = None
    sscc: str | None = None
    location_id: int | None = None


class NewUnit(msgspec.Struct, frozen=True):
    """``code`` is what its label says."""

    id: int
    code: str


INSERT = """
with u as materialized (
  select nextval(pg_get_serial_sequence('handling_unit', 'id')) as id, w.*
  from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
       with ordinality as w(kind, code, sscc, prefix, location_id, o)
  where exists (select from warehouse where id = $1)
), born as (
  insert into handling_unit (id, warehouse_id, kind, code, sscc, location_id)
  select id, $1, kind, coalesce(code, sscc, prefix || lpad(id::text, 6, '0')), sscc, location_id from u order by o
  on conflict do nothing returning id
)
select u.id, coalesce(u.code, u.sscc, u.prefix || lpad(u.id::text, 6, '0')) as code, born.id is not null as born
from u left join born using (id) order by u.o
"""


def numbered_unit(kind: UnitKind, warehouse: str, location: str) -> str:
    """An INSERT of one unit with a number of ours, for a statement that goes on with it; the arguments are places of
    parameters. It returns ``id`` and ``code``; no row where somebody has given that code to another unit."""
    return f"""insert into handling_unit (id, warehouse_id, kind, code, location_id)
  select id, {warehouse}, '{kind}', '{PREFIX[kind]}' || lpad(id::text, 6, '0'), {location}
  from (select nextval(pg_get_serial_sequence('handling_unit', 'id')) as id) n
  on conflict do nothing returning id, code"""


async def create_handling_units(tx: Tx, warehouse_id: int, units: Sequence[UnitIn]) -> list[NewUnit]:
    """All of them or none, in the order given.

    A unit without a code is known by its SSCC, else by a number of ours. Raises ``NotFound`` for an unknown warehouse,
    ``Invalid`` for an SSCC with a wrong check digit, ``CodeTaken`` with every code or SSCC in use.
    """
    for i, u in enumerate(units):
        if u.sscc is not None and not sscc_valid(u.sscc):
            why = Text(
                en="{sscc} is not 18 digits with the right check digit",
                pl="{sscc} to nie 18 cyfr z właściwą cyfrą kontrolną",
            )
            raise Invalid(
                field="sscc", why=why, sscc=u.sscc, pointer=f"/{i}/sscc" if len(units) > 1 else "/sscc"
            )
    rows = await tx.rows(
        INSERT,
        warehouse_id,
        [u.kind for u in units],
        [u.code for u in units],
        [u.sscc for u in units],
        [PREFIX[u.kind] for u in units],
        [u.location_id for u in units],
    )
    if units and not rows:
        raise NotFound(what="warehouse", ref=warehouse_id)
    if taken := [r["code"] for r in rows if not r["born"]]:
        raise CodeTaken(codes=", ".join(taken[:50]))
    return [NewUnit(r["id"], r["code"]) for r in rows]


async def create_handling_unit(
    tx: Tx,
    warehouse_id: int,
    kind: UnitKind,
    code: str | None = None,
    sscc: str | None = None,
    location_id: int | None = None,
) -> NewUnit:
    """One handling unit; raises like ``create_handling_units``."""
    unit = UnitIn(kind=kind, code=code, sscc=sscc, location_id=location_id)
    (made,) = await create_handling_units(tx, warehouse_id, [unit])
    return made


async def create_totes(tx: Tx, warehouse_id: int, codes: Sequence[str]) -> None:
    """Totes with these codes (``T-001``), one event for all. Raises ``CodeTaken``."""
    await create_handling_units(tx, warehouse_id, [UnitIn(kind="tote", code=c) for c in codes])
    data = {"count": len(codes), "codes": list(codes)[:100]}
    await record(
        tx, Event(kind="warehouse.totes_added", subject="warehouse", subject_id=warehouse_id, data=data)
    )

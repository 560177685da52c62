"""Create many places at once: a rack, a zone, a whole warehouse."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.text import Text
from wms.locations.errors import CodeTaken

Kind = Literal[
    "bin", "reserve", "dock", "work", "packed", "station", "cage", "returns", "quarantine",
    "supplier", "customer", "scrap", "lost_found",
]  # fmt: skip
VIRTUAL_KINDS = frozenset({"supplier", "customer", "scrap", "lost_found"})
PICKABLE_KINDS = frozenset({"bin", "reserve"})
MAX_LOCATIONS = 5000

Millimetres = Annotated[int, Meta(ge=-10_000_000, le=10_000_000)]


class LocationIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place to create. Coordinates in mm, capacity in ml; ``walk`` is its rank on the pick path (0: off it).

    ``pickable`` None means: bins are picked from, the reserve is not. A ``zone`` that is not there is created.
    """

    code: Annotated[
        str, Meta(min_length=1, max_length=40, pattern=r"^[A-Z0-9][A-Z0-9._/-]*$", examples=["A-01-02-3"])
    ]
    kind: Kind = "bin"
    zone: Annotated[str, Meta(min_length=1, max_length=20, examples=["A"])] | None = None
    aisle: Annotated[str, Meta(max_length=20, examples=["A-01"])] | None = None
    x: Annotated[Millimetres, Meta(examples=[3200])] = 0
    y: Annotated[Millimetres, Meta(examples=[12000])] = 0
    z: Annotated[Millimetres, Meta(examples=[450])] = 0
    walk: Annotated[int, Meta(ge=0, le=100_000_000, examples=[17])] = 0
    capacity_ml: Annotated[int, Meta(ge=0, le=10**12, examples=[150000])] | None = None
    pickable: bool | None = None


class LocationChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Only the fields that are sent change. ``active`` false takes an empty place out of use."""

    x: Annotated[Millimetres, Meta(examples=[3200])] | UnsetType = UNSET
    y: Annotated[Millimetres, Meta(examples=[12000])] | UnsetType = UNSET
    z: Annotated[Millimetres, Meta(examples=[450])] | UnsetType = UNSET
    walk: Annotated[int, Meta(ge=0, le=100_000_000, examples=[17])] | UnsetType = UNSET
    zone: Annotated[str, Meta(min_length=1, max_length=20, examples=["A"])] | UnsetType | None = UNSET
    aisle: Annotated[str, Meta(max_length=20, examples=["A-01"])] | UnsetType | None = UNSET
    capacity_ml: Annotated[int, Meta(ge=0, le=10**12, examples=[150000])] | UnsetType | None = UNSET
    active: Annotated[bool, Meta(examples=[True])] | UnsetType = UNSET

    def sent(self) -> dict[str, Any]:
        return {f: v for f in self.__struct_fields__ if (v := getattr(self, f)) is not UNSET}


INSERT = """
insert into location (warehouse_id, zone_id, code, kind, real, pickable, aisle, x, y, z, walk, capacity_ml)
select $1, z.id, u.code, u.kind, u.real, u.pickable, u.aisle, u.x, u.y, u.z, u.walk, u.capacity_ml
from unnest($2::text[], $3::text[], $4::text[], $5::bool[], $6::bool[], $7::text[], $8::int[], $9::int[], $10::int[],
            $11::int[], $12::bigint[])
     with ordinality as u(zone, code, kind, real, pickable, aisle, x, y, z, walk, capacity_ml, o)
left join zone z on z.warehouse_id = $1 and z.code = u.zone
order by u.o
on conflict (warehouse_id, code) do nothing returning id, code
"""


COMES_ALONG = Text(
    en="places of kind {kind} come with the warehouse and are not created",
    pl="miejsca rodzaju {kind} powstają razem z magazynem i nie tworzy się ich osobno",
)


async def create_locations(tx: Tx, warehouse_id: int, places: Sequence[LocationIn]) -> dict[str, int]:
    """All of them or none; returns the id of each by code.

    Raises ``NotFound`` for an unknown warehouse, ``CodeTaken`` with every code in use or named twice, ``Invalid`` for
    a virtual kind: those places come with the warehouse.
    """
    if await tx.value("select 1 from warehouse where id = $1", warehouse_id) is None:
        raise NotFound(what="warehouse", ref=warehouse_id)
    for i, place in enumerate(places):
        if place.kind in VIRTUAL_KINDS:
            raise Invalid(field="kind", why=COMES_ALONG, kind=place.kind, pointer=f"/locations/{i}/kind")
    ids = await insert_locations(tx, warehouse_id, places)
    data = {"count": len(ids), "codes": list(ids)[:100]}
    await record(
        tx, Event(kind="warehouse.extended", subject="warehouse", subject_id=warehouse_id, data=data)
    )
    return ids


async def insert_locations(tx: Tx, warehouse_id: int, places: Sequence[LocationIn]) -> dict[str, int]:
    """The rows alone, of any kind, with the zones that they name."""
    codes = [p.code for p in places]
    if twice := sorted({c for c in codes if codes.count(c) > 1} if len(set(codes)) < len(codes) else set()):
        raise CodeTaken(codes=", ".join(twice))
    for i, p in enumerate(places):
        if p.pickable and p.kind not in PICKABLE_KINDS:
            raise Invalid(
                field="pickable",
                why=Text(
                    en="nobody picks from a place of kind {kind}",
                    pl="z miejsca rodzaju {kind} nikt nie pobiera",
                ),
                kind=p.kind,
                pointer=f"/locations/{i}/pickable",
            )
    await tx.run(
        """insert into zone (warehouse_id, code, name) select $1, z, z from unnest($2::text[]) as z
           on conflict do nothing""",
        warehouse_id,
        sorted({p.zone for p in places if p.zone}),
    )
    rows = await tx.rows(
        INSERT,
        warehouse_id,
        [p.zone for p in places],
        codes,
        [p.kind for p in places],
        [p.kind not in VIRTUAL_KINDS for p in places],
        [p.kind == "bin" if p.pickable is None else p.pickable for p in places],
        [p.aisle for p in places],
        [p.x for p in places],
        [p.y for p in places],
        [p.z for p in places],
        [p.walk for p in places],
        [p.capacity_ml for p in places],
    )
    ids = {r["code"]: r["id"] for r in rows}
    if taken := [c for c in codes if c not in ids]:
        raise CodeTaken(codes=", ".join(taken[:50]))
    return ids

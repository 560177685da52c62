"""What a loader sees: the carriers' cages, how far each pickup is loaded, and what is missing from it."""

from datetime import datetime

import msgspec

from wms.db.tx import Tx

CAGE = "CAGE-"
"""A carrier's cage is the location of kind ``cage`` whose code is this and the carrier's."""


class Cage(msgspec.Struct, frozen=True):
    """A carrier with its next pickup: ``loaded`` of ``expected`` parcels are on the open manifest.

    ``cage`` is the code of its location, where the warehouse has one. ``pickup_at`` None: no manifest is open yet.
    """

    carrier_id: int
    name: str
    cage: str | None
    manifest_id: int | None
    pickup_at: datetime | None
    loaded: int
    expected: int


CAGES = """
select c.id as carrier_id, c.name,
  (select l.code from location l where l.warehouse_id = $1 and l.kind = 'cage' and upper(l.code) = $3 || upper(c.code)
   limit 1) as cage,
  m.id as manifest_id, m.pickup_at, n.loaded::int as loaded, (n.loaded + r.ready)::int as expected
from carrier c
left join manifest m on m.warehouse_id = $1 and m.carrier_id = c.id and m.state = 'open'
cross join lateral (select count(*) as loaded from manifest_parcel mp where mp.manifest_id = m.id) n
cross join lateral (
  select count(*) as ready from parcel p join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id)
  where p.carrier_id = c.id and p.warehouse_id = $1 and p.state = 'labelled' and o.state not in ('cancelled', 'on_hold')) r
where ($2::bigint is null and (c.active or n.loaded > 0)) or c.id = $2
order by n.loaded + r.ready = 0, m.pickup_at nulls last, c.code limit $4
"""


async def cages(tx: Tx, warehouse_id: int, limit: int) -> list[Cage]:
    """Carriers, those with parcels to load in front, by their pickup."""
    return await tx.all(Cage, CAGES, warehouse_id, None, CAGE, limit)


async def one_cage(tx: Tx, warehouse_id: int, carrier_id: int) -> Cage | None:
    return await tx.one(Cage, CAGES, warehouse_id, carrier_id, CAGE, 1)


async def carrier_of_cage(tx: Tx, cage: str) -> int | None:
    """The carrier whose cage has this code."""
    found: int | None = await tx.value(
        "select id from carrier where upper(code) = upper($1)",
        cage[len(CAGE) :] if cage.startswith(CAGE) else "",
    )
    return found


class Missing(msgspec.Struct, frozen=True):
    """A labelled parcel that is not in the cage yet; ``place`` is where it was seen last."""

    hu: str
    tracking_number: str | None
    order: str
    shop: str
    place: str | None


MISSING = """
select h.code as hu, p.tracking_number, o.number as order, s.code as shop, l.code as place
from parcel p join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id)
join handling_unit h on h.id = p.hu_id join shop s on s.id = p.shop_id left join location l on l.id = h.location_id
where p.carrier_id = $2 and p.warehouse_id = $1 and p.state = 'labelled' and o.state not in ('cancelled', 'on_hold')
order by p.closed_at, p.shop_id, p.id limit $3
"""


async def missing_parcels(tx: Tx, warehouse_id: int, carrier_id: int, limit: int) -> list[Missing]:
    """What is still to be loaded, packed longest ago in front."""
    return await tx.all(Missing, MISSING, warehouse_id, carrier_id, limit)


async def last_loaded(tx: Tx, manifest_id: int) -> str | None:
    """The box that this person loaded last onto the manifest, of those that are still on it."""
    found: str | None = await tx.value(
        """select h.code from manifest_parcel mp join parcel p on (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id)
           join handling_unit h on h.id = p.hu_id
           where mp.manifest_id = $1 and mp.loaded_by = $2 order by mp.loaded_at desc, mp.parcel_id desc limit 1""",
        manifest_id,
        tx.actor.person_id,
    )
    return found


async def parcel_of_another(tx: Tx, warehouse_id: int, carrier_id: int) -> str:
    """A labelled parcel that goes with somebody else: what a wrong scan looks like."""
    return (
        await tx.value(
            """select p.tracking_number from carrier c join parcel p on p.carrier_id = c.id and p.warehouse_id = $1
               where c.id <> $2 and p.state = 'labelled' limit 1""",
            warehouse_id,
            carrier_id,
        )
        or ""
    )

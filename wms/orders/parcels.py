"""Parcel records: where each box is in its life.

What is in it is ``parcel_content``, what its life means for its order ``parcel_progress``. Orders are locked before
parcels, parcels before balances.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.events.log import author, recording
from wms.kernel.refusals import NotFound
from wms.kernel.states import StateTable
from wms.locations.handling_units import numbered_unit
from wms.orders.gates import COLUMNS, LockedOrder, pass_gate


class ParcelState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    LABELLED = "labelled"
    MANIFESTED = "manifested"
    HANDED_OVER = "handed_over"
    VOID = "void"


_P = ParcelState

PARCEL_STEPS: StateTable[ParcelState] = StateTable(
    "parcel",
    {
        _P.OPEN: {_P.CLOSED, _P.VOID},
        _P.CLOSED: {_P.LABELLED, _P.OPEN, _P.VOID},
        _P.LABELLED: {_P.MANIFESTED, _P.CLOSED, _P.VOID},
        # left behind at the truck, a parcel waits for the next manifest
        _P.MANIFESTED: {_P.HANDED_OVER, _P.LABELLED, _P.VOID},
        _P.HANDED_OVER: set(),
        _P.VOID: set(),
    },
)


class Parcel(msgspec.Struct, frozen=True):
    """A parcel as it is now; ``hu`` is the code on its box, weights in grams, ``station_id`` where it was closed last."""

    shop_id: int
    id: int
    no: int
    order_id: int
    hu_id: int
    hu: str
    warehouse_id: int
    carrier_id: int
    service: str
    state: str
    units: int
    verified: bool
    weight_g: int | None
    carton_code: str | None
    tracking_number: str | None
    sscc: str | None
    station_id: int | None


_COLUMNS = """p.shop_id, p.id, p.no, p.order_id, p.hu_id, h.code as hu, p.warehouse_id, p.carrier_id, p.service, p.state, p.units,
  p.verified, p.weight_g, p.carton_code, p.tracking_number, p.sscc, p.station_id"""
FIND = f"select {_COLUMNS} from parcel p join handling_unit h on h.id = p.hu_id where p.shop_id = $1 and p.id = $2"


async def find_parcel(tx: Tx, shop_id: int, parcel_id: int) -> Parcel:
    """One parcel, not locked. Raises ``NotFound``."""
    found = await tx.one(Parcel, FIND, shop_id, parcel_id)
    if found is None:
        raise NotFound(what="parcel", ref=parcel_id)
    return found


# The order first. Whoever held it may have changed the parcel meanwhile: locking it reads its newest version.
LOCK = f"""
with locked as materialized (
  select {COLUMNS} from orders o
  where o.shop_id = $1 and o.id = (select x.order_id from parcel x where x.shop_id = $1 and x.id = $2) for update
)
select {", ".join(f"o.{f} as of_{f}" for f in LockedOrder.__struct_fields__)}, {_COLUMNS}
from locked o join parcel p on p.shop_id = o.shop_id and p.order_id = o.id join handling_unit h on h.id = p.hu_id
where p.id = $2 for update of p
"""


async def lock_parcel(tx: Tx, shop_id: int, parcel_id: int) -> tuple[LockedOrder, Parcel]:
    """One parcel and, before it, its order, both locked. Raises ``NotFound``."""
    row = await tx.row(LOCK, shop_id, parcel_id)
    if row is None:
        raise NotFound(what="parcel", ref=parcel_id)
    order = LockedOrder(*(row[f"of_{f}"] for f in LockedOrder.__struct_fields__))
    return order, Parcel(*(row[f] for f in Parcel.__struct_fields__))


async def lock_live_parcel(tx: Tx, shop_id: int, parcel_id: int) -> tuple[LockedOrder, Parcel]:
    """The same, behind the gate. Raises ``OrderCancelled`` or ``OrderOnHold``, too."""
    order, parcel = await lock_parcel(tx, shop_id, parcel_id)
    pass_gate(order)
    return order, parcel


_OPENED = recording(
    """select $1::int, 'parcel.opened', 'parcel', b.id, $7::text || '/' || b.no, jsonb_build_object('order_id', $2::bigint)
  from box b""",
    *("$8", "$9", "$10", "$11"),
)
# The next box of a locked order, and what is told of it: $1 shop, $2 order, $3 warehouse, $4 carrier, $5 service, $6 where the
# box stands, $7 the order's number, then who does it.
NEXT_BOX = f"""born as (
  {numbered_unit("parcel", "$3", "$6")}
), box as (
  insert into parcel (shop_id, order_id, no, hu_id, warehouse_id, carrier_id, service)
  select $1, $2, (select coalesce(max(no), 0) + 1 from parcel where shop_id = $1 and order_id = $2), b.id, $3, $4, $5
  from born b returning id, no
), told as ({_OPENED}
)"""


# Both are read afresh, from what was scanned and from the ledger: ``verified`` does not rest on a counter. The box is looked
# up by a sub-select: where the planner could see which one it is, it would plan anew for each.
_CLOSED = recording(
    "select shop_id, 'parcel.closed', 'parcel', id, $7::text, $8::jsonb from shut",
    *("$9", "$10", "$11", "$12"),
)
CLOSE = f"""
with scanned as materialized (
  select sku_id, lot_id, sum(quantity)::int as q from parcel_item where shop_id = $1 and parcel_id = $2 group by 1, 2
), held as materialized (
  select sku_id, lot_id, sum(on_hand)::int as q from balance
  where hu_id = (select hu_id from parcel where shop_id = $1 and id = $2) group by 1, 2
), odd as (
  select from (select * from scanned union all select sku_id, lot_id, -q from held) t
  group by sku_id, lot_id having sum(q) <> 0
), shut as (
  update parcel set state = 'closed', closed_at = now(), carton_code = $3, expected_weight_g = $4, weight_g = $5,
    station_id = $6, units = (select coalesce(sum(q), 0) from scanned),
    ledger_units = case when exists (select from odd) then -1 else (select coalesce(sum(q), 0) from held) end
  where shop_id = $1 and id = $2 and state = 'open'
  returning shop_id, id, verified
), told as ({_CLOSED}
)
select verified from shut
"""


async def close_parcel_record(
    tx: Tx,
    shop_id: int,
    parcel_id: int,
    *,
    carton_code: str,
    expected_weight_g: int,
    weight_g: int,
    station_id: int | None,
    ref: str,
    told: dict[str, Any],
) -> bool:
    """Closes an open parcel at a pack station; whether what was scanned into it is what the ledger has in it.

    ``ref`` and ``told`` are for the event.
    """
    return bool(
        await tx.value(
            CLOSE,
            shop_id,
            parcel_id,
            carton_code,
            expected_weight_g,
            weight_g,
            station_id,
            ref,
            msgspec.json.encode(told).decode(),
            *author(tx),
        )
    )


async def reopen_parcel_record(tx: Tx, shop_id: int, parcel_id: int) -> bool:
    """A closed parcel without a label can be changed again."""
    return bool(
        await tx.run(
            """update parcel set state = 'open', closed_at = null, weight_g = null, expected_weight_g = null,
                 carton_code = null where shop_id = $1 and id = $2 and state = 'closed'""",
            shop_id,
            parcel_id,
        )
    )


# Boxes of an order ($1 shop, $2 order) that were opened and never used, once nothing of it waits to be packed.
EMPTY_VOID = """update parcel set state = 'void', voided_at = now()
  where shop_id = $1 and order_id = $2 and state = 'open' and units = 0 and not exists (
    select from order_line l where l.shop_id = $1 and l.order_id = $2 and l.picked > l.packed)"""


# The number ($3, and the SSCC $4) is on the box, which is closed and locked. No row, when the carrier has used it before.
NUMBERED = """numbered as (
  update parcel p set state = 'labelled', tracking_number = $3, sscc = $4
  where p.shop_id = $1 and p.id = $2 and p.state = 'closed' and not exists (
    select from parcel q where q.carrier_id = p.carrier_id and q.tracking_number = $3)
  returning p.shop_id, p.id
)"""


async def unlabel_parcel(tx: Tx, shop_id: int, parcel_id: int) -> None:
    """The label is void; the box is closed and waits for another one."""
    await tx.run(
        """update parcel set state = 'closed', tracking_number = null, sscc = null
           where shop_id = $1 and id = $2 and state = 'labelled'""",
        shop_id,
        parcel_id,
    )


class Key(msgspec.Struct, frozen=True):
    """A parcel or an order, as a statement returns it."""

    shop_id: int
    id: int


Keys = Sequence[tuple[int, int]]
"""``(shop_id, id)`` pairs, of parcels or of orders."""


async def move_parcels(tx: Tx, parcels: Keys, new: ParcelState) -> int:
    """Takes parcels of any shops to ``new``; those that may not get there in one step stay. Returns how many went."""
    moved = await tx.sized(
        Key,
        """update parcel p set state = $3 from unnest((select $1::int[]), (select $2::bigint[])) as u(shop_id, id)
           where p.shop_id = u.shop_id and p.id = u.id and p.state = any((select $4::text[])::text[])
           returning p.shop_id, p.id""",
        len(parcels),
        [s for s, _ in parcels],
        [i for _, i in parcels],
        new.value,
        [s.value for s in PARCEL_STEPS.before(new)],
    )
    return len(moved)

"""Close a parcel: carton, weight, inserts; and the order when nothing of it is left in a tote."""

from collections.abc import Sequence
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.text import pick_lang
from wms.orders.labels import Asked
from wms.orders.parcel_progress import let_orders_on
from wms.orders.parcels import EMPTY_VOID, ParcelState, close_parcel_record, lock_live_parcel
from wms.orders.recheck_parcel import Moved, recheck_parcel
from wms.orders.service_values import Sides
from wms.orders.states import OrderState
from wms.orders.store_choice import chosen_by_rules
from wms.packing.errors import (
    EmptyParcel,
    InsertsMissing,
    OverruleNeedsSupervisor,
    ParcelDiffers,
    ParcelNotOpen,
    WeightNeeded,
    WeightOff,
)
from wms.packing.print_slip import ask_for_slip
from wms.packing.queries import closing_table
from wms.packing.weight import WeightVerdict, expected_weight, judge_weight


class Closed(msgspec.Struct, frozen=True):
    """``order_packed``: nothing of the order is left to pack. ``outcome`` unknown: some SKU has no weight yet.

    ``moved``: it turned out to be too much for the service that was chosen, and goes with another one. ``label``: what was
    asked for in the same call.
    """

    shop_id: int
    parcel_id: int
    parcel: str
    no: int
    weight_g: int
    expected_g: int
    outcome: str
    order_packed: bool
    moved: Moved | None = None
    label: Asked | None = None


async def close_parcel(
    tx: Tx,
    shop_id: int,
    parcel_id: int,
    *,
    carton: str,
    weight_g: int | None,
    inserts: Sequence[str] = (),
    overrule: str | None = None,
    overruled_by: int | None = None,
) -> Closed:
    """``inserts``: the texts of those put in; ``overrule``: why a supervisor accepts a weight that is off.

    ``weight_g`` None: reckoned, for a parcel of one piece whose weight is known; the scan of the piece has proved what is
    in, and a scale would prove nothing more. ``overruled_by``: the supervisor who gave badge and PIN for it
    (``wms.people.vouch``); None: whoever is signed in.
    Raises ``ParcelNotOpen``, ``EmptyParcel``, ``InsertsMissing``, ``WeightNeeded``, ``WeightOff``,
    ``OverruleNeedsSupervisor``, ``NotFound`` for the carton, ``NothingFitsParcel``, ``OrderCancelled``.
    """
    order, parcel = await lock_live_parcel(tx, shop_id, parcel_id)
    if parcel.state != ParcelState.OPEN:
        raise ParcelNotOpen(parcel=parcel.hu, state=parcel.state)
    if not parcel.units:
        raise EmptyParcel(parcel=parcel.hu)
    table = await closing_table(tx, shop_id, order.id, parcel_id, carton)
    box = table.carton
    if box is None:
        raise NotFound(what="carton", ref=carton)
    if missing := [i.text for i in table.inserts if i.text not in inserts]:
        raise InsertsMissing(inserts=", ".join(missing), missing=missing)
    extra = sum(i.weight_g for i in table.inserts)
    expected = expected_weight(table.contents, carton_g=box.weight_g, inserts_g=extra)
    reckoned = weight_g is None
    if weight_g is None:
        if parcel.units != 1 or expected.unknown:
            raise WeightNeeded(parcel=parcel.hu)
        weight_g = expected.grams
    verdict = judge_weight(expected, weight_g, table.contents)
    if verdict.outcome in ("light", "heavy"):
        _weight_off(tx, verdict, overrule, overruled_by)
    data: dict[str, Any] = {
        "order_id": order.id, "carton": box.code, "weight_g": weight_g, "expected_g": expected.grams,
        "units": parcel.units, "hu": parcel.hu,
    }  # fmt: skip
    if reckoned:
        data["reckoned"] = True
    if overrule and verdict.outcome in ("light", "heavy"):
        by = overruled_by or tx.actor.person_id
        data |= {"overruled": overrule, "overruled_by": by, "difference_g": verdict.difference_g}
    verified = await close_parcel_record(
        tx, shop_id, parcel_id, carton_code=box.code, expected_weight_g=expected.grams, weight_g=weight_g,
        station_id=table.station_id, ref=f"{order.number}/{parcel.no}", told=data,
    )  # fmt: skip
    if not verified:
        raise ParcelDiffers(parcel=parcel.hu)
    moved = None
    if chosen_by_rules(table.chosen):
        sides = Sides(box.length_mm, box.width_mm, box.height_mm)
        lang = pick_lang(tx.actor.language)
        moved = await recheck_parcel(tx, order, parcel, weight_g=weight_g, sides=sides, lang=lang)
    if table.paper:
        await ask_for_slip(tx, shop_id, parcel_id)
    done = await _finish(tx, shop_id, order.id)
    return Closed(
        shop_id,
        parcel_id,
        parcel.hu,
        parcel.no,
        weight_g,
        expected.grams,
        verdict.outcome,
        order_packed=done,
        moved=moved,
    )


def _weight_off(tx: Tx, verdict: WeightVerdict, overrule: str | None, overruled_by: int | None) -> None:
    if overrule is None:
        raise WeightOff(
            measured_g=verdict.measured_g,
            expected_g=verdict.expected_g,
            tolerance_g=verdict.tolerance_g,
            suspects=", ".join(verdict.suspects) or "?",
        )
    if overruled_by is None and not tx.actor.roles & {"supervisor", "admin"}:
        raise OverruleNeedsSupervisor


LET_GO = f"""
with empty as (
  {EMPTY_VOID}
)
update pack_session set parcel_id = null, done_at = case when $3 then $4::timestamptz end
where shop_id = $1 and order_id = $2 and done_at is null
"""


async def _finish(tx: Tx, shop_id: int, order_id: int) -> bool:
    """The session lets go of the closed parcel; with nothing left to pack it ends and the order is packed."""
    packed = bool(await let_orders_on(tx, [(shop_id, order_id)], OrderState.PACKED))
    await tx.run(LET_GO, shop_id, order_id, packed, tx.now)
    return packed

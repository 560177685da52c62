"""Announce a return: the shop says what will come back, and why."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from wms.db.tx import Tx
from wms.events.log import record
from wms.kernel.calendar import local_date
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.text import Text
from wms.orders.gates import lock_orders
from wms.returns.errors import MoreThanShipped, ReturnExists, ReturnSkusUnknown
from wms.returns.queries import returnable_lines
from wms.returns.spread import Asked, TooMany, Wanted, spread
from wms.returns.states import LockedReturn, ReturnState, return_event
from wms.returns.words import AnnouncedKind, Reason

Line = Annotated[str, Meta(max_length=200)]


class ReturnLineIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    sku: Annotated[str, Meta(min_length=1, max_length=100, examples=["85123A"])]
    quantity: Annotated[int, Meta(ge=1, le=1_000_000, examples=[1])]
    reason: Reason = "other"
    note: Annotated[str, Meta(max_length=500, examples=["za duży"])] | None = None


class ReturnIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A return. The same ``number`` with the same content is the same return; without one we number it.

    ``order_number`` may name an order that we do not know: the goods are matched when they arrive. ``declared_on`` is the
    day on which the buyer declared the withdrawal (today where it is left out); the refund's clock runs from it.
    """

    number: (
        Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^\S.*$", examples=["Z/2026/11/7"])] | None
    ) = None
    kind: AnnouncedKind
    order_number: Annotated[str, Meta(min_length=1, max_length=60, examples=["2026/11/1042"])] | None = None
    lines: Annotated[list[ReturnLineIn], Meta(min_length=1, max_length=500)]
    tracking_number: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    name: Annotated[str, Meta(max_length=100, examples=["Łucja Świątek"])] | None = None
    email: Annotated[str, Meta(max_length=200, examples=["lucja@example.com"])] | None = None
    declared_on: date | None = None
    note: Annotated[str, Meta(max_length=500)] | None = None


class Announced(msgspec.Struct, frozen=True):
    """``label`` is the text of the bar code for the return's box; ``created`` is false when it was known already."""

    id: int
    number: str
    state: str
    label: str
    order_id: int | None
    created_at: datetime
    created: bool


KNOWN = (
    "select id, number, state, order_id, created_at, request_hash from rma where shop_id = $1 and number = $2"
)
INSERT = """
with n as (select nextval(pg_get_serial_sequence('rma', 'id')) as id), made as (
  insert into rma (shop_id, id, number, kind, announced, order_id, order_number, tracking_number, name, email,
                   declared_on, note, request_hash, warehouse_id)
  select $1, n.id, coalesce($2, 'RMA-' || lpad(n.id::text, 7, '0')), $3, true, $4, $5, $6, $7, $8, $9, $10, $11, $12 from n
  on conflict (shop_id, number) do nothing returning id, number, created_at
), lines as (
  insert into rma_line (shop_id, rma_id, line_no, sku_id, order_line_id, quantity, reason, note)
  select $1, made.id, l.no, l.sku_id, nullif(l.order_line_id, 0), l.quantity, l.reason, l.note
  from made, unnest($13::bigint[], $14::bigint[], $15::int[], $16::text[], $17::text[])
       with ordinality as l(sku_id, order_line_id, quantity, reason, note, no)
)
select id, number, created_at from made
"""
SKUS = """
select s.id, s.code, s.kit,
       coalesce((select jsonb_agg(jsonb_build_array(k.sku_id, k.quantity) order by k.sku_id) from kit_component k
                  where (k.shop_id, k.kit_sku_id) = (s.shop_id, s.id)), '[]') as parts
from sku s where s.shop_id = $1 and s.code = any($2::text[])
"""


async def announce_return(tx: Tx, shop_id: int, wanted: ReturnIn) -> Announced:
    """The return, new or known. Goods of a known order are matched with its lines.

    Raises ``ReturnExists`` (number in use with other content), ``ReturnSkusUnknown``, ``MoreThanShipped`` with every line
    that asks for more than was shipped and is on no other return, ``Invalid`` for a declaration in the future.
    """
    digest = hashlib.sha256(msgspec.json.encode(wanted, order="deterministic")).digest()
    if wanted.number is not None and (known := await _known(tx, shop_id, wanted.number, digest)):
        return known
    shop = await tx.row("select timezone from shop where id = $1", shop_id)
    if shop is None:
        raise NotFound(what="shop", ref=shop_id)
    today = local_date(tx.now, shop["timezone"])
    declared_on = wanted.declared_on or (today if wanted.kind == "withdrawal" else None)
    if declared_on is not None and declared_on > today:
        raise Invalid(
            field="declared_on",
            why=Text(en="{day} is in the future", pl="{day} jest w przyszłości"),
            day=str(declared_on),
            pointer="/declared_on",
        )
    order = await _order(tx, shop_id, wanted.order_number)
    lines = await _lines(tx, shop_id, wanted, order["id"] if order else None)
    warehouse_id = order["warehouse_id"] if order else await tx.value("select min(id) from warehouse")
    if warehouse_id is None:
        raise NotFound(what="warehouse", ref="-")
    made = await tx.row(
        INSERT, shop_id, wanted.number, wanted.kind, order["id"] if order else None, wanted.order_number,
        wanted.tracking_number, wanted.name, wanted.email, declared_on, wanted.note, digest, warehouse_id,
        [n.sku_id for n in lines], [n.order_line_id or 0 for n in lines], [n.quantity for n in lines],
        [n.reason for n in lines], [n.note for n in lines],
    )  # fmt: skip
    if made is None:  # announced at the same moment by a twin of this request
        twin = await _known(tx, shop_id, wanted.number or "", digest)
        assert twin is not None
        return twin
    rma = LockedReturn(
        shop_id=shop_id, id=made["id"], number=made["number"], kind=wanted.kind, state=ReturnState.ANNOUNCED,
        announced=True, order_id=order["id"] if order else None, order_number=wanted.order_number,
        warehouse_id=warehouse_id, location_id=None,
    )  # fmt: skip
    data = {
        "new": "announced",
        "kind": wanted.kind,
        "order_number": wanted.order_number,
        "lines": [{"sku": n.sku, "quantity": n.quantity, "reason": n.reason} for n in wanted.lines],
    }
    await record(tx, return_event(rma, "announced", data))
    return _answer(rma.id, rma.number, "announced", rma.order_id, made["created_at"], created=True)


def _answer(
    rma_id: int, number: str, state: str, order_id: int | None, at: datetime, *, created: bool
) -> Announced:
    return Announced(
        id=rma_id,
        number=number,
        state=state,
        label=f"R-{number}",
        order_id=order_id,
        created_at=at,
        created=created,
    )


async def _known(tx: Tx, shop_id: int, number: str, digest: bytes) -> Announced | None:
    found = await tx.row(KNOWN, shop_id, number)
    if found is None:
        return None
    if found["request_hash"] != digest:
        raise ReturnExists(number=number, pointer="/number")
    return _answer(
        found["id"], found["number"], found["state"], found["order_id"], found["created_at"], created=False
    )


async def _order(tx: Tx, shop_id: int, number: str | None) -> Any:
    """The order by its number, locked, so that two announcements cannot both claim the last piece; or None."""
    if number is None:
        return None
    found = await tx.row(
        "select id, warehouse_id from orders where shop_id = $1 and number = $2", shop_id, number
    )
    if found is not None:
        await lock_orders(tx, shop_id, [found["id"]])
    return found


async def _lines(tx: Tx, shop_id: int, wanted: ReturnIn, order_id: int | None) -> list[Wanted]:
    """The announced goods as lines of the return. Raises what is wrong with any of them, all at once."""
    skus = {s["code"]: s for s in await tx.rows(SKUS, shop_id, list({n.sku for n in wanted.lines}))}
    if unknown := sorted({n.sku for n in wanted.lines} - skus.keys()):
        at = next(i for i, n in enumerate(wanted.lines) if n.sku in unknown)
        raise ReturnSkusUnknown(codes=", ".join(unknown), pointer=f"/lines/{at}/sku")
    asked = [
        Asked(index=i, sku_id=skus[n.sku]["id"], quantity=n.quantity, reason=n.reason, note=n.note)
        for i, n in enumerate(wanted.lines)
    ]
    kits = {s["id"]: [(p[0], p[1]) for p in s["parts"]] for s in skus.values() if s["kit"]}
    order = await returnable_lines(tx, shop_id, order_id) if order_id else []
    lines, too_many = spread(asked, order, kits)
    if too_many:
        raise _more_than_shipped(wanted, too_many)
    return lines


def _more_than_shipped(wanted: ReturnIn, too_many: Sequence[TooMany]) -> MoreThanShipped:
    lines = [
        {
            "pointer": f"/lines/{t.index}/quantity",
            "sku": wanted.lines[t.index].sku,
            "asked": wanted.lines[t.index].quantity,
            "left": t.left,
        }
        for t in too_many
    ]
    said = "; ".join(f"{n['sku']} {n['asked']} > {n['left']}" for n in lines[:20])
    return MoreThanShipped(
        order=wanted.order_number, said=said, lines=lines, pointer=str(lines[0]["pointer"])
    )

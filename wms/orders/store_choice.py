"""A choice is kept with what could have been chosen, so that everybody can see why; the last one of an order counts."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event
from wms.orders.service_values import ByHand, Choice, NothingFits, Option, Reason

MOST = 40
"""Services that are kept of one choice; the best of those that fit come first."""
Found = Choice | NothingFits | ByHand


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One choice of one order, or of one of its parcels. ``service`` is what was asked for where nothing fitted."""

    order_id: int
    number: str
    found: Found
    parcel_id: int | None = None
    service: str = ""

    @property
    def carrier(self) -> str | None:
        return None if isinstance(self.found, NothingFits) else self.found.carrier

    @property
    def goes_with(self) -> str:
        """The service that it goes with, or would."""
        return self.service if isinstance(self.found, NothingFits) else self.found.service


class Last(msgspec.Struct, frozen=True):
    """What was chosen last for an order. ``carrier`` None: nothing fitted."""

    order_id: int
    carrier: str | None
    service: str
    reason: Reason

    @property
    def by_rules(self) -> bool:
        return chosen_by_rules(self.reason)


def chosen_by_rules(last: Reason | None) -> bool:
    """An order whose carrier a person named stays as it is, as does one for which nothing was chosen."""
    return last not in (None, "by-hand")


INSERT = """
insert into service_choice (shop_id, order_id, parcel_id, carrier_id, service, reason, rule, arrives_on, price, currency, options)
select $1, u.order_id, u.parcel_id, c.id, u.service, u.reason, u.rule, u.arrives_on, u.price, u.currency, u.options::jsonb
from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::date[], $9::numeric[], $10::text[],
  $11::text[]) as u(order_id, parcel_id, carrier, service, reason, rule, arrives_on, price, currency, options)
left join carrier c on c.code = u.carrier
"""
LAST_REASON = """select s.reason from service_choice s
   where s.shop_id = {shop} and s.order_id = {order} and s.parcel_id is null order by s.id desc limit 1"""
LAST = """
select distinct on (s.order_id) s.order_id, c.code as carrier, s.service, s.reason
from service_choice s left join carrier c on c.id = s.carrier_id
where s.shop_id = $1 and s.order_id = any($2::bigint[]) and s.parcel_id is null order by s.order_id, s.id desc
"""


async def last_choices(tx: Tx, shop_id: int, order_ids: Sequence[int]) -> dict[int, Last]:
    """By order; one whose carrier the shop named has none."""
    if not order_ids:
        return {}
    return {c.order_id: c for c in await tx.all(Last, LAST, shop_id, list(order_ids))}


def reason_of(found: Found) -> Reason:
    match found:
        case Choice():
            return found.reason
        case ByHand():
            return "by-hand"
        case NothingFits():
            return "nothing"


async def store_choices(tx: Tx, shop_id: int, choices: Sequence[Kept]) -> None:
    """Keeps them, in one statement."""
    if choices:
        await tx.run(INSERT, shop_id, *(list(column) for column in zip(*map(_row, choices), strict=True)))


def _row(k: Kept) -> tuple[Any, ...]:
    made = k.found if isinstance(k.found, Choice) else None
    told = None if isinstance(k.found, ByHand) else k.found
    return (
        k.order_id, k.parcel_id, k.carrier, k.goes_with, reason_of(k.found), told.rule if told else "",
        made.arrives if made else None, made.price if made else None, made.currency if made else None,
        _options(told.options if told else ()),
    )  # fmt: skip


def _options(options: Sequence[Option]) -> str:
    return msgspec.json.encode(options[:MOST]).decode()


def chosen_event(shop_id: int, k: Kept, *, more: Mapping[str, object] | None = None) -> Event:
    """The event of a choice; prices are not in it, because shops read events."""
    data: dict[str, object] = {"reason_code": reason_of(k.found), "rule": ""}
    if not isinstance(k.found, ByHand):
        data["rule"] = k.found.rule
    if k.carrier is not None:
        data |= {"carrier": k.carrier, "service": k.goes_with}
    if isinstance(k.found, Choice):
        data["arrives_on"] = k.found.arrives.isoformat()
    if k.parcel_id is not None:
        return Event(
            kind="parcel.service_changed", subject="parcel", subject_id=k.parcel_id, shop_id=shop_id, ref=k.number,
            data=data | {"order_id": k.order_id} | dict(more or {}),
        )  # fmt: skip
    return Event(
        kind="order.service_chosen" if k.carrier is not None else "order.no_service",
        subject="order", subject_id=k.order_id, shop_id=shop_id, ref=k.number, data=data | dict(more or {}),
    )  # fmt: skip

"""A choice is kept with what could have been chosen, so that everybody can see why."""

from collections.abc import Mapping, Sequence

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event
from wms.orders.choose_service import Choice, NothingFits, Option, Reason

MOST = 40
"""Services that are kept of one choice; the best of those that fit come first."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One choice of one order, or of one of its parcels. ``service`` is what was asked for where nothing fitted."""

    order_id: int
    number: str
    found: Choice | NothingFits
    parcel_id: int | None = None
    service: str = ""


INSERT = """
insert into service_choice (shop_id, order_id, parcel_id, carrier_id, service, reason, rule, arrives_on, price, currency, options)
select $1, u.order_id, u.parcel_id, c.id, u.service, u.reason, u.rule, u.arrives_on, u.price, u.currency, u.options::jsonb
from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::date[], $9::numeric[], $10::text[],
  $11::text[]) as u(order_id, parcel_id, carrier, service, reason, rule, arrives_on, price, currency, options)
left join carrier c on c.code = u.carrier
"""


def reason_of(found: Choice | NothingFits) -> Reason:
    return found.reason if isinstance(found, Choice) else "nothing"


async def store_choices(tx: Tx, shop_id: int, choices: Sequence[Kept]) -> None:
    """Keeps them, in one statement."""
    if not choices:
        return
    made = [k.found if isinstance(k.found, Choice) else None for k in choices]
    await tx.run(
        INSERT,
        shop_id,
        [k.order_id for k in choices],
        [k.parcel_id for k in choices],
        [m.carrier if m else None for m in made],
        [m.service if m else k.service for k, m in zip(choices, made, strict=True)],
        [reason_of(k.found) for k in choices],
        [k.found.rule for k in choices],
        [m.arrives if m else None for m in made],
        [m.price if m else None for m in made],
        [m.currency if m else None for m in made],
        [_options(k.found.options) for k in choices],
    )


def _options(options: Sequence[Option]) -> str:
    return msgspec.json.encode(options[:MOST]).decode()


def chosen_event(shop_id: int, k: Kept, *, more: Mapping[str, object] | None = None) -> Event:
    """The event of a choice; prices are not in it, because shops read events."""
    data: dict[str, object] = {"reason_code": reason_of(k.found), "rule": k.found.rule}
    if isinstance(k.found, Choice):
        data |= {
            "carrier": k.found.carrier, "service": k.found.service, "arrives_on": k.found.arrives.isoformat(),
        }  # fmt: skip
    if k.parcel_id is not None:
        return Event(
            kind="parcel.service_changed", subject="parcel", subject_id=k.parcel_id, shop_id=shop_id, ref=k.number,
            data=data | {"order_id": k.order_id} | dict(more or {}),
        )  # fmt: skip
    return Event(
        kind="order.service_chosen" if isinstance(k.found, Choice) else "order.no_service",
        subject="order", subject_id=k.order_id, shop_id=shop_id, ref=k.number, data=data | dict(more or {}),
    )  # fmt: skip

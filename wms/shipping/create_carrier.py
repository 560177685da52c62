"""Add a carrier, say when its car comes, and give its number range more numbers."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

import msgspec

from wms.carriers.port import Cap, CarrierError
from wms.carriers.registry import Account, NumberBlock, capabilities, make_adapter
from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.mail import is_mail_address
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.text import Text
from wms.kernel.whys import FORMULA, NONE_OF, ONE_ADDRESS
from wms.locations.number_ranges import check_apart
from wms.printing.cells import risky
from wms.shipping.errors import AdapterUnusable, CarrierExists, RangeCannotShrink
from wms.shipping.sweep_labels import retry_labels_of

LABEL_FORMATS = ("pdf", "zpl")


async def _no_numbers(code: str, n: int) -> NumberBlock:
    raise AssertionError("an adapter takes no numbers while it is made")


async def create_carrier(
    tx: Tx,
    *,
    code: str,
    name: str,
    adapter: str,
    account: str = "",
    email: str | None = None,
    max_weight_g: int = 30_000,
    services: Sequence[str] = ("standard",),
    label_formats: Sequence[str] = ("pdf",),
    settings: Mapping[str, Any] | None = None,
) -> int:
    """A new carrier; its settings are tried on the adapter now, not at the first label.

    ``email`` gets the papers of its manifests. Raises ``CarrierExists``, ``AdapterUnusable``, ``Invalid``.
    """
    if email is not None and not is_mail_address(email):
        raise Invalid(field="email", why=ONE_ADDRESS, pointer="/email")
    for field, value in (("name", name), ("account", account), *(("services", s) for s in services)):
        if risky(
            value
        ):  # they stand in the manifest's file: refused here, so that no manifest fails for them
            raise Invalid(field=field, why=FORMULA, value=value, pointer=f"/{field}")
    if unknown := [f for f in label_formats if f not in LABEL_FORMATS]:
        choices = ", ".join(LABEL_FORMATS)
        raise Invalid(
            field="label_formats", why=NONE_OF, wrong=unknown[0], choices=choices, pointer="/label_formats"
        )
    try:
        make_adapter(adapter, Account(code, account, max_weight_g, dict(settings or {}), _no_numbers))
    except CarrierError as e:
        raise AdapterUnusable(why=str(e), pointer="/settings") from e
    carrier_id: int | None = await tx.value(
        """insert into carrier (code, name, adapter, account, email, max_weight_g, services, settings, label_formats)
           values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9::jsonb) on conflict (code) do nothing returning id""",
        code,
        name,
        adapter,
        account,
        email,
        max_weight_g,
        msgspec.json.encode(list(services)).decode(),
        msgspec.json.encode(dict(settings or {})).decode(),
        msgspec.json.encode(list(dict.fromkeys(label_formats))).decode(),
    )
    if carrier_id is None:
        raise CarrierExists(carrier=code, pointer="/code")
    event = Event(
        kind="carrier.created", subject="carrier", subject_id=carrier_id, ref=code, data={"adapter": adapter}
    )
    await record(tx, event)
    return carrier_id


async def set_pickups(tx: Tx, carrier_id: int, pickups: Sequence[tuple[int, time]]) -> None:
    """Replaces the calendar: weekday (0 is Monday) and local time. Raises ``NotFound``, ``Invalid``."""
    if wrong := [d for d, _ in pickups if not 0 <= d <= 6]:
        raise Invalid(
            field="weekday",
            why=Text(
                en="{wrong} is not 0 (Monday) to 6", pl="{wrong} to nie liczba od 0 (poniedziałek) do 6"
            ),
            wrong=wrong[0],
            pointer="/pickups",
        )
    code = await tx.value("select code from carrier where id = $1 for update", carrier_id)
    if code is None:
        raise NotFound(what="carrier", ref=carrier_id)
    await tx.run("delete from carrier_pickup where carrier_id = $1", carrier_id)
    await tx.run(
        "insert into carrier_pickup (carrier_id, weekday, at) select distinct $1::bigint, * from unnest($2::int[], $3::time[])",
        carrier_id,
        [d for d, _ in pickups],
        [t for _, t in pickups],
    )
    data = {"pickups": [[d, t.isoformat("minutes")] for d, t in pickups]}
    await record(
        tx, Event(kind="carrier.pickups_set", subject="carrier", subject_id=carrier_id, ref=code, data=data)
    )


async def set_orders_pickup(tx: Tx, carrier_id: int, orders: bool) -> None:
    """Whether cars are ordered from the calendar. Raises ``NotFound``, ``AdapterUnusable`` when it takes no orders."""
    row = await tx.row("select code, adapter from carrier where id = $1 for update", carrier_id)
    if row is None:
        raise NotFound(what="carrier", ref=carrier_id)
    try:
        able = Cap.PICKUP in capabilities(row["adapter"])
    except CarrierError as e:
        raise AdapterUnusable(why=str(e), pointer="/orders") from e
    if orders and not able:
        raise AdapterUnusable(why=f"{row['adapter']} takes no orders for a car", pointer="/orders")
    await tx.run("update carrier set orders_pickup = $2 where id = $1", carrier_id, orders)
    event = Event(
        kind="carrier.pickup_orders_set", subject="carrier", subject_id=carrier_id, ref=row["code"],
        data={"orders": orders},
    )  # fmt: skip
    await record(tx, event)


class Extended(msgspec.Struct, frozen=True):
    """``left`` numbers; ``retried`` labels that had waited for them."""

    code: str
    left: int
    retried: int


async def extend_number_range(tx: Tx, code: str, last: int) -> Extended:
    """The range goes up to ``last`` now, and labels that waited go on. Raises ``NotFound``, ``RangeCannotShrink``,
    ``NumbersInTwoRanges``."""
    row = await tx.row(
        "select id, kind, prefix, suffix, next, last, carrier_id from number_range where code = $1 for update",
        code,
    )
    if row is None:
        raise NotFound(what="number range", ref=code)
    if last <= row["last"]:
        raise RangeCannotShrink(range=code, last=row["last"])
    await check_apart(
        tx, code, row["kind"], row["prefix"], row["suffix"], row["carrier_id"], row["last"] + 1, last
    )
    await tx.run("update number_range set last = $2 where id = $1", row["id"], last)
    event = Event(
        kind="number_range.extended",
        subject="number_range",
        subject_id=row["id"],
        ref=code,
        data={"last": last},
    )
    await record(tx, event)
    retried = await retry_labels_of(tx, row["carrier_id"]) if row["carrier_id"] is not None else 0
    return Extended(code, last - row["next"] + 1, retried)

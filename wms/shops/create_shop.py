"""Create a shop: a tenant whose goods the operator stores."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.calendar import check_country, check_timezone
from wms.kernel.mail import is_mail_address
from wms.kernel.refusals import Invalid
from wms.kernel.whys import FORMULA, ONE_ADDRESS
from wms.printing.cells import risky
from wms.shops.errors import ShopCodeTaken


def check_name(name: str) -> None:
    """Raises ``Invalid`` for a name that must not stand in a carrier's file (``wms.printing.cells``)."""
    if risky(name):
        raise Invalid(field="name", why=FORMULA, value=name, pointer="/name")


def check_contact(email: str | None) -> None:
    """Raises ``Invalid`` for what is not one e-mail address."""
    if email is not None and not is_mail_address(email):
        raise Invalid(field="contact_email", why=ONE_ADDRESS, pointer="/contact_email")


async def create_shop(
    tx: Tx,
    code: str,
    name: str,
    *,
    language: str = "pl",
    country: str = "PL",
    timezone: str = "Europe/Warsaw",
    cut_off: time = time(14, 0),
    handling_days: int = 0,
    partial_policy: str = "complete",
    min_days_left: int = 0,
    sender: Mapping[str, str] | None = None,
    contact_email: str | None = None,
    inserts: Sequence[Mapping[str, Any]] = (),
    return_checklist: Sequence[str] = (),
    synthetic: bool = False,
) -> int:
    """The new shop's id. ``cut_off`` is local time; ``contact_email`` gets refund advice.

    Raises ``ShopCodeTaken``, ``Invalid`` for an unknown time zone, a bad name or address.
    """
    check_name(name)
    check_timezone(timezone)
    check_country(country)
    check_contact(contact_email)
    shop_id: int | None = await tx.value(
        """insert into shop (code, name, language, country, timezone, cut_off, handling_days, partial_policy,
             min_days_left, sender, inserts, synthetic, contact_email, return_checklist)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11::jsonb, $12, $13,
             $14::jsonb)
           on conflict (code) do nothing returning id""",
        code,
        name,
        language,
        country,
        timezone,
        cut_off,
        handling_days,
        partial_policy,
        min_days_left,
        msgspec.json.encode(dict(sender or {})).decode(),
        msgspec.json.encode([dict(i) for i in inserts]).decode(),
        synthetic,
        contact_email,
        msgspec.json.encode(list(return_checklist)).decode(),
    )
    if shop_id is None:
        raise ShopCodeTaken(shop=code, pointer="/code")
    await record(
        tx, Event(kind="shop.created", subject="shop", subject_id=shop_id, shop_id=shop_id, ref=code)
    )
    return shop_id

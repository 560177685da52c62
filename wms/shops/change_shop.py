"""Change a shop's name and policies."""

from collections.abc import Mapping
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.calendar import check_country, check_timezone
from wms.kernel.refusals import ChangedMeanwhile
from wms.shops.create_shop import check_contact, check_name
from wms.shops.queries import ShopRow, shop

CHANGEABLE = frozenset(
    {
        "name", "language", "country", "timezone", "cut_off", "handling_days", "partial_policy", "min_days_left", "sender",
        "contact_email",
        "inserts", "return_checklist", "active",
    }
)  # fmt: skip
_JSON = frozenset({"sender", "inserts", "return_checklist"})


async def change_shop(tx: Tx, shop_id: int, changes: Mapping[str, Any], version: int | None) -> ShopRow:
    """The shop with ``changes`` made. ``version`` is the one that was read; None does not ask.

    Raises ``NotFound``, ``ChangedMeanwhile``, ``Invalid`` for an unknown time zone or country, a bad name or address.
    """
    assert changes.keys() <= CHANGEABLE, changes.keys()
    if "timezone" in changes:
        check_timezone(changes["timezone"])
    if "country" in changes:
        check_country(changes["country"])
    check_name(changes.get("name", ""))
    check_contact(changes.get("contact_email"))
    found = await tx.value("select version from shop where id = $1::bigint for no key update", shop_id)
    old = await shop(tx, shop_id)
    if version is not None and found != version:
        raise ChangedMeanwhile(what="shop", ref=old.code)
    made = {k: v for k, v in changes.items() if getattr(old, k) != v}
    if not made:
        return old
    sets = ", ".join(f"{k} = ${i}{'::jsonb' if k in _JSON else ''}" for i, k in enumerate(made, start=2))
    values = [msgspec.json.encode(v).decode() if k in _JSON else v for k, v in made.items()]
    await tx.run(f"update shop set {sets}, version = version + 1 where id = $1", shop_id, *values)
    data = {"changed": sorted(made)}
    await record(
        tx,
        Event(
            kind="shop.changed", subject="shop", subject_id=shop_id, shop_id=shop_id, ref=old.code, data=data
        ),
    )
    return await shop(tx, shop_id)

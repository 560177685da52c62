"""Change an order's address at a desk: nothing is stored that would only put the order on hold."""

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import ChangedMeanwhile, NotFound
from wms.kernel.text import Lang, Text
from wms.orders.check_address import Recipient, check_recipient, goes_to_point
from wms.orders.choose_again import goes_by_rules
from wms.orders.holds import Mended
from wms.orders.mend_order import mend_recipient
from wms.orders.order_in import RecipientIn

FIELDS = ("name", "company", "street", "postcode", "city", "country", "phone", "email", "point")
LIMITS = {"name": 100, "company": 100, "street": 200, "postcode": 20, "city": 100, "country": 2, "phone": 40,
          "email": 200, "point": 100}  # fmt: skip
TOO_LONG = Text(en="At most {n} characters.", pl="Najwyżej {n} znaków.")


class Changed(msgspec.Struct, frozen=True):
    """``faults``: what is wrong, by field; then nothing was changed."""

    mended: Mended | None
    faults: dict[str, str]


async def change_address(
    tx: Tx, shop_id: int, order_id: int, version: int, given: dict[str, str], lang: Lang
) -> Changed:
    """Stores the address that was typed in, if nothing is wrong with it. ``version`` is of the page it was typed on.

    Raises ``ChangedMeanwhile``, ``NotFound`` and what ``mend_recipient`` raises (a label, too late).
    """
    order = await tx.row(
        "select number, version, state, carrier_id, service from orders where shop_id = $1 and id = $2 for update",
        shop_id,
        order_id,
    )
    if order is None:
        raise NotFound(what="order", ref=order_id)
    if order["version"] != version:
        raise ChangedMeanwhile(what="order", ref=order["number"])
    value = {f: " ".join(given.get(f, "").split()) for f in FIELDS}
    value["country"] = value["country"].upper()
    faults = {f: TOO_LONG.in_(lang, n=n) for f, n in LIMITS.items() if len(value[f]) > n}
    optional = {f: value[f] or None for f in ("company", "phone", "email", "point")}
    checked = Recipient(
        name=value["name"], street=value["street"], postcode=value["postcode"], city=value["city"],
        country=value["country"], **optional,
    )  # fmt: skip
    # where the rules will choose anew, and where nobody carries it, the point that is given says where it goes
    carried = order["carrier_id"] is not None and not await goes_by_rules(
        tx, shop_id, order_id, order["state"]
    )
    for fault in check_recipient(
        checked, locker=goes_to_point(order["service"], value["point"], carried=carried)
    ):
        faults.setdefault(fault.field.rpartition("/")[2], fault.text.in_(lang))
    if faults:
        return Changed(None, faults)
    point = optional.pop("point")
    recipient = RecipientIn(
        name=value["name"], street=value["street"], postcode=value["postcode"], city=value["city"],
        country=value["country"], **optional,
    )  # fmt: skip
    return Changed(await mend_recipient(tx, shop_id, order_id, recipient, point=point), {})

"""A shop's rules about who carries its orders: set as a whole, in their order."""

from collections.abc import Sequence

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.calendar import NO_COUNTRY
from wms.kernel.countries import COUNTRIES
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.text import Text
from wms.kernel.whys import BETWEEN
from wms.orders.choose_for_waiting import enqueue_choosing
from wms.orders.service_values import ServiceRule

MOST = 100
LONGEST_WAIT = 7 * 24 * 60


NO_SERVICE = Text(en="there is no {service}", pl="nie ma takiej usługi: {service}")


async def rules_of(tx: Tx, shop_id: int) -> list[ServiceRule]:
    """In their order. Raises ``NotFound`` for a shop that is not there."""
    if not await tx.value("select exists(select from shop where id = $1)", shop_id):
        raise NotFound(what="shop", ref=shop_id)
    rows = await tx.rows("select rule from service_rule where shop_id = $1 order by position", shop_id)
    return [msgspec.convert(r["rule"], ServiceRule, strict=False) for r in rows]


async def lock_rules(tx: Tx, shop_id: int) -> list[ServiceRule]:
    """The same, and nobody else changes them until this transaction ends; orders come in all the while. Raises ``NotFound``."""
    await tx.run("select 1 from shop where id = $1 for no key update", shop_id)
    return await rules_of(tx, shop_id)


async def set_rules(tx: Tx, shop_id: int, rules: Sequence[ServiceRule]) -> list[ServiceRule]:
    """Replaces a shop's rules; they count for orders that come in from now on.

    Those that no service took are looked at again in the background. Raises ``Invalid`` for a rule that could never be
    right, with its place, and ``NotFound``.
    """
    await lock_rules(tx, shop_id)
    services = {r["code"]: r["services"] for r in await tx.rows("select code, services from carrier")}
    if len(rules) > MOST:
        raise Invalid(
            field="rules",
            why=Text(en="at most {most} rules", pl="najwyżej {most} reguł"),
            most=MOST,
            pointer="/rules",
        )
    for i, rule in enumerate(rules):
        _check(rule, f"/rules/{i}", services)
    await tx.run("delete from service_rule where shop_id = $1", shop_id)
    await tx.run(
        "insert into service_rule (shop_id, position, rule) select $1, p, r::jsonb from unnest($2::int[], $3::text[]) as u(p, r)",
        shop_id,
        list(range(1, len(rules) + 1)),
        [msgspec.json.encode(r).decode() for r in rules],
    )
    event = Event(
        kind="shop.service_rules_set",
        subject="shop",
        subject_id=shop_id,
        shop_id=shop_id,
        data={"rules": len(rules)},
    )
    await record(tx, event)
    await enqueue_choosing(tx, shop_id)
    return await rules_of(tx, shop_id)


def _check(rule: ServiceRule, at: str, services: dict[str, list[str]]) -> None:
    """Raises ``Invalid``."""
    if not rule.name.strip():
        raise Invalid(
            field="name",
            why=Text(en="say what the rule is for", pl="napisz, do czego służy reguła"),
            pointer=f"{at}/name",
        )
    if not rule.services:
        raise Invalid(
            field="services",
            why=Text(en="name at least one carrier", pl="podaj co najmniej jednego przewoźnika"),
            pointer=f"{at}/services",
        )
    for j, country in enumerate(rule.countries):
        if country not in COUNTRIES:
            raise Invalid(field="countries", why=NO_COUNTRY, country=country, pointer=f"{at}/countries/{j}")
    if rule.action == "fixed" and (len(rule.services) != 1 or rule.services[0].service is None):
        raise Invalid(
            field="services",
            why=Text(
                en="a fixed rule names one service of one carrier",
                pl="reguła stała wskazuje jedną usługę jednego przewoźnika",
            ),
            pointer=f"{at}/services",
        )
    for j, ref in enumerate(rule.services):
        known = services.get(ref.carrier)
        if known is None or (ref.service is not None and ref.service not in known):
            named = f"{ref.carrier} {ref.service or ''}".strip()
            raise Invalid(field="services", why=NO_SERVICE, service=named, pointer=f"{at}/services/{j}")
    for low, high, field in (
        (rule.weight_from_g, rule.weight_to_g, "weight_to_g"),
        (rule.longest_from_mm, rule.longest_to_mm, "longest_to_mm"),
        (rule.value_from, rule.value_to, "value_to"),
    ):
        if low is not None and high is not None and high < low:
            raise Invalid(
                field=field,
                why=Text(en="it is below where it begins", pl="koniec jest mniejszy niż początek"),
                pointer=f"{at}/{field}",
            )
    if not 1 <= rule.after_minutes <= LONGEST_WAIT:
        raise Invalid(
            field="after_minutes", why=BETWEEN, low=1, high=LONGEST_WAIT, pointer=f"{at}/after_minutes"
        )

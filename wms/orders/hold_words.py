"""Why an order is held, in the language of whoever reads it.

A hold is kept as its code and what it is about, never as a sentence: a shop, a desk and a supervisor read the same hold each
in their own language. No price is in it, because shops read it too.
"""

import msgspec

from wms.kernel.text import Lang, Text
from wms.orders.check_address import FAULTS
from wms.orders.service_values import NothingFits, Why
from wms.orders.service_words import WHYS

NO_SERVICE = "no-service"
MANUAL = "manual"
HOLDS = FAULTS | {
    NO_SERVICE: Text(en="No carrier's service takes it.", pl="Żadna usługa przewozowa go nie przyjmuje."),
    MANUAL: Text(en="by hand", pl="ręcznie"),
}
"""What keeps an order from being sent, in short, by the hold's code."""
NOTHING = Text(
    en="No carrier's service takes this order: {why}. Change what is named (address, point), ask the operator to change prices "
    "or rules, or name a carrier; it goes on by itself as soon as one fits.",
    pl="Żadna usługa przewozowa nie przyjmie tego zamówienia: {why}. Zmień to, co wskazano (adres, punkt), poproś operatora o "
    "zmianę cen lub reguł albo wskaż przewoźnika; ruszy samo, gdy tylko któraś będzie pasować.",
)
NO_PRICES = Text(
    en="there is no price list in force for {country}", pl="nie ma obowiązującego cennika dla kraju {country}"
)
LAST: tuple[Why, ...] = ("rule", "forbidden", "asked", "country")
"""Told last: a service that fails by one of these was never near."""
MOST_NAMED = 4
"""Services that are named for one reason, and reasons that are told at all."""


class HoldFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a hold is about. ``said``: a person's own words. ``services``: by what each group of services fails, the nearest
    first; none of them for ``country`` where nothing has a price there."""

    said: str = ""
    country: str = ""
    services: tuple[tuple[Why, tuple[str, ...]], ...] = ()


NO_FACTS = HoldFacts()


def stored(facts: HoldFacts) -> str:
    """As ``order_hold.facts`` takes it."""
    return msgspec.json.encode(facts).decode()


def facts_of_nothing(found: NothingFits, country: str) -> HoldFacts:
    """Of an order that no service takes: every reason with services that fail by it."""
    by_why: dict[Why, list[str]] = {}
    for o in found.options:
        by_why.setdefault(o.why, []).append(f"{o.carrier} {o.service}")
    told = sorted(by_why.items(), key=lambda x: x[0] in LAST)[:MOST_NAMED]
    return HoldFacts(
        country=country, services=tuple((why, tuple(names[: MOST_NAMED + 1])) for why, names in told)
    )


def hold_in(code: str, facts: HoldFacts, lang: Lang) -> str:
    """The whole sentence of a hold; its code where that is of a later version."""
    if code == MANUAL:
        return facts.said
    if code == NO_SERVICE:
        return NOTHING.in_(lang, why=_nothing(facts, lang))
    text = HOLDS.get(code)
    return text.in_(lang) if text else code


def _nothing(facts: HoldFacts, lang: Lang) -> str:
    if not facts.services:
        return NO_PRICES.in_(lang, country=facts.country or "?")
    return "; ".join(
        f"{', '.join(names[:MOST_NAMED])}{' …' if len(names) > MOST_NAMED else ''}: {WHYS[why].in_(lang)}"
        for why, names in facts.services
    )

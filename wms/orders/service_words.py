"""Why an order goes with a service, or with none, in words. No price is in them: shops read them too."""

from collections.abc import Mapping
from typing import Any

from wms.kernel.text import Lang, Text
from wms.orders.service_values import Reason, Why

REASONS: dict[Reason, Text] = {
    "cheapest": Text(en="the cheapest that keeps the promise", pl="najtańsza, która dotrzyma terminu"),
    "only": Text(en="the only one that takes it", pl="jedyna, która to przyjmuje"),
    "fixed": Text(en="fixed by a rule", pl="wyznaczona regułą"),
    "quickest": Text(
        en="none keeps the promise; this one is the quickest",
        pl="żadna nie dotrzyma terminu; ta jest najszybsza",
    ),
    "fallback": Text(
        en="in place of a carrier that is down", pl="w zastępstwie przewoźnika, który nie działa"
    ),
    "by-hand": Text(en="chosen by a person", pl="wybrana ręcznie"),
    "nothing": Text(en="no service takes it", pl="żadna usługa tego nie przyjmuje"),
}
WHYS: dict[Why, Text] = {
    "chosen": Text(en="chosen", pl="wybrana"),
    "dearer": Text(en="dearer", pl="droższa"),
    "late": Text(en="would arrive too late", pl="dotarłaby za późno"),
    "quicker-goes": Text(en="would arrive later still", pl="dotarłaby jeszcze później"),
    "rule": Text(en="not among those of the rule", pl="reguła jej nie dopuszcza"),
    "asked": Text(en="not the service that was asked for", pl="to nie usługa, o którą proszono"),
    "forbidden": Text(en="forbidden by a rule", pl="zabroniona regułą"),
    "pickup": Text(en="no pickup comes", pl="przewoźnik nie ma odbioru"),
    "country": Text(en="does not go to this country", pl="nie obsługuje tego kraju"),
    "point": Text(
        en="a pickup point is given and it has none, or the other way round",
        pl="nie zgadza się punkt odbioru",
    ),
    "cod": Text(en="collects no cash", pl="nie pobiera należności"),
    "length": Text(en="too long", pl="za długie"),
    "girth": Text(en="too much length and girth", pl="za duża suma długości i obwodu"),
    "size": Text(en="too big", pl="za duże"),
    "weight": Text(en="too heavy", pl="za ciężkie"),
    "down": Text(en="the carrier is down", pl="przewoźnik nie działa"),
}


def reason_in(data: Mapping[str, Any], lang: Lang) -> str | None:
    """Why, from an event of a choice; None for any other event. ``why``: what was too much for the service before."""
    reason = REASONS.get(data.get("reason_code", ""))
    if reason is None:
        return None
    why = WHYS.get(data.get("why", ""))
    was = f" ({data.get('was_carrier')} {data.get('was_service')}: {why.in_(lang)})" if why else ""
    return reason.in_(lang) + was

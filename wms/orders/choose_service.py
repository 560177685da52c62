"""Which carrier's service takes an order: the shop's rules, the operator's prices, the promise. Plain values in and out.

Hard conditions are the carrier's (country, weight, size, cash on delivery, a point) and the shop's (what a rule forbids or
fixes, a service that was asked for); none is ever broken for a price. Of what is left, the cheapest that keeps the promise
goes; where none keeps it, the quickest. Equal ones are told apart by arrival and name, so that equal questions have equal
answers.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import groupby

import msgspec

from wms.kernel.calendar import NoCalendar, add_working_days
from wms.orders.check_address import to_point
from wms.orders.service_values import (
    Choice,
    NothingFits,
    Option,
    OrderFacts,
    Promise,
    Reason,
    ServiceLines,
    ServicePrice,
    ServiceRule,
    Why,
)


def choose_service(
    facts: OrderFacts,
    rules: Sequence[ServiceRule],
    services: Sequence[ServiceLines],
    promise: Promise,
    *,
    down: frozenset[str] = frozenset(),
) -> Choice | NothingFits:
    """The service that takes the order. ``rules`` in their order; ``services`` as ``by_service`` makes them.

    ``down``: carriers that cannot be asked now.
    """
    counting = [r for r in rules if r.counts(facts)]
    decides = next((r for r in counting if r.action in ("only", "fixed")), None)
    forbids = [r for r in counting if r.action == "forbid"]
    fit: list[Option] = []
    unfit: list[Option] = []
    for s in services:
        barred = _barred(facts, decides, forbids, s.carrier, s.service)
        if not barred and s.carrier in down:
            barred = "down"
        if not barred and s.carrier not in promise.leaves:
            barred = "pickup"
        if barred:
            unfit.append(Option(s.carrier, s.service, barred))
            continue
        found = _offer(facts, s, promise)
        (unfit if found.price is None else fit).append(found)
    rule = decides.name if decides else ""
    if not fit:
        return NothingFits(rule, tuple(unfit))
    kept = [o for o in fit if promise.deliver_by is None or _arrives(o) <= promise.deliver_by]
    best = min(kept or fit, key=_cheapest if kept else _quickest)
    reason: Reason = "cheapest" if kept else "quickest"
    if decides and decides.action == "fixed":
        reason = "fixed"
    elif len(fit) == 1 and kept:
        reason = "only"
    others = sorted((o for o in fit if o is not best), key=_cheapest)
    told = [msgspec.structs.replace(o, why=_lost_to(o, kept)) for o in others]
    return Choice(
        best.carrier, best.service, best.price or Decimal(0), best.currency, _arrives(best), reason, rule,
        (best, *told, *unfit),
    )  # fmt: skip


def fallback_of(facts: OrderFacts, rules: Sequence[ServiceRule]) -> ServiceRule | None:
    """The rule that says who goes instead of a carrier that is down; the first that counts."""
    return next((r for r in rules if r.action == "fallback" and r.counts(facts)), None)


def choose_fallback(
    facts: OrderFacts,
    rules: Sequence[ServiceRule],
    services: Sequence[ServiceLines],
    promise: Promise,
    *,
    down: frozenset[str],
) -> Choice | None:
    """The first of the fallback rule's services that breaks no hard condition. None: no rule, or none that may go.

    It was named for the case that nobody else comes, so neither the deciding rule nor the service that was asked for stand in
    its way; what is forbidden stays so.
    """
    rule = fallback_of(facts, rules)
    if rule is None:
        return None
    plain = msgspec.structs.replace(facts, service=None)
    kept = [r for r in rules if r.action == "forbid" and r.counts(facts)]
    for ref in rule.services:
        only = ServiceRule(name=rule.name, action="only", services=(ref,))
        barred = [ServiceRule(name=r.name, action="forbid", services=r.services) for r in kept]
        found = choose_service(plain, [only, *barred], services, promise, down=down)
        if isinstance(found, Choice):
            return msgspec.structs.replace(found, reason="fallback")
    return None


def by_service(prices: Iterable[ServicePrice]) -> list[ServiceLines]:
    """Lines that are in force and of one currency, sorted and grouped once for however many orders."""

    def key(p: ServicePrice) -> tuple[str, str, str]:
        return p.carrier, p.service, p.country

    found: dict[tuple[str, str], dict[str, tuple[int, list[ServicePrice]]]] = {}
    for (carrier, service, country), group in groupby(sorted(prices, key=key), key=key):
        lines = sorted(group, key=_cheap_line)
        found.setdefault((carrier, service), {})[country] = (max(p.max_weight_g for p in lines), lines)
    return [ServiceLines(carrier, service, lines) for (carrier, service), lines in found.items()]


def breaks(facts: OrderFacts, p: ServicePrice) -> Why | None:
    """The first of the carrier's own conditions that one parcel of these facts breaks under this line; None: it fits."""
    return _breaks(facts, p, 1)


def parcels_needed(facts: OrderFacts, max_weight_g: int) -> int:
    """How many parcels of this weight the goods take at least; one that is closed stays one."""
    return 1 if facts.closed else max(1, -(-facts.weight_g // max(max_weight_g, 1)))


def _breaks(f: OrderFacts, p: ServicePrice, parcels: int) -> Why | None:
    if p.country != f.country:
        return "country"
    if to_point(p.service) != f.point:
        return "point"
    if f.cod and p.cod is None:
        return "cod"
    if p.max_length_mm is not None and any(s.sorted[0] > p.max_length_mm for s in f.pieces):
        return "length"
    if p.max_girth_mm is not None and any(s.girth > p.max_girth_mm for s in f.pieces):
        return "girth"
    if p.size is not None and (
        any(not s.within(p.size) for s in f.pieces) or f.volume_mm3 > parcels * p.size.volume
    ):
        return "size"
    if max(f.heaviest_g, -(-f.weight_g // parcels)) > p.max_weight_g:
        return "weight"
    return None


ORDER: tuple[Why, ...] = ("country", "point", "cod", "length", "girth", "size", "weight")
"""In which order the carrier's conditions are looked at: a line that fails later came closer."""


NOT_THERE: tuple[int, Sequence[ServicePrice]] = (0, ())
MOST_PARCELS = 999
"""More than these of one order is no matter of a price list."""


def _cheap_line(p: ServicePrice) -> tuple[Decimal, int, int]:
    return p.price, p.transit_days, p.max_weight_g


def _offer(f: OrderFacts, service: ServiceLines, promise: Promise) -> Option:
    """The cheapest line of one service that fits; else the condition that the closest one breaks."""
    most, lines = service.by_country.get(f.country, NOT_THERE)
    if not lines:
        return Option(service.carrier, service.service, "country")
    if to_point(service.service) != f.point:
        return Option(service.carrier, service.service, "point")
    parcels = parcels_needed(f, most)
    if parcels > MOST_PARCELS:
        return Option(service.carrier, service.service, "weight")
    best: tuple[Decimal, int, int] | None = None
    p = lines[0]
    broken: set[Why] = set()
    for line in lines:
        if (why := _breaks(f, line, parcels)) is not None:
            broken.add(why)
            continue
        surcharge = line.cod if f.cod and line.cod is not None else Decimal(0)
        key = (parcels * line.price + surcharge, line.transit_days, line.max_weight_g)
        if best is None or key < best:
            best, p = key, line
        if not f.cod:
            break  # they come cheapest first; only a surcharge could make a later one the better one
    if best is None:
        return Option(service.carrier, service.service, max(broken, key=ORDER.index))
    price = best[0]
    arrives = arrival(promise.leaves[p.carrier], p.transit_days, promise.country)
    return Option(p.carrier, p.service, "chosen", price, p.currency, arrives, parcels)


@lru_cache(maxsize=4096)
def arrival(leaves: date, transit_days: int, country: str) -> date:
    """The day of delivery by the carrier's own working days; plain days for a country without a calendar."""
    try:
        return add_working_days(leaves, transit_days, country)
    except NoCalendar:
        return leaves + timedelta(days=transit_days)


def _barred(
    f: OrderFacts, decides: ServiceRule | None, forbids: Sequence[ServiceRule], carrier: str, service: str
) -> Why | None:
    if any(r.names(carrier, service) for r in forbids):
        return "forbidden"
    if decides is not None and not decides.names(carrier, service):
        return "rule"
    translated = decides is not None and decides.asked
    if f.service is not None and not translated and service != f.service:
        return "asked"
    return None


def _lost_to(o: Option, kept: Sequence[Option]) -> Why:
    if not kept:
        return "quicker-goes"
    return "dearer" if o in kept else "late"


def _arrives(o: Option) -> date:
    assert o.arrives is not None
    return o.arrives


def _cheapest(o: Option) -> tuple[Decimal, date, str, str]:
    return o.price or Decimal(0), _arrives(o), o.carrier, o.service


def _quickest(o: Option) -> tuple[date, Decimal, str, str]:
    return _arrives(o), o.price or Decimal(0), o.carrier, o.service

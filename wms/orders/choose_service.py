"""Which carrier's service takes an order: the shop's rules, the operator's prices, the promise. Plain values in and out.

Hard conditions are the carrier's (country, weight, size, cash on delivery, a point) and the shop's (what a rule forbids or
fixes, a service that was asked for); none is ever broken for a price. Of what is left, the cheapest that keeps the promise
goes; where none keeps it, the quickest. Equal ones are told apart by arrival and name, so that equal questions have equal
answers.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Literal

import msgspec

from wms.kernel.calendar import NoCalendar, add_working_days
from wms.orders.check_address import to_point

Why = Literal[
    "chosen", "dearer", "late", "quicker-goes", "rule", "asked", "forbidden", "pickup", "country", "point", "cod", "length",
    "girth", "size", "weight", "down",
]  # fmt: skip
"""What became of a service: chosen; fit but was not the best; or the first hard condition that it breaks."""
Reason = Literal["cheapest", "only", "fixed", "quickest", "fallback", "by-hand", "nothing"]
Action = Literal["only", "fixed", "forbid", "fallback"]


class Sides(msgspec.Struct, frozen=True):
    """A box or a piece, its three sides in millimetres in any order."""

    a: int
    b: int
    c: int

    @property
    def sorted(self) -> tuple[int, int, int]:
        """The longest first."""
        x, y, z = sorted((self.a, self.b, self.c), reverse=True)
        return x, y, z

    @property
    def girth(self) -> int:
        """Length and once around, as carriers count it."""
        x, y, z = self.sorted
        return x + 2 * (y + z)

    @property
    def volume(self) -> int:
        return self.a * self.b * self.c

    def within(self, other: "Sides") -> bool:
        """Fits into ``other`` when it may be turned by right angles."""
        return all(mine <= its for mine, its in zip(self.sorted, other.sorted, strict=True))


class OrderFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a carrier. Weights in grams; 0 where nobody has weighed the goods.

    ``pieces`` are those of known size; ``heaviest_g`` is the heaviest of all. ``service``: what the shop asked for.
    ``closed``: one box that is packed and weighed, so nothing can be divided any more.
    """

    country: str
    weight_g: int
    heaviest_g: int = 0
    pieces: tuple[Sides, ...] = ()
    volume_mm3: int = 0
    value: Decimal = Decimal(0)
    cod: bool = False
    point: bool = False
    service: str | None = None
    closed: bool = False


class ServicePrice(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a price list that is in force. ``cod`` is the surcharge; None: the service collects no cash.

    ``size``: the greatest box of this size class. ``max_girth_mm``: length and once around. ``transit_days``: working days
    from the pickup to the door.
    """

    carrier: str
    service: str
    country: str
    max_weight_g: int
    price: Decimal
    currency: str
    transit_days: int
    max_length_mm: int | None = None
    max_girth_mm: int | None = None
    size: Sides | None = None
    cod: Decimal | None = None


class ServiceRef(msgspec.Struct, frozen=True, omit_defaults=True):
    """A carrier's service by their codes; without ``service`` each of the carrier's."""

    carrier: str
    service: str | None = None

    def means(self, carrier: str, service: str) -> bool:
        return self.carrier == carrier and self.service in (None, service)


class ServiceRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule of a shop: it counts when every condition that it states is true. ``from`` is included, ``to`` too.

    *only* and *fixed* decide who may carry the order, and the first that counts decides alone; *forbid* counts wherever it
    stands; *fallback* says who goes instead of a carrier that has been down for ``after_minutes``, in this order.
    ``asked``: services as shops ask for them; a deciding rule with this condition says what they mean.
    """

    name: str
    action: Action
    services: tuple[ServiceRef, ...]
    countries: tuple[str, ...] = ()
    weight_from_g: int | None = None
    weight_to_g: int | None = None
    longest_from_mm: int | None = None
    longest_to_mm: int | None = None
    value_from: Decimal | None = None
    value_to: Decimal | None = None
    cod: bool | None = None
    point: bool | None = None
    asked: tuple[str, ...] = ()
    after_minutes: int = 60

    def counts(self, f: OrderFacts) -> bool:
        longest = max((p.sorted[0] for p in f.pieces), default=0)
        return (
            (not self.countries or f.country in self.countries)
            and _between(f.weight_g, self.weight_from_g, self.weight_to_g)
            and _between(longest, self.longest_from_mm, self.longest_to_mm)
            and _between(f.value, self.value_from, self.value_to)
            and self.cod in (None, f.cod)
            and self.point in (None, f.point)
            and (not self.asked or f.service in self.asked)
        )

    def names(self, carrier: str, service: str) -> bool:
        return any(r.means(carrier, service) for r in self.services)


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """``leaves``: the day of each carrier's next pickup. ``deliver_by``: the day that the buyer was promised, if any.

    ``country``: whose working days count.
    """

    leaves: Mapping[str, date]
    country: str = "PL"
    deliver_by: date | None = None


class Option(msgspec.Struct, frozen=True, omit_defaults=True):
    """One service and what became of it. Prices are for the whole order, in ``parcels`` parcels."""

    carrier: str
    service: str
    why: Why
    price: Decimal | None = None
    currency: str = ""
    arrives: date | None = None
    parcels: int = 1


class Choice(msgspec.Struct, frozen=True):
    """``reason`` says by what it was chosen, ``rule`` which rule had a say; ``options`` are all services, the chosen first."""

    carrier: str
    service: str
    price: Decimal
    currency: str
    arrives: date
    reason: Reason
    rule: str
    options: tuple[Option, ...]


class NothingFits(msgspec.Struct, frozen=True):
    """Every service breaks a hard condition; ``options`` name it for each."""

    rule: str
    options: tuple[Option, ...]


def choose_service(
    facts: OrderFacts,
    rules: Sequence[ServiceRule],
    prices: Iterable[ServicePrice],
    promise: Promise,
    *,
    down: frozenset[str] = frozenset(),
) -> Choice | NothingFits:
    """The service that takes the order. ``rules`` in their order; ``prices`` are in force and of one currency.

    ``down``: carriers that cannot be asked now.
    """
    counting = [r for r in rules if r.counts(facts)]
    decides = next((r for r in counting if r.action in ("only", "fixed")), None)
    forbids = [r for r in counting if r.action == "forbid"]
    fit: list[Option] = []
    unfit: list[Option] = []
    for (carrier, service), lines in _by_service(prices):
        barred = _barred(facts, decides, forbids, carrier, service)
        if not barred and carrier in down:
            barred = "down"
        if not barred and carrier not in promise.leaves:
            barred = "pickup"
        if barred:
            unfit.append(Option(carrier, service, barred))
            continue
        found = _offer(facts, lines, promise)
        (unfit if found.price is None else fit).append(found)
    unfit.sort(key=lambda o: (o.carrier, o.service))
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
    prices: Iterable[ServicePrice],
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
    lines = list(prices)
    for ref in rule.services:
        only = ServiceRule(name=rule.name, action="only", services=(ref,))
        barred = [ServiceRule(name=r.name, action="forbid", services=r.services) for r in kept]
        found = choose_service(plain, [only, *barred], lines, promise, down=down)
        if isinstance(found, Choice):
            return msgspec.structs.replace(found, reason="fallback")
    return None


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


def _offer(f: OrderFacts, lines: Sequence[ServicePrice], promise: Promise) -> Option:
    """The cheapest line of one service that fits; else the condition that the closest one breaks."""
    first = lines[0]
    most = max((p.max_weight_g for p in lines if p.country == f.country), default=0)
    parcels = parcels_needed(f, most)
    found: list[tuple[Decimal, int, ServicePrice]] = []
    broken: set[Why] = set()
    for p in lines:
        if (why := _breaks(f, p, parcels)) is not None:
            broken.add(why)
        else:
            surcharge = p.cod if f.cod and p.cod is not None else Decimal(0)
            found.append((parcels * p.price + surcharge, p.transit_days, p))
    if not found:
        return Option(first.carrier, first.service, max(broken, key=ORDER.index))
    price, _, p = min(found, key=lambda x: (x[0], x[1], x[2].max_weight_g))
    arrives = arrival(promise.leaves[p.carrier], p.transit_days, promise.country)
    return Option(p.carrier, p.service, "chosen", price, p.currency, arrives, parcels)


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


def _by_service(
    prices: Iterable[ServicePrice],
) -> Iterable[tuple[tuple[str, str], list[ServicePrice]]]:
    def key(p: ServicePrice) -> tuple[str, str]:
        return p.carrier, p.service

    return [(k, list(g)) for k, g in groupby(sorted(prices, key=key), key=key)]


def _arrives(o: Option) -> date:
    assert o.arrives is not None
    return o.arrives


def _cheapest(o: Option) -> tuple[Decimal, date, str, str]:
    return o.price or Decimal(0), _arrives(o), o.carrier, o.service


def _quickest(o: Option) -> tuple[date, Decimal, str, str]:
    return _arrives(o), o.price or Decimal(0), o.carrier, o.service


def _between(value: int | Decimal, low: int | Decimal | None, high: int | Decimal | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)

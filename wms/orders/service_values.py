"""What a choice of a service is made from, and what comes of it: plain values."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

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
    ``closed``: one box that is packed and weighed, so nothing can be divided any more. ``value``, in ``currency``; None: a
    line has no price, and neither has its SKU, so that no rule about the value counts.
    """

    country: str
    weight_g: int
    heaviest_g: int = 0
    pieces: tuple[Sides, ...] = ()
    volume_mm3: int = 0
    value: Decimal | None = None
    currency: str = "PLN"
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


class ServiceLines(msgspec.Struct, frozen=True):
    """All lines in force of one carrier's service, by country, the cheapest first; with the greatest weight that goes there."""

    carrier: str
    service: str
    by_country: Mapping[str, tuple[int, Sequence[ServicePrice]]]


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
    ``asked``: services as shops ask for them; a deciding rule with this condition says what they mean. A rule about the
    value counts for orders in its ``currency`` alone.
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
    currency: str = "PLN"
    cod: bool | None = None
    point: bool | None = None
    asked: tuple[str, ...] = ()
    after_minutes: int = 60

    def counts(self, f: OrderFacts) -> bool:
        longest = max((p.sorted[0] for p in f.pieces), default=0)
        value = f.value if f.currency == self.currency else None
        return (
            (not self.countries or f.country in self.countries)
            and _between(f.weight_g, self.weight_from_g, self.weight_to_g)
            and _between(longest, self.longest_from_mm, self.longest_to_mm)
            and _between(value, self.value_from, self.value_to)
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


class ByHand(msgspec.Struct, frozen=True):
    """A person's word, whatever rules and prices say."""

    carrier: str
    service: str


class NothingFits(msgspec.Struct, frozen=True):
    """Every service breaks a hard condition; ``options`` name it for each."""

    rule: str
    options: tuple[Option, ...]


def _between(value: int | Decimal | None, low: int | Decimal | None, high: int | Decimal | None) -> bool:
    if value is None:
        return low is None and high is None
    return (low is None or value >= low) and (high is None or value <= high)

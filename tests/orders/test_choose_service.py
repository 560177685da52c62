"""The choice of a service as a rule: examples in words, then anything at all against a second, plain reading."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from wms.orders.check_address import to_point
from wms.orders.choose_service import (
    arrival,
    breaks,
    by_service,
    choose_fallback,
    choose_service,
    parcels_needed,
)
from wms.orders.service_values import (
    Choice,
    NothingFits,
    OrderFacts,
    Promise,
    ServicePrice,
    ServiceRef,
    ServiceRule,
    Sides,
)

MONDAY = date(2026, 11, 23)
PROMISE = Promise(leaves={"a": MONDAY, "b": MONDAY, "c": MONDAY})
FACTS = OrderFacts(country="PL", weight_g=2_000, heaviest_g=500)


def choose(
    facts: OrderFacts, rules: list[ServiceRule], prices: Iterable[ServicePrice], promise: Promise
) -> Choice | NothingFits:
    return choose_service(facts, rules, by_service(prices), promise)


def fallback(
    facts: OrderFacts,
    rules: list[ServiceRule],
    prices: Iterable[ServicePrice],
    promise: Promise,
    *,
    down: frozenset[str],
) -> Choice | None:
    return choose_fallback(facts, rules, by_service(prices), promise, down=down)


def a_price(carrier: str, service: str = "standard", price: str = "10", **more: object) -> ServicePrice:
    values: dict[str, object] = {
        "country": "PL", "max_weight_g": 30_000, "currency": "PLN", "transit_days": 1, "cod": Decimal(3),
    }  # fmt: skip
    return ServicePrice(carrier=carrier, service=service, price=Decimal(price), **(values | more))  # type: ignore[arg-type]


def a_rule(action: str, *services: str, **conditions: object) -> ServiceRule:
    refs = tuple(ServiceRef(*s.split("/")) for s in services)
    return ServiceRule(name=f"{action} {services}", action=action, services=refs, **conditions)  # type: ignore[arg-type]


def chosen(found: Choice | NothingFits) -> tuple[str, str, str]:
    assert isinstance(found, Choice), found
    return found.carrier, found.service, found.reason


def why(found: Choice | NothingFits, carrier: str, service: str = "standard") -> str:
    return next(o.why for o in found.options if (o.carrier, o.service) == (carrier, service))


def test_the_cheapest_goes_and_the_others_are_named_with_their_prices() -> None:
    found = choose(FACTS, [], [a_price("a", price="12"), a_price("b"), a_price("c", price="11")], PROMISE)
    assert chosen(found) == ("b", "standard", "cheapest")
    assert [(o.carrier, o.price, o.why) for o in found.options] == [
        ("b", Decimal(10), "chosen"), ("c", Decimal(11), "dearer"), ("a", Decimal(12), "dearer"),
    ]  # fmt: skip


def test_the_cheapest_that_keeps_the_promise() -> None:
    prices = [a_price("a", price="5", transit_days=3), a_price("b", price="9", transit_days=1)]
    promise = replace(PROMISE, deliver_by=date(2026, 11, 24))
    found = choose(FACTS, [], prices, promise)
    assert chosen(found) == ("b", "standard", "only" if len(prices) == 1 else "cheapest")
    assert why(found, "a") == "late"


def test_where_none_keeps_the_promise_the_quickest_goes_and_says_so() -> None:
    prices = [a_price("a", price="5", transit_days=3), a_price("b", price="9", transit_days=2)]
    found = choose(FACTS, [], prices, replace(PROMISE, deliver_by=MONDAY))
    assert chosen(found) == ("b", "standard", "quickest")
    assert why(found, "a") == "quicker-goes"


def test_the_weight_picks_the_line_and_more_than_one_parcel_is_counted() -> None:
    prices = [a_price("a", price="8", max_weight_g=1_000), a_price("a", price="14", max_weight_g=10_000)]
    one = choose(replace(FACTS, weight_g=900), [], prices, PROMISE)
    assert isinstance(one, Choice)
    assert one.price == 8
    many = choose(replace(FACTS, weight_g=25_000), [], prices, PROMISE)
    assert isinstance(many, Choice)
    assert many.price == 42
    assert many.options[0].parcels == 3
    heavy = choose(replace(FACTS, weight_g=25_000, heaviest_g=12_000), [], prices, PROMISE)
    assert isinstance(heavy, NothingFits)
    assert why(heavy, "a") == "weight"
    shut = choose(replace(FACTS, weight_g=25_000, closed=True), [], prices, PROMISE)
    assert isinstance(shut, NothingFits)


def test_each_hard_condition_is_named() -> None:
    long = replace(FACTS, pieces=(Sides(100, 900, 50),), volume_mm3=4_500_000)
    cases = [
        (replace(FACTS, country="DE"), a_price("a"), "country"),
        (FACTS, a_price("a", "locker"), "point"),
        (replace(FACTS, point=True), a_price("a"), "point"),
        (replace(FACTS, cod=True), a_price("a", cod=None), "cod"),
        (long, a_price("a", max_length_mm=800), "length"),
        (long, a_price("a", max_girth_mm=1_199), "girth"),
        (long, a_price("a", size=Sides(640, 380, 190)), "size"),
        (replace(FACTS, volume_mm3=50_000_000), a_price("a", size=Sides(640, 380, 190)), "size"),
        (replace(FACTS, heaviest_g=30_001), a_price("a"), "weight"),
        (replace(FACTS, service="express"), a_price("a"), "asked"),
        (FACTS, a_price("z"), "pickup"),
    ]
    for facts, price, expected in cases:
        found = choose(facts, [], [price], PROMISE)
        assert isinstance(found, NothingFits)
        assert found.options[0].why == expected
    assert choose(long, [], [a_price("a", max_girth_mm=1_200)], PROMISE).options[0].why == "chosen"


def test_the_first_deciding_rule_decides_and_what_is_forbidden_stays_so() -> None:
    prices = [a_price("a", price="1"), a_price("b"), a_price("c", price="20")]
    rules = [
        a_rule("only", "b", "c", countries=("PL",)),
        a_rule("only", "a"),
        a_rule("forbid", "b", cod=False),
    ]
    found = choose(FACTS, rules, prices, PROMISE)
    assert chosen(found)[0] == "c"
    assert (why(found, "a"), why(found, "b")) == ("rule", "forbidden")


def test_a_fixed_service_goes_whatever_it_costs_but_not_against_its_own_limits() -> None:
    prices = [a_price("a", price="99", max_weight_g=5_000), a_price("b")]
    rules = [a_rule("fixed", "a/standard")]
    assert chosen(choose(FACTS, rules, prices, PROMISE)) == ("a", "standard", "fixed")
    heavy = replace(FACTS, heaviest_g=6_000)
    assert isinstance(choose(heavy, rules, prices, PROMISE), NothingFits)


def test_a_rule_says_what_a_service_asked_for_means() -> None:
    prices = [a_price("a"), a_price("b", "12")]
    express = replace(FACTS, service="express")
    assert isinstance(choose(express, [a_rule("only", "a", "b")], prices, PROMISE), NothingFits)
    found = choose(express, [a_rule("only", "b/12", asked=("express",))], prices, PROMISE)
    assert chosen(found) == ("b", "12", "only")


def test_conditions_are_all_met_or_the_rule_does_not_count() -> None:
    rule = a_rule(
        "only", "a", weight_from_g=1_000, weight_to_g=2_000, value_from=Decimal(50), cod=True, point=False
    )
    facts = replace(FACTS, value=Decimal(50), cod=True)
    assert rule.counts(facts)
    for changed in (
        {"weight_g": 999},
        {"weight_g": 2_001},
        {"value": Decimal("49.99")},
        {"value": None},
        {"currency": "EUR"},
        {"cod": False},
        {"point": True},
    ):
        assert not rule.counts(replace(facts, **changed))
    euros = a_rule("only", "a", value_from=Decimal(50), currency="EUR")
    assert euros.counts(replace(facts, currency="EUR"))
    assert not euros.counts(facts)
    long = a_rule("only", "a", longest_from_mm=600)
    assert not long.counts(FACTS)
    assert long.counts(replace(FACTS, pieces=(Sides(10, 10, 700),)))


def test_instead_of_a_carrier_that_is_down_goes_the_first_that_may() -> None:
    prices = [a_price("a"), a_price("b"), a_price("c", cod=None, price="1")]
    rules = [
        a_rule("fixed", "a/standard"),
        a_rule("forbid", "b", countries=("DE",)),
        a_rule("fallback", "c", "b"),
    ]
    down = frozenset({"a"})
    found = fallback(replace(FACTS, cod=True, service="express"), rules, prices, PROMISE, down=down)
    assert found is not None
    assert chosen(found) == ("b", "standard", "fallback")
    plain = fallback(FACTS, rules, prices, PROMISE, down=down)
    assert plain is not None
    assert plain.carrier == "c"
    assert fallback(FACTS, rules, prices, PROMISE, down=frozenset("abc")) is None
    assert fallback(FACTS, rules[:2], prices, PROMISE, down=down) is None


carriers = st.sampled_from("abcd")
services = st.sampled_from(["standard", "express", "locker"])
money = st.integers(0, 40).map(lambda n: Decimal(n) / 2)
sides = st.builds(Sides, st.integers(1, 900), st.integers(1, 900), st.integers(1, 900))
countries = st.sampled_from(["PL", "DE", "ZZ"])
some_prices = st.lists(
    st.builds(
        ServicePrice,
        carrier=carriers, service=services, country=countries, max_weight_g=st.sampled_from([500, 1_000, 5_000, 30_000]),
        price=money, currency=st.just("PLN"), transit_days=st.integers(0, 3), max_length_mm=st.none() | st.integers(1, 1_000),
        max_girth_mm=st.none() | st.integers(1, 3_000), size=st.none() | sides, cod=st.none() | money,
    ),
    max_size=14,
)  # fmt: skip
some_rules = st.lists(
    st.builds(
        ServiceRule,
        name=st.sampled_from(["r1", "r2"]), action=st.sampled_from(["only", "fixed", "forbid", "fallback"]),
        services=st.lists(st.builds(ServiceRef, carriers, st.none() | services), min_size=1, max_size=3).map(tuple),
        countries=st.lists(countries, max_size=2).map(tuple), weight_from_g=st.none() | st.integers(0, 6_000),
        weight_to_g=st.none() | st.integers(0, 6_000), cod=st.none() | st.booleans(), point=st.none() | st.booleans(),
        asked=st.lists(services, max_size=1).map(tuple), value_to=st.none() | money,
    ),
    max_size=5,
)  # fmt: skip
some_facts = st.builds(
    OrderFacts, country=countries, weight_g=st.integers(0, 70_000), heaviest_g=st.integers(0, 31_000),
    pieces=st.lists(sides, max_size=3).map(tuple), volume_mm3=st.integers(0, 10**9), value=st.none() | money, cod=st.booleans(),
    point=st.booleans(), service=st.none() | services, closed=st.booleans(),
)  # fmt: skip
some_promises = st.builds(
    Promise,
    leaves=st.dictionaries(carriers, st.dates(MONDAY, date(2026, 11, 27))),
    deliver_by=st.none() | st.dates(MONDAY, date(2026, 12, 4)),
)


def may_go(
    f: OrderFacts, rules: list[ServiceRule], prices: list[ServicePrice], promise: Promise
) -> dict[tuple[str, str], tuple[Decimal, date]]:
    """Every service that breaks nothing, with its price and arrival: a second reading, without the first one's shape."""
    counting = [r for r in rules if r.counts(f)]
    deciding = [r for r in counting if r.action in ("only", "fixed")][:1]
    found: dict[tuple[str, str], tuple[Decimal, date]] = {}
    for p in prices:
        key = (p.carrier, p.service)
        most = max(q.max_weight_g for q in prices if (q.carrier, q.service, q.country) == (*key, p.country))
        n = parcels_needed(f, most)
        each = -(-f.weight_g // n)
        a_b_c = p.size.sorted if p.size else ()
        broken = (
            any(r.action == "forbid" and r.names(*key) for r in counting)
            or any(not r.names(*key) for r in deciding)
            or (f.service not in (None, p.service) and not any(r.asked for r in deciding))
            or p.carrier not in promise.leaves
            or p.country != f.country
            or to_point(p.service) != f.point
            or (f.cod and p.cod is None)
            or max(each, f.heaviest_g) > p.max_weight_g
            or (p.max_length_mm is not None and any(max(s.a, s.b, s.c) > p.max_length_mm for s in f.pieces))
            or (
                p.max_girth_mm is not None
                and any(2 * (s.a + s.b + s.c) - max(s.a, s.b, s.c) > p.max_girth_mm for s in f.pieces)
            )
            or (p.size is not None and f.volume_mm3 > n * p.size.a * p.size.b * p.size.c)
            or (
                p.size is not None
                and any(x > y for s in f.pieces for x, y in zip(s.sorted, a_b_c, strict=True))
            )
        )
        if not broken:
            price = n * p.price + (p.cod if f.cod and p.cod is not None else 0)
            arrives = arrival(promise.leaves[p.carrier], p.transit_days, promise.country)
            found[key] = min(found.get(key, (price, arrives)), (price, arrives))
    return found


@given(some_facts, some_rules, some_prices, some_promises)
def test_never_a_broken_condition_and_always_the_best_of_what_is_left(
    f: OrderFacts, rules: list[ServiceRule], prices: list[ServicePrice], promise: Promise
) -> None:
    open_ones = may_go(f, rules, prices, promise)
    found = choose(f, rules, prices, promise)
    assert sorted((o.carrier, o.service) for o in found.options) == sorted(
        {(p.carrier, p.service) for p in prices}
    )
    if isinstance(found, NothingFits):
        assert not open_ones
        return
    by = promise.deliver_by
    kept = {k: v for k, v in open_ones.items() if by is None or v[1] <= by}
    assert (found.price, found.arrives) == open_ones[found.carrier, found.service]
    if kept:
        assert found.reason != "quickest"
        assert (found.price, found.arrives) == min(kept.values())
    else:
        assert (found.arrives, found.price) == min((day, price) for price, day in open_ones.values())
    assert {(o.carrier, o.service) for o in found.options if o.price is not None} == set(open_ones)


@given(some_facts, some_rules, some_prices, some_promises, st.randoms(use_true_random=False))
def test_the_order_of_the_price_list_changes_nothing(
    f: OrderFacts, rules: list[ServiceRule], prices: list[ServicePrice], promise: Promise, dice: st.DataObject
) -> None:
    other = list(prices)
    dice.shuffle(other)  # type: ignore[attr-defined]
    assert choose(f, rules, other, promise) == choose(f, rules, prices, promise)


@given(some_facts, some_rules, some_prices, some_promises, st.frozensets(carriers))
def test_a_fallback_is_named_by_a_rule_fits_and_is_not_down(
    f: OrderFacts,
    rules: list[ServiceRule],
    prices: list[ServicePrice],
    promise: Promise,
    down: frozenset[str],
) -> None:
    found = fallback(f, rules, prices, promise, down=down)
    if found is None:
        return
    rule = next(r for r in rules if r.action == "fallback" and r.counts(f))
    assert rule.names(found.carrier, found.service)
    assert found.carrier not in down
    assert not any(
        r.action == "forbid" and r.counts(f) and r.names(found.carrier, found.service) for r in rules
    )
    shut = replace(f, closed=True)
    if f.closed:
        lines = [p for p in prices if (p.carrier, p.service) == (found.carrier, found.service)]
        assert any(breaks(shut, p) is None for p in lines)

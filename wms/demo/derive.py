"""From a day of data to what the API is told: two shops, their SKUs, orders and returns.

Pure and repeatable: the same ``DayOfData`` gives the same ``DerivedDay``. The rules stand in
``wms.demo``; everything that the data does not hold is synthetic and says so.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from wms.demo.buyers import HOME, UNKNOWN, Recipient, recipient
from wms.demo.data import Adjustment, DayOfData, Order, Return
from wms.demo.dice import between, choose, dice, one_in
from wms.demo.goods import Size, case_of, ean13, lot_policy, pieces_of, serial_tracked, size_of
from wms.demo.things import (
    CARRIERS,
    SHOPS,
    Component,
    DemoAdjustment,
    DemoOrder,
    DemoOrderLine,
    DemoReturn,
    DemoReturnLine,
    DemoShop,
    DemoSku,
    DerivedDay,
)

CENT = Decimal("0.01")
LOCKER_MAX_G = 25_000
LOCKER_MAX_ML = 90_000
COD_MAX = Decimal(5000)


def shop_of(customer: str | None, number: str) -> DemoShop:
    """The shop whose buyer this is: by the customer, else by the invoice (the rule stands in ``wms.demo``)."""
    return SHOPS[(dice("shop", customer or number) >> 56) % 2]


def derive_day(data: DayOfData) -> DerivedDay:
    """Everything that the API is told about a day, but for its stock (``stock_plan``) and its inspections."""
    needed: dict[str, set[str]] = defaultdict(set)
    for o in data.orders:
        needed[shop_of(o.customer, o.number).code] |= {line.code for line in o.lines}
    for r in data.returns:
        needed[shop_of(r.customer, r.number).code] |= {line.code for line in r.lines}
    for a in data.adjustments:
        needed[shop_of(None, a.number).code].add(a.code)
    names = {g.code: g.description for g in data.skus}
    prices = _prices(data)
    skus = tuple(
        sku
        for shop in SHOPS
        for code in sorted(needed[shop.code])
        for sku in _skus(shop, code, names[code] or f"(no description) {code}", prices.get(code, CENT))
    )
    known = {(sku.shop, sku.code): sku for sku in skus}
    orders = tuple(_order(o, known) for o in data.orders)
    sold = {(o.number, line.sku): line.quantity for o in orders for line in o.lines}
    return DerivedDay(
        data.day,
        SHOPS,
        CARRIERS,
        skus,
        orders,
        tuple(_return(r, sold) for r in data.returns),
        tuple(piece for a in data.adjustments for piece in _adjustment(a, known)),
    )


def with_components(sku: DemoSku) -> tuple[Component, ...]:
    """What lies on the shelf for one unit of ``sku``: itself, or a kit's pieces."""
    return sku.components or (Component(sku.code, 1),)


def _prices(data: DayOfData) -> dict[str, Decimal]:
    """The price that most of the day's lines have, free ones left out; the higher one of equals."""
    seen: dict[str, Counter[Decimal]] = defaultdict(Counter)
    lines = [(n.code, n.unit_price) for o in data.orders for n in o.lines]
    lines += [(n.code, n.unit_price) for r in data.returns for n in r.lines]
    for code, price in lines:
        if price >= CENT:
            seen[code][_cents(price)] += 1
    return {code: max(by, key=lambda price: (by[price], price)) for code, by in seen.items()}


def _cents(price: Decimal) -> Decimal:
    return price.quantize(CENT, ROUND_HALF_UP)


def _skus(shop: DemoShop, source: str, name: str, price: Decimal) -> Iterator[DemoSku]:
    code = shop.prefix + source
    pieces = [f"{code}-E{i}" for i in range(1, pieces_of(source, name) + 1)]
    parts = [_piece(size_of(source, name, i), len(pieces)) for i in range(1, len(pieces) + 1)]
    yield DemoSku(
        shop.code,
        code,
        source,
        name,
        ean13(source),
        None if pieces else case_of(source),
        _stacked(parts) if parts else size_of(source, name),
        price,
        lot_policy(source, name),
        serial_tracked(source, name),
        tuple(Component(piece, 1) for piece in pieces),
    )
    for i, (piece, size) in enumerate(zip(pieces, parts, strict=True), start=1):
        title = f"{name} ({i}/{len(pieces)})"
        share = max(CENT, _cents(price / len(pieces)))
        yield DemoSku(shop.code, piece, source, title, ean13(source, i), None, size, share, "none", False)


def _piece(whole: Size, of: int) -> Size:
    """One of so many pieces of a set that is as large as ``whole``: flatter and lighter, as wide."""
    return msgspec.structs.replace(
        whole, weight_g=max(1, whole.weight_g // of), height_mm=max(1, whole.height_mm // of)
    )


def _stacked(parts: list[Size]) -> Size:
    return Size(
        sum(p.weight_g for p in parts),
        max(p.length_mm for p in parts),
        max(p.width_mm for p in parts),
        sum(p.height_mm for p in parts),
    )


def _order(o: Order, skus: dict[tuple[str, str], DemoSku]) -> DemoOrder:
    shop = shop_of(o.customer, o.number)
    who = o.customer or o.number
    good = recipient(who, o.country)
    sent, defect = _spoiled(good, o.number)
    home = good.country in (HOME.iso, UNKNOWN)
    lines = tuple(DemoOrderLine(shop.prefix + n.code, n.quantity, _cents(n.unit_price)) for n in o.lines)
    grams = sum(n.quantity * skus[shop.code, n.sku].size.weight_g for n in lines)
    volume = sum(n.quantity * skus[shop.code, n.sku].size.volume_ml for n in lines)
    carrier, service, point = "swiat", "international", None
    if home and grams <= LOCKER_MAX_G and volume <= LOCKER_MAX_ML and one_in(2, o.number, "locker"):
        carrier, service, point = "automat", "locker", f"DEMO{between(1, 40, who, 'point'):02}A"
    elif home:
        carrier, service = "kurier", "express" if one_in(10, o.number, "express") else "standard"
    value = _cents(sum((n.quantity * n.unit_price for n in lines), Decimal(0)))
    cash = carrier == "kurier" and CENT <= value <= COD_MAX and one_in(8, o.number, "cod")
    return DemoOrder(
        shop.code,
        o.number,
        o.placed_at,
        "pl" if home else "en",
        sent,
        defect,
        msgspec.structs.replace(good, country=HOME.iso if home else good.country) if defect else None,
        carrier,
        service,
        point,
        value if cash else None,
        lines,
    )


def _spoiled(good: Recipient, number: str) -> tuple[Recipient, str | None]:
    """The address as the shop sends it: for three orders in a hundred with a flaw, and with the name of the flaw."""
    if good.country == UNKNOWN:
        return good, "unknown_country"
    if dice(number, "bad address") % 100 >= 3:
        return good, None
    flaws = ["no_street", "no_city", "no_phone", "letters_in_phone"]
    flaws += ["no_postcode", "short_postcode"] if good.country == HOME.iso else []
    flaw = choose(flaws, number, "flaw")
    spoil = {
        "no_street": {"street": ""},
        "no_city": {"city": ""},
        "no_phone": {"phone": ""},
        "letters_in_phone": {"phone": "zadzwonić do sąsiadki"},
        "no_postcode": {"postcode": ""},
        "short_postcode": {"postcode": good.postcode[:4]},
    }
    return msgspec.structs.replace(good, **spoil[flaw]), flaw


def _return(r: Return, sold: dict[tuple[str, str], int]) -> DemoReturn:
    """``sold`` is what can still come back of each order; it is lowered by what this return takes."""
    shop = shop_of(r.customer, r.number)
    order = r.lines[0].sale
    undone = [(order or "", shop.prefix + n.code, n.quantity) for n in r.lines]
    if any(n.sale != order for n in r.lines) or any(sold.get((o, sku), 0) < q for o, sku, q in undone):
        order = None
    else:
        for number, sku, quantity in undone:
            sold[number, sku] -= quantity
    return DemoReturn(
        shop.code,
        r.number,
        order,
        order is not None or one_in(3, r.number, "announced"),
        "b2b" if sum(n.quantity for n in r.lines) >= 24 else choose(_KINDS, r.number, "kind"),
        recipient(r.customer or r.number, r.country),
        tuple(
            DemoReturnLine(
                shop.prefix + n.code,
                n.quantity,
                _cents(n.unit_price),
                choose(_REASONS, r.number, n.code, "reason"),
            )
            for n in r.lines
        ),
    )


_KINDS = (
    "withdrawal",
    "withdrawal",
    "withdrawal",
    "complaint",
    "carrier_damage",
    "wrong_or_missing",
)
_REASONS = ("changed_mind", "changed_mind", "not_as_described", "damaged_in_transit", "wrong_item", "late")


def _adjustment(a: Adjustment, skus: dict[tuple[str, str], DemoSku]) -> Iterator[DemoAdjustment]:
    """A kit is lost or found as its pieces, because only they lie on a shelf."""
    shop = shop_of(None, a.number)
    for part in with_components(skus[shop.code, shop.prefix + a.code]):
        yield DemoAdjustment(shop.code, a.number, part.sku, a.quantity * part.quantity, a.note)

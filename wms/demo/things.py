"""The synthetic things of a demo day: shops, carriers, SKUs, orders, returns, as plain frozen values.

Money is in ``CURRENCY`` with two decimals, weights in grams, lengths in millimetres. ``derive.py`` makes them.
"""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from wms.demo.buyers import Recipient
from wms.demo.goods import Size
from wms.kernel.text import Text

CURRENCY = "PLN"
NOTICE = Text(
    en="Synthetic: shops, names, addresses, bar codes, sizes and stock are made up; only the orders are real.",
    pl="Dane zmyślone: sklepy, nazwiska, adresy, kody kreskowe, wymiary i zapasy; prawdziwe są tylko zamówienia.",
)


class DemoShop(msgspec.Struct, frozen=True):
    """``prefix`` stands before the data's code in this shop's SKUs."""

    code: str
    name: str
    prefix: str
    partial_policy: str
    synthetic: bool = True


SHOPS = (
    DemoShop("chatka", "Chatka z Prezentami (demo)", "", "partial"),
    DemoShop("ogrod", "Papierowy Ogród (demo)", "PO-", "complete"),
)


class DemoCarrier(msgspec.Struct, frozen=True):
    """A carrier that does not exist and whose numbers come from the operator's own range."""

    code: str
    name: str
    services: tuple[str, ...]
    synthetic: bool = True


CARRIERS = (
    DemoCarrier("kurier", "Kurier Krajowy (demo)", ("standard", "express")),
    DemoCarrier("automat", "Automaty Paczkowe (demo)", ("locker",)),
    DemoCarrier("swiat", "Przesyłki Świat (demo)", ("international",)),
)


class Component(msgspec.Struct, frozen=True):
    sku: str
    quantity: int


class DemoSku(msgspec.Struct, frozen=True):
    """``source`` is the data's code. A kit has ``components`` and no stock; a piece of a kit is a SKU too."""

    shop: str
    code: str
    source: str
    name: str
    ean: str
    case: tuple[str, int] | None
    size: Size
    price: Decimal
    lot_policy: str
    serial_tracked: bool
    components: tuple[Component, ...] = ()
    synthetic: bool = True


class DemoOrderLine(msgspec.Struct, frozen=True):
    sku: str
    quantity: int
    unit_price: Decimal


class DemoOrder(msgspec.Struct, frozen=True):
    """``recipient`` is what the shop sends; where ``defect`` says what is wrong with it, ``mended`` puts it right.

    ``cod`` is what the courier collects; ``point`` names the locker.
    """

    shop: str
    number: str
    placed_at: datetime
    language: str
    recipient: Recipient
    defect: str | None
    mended: Recipient | None
    carrier: str
    service: str
    point: str | None
    cod: Decimal | None
    lines: tuple[DemoOrderLine, ...]


class DemoReturnLine(msgspec.Struct, frozen=True):
    sku: str
    quantity: int
    unit_price: Decimal
    reason: str


class DemoReturn(msgspec.Struct, frozen=True):
    """``order`` is the day's order that it undoes, if it is there; only then, or for one in three, is it ``announced``."""

    shop: str
    number: str
    order: str | None
    announced: bool
    kind: str
    sender: Recipient
    lines: tuple[DemoReturnLine, ...]


class DemoAdjustment(msgspec.Struct, frozen=True):
    """``quantity`` below 0: lost; above: found."""

    shop: str
    number: str
    sku: str
    quantity: int
    note: str


class DerivedDay(msgspec.Struct, frozen=True):
    """SKUs by shop and code; orders, returns and adjustments in the order of the data."""

    day: date
    shops: tuple[DemoShop, ...]
    carriers: tuple[DemoCarrier, ...]
    skus: tuple[DemoSku, ...]
    orders: tuple[DemoOrder, ...]
    returns: tuple[DemoReturn, ...]
    adjustments: tuple[DemoAdjustment, ...]
    synthetic: bool = True

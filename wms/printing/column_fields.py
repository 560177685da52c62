"""What a column file may name: the published fields of a manifest and the filters that may stand behind one."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from wms.printing.documents import ManifestDocument, ManifestParcel

NO_PARCEL = ManifestParcel(
    tracking_number="",
    reference="",
    shop_name="",
    receiver_name="",
    postcode="",
    city="",
    country="",
    weight=0,
)
"""Stands where a line is of the whole list."""


class At(NamedTuple):
    """Where a cell stands: the whole list, and one parcel of it in lines that have one."""

    data: ManifestDocument
    no: int
    parcel: ManifestParcel


Reader = Callable[[At], Any]
OF_FILE: dict[str, tuple[Any, Reader]] = {
    "manifest.number": ("WAW/2026/000123", lambda a: a.data.number),
    "manifest.serial": (123, lambda a: a.data.serial),
    "manifest.closed_at": (datetime(2026, 11, 21, 19, 30), lambda a: a.data.closed_at),  # noqa: DTZ001
    "carrier.code": ("dpd", lambda a: a.data.carrier_code),
    "carrier.name": ("DPD", lambda a: a.data.carrier),
    "carrier.account": ("1495", lambda a: a.data.account),
    "sender.name": ("Magazyn Północ", lambda a: a.data.sender.name),
    "sender.street": ("Logistyczna 7", lambda a: a.data.sender.street),
    "sender.postcode": ("05-850", lambda a: a.data.sender.postcode),
    "sender.city": ("Ożarów", lambda a: a.data.sender.city),
    "sender.country": ("PL", lambda a: a.data.sender.country),
    "totals.parcels": (2, lambda a: len(a.data.parcels)),
    "totals.weight": (4700, lambda a: sum(p.weight for p in a.data.parcels)),
}
OF_PARCEL: dict[str, tuple[Any, Reader]] = {
    "no": (1, lambda a: a.no),
    "tracking_number": ("520113012345678901234567", lambda a: a.parcel.tracking_number),
    "sscc": ("359007730000000015", lambda a: a.parcel.sscc),
    "reference": ("ZZ-118", lambda a: a.parcel.reference),
    "shop": ("Źródło Zdrowia", lambda a: a.parcel.shop_name),
    "receiver.name": ("Łucja Żółć", lambda a: a.parcel.receiver_name),
    "receiver.company": ("Piekarnia", lambda a: a.parcel.company),
    "receiver.street": ("Świętokrzyska 1/1", lambda a: a.parcel.street),
    "receiver.postcode": ("30-624", lambda a: a.parcel.postcode),
    "receiver.city": ("Kraków", lambda a: a.parcel.city),
    "receiver.country": ("PL", lambda a: a.parcel.country),
    "point": ("KRA01M", lambda a: a.parcel.point),
    "service": ("standard", lambda a: a.parcel.service),
    "weight": (2350, lambda a: a.parcel.weight),
    "cod.amount": (Decimal("12.50"), lambda a: a.parcel.cod),
    "cod.currency": ("PLN", lambda a: a.parcel.cod_currency),
    "parcel.number": (1, lambda a: a.parcel.number),
    "parcel.count": (2, lambda a: a.parcel.count),
}
FIELDS = OF_FILE | OF_PARCEL
"""Name of a published field -> sample, and how it is read. Weights are grams."""


class Room(ValueError):
    """Too long for ``room``."""

    def __init__(self, length: int, room: int) -> None:
        self.length, self.room = length, room
        super().__init__(f"{length} characters, room for {room}")


def _grams(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("a whole number of grams")
    return value


def _money(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal):
        raise TypeError("an amount of money")
    return value


def _moment(how: str) -> Callable[[Any], str]:
    def write(value: Any) -> str:
        if not isinstance(value, datetime):
            raise TypeError("a time")
        return value.strftime(how)

    return write


PLAIN: dict[str, Callable[[Any], Any]] = {
    "upper": lambda v: str(v).upper(),
    "digits": lambda v: "".join(c for c in str(v) if c.isascii() and c.isdigit()),
    "dashes": lambda v: str(v).replace("/", "-"),
    "ymd": _moment("%Y%m%d"),
    "dmy": _moment("%d.%m.%Y"),
    "iso": _moment("%Y-%m-%d"),
    "hms": _moment("%H%M%S"),
    "kg": lambda v: f"{Decimal(_grams(v)) / 1000:.3f}",
    "kg_comma": lambda v: f"{Decimal(_grams(v)) / 1000:.3f}".replace(".", ","),
    "decagrams": lambda v: str(-(-_grams(v) // 10)),
    "money": lambda v: f"{_money(v):.2f}",
    "money_comma": lambda v: f"{_money(v):.2f}".replace(".", ","),
    "cents": lambda v: str(int(_money(v) * 100)),
}
SIZED = ("max", "cut", "left", "right", "zero")
KNOWN = (*PLAIN, *(f"{s}:N" for s in SIZED), "or:TEXT")
"""``decagrams`` are rounded up. ``max:N`` refuses what is longer, ``cut:N`` shortens it; ``left:N`` and ``right:N`` fill
up with blanks, ``zero:N`` with noughts in front, and refuse what is longer. ``or:TEXT`` stands where there is nothing."""


def sized(kind: str, n: int) -> Callable[[Any], Any]:
    """The filters with a number, which raise ``Room`` for what is longer (but ``cut``, which shortens it)."""

    def fit(value: Any) -> str:
        text = written_as(value)
        if kind == "cut":
            return text[:n]
        if len(text) > n:
            raise Room(len(text), n)
        if kind == "left":
            return text.ljust(n)
        if kind == "right":
            return text.rjust(n)
        return text.zfill(n) if kind == "zero" else text

    return fit


def written_as(value: Any) -> str:
    """A value without filters: money with a point, times as RFC 3339."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, datetime) else str(value)

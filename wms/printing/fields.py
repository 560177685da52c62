"""The published fields of each kind of label: all that a template may name, each with a sample value.

A caller gives a label as nested mappings, ``{"receiver": {"name": ...}}``; a field that is left out or None is
empty. The sample fixes the type of the field (text, whole number, money, date), is what a template is checked
with when it is loaded, and is what a preview shows.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

Sample = str | int | Decimal | date

_OPERATOR: dict[str, Sample] = {
    "operator.name": "Magazyn Północ sp. z o.o.",
    "operator.street": "ul. Logistyczna 7, brama 3",
    "operator.postcode": "05-850",
    "operator.city": "Ożarów Mazowiecki",
    "operator.phone": "+48 22 123 45 67",
}

FIELDS: dict[str, dict[str, Sample]] = {
    "parcel": {
        **_OPERATOR,
        "shop.name": "Źródło Zdrowia",
        "receiver.name": "Małgorzata Brzęczyszczykiewicz-Wiśniewska",
        "receiver.company": "Piekarnia „Pod Żurawiem”",
        "receiver.street": "ul. Świętokrzyska 18A m. 24, klatka III",
        "receiver.postcode": "31-864",
        "receiver.city": "Kraków",
        "receiver.country": "PL",
        "receiver.phone": "+48 601 234 567",
        "carrier.name": "Kurier Własny",
        "service": "Dostawa do 12:00",
        "point": "KRA01M",
        "cod.amount": Decimal("1249.90"),
        "cod.currency": "PLN",
        "order.reference": "ZZ-2026-118-00472",
        "parcel.number": 2,
        "parcel.count": 3,
        "parcel.weight": 2350,
        "tracking_number": "520113012345678901234567",
        "sscc": "359007730000000015",
        "shipped_on": date(2026, 11, 21),
        "note": "Dzwonić przed dostawą",
    },
    "location": {
        "warehouse": "OZA1",
        "location.code": "A-07-03-2",
        "location.zone": "Kompletacja A",
        "location.check": "48",
        "barcode": "A-07-03-2",
    },
    "badge": {
        "operator.name": "Magazyn Północ sp. z o.o.",
        "person.name": "Małgorzata Święcicka-Kołodziejczyk",
        "person.role": "Kompletacja",
        "barcode": "P7F3K9QX2M",
    },
    "tote": {"warehouse": "OZA1", "tote.code": "T-0417", "barcode": "T-0417"},
    "handling_unit": {
        **_OPERATOR,
        "sscc": "359007730000000015",
        "unit.kind": "Paleta",
        "unit.code": "HU-000381",
        "shop.name": "Źródło Zdrowia",
        "sku.code": "ZZ-MIOD-1200",
        "sku.name": "Miód gryczany 1,2 kg, słoik szklany z etykietą pasieki",
        "gtin": "5901234123457",
        "lot": "L26-1104B",
        "expiry": date(2028, 5, 31),
        "quantity": 480,
        "asn": "ASN-2026-0931",
        "received_on": date(2026, 11, 21),
    },
    "sku": {
        "shop.name": "Źródło Zdrowia",
        "sku.code": "ZZ-MIOD-1200",
        "sku.name": "Miód gryczany 1,2 kg, słoik szklany z etykietą pasieki",
        "gtin": "5901234123457",
        "lot": "L26-1104B",
        "expiry": date(2028, 5, 31),
        "barcode": "5901234123457",
    },
    "return": {
        **_OPERATOR,
        "shop.name": "Źródło Zdrowia",
        "rma": "RMA-2026-00317",
        "order.reference": "ZZ-2026-118-00472",
        "sender.name": "Małgorzata Brzęczyszczykiewicz-Wiśniewska",
        "sender.city": "Kraków",
        "carrier.name": "Kurier Własny",
        "tracking_number": "520113012345678901234567",
        "send_by": date(2026, 12, 5),
        "barcode": "RMA-2026-00317",
    },
}
"""Kind of template -> dotted name of a field -> sample."""


def sample(kind: str) -> dict[str, Any]:
    """The sample label of a kind, nested as callers give it."""
    label: dict[str, Any] = {}
    for name, value in FIELDS[kind].items():
        *groups, last = name.split(".")
        place = label
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = value
    return label


def _groups(kind: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {"": set()}
    for name in FIELDS[kind]:
        group, _, last = name.rpartition(".")
        found.setdefault(group, set()).add(last)
    return {group: frozenset(lasts) for group, lasts in found.items()}


PLAIN = {str, int, Decimal, date, type(None)}
KNOWN = {kind: _groups(kind) for kind in FIELDS}
"""Kind of template -> name of a group, empty for none -> last parts of the names in it."""


def check_names(kind: str, label: Mapping[str, object]) -> None:
    """Raises ValueError for a name that is not published for this kind."""
    groups = KNOWN[kind]
    for key, value in label.items():
        if type(value) is dict and key in groups:
            if value.keys() <= groups[key]:
                continue
        elif key in groups[""] and (type(value) in PLAIN or not isinstance(value, Mapping)):
            continue
        for name in names({key: value}):
            if name not in FIELDS[kind]:
                raise ValueError(f"a {kind} label has no field {name!r}; it has {', '.join(FIELDS[kind])}")


def names(label: Mapping[str, object], before: str = "") -> Iterator[str]:
    """The dotted names that a nested label gives values to."""
    for key, value in label.items():
        if type(value) is dict or isinstance(value, Mapping):
            yield from names(value, f"{before}{key}.")
        else:
            yield before + key

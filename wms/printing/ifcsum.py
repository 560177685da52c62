"""The list as EDIFACT IFCSUM D.96A: one message for the load, one consignment (CNI) for each parcel.

The order of segments is the directory's; it allows 9,999 consignments in a message, so a longer list is two.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from wms.printing.cells import is_control
from wms.printing.documents import Address, ManifestDocument, ManifestParcel
from wms.printing.edifact import (
    ENCODING,
    SYNTAX,
    UNA,
    Charset,
    NotCarried,
    key,
    pieces,
    segment,
    text,
)
from wms.printing.errors import CONTROL, NOT_IN_CHARSET, TOO_LONG, FileUnfit

ROOM = 35
"""Characters of a number or of one line of a name."""
MOST = 9_999


class Interchange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who talks to whom. Identities are GLNs (qualifier 14) or what was agreed (ZZ); ``test`` marks every file as a trial."""

    charset: Charset = "UNOD"
    sender: Annotated[str, Meta(min_length=1, max_length=ROOM, examples=["5907732000008"])]
    receiver: Annotated[str, Meta(min_length=1, max_length=ROOM, examples=["5909999000005"])]
    sender_qualifier: Annotated[str, Meta(min_length=1, max_length=4, examples=["14"])] = "14"
    receiver_qualifier: Annotated[str, Meta(min_length=1, max_length=4, examples=["14"])] = "14"
    test: bool = False

    def __post_init__(self) -> None:
        for name in ("sender", "receiver", "sender_qualifier", "receiver_qualifier"):
            value = getattr(self, name)
            if not (0 < len(value) <= ROOM and value.isascii() and value.isprintable()):
                raise ValueError(f"{name} must be 1 to {ROOM} printable ASCII characters")


def ifcsum(data: ManifestDocument, who: Interchange, file: str) -> bytes:
    """The interchange in the set that was agreed; ``file`` is its name in refusals.

    Names and streets are spelled with what the set has (``edifact``), in lines of 35 characters; numbers are exact:
    raises `FileUnfit` for one that the set or its place cannot carry.
    """
    serial, at = str(data.serial), data.closed_at
    day = f"{at:%y%m%d}" if SYNTAX[who.charset] == "3" else f"{at:%Y%m%d}"
    unb: list[str | list[str]] = [
        [who.charset, SYNTAX[who.charset]], [who.sender, who.sender_qualifier], [who.receiver, who.receiver_qualifier],
        [day, f"{at:%H%M}"], serial,
    ]  # fmt: skip
    if who.test:
        unb += ["", "", "", "", "", "1"]
    whole = [UNA, segment("UNB", *unb)]
    parts = [data.parcels[n : n + MOST] for n in range(0, len(data.parcels), MOST)] or [()]
    for no, parcels in enumerate(parts, start=1):
        message = [
            segment("UNH", str(no), ["IFCSUM", "D", "96A", "UN", "EAN003"]),
            *_head(data, parcels, who, file),
        ]
        for line, parcel in enumerate(parcels, start=1):
            message += _consignment(line, parcel, who.charset, file)
        whole += [*message, segment("UNT", str(len(message) + 1), str(no))]
    whole.append(segment("UNZ", str(len(parts)), serial))
    return "".join(whole).encode(ENCODING[who.charset])


def _head(
    data: ManifestDocument, parcels: Sequence[ManifestParcel], who: Interchange, file: str
) -> list[str]:
    c = who.charset
    weight = sum(p.weight for p in parcels)
    return [
        segment("BGM", "785", _key(data.number, c, file, "-", "manifest"), "9"),
        segment("DTM", ["137", f"{data.closed_at:%Y%m%d%H%M}", "203"]),
        segment("CNT", ["11", str(len(parcels))]),
        segment("CNT", ["7", _kilograms(weight), "KGM"]),
        segment("TDT", "20", str(data.serial), "30", "", [text(data.carrier_code, c)[:17], "", "92"]),
        _address("CZ", data.sender, c, who.sender if who.sender_qualifier == "14" else ""),
        segment("NAD", "CA", [who.receiver, "", "9"]) if who.receiver_qualifier == "14" else segment("NAD", "CA", "", "", *_name(data.carrier, c)),
    ]  # fmt: skip


def _address(party: str, a: Address, c: Charset, gln: str) -> str:
    """``NAD``: name in up to five lines, street in up to three; a city of more than 35 characters is cut."""
    return segment(
        "NAD", party, [gln, "", "9"] if gln else "", "", *_name(f"{a.name} {a.company}".strip(), c),
        pieces(text(a.street, c), ROOM, 3), text(a.city, c)[:ROOM], "", text(a.postcode, c)[:9], text(a.country, c)[:3],
    )  # fmt: skip


def _name(value: str, c: Charset) -> list[list[str]]:
    return [pieces(text(value, c), ROOM, 5)]


def _consignment(no: int, p: ManifestParcel, c: Charset, file: str) -> list[str]:
    def exact(value: str, field: str) -> str:
        return _key(value, c, file, p.tracking_number or str(no), field)

    number, reference = exact(p.tracking_number, "tracking_number"), exact(p.reference, "reference")
    found = [segment("CNI", str(no), number)]
    if p.cod:
        found.append(segment("MOA", ["22", f"{p.cod:.2f}", p.cod_currency]))
    if p.service:
        found.append(segment("FTX", "DEL", "", "", pieces(text(p.service, c), ROOM, 1)))
    if p.point:
        found.append(segment("LOC", "7", [exact(p.point, "point"), "", "92"]))
    if reference:
        found.append(segment("RFF", ["CU", reference]))
    found.append(_address("CN", p.receiver, c, ""))
    found.append(segment("GID", "1", ["1", "CT"]))
    found.append(segment("MEA", "AAE", "G", ["KGM", _kilograms(p.weight)]))
    found.append(segment("PCI", "33E"))
    if p.sscc:
        found.append(segment("GIN", "BJ", exact(p.sscc, "sscc")))
    else:
        found.append(segment("GIN", "AW", number))
    return found


def _kilograms(grams: int) -> str:
    return f"{Decimal(grams) / 1000:.3f}"


def _key(value: str, c: Charset, file: str, parcel: str, field: str) -> str:
    try:
        return key(value, c, ROOM)
    except NotCarried as e:
        details: dict[str, object] = {
            "length": len(value),
            "room": ROOM,
            "what": e.what,
            "charset": ENCODING[c],
        }
        why = TOO_LONG if not e.what else CONTROL if is_control(e.what) else NOT_IN_CHARSET
        raise FileUnfit(why, details=details, file=file, parcel=parcel, field=field, value=value) from None

"""The controlled words of returns, with what people read for them."""

from typing import Literal

from wms.kernel.text import Text

Kind = Literal[
    "withdrawal", "complaint", "carrier_damage", "undelivered", "wrong_or_missing", "b2b", "unknown"
]
AnnouncedKind = Literal["withdrawal", "complaint", "carrier_damage", "wrong_or_missing", "b2b"]
Reason = Literal[
    "changed_mind", "wrong_size", "not_as_described", "defective", "damaged_in_transit", "wrong_item", "missing_parts",
    "late", "better_price", "ordered_too_many", "unwanted_gift", "undelivered", "other",
]  # fmt: skip
Grade = Literal["new", "opened", "used", "damaged", "not_ours"]
Disposition = Literal["restock", "repack", "repair", "quarantine", "to_shop", "dispose"]
Warn = Literal[
    "more-than-announced", "more-than-shipped", "not-announced", "not-on-order", "other-serial", "other-lot"
]

REASONS: dict[Reason, Text] = {
    "changed_mind": Text(en="Changed their mind", pl="Zmiana decyzji"),
    "wrong_size": Text(en="Does not fit", pl="Niewłaściwy rozmiar"),
    "not_as_described": Text(en="Not as described", pl="Niezgodny z opisem"),
    "defective": Text(en="Defective", pl="Wadliwy"),
    "damaged_in_transit": Text(en="Damaged on the way", pl="Uszkodzony w transporcie"),
    "wrong_item": Text(en="Another item was sent", pl="Wysłano inny towar"),
    "missing_parts": Text(en="Something is missing", pl="Niekompletny"),
    "late": Text(en="Came too late", pl="Dotarł za późno"),
    "better_price": Text(en="Found it cheaper", pl="Znaleziono taniej"),
    "ordered_too_many": Text(en="Ordered too many", pl="Zamówiono za dużo"),
    "unwanted_gift": Text(en="Unwanted gift", pl="Nietrafiony prezent"),
    "undelivered": Text(en="Could not be delivered", pl="Nie udało się doręczyć"),
    "other": Text(en="Other", pl="Inny powód"),
}

WARNINGS: dict[Warn, Text] = {
    "more-than-announced": Text(en="More came back than was announced.", pl="Wróciło więcej, niż zgłoszono."),
    "more-than-shipped": Text(en="More came back than was shipped.", pl="Wróciło więcej, niż wysłano."),
    "not-announced": Text(en="Nobody announced these goods.", pl="Tego towaru nie zgłoszono."),
    "not-on-order": Text(en="These goods are not on the order.", pl="Tego towaru nie ma w zamówieniu."),
    "other-serial": Text(
        en="Another serial number was shipped on this order.",
        pl="Z tym zamówieniem wysłano inny numer seryjny.",
    ),
    "other-lot": Text(
        en="Another lot was shipped on this order.", pl="Z tym zamówieniem wysłano inną partię."
    ),
}

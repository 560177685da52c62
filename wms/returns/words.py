"""The controlled words of returns, with what people read for them."""

from typing import Literal

from wms.kernel.state_words import RETURNS
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

GRADES: dict[Grade, Text] = {
    "new": Text(en="As new", pl="Jak nowy"),
    "opened": Text(en="Opened, unused", pl="Otwarty, nieużywany"),
    "used": Text(en="Used", pl="Używany"),
    "damaged": Text(en="Damaged", pl="Uszkodzony"),
    "not_ours": Text(en="Not the shop's product", pl="Nie jest towarem sklepu"),
}

DISPOSITIONS: dict[Disposition, Text] = {
    "restock": Text(en="Back to stock", pl="Na półkę"),
    "repack": Text(en="Repack", pl="Przepakować"),
    "repair": Text(en="Repair", pl="Naprawić"),
    "quarantine": Text(en="Quarantine until the shop decides", pl="Kwarantanna do decyzji sklepu"),
    "to_shop": Text(en="Send to the shop", pl="Odesłać do sklepu"),
    "dispose": Text(en="Dispose of", pl="Zutylizować"),
}

KINDS: dict[Kind, Text] = {
    "withdrawal": Text(en="Withdrawal", pl="Odstąpienie"),
    "complaint": Text(en="Complaint", pl="Reklamacja"),
    "carrier_damage": Text(en="Carrier damage", pl="Szkoda w transporcie"),
    "undelivered": Text(en="Undelivered", pl="Niedoręczona"),
    "wrong_or_missing": Text(en="Wrong or missing goods", pl="Błędny lub brakujący towar"),
    "b2b": Text(en="B2B return", pl="Zwrot B2B"),
    "unknown": Text(en="Not announced", pl="Niezapowiedziany"),
}

STATES: dict[str, Text] = {k: Text(t.en.capitalize(), t.pl.capitalize()) for k, t in RETURNS.items()}

EVENTS: dict[str, Text] = {
    "return.announced": Text(en="Announced", pl="Zgłoszono"),
    "return.in_transit": Text(en="Sent by the buyer", pl="Nadano przez kupującego"),
    "return.received": Text(en="Received at the bench", pl="Przyjęto na stanowisku"),
    "return.found": Text(en="Found among unknown parcels", pl="Odnaleziono wśród nieznanych paczek"),
    "return.inspecting": Text(en="Inspection begun", pl="Rozpoczęto oględziny"),
    "return.item_inspected": Text(en="Inspected", pl="Obejrzano"),
    "return.inspection_undone": Text(en="Inspection of a piece undone", pl="Cofnięto oględziny sztuki"),
    "return.inspected": Text(en="Inspection finished", pl="Zakończono oględziny"),
    "return.awaiting_shop": Text(en="Waits for the shop", pl="Czeka na decyzję sklepu"),
    "return.goods_decided": Text(en="Decided what becomes of goods", pl="Zdecydowano o towarze"),
    "return.refund_advised": Text(en="Refund advised", pl="Zalecono zwrot pieniędzy"),
    "return.resolved": Text(en="Resolved", pl="Rozstrzygnięto"),
    "return.rejected": Text(en="Rejected", pl="Odrzucono"),
    "return.closed": Text(en="Closed", pl="Zamknięto"),
    "mail.queued": Text(en="Mail written", pl="Przygotowano wiadomość"),
    "mail.sent": Text(en="Mail sent", pl="Wysłano wiadomość"),
    "mail.failed": Text(en="Mail could not be sent", pl="Nie udało się wysłać wiadomości"),
}

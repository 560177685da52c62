"""The words of what a look-up tells: kinds, states and moments as people say them."""

from datetime import date, datetime

from wms.kernel.text import Text
from wms.locations.words import KINDS as PLACES
from wms.locations.words import LOCKS
from wms.reporting.lookup import Fact
from wms.reporting.order_words import PARCELS, RETURNS, STATES
from wms.web.i18n import Words

KINDS = {
    **PLACES,
    "pallet": Text(en="pallet", pl="paleta"),
    "carton": Text(en="carton", pl="karton"),
    "tote": Text(en="tote", pl="pojemnik"),
    "parcel": Text(en="parcel", pl="paczka"),
    "single": Text(en="one piece", pl="jedna sztuka"),
    "multi": Text(en="several pieces", pl="kilka sztuk"),
    "large": Text(en="large", pl="duże"),
    "undelivered": Text(en="undelivered", pl="niedoręczony"),
    "return": Text(en="return", pl="zwrot"),
    "complaint": Text(en="complaint", pl="reklamacja"),
    "withdrawal": Text(en="withdrawal", pl="odstąpienie"),
    "carrier_damage": Text(en="damaged by the carrier", pl="szkoda w transporcie"),
    "wrong_or_missing": Text(en="wrong or missing goods", pl="błędny lub brakujący towar"),
    "b2b": Text(en="B2B return", pl="zwrot B2B"),
    "unknown": Text(en="not announced", pl="niezapowiedziany"),
}
LOTS = {
    "none": Text(en="no", pl="nie"),
    "lot": Text(en="by lot", pl="według partii"),
    "expiry": Text(en="by date", pl="według daty"),
}
DELIVERIES = {
    "announced": Text(en="announced", pl="zapowiedziana"),
    "receiving": Text(en="being received", pl="przyjmowana"),
    "received": Text(en="received", pl="przyjęta"),
    "cancelled": Text(en="cancelled", pl="anulowana"),
}
RECEIPTS = {"open": Text(en="open", pl="otwarte"), "closed": Text(en="closed", pl="zamknięte")}
STATES_OF = {"order": STATES, "parcel": PARCELS, "rma": RETURNS, "asn": DELIVERIES, "receipt": RECEIPTS}
MOMENTS = frozenset({"ship_by", "announced_at", "received_at", "opened_at", "closed_at"})
DAYS = frozenset({"expected_on", "expires_on"})
NUMBERS = frozenset({"weight_g", "capacity_ml"})
NOT_SHOWN = frozenset({"picture_url", "name", "warehouse"})
"""Shown elsewhere on the screen, or the same for everything that is looked up here."""


def fact_text(kind: str, fact: Fact, words: Words) -> str:
    """The value of a fact of a thing of this ``kind``, in the reader's language; unknown words as they are."""
    found: Text | None = None
    if fact.code == "state":
        found = STATES_OF.get(kind, {}).get(fact.value)
    elif fact.code == "kind":
        found = KINDS.get(fact.value)
    elif fact.code == "lot_policy":
        found = LOTS.get(fact.value)
    elif fact.code == "locked":
        found = LOCKS.get(fact.value)
    if found is not None:
        return words.text(found)
    try:
        if fact.code in MOMENTS:
            return words.moment(datetime.fromisoformat(fact.value))
        if fact.code in DAYS:
            return words.day(date.fromisoformat(fact.value))
        if fact.code in NUMBERS:
            return words.number(int(fact.value))
    except ValueError:
        pass
    return fact.value

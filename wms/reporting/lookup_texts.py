"""The words of a look-up: titles of things, labels of facts, what is going on."""

from wms.kernel.text import Text
from wms.locations.words import LOCKS
from wms.orders.hold_words import HOLDS
from wms.reporting.order_words import LABELS as LABEL_STATES
from wms.reporting.order_words import PARCELS, RETURNS

TITLES = {
    "location": Text(en="Location {ref}", pl="Lokalizacja {ref}"),
    "unit": Text(en="Handling unit {ref}", pl="Jednostka logistyczna {ref}"),
    "parcel": Text(en="Parcel {ref}, {shop}", pl="Paczka {ref}, sklep {shop}"),
    "order": Text(en="Order {ref}, {shop}", pl="Zamówienie {ref}, sklep {shop}"),
    "sku": Text(en="SKU {ref}, {shop}", pl="SKU {ref}, sklep {shop}"),
    "rma": Text(en="Return {ref}, {shop}", pl="Zwrot {ref}, sklep {shop}"),
    "asn": Text(en="ASN {ref}, {shop}", pl="Awizacja {ref}, sklep {shop}"),
    "receipt": Text(en="Receipt {ref}, {shop}", pl="Przyjęcie {ref}, sklep {shop}"),
    "lot": Text(en="Lot or serial number {ref}, {shop}", pl="Partia lub numer seryjny {ref}, sklep {shop}"),
}

LABELS = {
    "warehouse": Text(en="Warehouse", pl="Magazyn"),
    "kind": Text(en="Kind", pl="Rodzaj"),
    "zone": Text(en="Zone", pl="Strefa"),
    "aisle": Text(en="Aisle", pl="Alejka"),
    "pickable": Text(en="Picked from", pl="Miejsce kompletacji"),
    "capacity_ml": Text(en="Capacity (ml)", pl="Pojemność (ml)"),
    "locked": Text(en="Locked", pl="Zablokowana"),
    "name": Text(en="Name", pl="Nazwa"),
    "sku": Text(en="SKU", pl="SKU"),
    "lot": Text(en="Lot", pl="Partia"),
    "serial": Text(en="Serial number", pl="Numer seryjny"),
    "expires_on": Text(en="Use by", pl="Ważne do"),
    "barcodes": Text(en="Bar codes", pl="Kody kreskowe"),
    "lot_policy": Text(en="Lots", pl="Partie"),
    "serial_tracked": Text(en="Serial numbers", pl="Numery seryjne"),
    "weight_g": Text(en="Weight (g)", pl="Masa (g)"),
    "size_mm": Text(en="Size (mm)", pl="Wymiary (mm)"),
    "picture_url": Text(en="Picture", pl="Zdjęcie"),
    "active": Text(en="In use", pl="W użyciu"),
    "sscc": Text(en="SSCC", pl="SSCC"),
    "stands_at": Text(en="Stands at", pl="Stoi w"),
    "order": Text(en="Order", pl="Zamówienie"),
    "no": Text(en="Parcel no.", pl="Nr paczki"),
    "state": Text(en="State", pl="Stan"),
    "carrier": Text(en="Carrier", pl="Przewoźnik"),
    "service": Text(en="Service", pl="Usługa"),
    "tracking_number": Text(en="Tracking number", pl="Numer przesyłki"),
    "carton": Text(en="Carton", pl="Karton"),
    "ship_by": Text(en="Ship by", pl="Wysłać do"),
    "priority": Text(en="Priority", pl="Priorytet"),
    "city": Text(en="City", pl="Miasto"),
    "announced_at": Text(en="Announced", pl="Zgłoszono"),
    "received_at": Text(en="Received", pl="Przyjęto"),
    "expected_on": Text(en="Expected on", pl="Oczekiwana dnia"),
    "note": Text(en="Note", pl="Uwaga"),
    "asn": Text(en="ASN", pl="Awizacja"),
    "opened_at": Text(en="Opened", pl="Otwarto"),
    "closed_at": Text(en="Closed", pl="Zamknięto"),
}

GOING_ON = {
    "locked": Text(en="Locked: {ref}", pl="Blokada: {ref}"),
    "count": Text(en="Count ({state})", pl="Liczenie ({state})"),
    "pick": Text(en="Cart {ref} fetches {quantity} here", pl="Wózek {ref} pobiera stąd {quantity} szt."),
    "promised": Text(
        en="{quantity} promised to orders: {ref}", pl="{quantity} szt. obiecane zamówieniom: {ref}"
    ),
    "backorder": Text(
        en="{quantity} missing for orders: {ref}", pl="Brakuje {quantity} szt. dla zamówień: {ref}"
    ),
    "replenishment": Text(
        en="{quantity} to be brought to {ref}", pl="{quantity} szt. do przeniesienia na {ref}"
    ),
    "coming": Text(en="{quantity} announced by ASN {ref}", pl="{quantity} szt. w awizacji {ref}"),
    "cart": Text(en="On cart {ref} ({state})", pl="Na wózku {ref} ({state})"),
    "packing": Text(en="Being packed at {ref}", pl="Pakowane na stanowisku {ref}"),
    "put_back": Text(
        en="{quantity} to be put back, order {ref}", pl="{quantity} szt. do odłożenia, zamówienie {ref}"
    ),
    "label": Text(en="Label {state}", pl="Etykieta: {state}"),
    "manifest": Text(en="On manifest {ref} ({state})", pl="Na liście przewozowej {ref} ({state})"),
    "hold": Text(en="On hold: {ref}", pl="Wstrzymane: {ref}"),
    "parcel": Text(en="Parcel {ref} ({state})", pl="Paczka {ref} ({state})"),
    "return": Text(en="Return {ref} ({state})", pl="Zwrot {ref} ({state})"),
    "receipt": Text(en="Receipt {ref} is open", pl="Przyjęcie {ref} jest otwarte"),
}
YES, NO = Text(en="yes", pl="tak"), Text(en="no", pl="nie")

MANIFESTS = {
    "open": Text(en="being loaded", pl="w załadunku"),
    "closing": Text(en="being closed", pl="w zamykaniu"),
    "closed": Text(en="closed", pl="zamknięta"),
    "handed_over": Text(en="handed over", pl="przekazana"),
    "reconciled": Text(en="confirmed by the carrier", pl="potwierdzona przez przewoźnika"),
}
STATES_OF = {
    "count": {"open": Text(en="waits", pl="czeka"), "counting": Text(en="being counted", pl="trwa")},
    "cart": {
        "waiting": Text(en="waits", pl="czeka"),
        "claimed": Text(en="in somebody's hands", pl="ktoś z nim chodzi"),
    },
    "label": LABEL_STATES,
    "manifest": MANIFESTS,
    "parcel": PARCELS,
    "return": RETURNS,
}
"""The state of what is going on, by its kind."""
REFS = {"locked": LOCKS, "hold": HOLDS}
"""Why something is going on, where that is a word of ours and not of a person."""

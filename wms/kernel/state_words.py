"""The words of states, for people."""

from wms.kernel.text import Text

ORDERS = {
    "received": Text(en="received", pl="przyjęte"),
    "on_hold": Text(en="on hold", pl="wstrzymane"),
    "backordered": Text(en="backordered", pl="czeka na towar"),
    "allocated": Text(en="allocated", pl="zarezerwowane"),
    "released": Text(en="released", pl="na hali"),
    "picking": Text(en="picking", pl="kompletowane"),
    "picked": Text(en="picked", pl="skompletowane"),
    "packing": Text(en="packing", pl="pakowane"),
    "packed": Text(en="packed", pl="spakowane"),
    "labelled": Text(en="labelled", pl="z etykietą"),
    "manifested": Text(en="loaded", pl="załadowane"),
    "handed_over": Text(en="handed over", pl="przekazane kurierowi"),
    "in_transit": Text(en="in transit", pl="w drodze"),
    "delivered": Text(en="delivered", pl="doręczone"),
    "returned_to_sender": Text(en="returned to sender", pl="zwrócone do nadawcy"),
    "cancelled": Text(en="cancelled", pl="anulowane"),
}
PARCELS = {
    "open": Text(en="being packed", pl="pakowana"),
    "closed": Text(en="closed", pl="zamknięta"),
    "labelled": Text(en="labelled", pl="z etykietą"),
    "manifested": Text(en="loaded", pl="załadowana"),
    "handed_over": Text(en="handed over", pl="przekazana kurierowi"),
    "void": Text(en="void", pl="unieważniona"),
}
RETURNS = {
    "announced": Text(en="announced", pl="zgłoszony"),
    "in_transit": Text(en="on its way", pl="w drodze"),
    "received": Text(en="received", pl="przyjęty"),
    "inspecting": Text(en="being inspected", pl="w oględzinach"),
    "inspected": Text(en="inspected", pl="obejrzany"),
    "awaiting_shop": Text(en="waits for the shop", pl="czeka na sklep"),
    "resolved": Text(en="resolved", pl="rozstrzygnięty"),
    "closed": Text(en="closed", pl="zamknięty"),
    "rejected": Text(en="rejected", pl="odrzucony"),
}
LABELS = {
    "requested": Text(en="asked for", pl="zamówiona"),
    "accepted": Text(en="booked, still to come", pl="nadana, w przygotowaniu"),
    "failed": Text(en="refused", pl="odmowa"),
    "unknown": Text(en="perhaps booked: decide", pl="nie wiadomo, czy nadana: rozstrzygnij"),
    "ready": Text(en="ready, not scanned yet", pl="gotowa, niezeskanowana"),
    "printed": Text(en="on the parcel", pl="na paczce"),
    "void": Text(en="void", pl="unieważniona"),
}
COUNTS = {
    "open": Text(en="not begun", pl="nierozpoczęte"),
    "counting": Text(en="running", pl="w toku"),
    "closed": Text(en="finished", pl="zakończone"),
}
STRAYS = {
    "open": Text(en="open", pl="otwarta"),
    "matched": Text(en="found", pl="odnaleziona"),
    "disposed": Text(en="given up", pl="zutylizowana"),
}
BY_THING = {"order": ORDERS, "parcel": PARCELS, "return": RETURNS, "count": COUNTS}
"""By the kind of thing, as ``WrongState`` names it."""

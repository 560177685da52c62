"""The words of states, for people at desks."""

from wms.kernel.text import Text

STATES = {
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
TONES = {"on_hold": "stop", "backordered": "warn", "cancelled": "warn", "returned_to_sender": "warn", "delivered": "ok",
         "handed_over": "ok", "in_transit": "ok"}  # fmt: skip
PARCELS = {
    "open": Text(en="being packed", pl="pakowana"),
    "closed": Text(en="closed", pl="zamknięta"),
    "labelled": Text(en="labelled", pl="z etykietą"),
    "manifested": Text(en="loaded", pl="załadowana"),
    "handed_over": Text(en="handed over", pl="przekazana kurierowi"),
    "void": Text(en="void", pl="unieważniona"),
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
TRACKING = {
    "registered": Text(en="registered", pl="zarejestrowana"),
    "ready": Text(en="ready", pl="gotowa"),
    "handed_over": Text(en="handed over", pl="przekazana"),
    "in_transit": Text(en="in transit", pl="w drodze"),
    "out_for_delivery": Text(en="out for delivery", pl="w doręczeniu"),
    "at_point": Text(en="at the pickup point", pl="w punkcie odbioru"),
    "delivered": Text(en="delivered", pl="doręczona"),
    "problem": Text(en="problem", pl="problem"),
    "returned": Text(en="returned", pl="zwrócona"),
    "cancelled": Text(en="cancelled", pl="anulowana"),
}
RETURNS = {
    "announced": Text(en="announced", pl="zgłoszony"),
    "in_transit": Text(en="in transit", pl="w drodze"),
    "received": Text(en="received", pl="przyjęty"),
    "inspecting": Text(en="being inspected", pl="sprawdzany"),
    "inspected": Text(en="inspected", pl="sprawdzony"),
    "awaiting_shop": Text(en="waits for the shop", pl="czeka na sklep"),
    "resolved": Text(en="resolved", pl="rozstrzygnięty"),
    "closed": Text(en="closed", pl="zamknięty"),
    "rejected": Text(en="rejected", pl="odrzucony"),
}
MAILS = {
    "queued": Text(en="waits to be sent", pl="czeka na wysłanie"),
    "sent": Text(en="sent", pl="wysłana"),
    "failed": Text(en="not sent", pl="niewysłana"),
}

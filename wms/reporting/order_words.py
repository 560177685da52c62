"""The words of states, for people at desks."""

from wms.kernel.state_words import LABELS, ORDERS, PARCELS, RETURNS
from wms.kernel.text import Text

__all__ = ["LABELS", "MAILS", "PARCELS", "RETURNS", "STATES", "TONES", "TRACKING"]
STATES = ORDERS

TONES = {"on_hold": "stop", "backordered": "warn", "cancelled": "warn", "returned_to_sender": "warn", "delivered": "ok",
         "handed_over": "ok", "in_transit": "ok"}  # fmt: skip
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
MAILS = {
    "queued": Text(en="waits to be sent", pl="czeka na wysłanie"),
    "sent": Text(en="sent", pl="wysłana"),
    "failed": Text(en="not sent", pl="niewysłana"),
}

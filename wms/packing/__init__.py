"""Packing: from the tote into a closed, weighed parcel, with every piece scanned.

A packer scans a tote (or an order number) at a station. One order is packed by one person: the session is a lease,
renewed by each scan, and taken over only when it has run out. A tote of single-piece orders has no session of its
own; each piece scanned finds the order that needs it, oldest promise first, and among those the ones that were picked
with its lot. On a handheld that is all: the piece, the carton, the label scanned back; one piece of known weight needs no
scale, because its scan has proved what is in.

The ledger says what is in the tote and for whom: picking's moves name the order. So a scan is checked against what
was picked, down to the lot and the serial number, and then moves WORK(tote) to PACKED(parcel). A wrong piece, one too
many, another shop's goods, a cancelled order: each is refused in words, and nothing has moved.

Closing asks for the carton, the weight and the shop's inserts. A weight that does not fit the content is refused with
the name of what may be missing; a supervisor may overrule it with a reason. What was scanned and what the ledger holds
are compared once more, and only an equal content makes the parcel ``verified``: without that the database itself
refuses a label, a place on a manifest and the handover.

A scan writes no event of its own: its move already says who, when, from which device and by which scan.
"""

"""GLS Poland: ADE-Plus WebAPI2 by SOAP for everything but tracking, which is the GLS group's REST service.

A booking lies in the "preparing box" until the pickup is closed; that hands it over, makes the carrier's protocol, and cannot
be undone. The box gives no parcel number at once: it is there after the label was drawn, at the latest after the pickup.

Not confirmed by a public source: the limits of the fields, the SOAP name space, which status codes mean what, and that one
page of ids has at most 100 of them.
"""

"""DPD Polska: REST ``DPDServices`` for numbers, labels, protocols and pickups, SOAP ``DPDInfoServices`` for tracking.

DPD has no look-up by reference and no cancelling. So a booking whose outcome is not known goes to a person, and a number
that is not wanted any more simply stays unused: DPD bills what it has carried.

Not confirmed by a public source, each in one function of ``requests``: the REST bodies of ``generateProtocol`` and of
``packagesPickupCall`` (they follow the SOAP ones), the field ``pudoId``, post codes without a dash, and the header
``X-DPD-FID``.
"""

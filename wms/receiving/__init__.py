"""From the shop's announcement to goods on the dock.

Phases: a shop announces a delivery (``create_asn``) or somebody just turns up; a receiver opens a receipt at a dock,
against the ASN or blind (``open_receipt``); every scan (``receive_scan``) moves goods from the supplier to the dock,
loose or onto a pallet (``open_handling_unit``); closing (``close_receipt``) finds what is short and tells the shop
line by line.

Exceptions never stop the rest: what is over, damaged or expired is received and noted, a code that nobody knows is
noted with the code. A scan is refused only where the ledger would lie: a lot, date or serial number that the SKU asks
for is missing, the goods belong to another shop, the serial number is already here.

Decision of weight: one receipt ends an ASN. A second truck for the same ASN would need "more to come" to be known by
the receiver, who cannot know it; what comes later is announced anew or received blind.
"""

"""DHL Parcel Polska: DHL24 WebAPI2 by SOAP. At most three labels a call; a fault is a number with a Polish sentence.

DHL24 has no search by reference, but lists what was booked on a day. So our reference travels as the sender's contact person,
and an ambiguous booking is looked for there; a list that does not show contact persons settles nothing.

Not confirmed by a public source: that the list shows contact persons, how many labels one call takes, and the codes of the
faults; a refused login is told by its words.
"""

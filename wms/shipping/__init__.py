"""Shipping: labels, manifests, the handover to the courier, and what the courier tells afterwards.

A label is a job with states. Asking for it writes the intent and leaves a job; the job calls the carrier with no
transaction open and records what came of it. It may die at any point: the next run finds the intent, asks the carrier
by our reference whether it knows the booking, and books only when it does not. A carrier that is down or out of numbers
stops nobody: the label waits, is retried and is shown.

A manifest is one pickup of one carrier. Parcels are loaded onto it by scan; another carrier's, an unlabelled one and
one of a cancelled order are refused. Closing gives it a number without gaps, a hash over the ordered list, and its
papers; from then on the list cannot change. How that is kept: the application's roles have no UPDATE on its rows but
for what is noted about a parcel afterwards (confirmed, left behind, scanned, settled), and row-level security lets
nobody insert or delete a row of a manifest that is not open, change number, hash and totals of it, or take a step back.

A carrier with a protocol of its own is asked for it once while the list is *closing*; what it does not give then is
fetched later and stops nobody. Files for machines (CSV, JSON, EDIFACT, the carrier's own columns) are written as the
list closes, exactly, so a value that one of them cannot carry is refused there. They go by mail and to the carrier's
SFTP server, each at least once, or the courier fetches them with its key or by the manifest's link.

At the truck the driver's count decides: what stays behind goes back to *labelled* and onto the next manifest, the rest
moves from PACKED to the customer in one ledger call. A parcel whose order was cancelled after closing must be named as
left behind before the handover goes through: somebody has to take it off the truck.

After the handover the carrier's own scans count, or its own list of what came in. What it has not scanned in its time,
and what it has scanned although it is on no list, are exceptions; with the last parcel scanned, settled by a person or
left behind, the manifest is *reconciled*.

Four fences stand before a mis-ship: the parcel's content is compared with the ledger when it is closed, and label,
manifest row and the states *labelled* to *handed over* need its ``verified`` column in the database itself.
"""

"""Blind counts and the adjustments that follow.

A count of one location is asked for (a short pick, a supervisor, a plan), somebody starts it, counts SKU by SKU without
ever being shown what the system believes, and closes it; only then are the differences known, posted against
lost-and-found and told to the shops.

Stock may move while it is counted. Each counted line remembers what the ledger held at that moment, so a move that
comes later changes both sides alike and makes no difference. Where goods moved between the start and the counting of
their line, nobody knows whether the counter saw them before or after: the answer says *count again*, and the second
number stands if nothing moved since the first.

Where less is found than orders were promised, the promises that come last are given up and served from elsewhere, as
long as no picker has them on a list yet; a count that would take goods from under a picker waits for the short pick.

A bin that a short pick has locked is unlocked when its count is closed.
"""

"""From the shelf into totes.

**Wave.** A supervisor (or a clock) releases allocated orders. They are grouped by pickup (``ship_by``) and kind: *single*
(one line, many orders share a tote), *multi* (a tote per order), *large* (alone). Orders that share aisles share a
cart (a *cluster*), and each cart's walk is planned over the floor. What is promised but not whole stays behind where
the shop ships complete orders only.

**Claim.** A picker takes a cart: the own unfinished one, else the one that is due first. A cart has one holder, for 15
minutes after the last scan; then another picker may take it over, and what was counted but not put into a tote is
counted anew. Empty totes go onto the cart's places; a tote that another cart or the ledger says is in use is refused.

**Pick.** Location, item (piece by piece, a case at once, or a number), tote. Only the tote's scan moves goods: one
move from the bin into the tote, which settles the allocation. Each scan names the task and step of the screen that
it was made for, so one that arrives late or twice is "already done". The order is locked and asked at that moment
(the gate): a cancelled one is left out, and what is in its tote already takes the put-back road. A serial number
must be the one that is promised; a lot too, and its date decides first.

**Missing.** The picker confirms what is there. The rest of the promise is given up, the bin locked for new promises and
queued for a count, and the goods are looked for elsewhere at once: new tasks, and the rest of the walk planned anew
from here. With nothing elsewhere the order waits (``backordered``): its other tasks are void, it keeps their
allocations, and what is in its tote stays there; when the goods come it is released again. Where the shop ships in
parts it goes on with what there is.

**Done.** After the last tote scan the orders are ``picked``; the picker scans where the totes are put down, and packing
asks the ledger what is in them. Undo is an inverse move, and the goods are promised anew.

Decisions: the cluster's row is locked first, then orders, then tasks, so that everything on one cart happens in a
sequence; orders become ``picking`` and ``picked`` with the first and the last pick of their cart, set-based, which
keeps a pick in the middle at four statements; a pick has no event beside its move.
"""

"""From the dock to the shelf.

The worker takes goods off the dock (loose, or out of a pallet), is told where they may go (``suggest``), walks there
and scans the goods and the location (``confirm_putaway``); a whole pallet of one scan is ``confirm_unit_putaway``. The
suggestion is advice: any bin or reserve place that is not locked is right, and what the scan says happened.

Goods that are damaged, expired or blocked have one way, the quarantine. Goods that an order waits for go to the
cross-dock bin near packing: it is a bin like any other and first on the walk, so allocation and picking need no second
way of working, and only as much as is waited for may go there.

As soon as goods that can be sold are in a bin, the orders that wait for them are served, oldest promise first.

Later a worker may carry goods wherever they belong better (``move_goods``), or a whole pallet or tote (``move_unit``);
promises go along, and ``undo_move`` takes it back.
"""

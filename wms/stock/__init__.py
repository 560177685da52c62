"""THE LEDGER.

Every unit of stock is where its moves have put it. A move takes a quantity of one SKU (and lot) from one place to
another and is written once; suppliers, customers, scrap and lost-and-found are places too, so that everything
always adds up to zero. A balance says how much is at one place now: it is the sum of the moves, kept in the same
statement that writes them, and the database refuses a balance below nothing.

A promise has two phases. ``allocate`` sets goods aside for an order line (an allocation, a pending move), ``post``
settles it when the goods are really taken, ``void`` gives up what is still open.

Four verbs write: ``post``, ``allocate``, ``void`` (ledger.py) and ``seal`` (chain.py). Each is one set-based
statement, for one move or for a thousand. Locks are taken in one order, everywhere: order, order lines,
allocations by id, balances by id, then new balances by key. Decision of weight: the hash chain is built by sealing
stretches of moves afterwards, not move by move, because a chained insert would make every scan of a shop wait for
the one before it; the digest that each move carries from birth covers the time until its seal.
"""

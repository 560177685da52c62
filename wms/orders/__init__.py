"""Orders and parcels: what outlives the work. Only this package changes an order's state.

An order is accepted (``accept_orders``), its stock is set aside at once (``allocate_orders``), what is missing waits
as a backorder and is filled oldest promise first when goods arrive (``fill_backorders``). Slices ask for the next
state with ``advance`` and pass a gate (``gates``) before they allocate, pick, label or hand over. A cancel
(``cancel_order``) is possible until handover: it frees what was only promised and sends what was already taken on
the put-back road.
"""

"""Orders and parcels: what outlives the work. Only this package changes an order's state."""

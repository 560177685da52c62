"""Places: warehouses, zones, locations in walk order, and the handling units that stand in them."""

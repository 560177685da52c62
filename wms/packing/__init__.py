"""From totes into parcels that are known to be right."""

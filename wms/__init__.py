"""A warehouse management system for fulfilment operators: one ledger, every movement confirmed by a scan."""

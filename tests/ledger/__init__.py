"""Laws of the ledger under random work, concurrency, planted faults and tampering."""

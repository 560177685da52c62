"""The database: engine, roles, the transaction that a use case works in, and the tables' common ground."""

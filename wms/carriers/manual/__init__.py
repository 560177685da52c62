"""A carrier without an interface: a person books at its counter or web page, and types or scans the number here."""

"""A carrier that gave the operator a range of numbers: labels are made here, without any network."""

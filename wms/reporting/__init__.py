"""Checks and figures over everything: verify, explain, look up by one scan, the work that waits."""

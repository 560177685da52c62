"""Checks and figures over everything: verify, explain."""

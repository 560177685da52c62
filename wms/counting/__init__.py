"""Blind counts and the adjustments that follow."""

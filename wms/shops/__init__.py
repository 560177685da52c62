"""Shops: the tenants, their policies and keys."""

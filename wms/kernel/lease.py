"""How long work on the floor stays with whoever took it."""

from datetime import timedelta

LEASE = timedelta(minutes=15)
"""So long a cart or task stays with a person who does not scan; each scan begins it anew."""

RENEW_AFTER = timedelta(minutes=5)
"""The lease is written when it has lost a third, not with every scan: a row that changes less is vacuumed less."""

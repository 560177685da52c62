"""What comes back, and what becomes of it."""

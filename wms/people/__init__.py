"""Staff, devices, sign-in, keys."""

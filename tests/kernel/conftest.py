"""No test here is timed: a busy machine is no bug of the kernel."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

"""Ctrl-C that is not lost.

Python raises ``KeyboardInterrupt`` wherever it is, and where that is a callback of its own (a weak reference that goes,
a ``__del__``), it prints the exception and goes on as if nobody had pressed anything. Long work asks again.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class CtrlC:
    """Remembers that somebody wants the end. Made in the main thread; heard from then on."""

    def __init__(self) -> None:
        self.pressed = False
        signal.signal(signal.SIGINT, self._press)

    def _press(self, number: int, frame: FrameType | None) -> None:
        self.pressed = True
        raise KeyboardInterrupt

    def check(self) -> None:
        """Raises ``KeyboardInterrupt`` if it was pressed, however that went."""
        if self.pressed:
            raise KeyboardInterrupt

    @contextmanager
    def left_to_the_loop(self) -> Iterator[None]:
        """Within, ``asyncio`` hears it: it cancels its main task and raises nothing into a callback."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.check()
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, self._press)

"""Numbers of a range, handed out one by one from a block that this process keeps."""

import asyncio

from wms.carriers.account import NumberBlock, Take
from wms.carriers.errors import FieldError, Rejected
from wms.kernel.numbers import mod37_36, s10_make, sscc_make

BLOCK = 100
"""Numbers taken at once, so that a label needs no row lock; a crash loses what is left of them, and may."""

MOD37_PLACES = 14
"""Characters in front of the check character, as DPD prints them."""


def printed(block: NumberBlock, number: int) -> str:
    """A number as it stands on a label, check digit included. Raises ``Rejected`` when it does not fit its form."""
    try:
        match block.kind:
            case "sscc":
                return sscc_make(int(block.prefix[0]), block.prefix[1:], number)
            case "s10":
                return s10_make(block.prefix, number, block.suffix)
            case "mod37_36":
                body = f"{block.prefix}{number:0{MOD37_PLACES - len(block.prefix)}d}"
                if len(body) > MOD37_PLACES:
                    raise ValueError(f"{body} has more than {MOD37_PLACES} characters")
                return body + mod37_36(body)
            case _:
                return f"{block.prefix}{number}{block.suffix}"
    except (ValueError, IndexError) as e:
        raise Rejected([FieldError("number_range", "does-not-fit", str(e))]) from e


class Numbers:
    """The numbers of one range in this process: safe for tasks that run at once, never the same number twice."""

    def __init__(self, take: Take, code: str, size: int = BLOCK) -> None:
        self.take, self.code, self.size = take, code, size
        self.block: NumberBlock | None = None
        self.used = 0
        self.lock = asyncio.Lock()

    async def next(self) -> str:
        """The next number as printed. Raises ``NumbersUsedUp``."""
        async with self.lock:
            if self.block is None or self.used == self.block.count:
                self.block = await self.take(self.code, self.size)
                self.used = 0
            number = self.block.first + self.used
            self.used += 1
            return printed(self.block, number)

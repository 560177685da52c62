"""The adapters of this process, each with the numbers that it keeps."""

import msgspec

from wms.carriers.port import CarrierAdapter
from wms.carriers.port import NumbersUsedUp as RangeEmpty
from wms.carriers.registry import Account, NumberBlock, make_adapter
from wms.db.tx import Database
from wms.kernel.refusals import Refusal
from wms.locations.errors import NumbersUsedUp
from wms.locations.number_ranges import take_block
from wms.shipping.label_data import Intent


class Carriers:
    """Keeps an adapter per carrier as long as its settings stay the same, so that number blocks are used up."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.kept: dict[int, tuple[bytes, CarrierAdapter]] = {}

    def adapter(self, i: Intent) -> CarrierAdapter:
        """Raises ``CarrierBroken``."""
        mark = msgspec.json.encode([i.adapter, i.account, i.max_weight_g, i.settings])
        kept = self.kept.get(i.carrier_id)
        if kept is None or kept[0] != mark:
            account = Account(i.carrier_code, i.account, i.max_weight_g, i.settings, self.take)
            kept = self.kept[i.carrier_id] = (mark, make_adapter(i.adapter, account))
        return kept[1]

    async def take(self, code: str, n: int) -> NumberBlock:
        """A block in a short transaction of its own; the rest of the range where there are fewer than ``n``."""
        while True:
            try:
                async with self.database.begin() as tx:
                    b = await take_block(tx, code, n)
                return NumberBlock(b.first, b.count, b.kind, b.prefix, b.suffix)
            except NumbersUsedUp as e:
                left = int(e.values["left"])
                if left < 1 or left >= n:
                    raise RangeEmpty(code) from e
                n = left
            except Refusal as e:
                raise RangeEmpty(e.say("en")) from e

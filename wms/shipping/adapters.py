"""The adapters of this process, each with the numbers that it keeps."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import httpx
import msgspec

from wms.carriers.credentials import read_credentials
from wms.carriers.errors import AuthFailed
from wms.carriers.port import CarrierAdapter
from wms.carriers.port import NumbersUsedUp as RangeEmpty
from wms.carriers.registry import Account, Credentials, NumberBlock, make_adapter, needs_credentials
from wms.carriers.vault import VaultError, load_vault
from wms.carriers.wire import open_http
from wms.db.tx import Database
from wms.kernel.refusals import Refusal
from wms.locations.errors import NumbersUsedUp
from wms.locations.number_ranges import take_block
from wms.paths import home as default_home


class Whose(Protocol):
    """Which account at which carrier."""

    @property
    def shop_id(self) -> int: ...
    @property
    def carrier_id(self) -> int: ...
    @property
    def carrier_code(self) -> str: ...
    @property
    def adapter(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def max_weight_g(self) -> int: ...
    @property
    def settings(self) -> dict[str, Any]: ...


def offline_adapter(i: Whose) -> CarrierAdapter:
    """For what needs no network: numbers that people type, webhooks. Raises ``CarrierBroken``."""
    return make_adapter(i.adapter, Account(i.carrier_code, i.account, i.max_weight_g, i.settings))


class Carriers:
    """Keeps an adapter per account as long as its settings stay the same, so that number blocks are used up.

    ``home`` is where the key of the stored credentials lies. ``close`` when the process has done with the network.
    """

    def __init__(self, database: Database, home: Path | None = None) -> None:
        self.database, self.home = database, home
        self.kept: dict[tuple[int, int], tuple[bytes, CarrierAdapter]] = {}
        self.http: httpx.AsyncClient | None = None

    def adapter(self, i: Whose) -> CarrierAdapter:
        """Raises ``CarrierBroken``."""
        mark = msgspec.json.encode([i.adapter, i.account, i.max_weight_g, i.settings])
        own = needs_credentials(i.adapter)
        key = (i.carrier_id, i.shop_id if own else 0)
        kept = self.kept.get(key)
        if kept is None or kept[0] != mark:
            if own and self.http is None:
                self.http = open_http()
            credentials = self.credentials(i.carrier_id, i.shop_id)
            account = Account(
                i.carrier_code, i.account, i.max_weight_g, i.settings, self.take, credentials, self.http
            )
            kept = self.kept[key] = (mark, make_adapter(i.adapter, account))
        return kept[1]

    def credentials(self, carrier_id: int, shop_id: int) -> Credentials:
        async def read() -> Mapping[str, str]:
            try:
                vault = load_vault(self.home or default_home())
            except VaultError as e:
                raise AuthFailed(str(e)) from None
            async with self.database.begin() as tx:
                return await read_credentials(tx, vault, carrier_id, shop_id)

        return read

    async def close(self) -> None:
        self.kept.clear()
        if self.http is not None:
            await self.http.aclose()
            self.http = None

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

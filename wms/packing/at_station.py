"""Which station a screen stands at, and what its packer has in hand: the same for a desk and for a handheld."""

import json
from typing import Any

import msgspec
from litestar import Request
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.scan import parse_scan
from wms.orders.labels import Labels
from wms.packing.desk_queries import STATIONS, Box, StationRow, box_by_code, stations
from wms.packing.errors import NotNow
from wms.packing.station_hand import Hand
from wms.packing.station_turn import Turn, choice_of
from wms.web.entrance import WAREHOUSE, chosen_station, kept_number, station_cookie, warehouse_of
from wms.web.hand import keep_hand, load_hand
from wms.web.html import go
from wms.web.scanned import Scanned

FLOW = "pack-station"
HERE = f"{STATIONS} and warehouse_id = ({WAREHOUSE}) and id = $2"
Asked = Request[Any, Any, Any]


async def station_of(request: Asked, tx: Tx) -> StationRow | None:
    """The station that this screen stands at, as it was chosen on it once."""
    if (chosen := chosen_station(request)) is None:
        return None
    return await tx.one(StationRow, HERE, kept_number(request, "wms_warehouse"), chosen)


async def choose_station(request: Asked, tx: Tx, said: Scanned, page: str) -> Response[Any]:
    """By its number on the list, or by the label that hangs there; leads to ``page``. Kept on this device.

    Raises ``NotNow``.
    """
    listed = await stations(tx, await warehouse_of(request, tx))
    read = said.scan
    n = choice_of(read)
    codes = (read.code, read.ref)
    found = listed[n - 1 : n] if n is not None else [s for s in listed if s.code in codes]
    if not found:
        raise NotNow
    answer = go(request, page)
    answer.cookies = [station_cookie(request, found[0].id)]
    return answer


async def load(tx: Tx) -> Hand:
    return msgspec.convert(await load_hand(tx, FLOW), Hand)


async def keep(tx: Tx, hand: Hand) -> None:
    await keep_hand(tx, FLOW, json.loads(msgspec.json.encode(hand)))


async def scanned_box(tx: Tx, here: StationRow, said: Scanned) -> Box | None:
    """The box that was scanned, where it is closed already: it leads to its label."""
    read = parse_scan(said.raw)
    if read.command is not None or read.kind in ("gtin", "gs1", "tote", "order"):
        return None
    box = await box_by_code(tx, here.warehouse_id, [c for c in (read.code, read.ref) if c])
    return None if box is None or box.state not in ("closed", "labelled") else box


async def ask_for_label(tx: Tx, labels: Labels, turn: Turn) -> tuple[int, int]:
    """Asks for the label of the parcel that was just closed, in the same transaction; ``(shop_id, parcel_id)``."""
    shop_id, parcel_id = turn.hand.labels[-1]
    await labels.ask(tx, shop_id, parcel_id)
    return shop_id, parcel_id

"""Handheld pages of loading: a carrier's cage, then its parcels, one scan each."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.scan import Command, Scan
from wms.kernel.text import Text
from wms.locations.resolve import need_location
from wms.shipping.load_parcel import load_parcel, unload_parcel
from wms.shipping.loading_queries import (
    cages,
    carrier_of_cage,
    last_loaded,
    missing_parcels,
    one_cage,
    parcel_of_another,
)
from wms.shipping.manifest_errors import CageFirst, NotACage, NotForLoading, NothingLoaded, UnknownParcel
from wms.shipping.queries import parcels_by_code
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.hand import drop_hand, keep_hand, load_hand
from wms.web.html import Html, render
from wms.web.i18n import language
from wms.web.leave import leave
from wms.web.scanned import Scanned, scanned

LOADER = floor("packer")
Asked = Request[Any, Any, Any]
FLOW = "load"
MOST_CAGES = 6
MOST_MISSING = 30

CHOSEN = Text(en="Now the parcels", pl="Teraz paczki")
LOADED = Text(en="{parcel} is in the cage", pl="{parcel} jest w klatce")
ALREADY = Text(
    en="{parcel} is in the cage already. Go on with the next one.",
    pl="{parcel} jest już w klatce. Przejdź do następnej.",
)
OFF = Text(
    en="{parcel} is off again: take it out of the cage", pl="{parcel} zdjęta z listy: wyjmij ją z klatki"
)
Told = tuple[str, Text, dict[str, object], str] | None
"""Tone, sentence, its values and code."""


@get("/floor/load", allow=LOADER)
async def load(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """The cage that this person loads, else the carriers to choose from."""
    hand = await load_hand(tx, FLOW)
    return await page(request, tx, hand.get("carrier"))


@post("/floor/load", allow=LOADER, status_code=200)
async def load_scan(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """A cage, or its number, changes the cage; a parcel goes into it; UNDO takes the last one off, DONE ends.

    ``step`` is ``cages:IDS`` on the list, ``CARRIER:parcel`` in front of a cage.
    """
    said = await scanned(request)
    read = said.scan
    if (gone := await leave(request, tx, read)) is not None:
        return gone
    warehouse_id = await warehouse_of(request, tx)
    carrier_id: int | None = (await load_hand(tx, FLOW)).get("carrier")
    if said.number(0) is not None:  # a parcel goes into the cage that was on the screen when it was scanned
        carrier_id = said.number(0)
    elif said.part(0) == "cages":
        carrier_id = None
    if read.command is not None:
        return await command(request, tx, warehouse_id, carrier_id, said)
    parcel = bool(await parcels_by_code(tx, codes_of(read)))
    if not parcel and read.kind == "location":
        place = await need_location(tx, warehouse_id, read)
        chosen = await carrier_of_cage(tx, place.code) if place.kind == "cage" else None
        if chosen is None:
            raise NotACage(location=place.code)
        return await choose(request, tx, chosen)
    if carrier_id is None:
        raise CageFirst() if parcel else UnknownParcel(scanned=read.code[:60])
    done = await load_parcel(tx, warehouse_id, carrier_id, said.raw)
    await keep_hand(tx, FLOW, {"carrier": carrier_id})
    if done.status == "already":
        return await page(
            request, tx, carrier_id, ("warn", ALREADY, {"parcel": done.parcel}, "already-loaded")
        )
    return await page(request, tx, carrier_id, ("ok", LOADED, {"parcel": done.parcel}, ""))


async def command(
    request: Asked, tx: Tx, warehouse_id: int, carrier_id: int | None, said: Scanned
) -> Response[Any]:
    """A command code: the number of a carrier, the end, or the last parcel off again."""
    given = said.scan.command
    if given is Command.DONE:
        await drop_hand(tx, FLOW)
        return await page(request, tx, None)
    if carrier_id is None:
        listed = [int(i) for i in (said.part(1) or "").split(",") if i.isdigit() and len(i) < 16]
        n = 1 if given is Command.OK else (given.choice or 0) if given is not None else 0
        if not 0 < n <= len(listed):
            raise CageFirst
        return await choose(request, tx, listed[n - 1])
    if given is not Command.UNDO:
        raise NotForLoading
    cage = await one_cage(tx, warehouse_id, carrier_id)
    last = (
        await last_loaded(tx, cage.manifest_id) if cage is not None and cage.manifest_id is not None else None
    )
    if cage is None or cage.manifest_id is None or last is None:
        raise NothingLoaded
    await unload_parcel(tx, cage.manifest_id, last)
    return await page(request, tx, carrier_id, ("warn", OFF, {"parcel": last}, "unloaded"))


async def choose(request: Asked, tx: Tx, carrier_id: int) -> Html:
    await keep_hand(tx, FLOW, {"carrier": carrier_id})
    return await page(request, tx, carrier_id, ("ok", CHOSEN, {}, ""))


def codes_of(read: Scan) -> list[str]:
    return list({c for c in (read.code, read.raw.strip(), read.sscc) if c})


async def page(request: Asked, tx: Tx, carrier_id: int | None, why: Told = None) -> Html:
    """The cage with its counter and what is missing from it, or the list of cages."""
    warehouse_id = await warehouse_of(request, tx)
    told = None
    if why is not None:
        tone, text, values, code = why
        told = (tone, text.in_(language(request), **values), code)
    cage = await one_cage(tx, warehouse_id, carrier_id) if carrier_id is not None else None
    if cage is None:
        found = await cages(tx, warehouse_id, MOST_CAGES)
        return render(request, "shipping/cages.html", cages=found, told=told)
    missing = await missing_parcels(tx, warehouse_id, cage.carrier_id, MOST_MISSING)
    other = await parcel_of_another(tx, warehouse_id, cage.carrier_id)
    return render(request, "shipping/load.html", c=cage, missing=missing, other=other, told=told)


handlers: list[HTTPRouteHandler] = [load, load_scan]

"""The job that buys one label: read the intent, call the carrier with no transaction open, record what came of it.

It bears to run twice and to die anywhere. Before the first call the row is marked as in doubt, and the mark goes only
with a proof: the carrier's own id, or an error that means that nothing was booked. A later run that finds the mark asks
the carrier by our reference first; where the carrier cannot be asked, a person decides. Booked, the carrier makes the
number and draws the label in its own time, so these are fetched by its id, as often as it takes; what came is looked at
before it counts. A booking that came too late, because the order was cancelled meanwhile, is given back.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import asyncpg
import msgspec
import structlog

from wms.carriers.port import (
    Ambiguous,
    AuthFailed,
    Cap,
    CarrierAdapter,
    CarrierError,
    Created,
    Finds,
    GivesLabels,
    LabelFile,
    NotSupported,
    NumbersUsedUp,
    RateLimited,
    Rejected,
    TakesNumbers,
    Tracks,
    Unavailable,
    finder,
)
from wms.db.tx import Database
from wms.shipping.adapters import Carriers
from wms.shipping.check_label import check_label
from wms.shipping.label_data import Intent, shipment_of
from wms.shipping.label_records import (
    NumberUsedTwice,
    accepted,
    begin_attempt,
    booked_more_than_once,
    failed,
    pending,
    ready,
    wait_after,
)

__all__ = ["NumberUsedTwice", "buy_label", "wait_after"]

log = structlog.get_logger("wms.shipping")

SOON = (0.25, 0.5, 1.0)
"""Seconds between the first looks for a number: most carriers have it by then, and the box is still on the table."""
NOTHING_BOOKED = (Unavailable, Rejected, AuthFailed, RateLimited, NumbersUsedUp)
"""What ``create`` raises when it is sure. Whatever else it raises leaves it open."""


class Unbooked(Exception):
    """Nothing is booked at the carrier, and this is proven."""

    def __init__(self, error: CarrierError) -> None:
        self.error = error


async def buy_label(database: Database, carriers: Carriers, shop_id: int, label_id: int) -> timedelta | None:
    """None when there is nothing left to do (bought, void, or for a person to mend), else how long to wait."""
    intent = await begin_attempt(database, shop_id, label_id)
    if intent is None:
        return None
    adapter: CarrierAdapter | None = None
    try:
        adapter = carriers.adapter(intent)
        created = await _booked(database, adapter, intent)
    except Unbooked as e:
        return await failed(database, intent, e.error, unbooked=True)
    except Exception as e:  # a plug-in's own fault must not take the worker with it
        error = known(e, intent)
        nothing_sent = adapter is None and not intent.in_doubt and intent.carrier_ref is None
        return await failed(
            database, intent, error, unbooked=nothing_sent, lost=_lost(adapter, intent, error)
        )
    return await _after_booking(database, adapter, intent, created)


async def _after_booking(
    database: Database, adapter: CarrierAdapter, i: Intent, created: Created
) -> timedelta | None:
    """Nothing is booked from here on: the number, the carrier's own bytes, and both on record."""
    draws = isinstance(adapter, GivesLabels) and created.label is None
    if i.carrier_ref is None and (draws or not created.numbers):
        if not await accepted(database, i, created):
            return None
        number = created.numbers[0] if created.numbers else None
        i = msgspec.structs.replace(i, carrier_ref=created.id, tracking_number=number)
    try:
        created = await _numbered(adapter, created)
        if not created.numbers:
            return await pending(database, i, by_hand=isinstance(adapter, TakesNumbers))
        if draws and i.tracking_number is None and not await accepted(database, i, created):
            return None
        files = await _fetched(adapter, i, created)
    except Unbooked as e:
        return await failed(database, i, e.error, unbooked=True)
    except asyncpg.PostgresError:
        raise  # our own trouble: the job runs again
    except Exception as e:
        return await failed(database, i, known(e, i))
    try:
        await ready(database, i, created, files, tracked=isinstance(adapter, Tracks))
    except (NumberUsedTwice, asyncpg.UniqueViolationError):  # the latter when two get it at once
        return await failed(
            database, i, NumberUsedTwice(created.numbers[0]), by_hand=i.carrier_ref is not None
        )
    return None


def known(e: Exception, i: Intent) -> CarrierError:
    """An exception of no known kind says nothing about what the carrier has done."""
    if isinstance(e, CarrierError):
        return e
    log.error("carrier adapter failed", carrier=i.carrier_code, label=i.reference, exc_info=e)
    return Ambiguous(f"{type(e).__name__}: {e}")


def _lost(adapter: CarrierAdapter | None, i: Intent, e: CarrierError) -> bool:
    """It may be booked, and there is no look-up that could tell."""
    if i.carrier_ref is not None:
        return False
    no_look_up = isinstance(e, NotSupported) and e.what == Cap.FIND
    return no_look_up or (isinstance(e, Ambiguous) and adapter is not None and not isinstance(adapter, Finds))


async def _booked(database: Database, adapter: CarrierAdapter, i: Intent) -> Created:
    """The one booking of this label. Raises ``Unbooked``, ``CarrierError``, and whatever a plug-in raises."""
    if i.carrier_ref is not None:
        numbers = (i.tracking_number,) if i.tracking_number else ()
        return Created(id=i.carrier_ref, reference=i.reference, numbers=numbers)
    if i.in_doubt:
        found = await finder(adapter).find_by_reference(i.reference)
        ours = [c for c in found if c.reference == i.reference]
        if len(ours) > 1:
            await booked_more_than_once(database, i, ours[1:])
        if ours:
            return ours[0]
    try:
        return await adapter.create(shipment_of(i))
    except NOTHING_BOOKED as e:
        raise Unbooked(e) from e


async def _numbered(adapter: CarrierAdapter, c: Created) -> Created:
    """The booking with its number, when the carrier has it by now. Raises ``Unbooked`` when it has given the booking up."""
    if c.numbers or isinstance(adapter, TakesNumbers):
        return c
    for pause in (0.0, *SOON):
        await asyncio.sleep(pause)
        try:
            polled = await adapter.poll([c.id])
        except Rejected as e:
            raise Unbooked(e) from e
        if polled and polled[0].numbers:
            return polled[0]
    return c


async def _fetched(adapter: CarrierAdapter, i: Intent, c: Created) -> Mapping[str, LabelFile]:
    """The carrier's own label in each format that is wanted, checked; empty where it draws none.

    Raises ``LabelUnfit``, ``CarrierError``.
    """
    files: dict[str, LabelFile] = {}
    if c.label is not None:
        files[c.label.format] = c.label
    elif isinstance(adapter, GivesLabels):
        for fmt in i.label_formats or ["pdf"]:
            (files[fmt],) = await adapter.labels([c.id], fmt)
    for file in files.values():
        await asyncio.to_thread(check_label, file, c.numbers[0])
    return files

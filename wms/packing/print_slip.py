"""The packing slip on the paper printer of the pack station."""

import asyncio

from wms.db.tx import Database, Tx
from wms.events.log import enqueue
from wms.kernel.refusals import NotFound
from wms.packing.slip import slip_of_parcel
from wms.printing.queue_print import Paper, printer_at, queue_print
from wms.printing.slip import packing_slip

QUEUE = "labels"


async def ask_for_slip(tx: Tx, shop_id: int, parcel_id: int) -> None:
    """A job that draws it, so that nobody at the scale waits for a drawing."""
    once = f"slip-{shop_id}-{parcel_id}"
    await enqueue(tx, QUEUE, "packing.print_slip", once=once, shop_id=shop_id, parcel_id=parcel_id)


async def print_slip(database: Database, shop_id: int, parcel_id: int) -> int | None:
    """The print job of a closed parcel's slip; one for each time that it was closed, because its content may have changed.

    None: no paper printer, opened again, or in the queue already.
    """
    async with database.begin() as tx:
        parcel = await tx.row(
            """select p.station_id, p.no, p.closed_at, o.number
               from parcel p join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id)
               where p.shop_id = $1 and p.id = $2 and p.state in ('closed', 'labelled')""",
            shop_id,
            parcel_id,
        )
        to = None if parcel is None else await printer_at(tx, parcel["station_id"], "paper")
        if parcel is None or to is None:
            return None
        try:
            data = await slip_of_parcel(tx, shop_id, parcel_id)
        except NotFound:
            return None
    content = await asyncio.to_thread(packing_slip, data)
    async with database.begin() as tx:
        # whoever draws it second, because the job ran twice, finds the first one's; what was opened meanwhile gets another
        closed_at = await tx.value(
            "select closed_at from parcel where shop_id = $1 and id = $2 for update", shop_id, parcel_id
        )
        there = await tx.value(
            """select id from print_job where shop_id = $1 and subject = 'parcel' and subject_id = $2 and document = 'slip'
               and state in ('queued', 'sending', 'printed') and queued_at >= $3 limit 1""",
            shop_id,
            parcel_id,
            parcel["closed_at"],
        )
        if closed_at != parcel["closed_at"] or there is not None:
            return None
        paper = Paper(
            document="slip", subject="parcel", subject_id=parcel_id, shop_id=shop_id,
            ref=f"{parcel['number']}/{parcel['no']}", content=content,
        )  # fmt: skip
        return await queue_print(tx, to, paper)

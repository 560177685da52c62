"""Close a manifest: number, hash, papers; from here on its list is what it is.

The machine files are written in the same transaction, because a value in them may be refused. So is the protocol, as long
as it is short; drawing that of thousands of parcels takes seconds, and nobody should wait for those with orders locked, so
then a job draws it. Where the carrier has a protocol of its own, the list is *closing* until it was asked for once: it is
frozen already, and a carrier that does not answer changes nothing about it (``fetch_protocol``).
"""

import asyncio
from secrets import token_urlsafe
from zoneinfo import ZoneInfo

from wms.carriers.registry import CarrierBroken, most_on_protocol
from wms.db.tx import Database, Tx
from wms.events.documents import keep_document
from wms.events.log import Event, enqueue, record
from wms.kernel.refusals import NotFound
from wms.printing.manifest import manifest_pdf
from wms.printing.manifest_files import file_stem, manifest_files
from wms.shipping.accounts import ACCOUNT
from wms.shipping.manifest_document import HEAD, document, hash_of
from wms.shipping.manifest_errors import EmptyManifest
from wms.shipping.manifest_queries import ManifestRow, lock_orders_on, manifest_row, paper_lines
from wms.shipping.papers import read_papers
from wms.shipping.request_label import QUEUE
from wms.shipping.send_papers import papers_ready

DRAWN_AT_ONCE = 300
"""Parcels whose protocol is drawn while the manifest closes."""


async def close_manifest(tx: Tx, manifest_id: int) -> ManifestRow:
    """Closes; for one that is not open any more the same answer again. Raises ``EmptyManifest``, ``NotFound``.

    Also raises ``FormulaCell`` and ``FileUnfit`` when a name or number on it does not fit a file of the carrier's: unload
    that parcel, or mend its address.
    """
    # orders before the manifest: a cancel holds its order, and is then either seen here or finds the list closed
    await lock_orders_on(tx, manifest_id)
    head = await tx.row(f"{HEAD} for update of m", manifest_id)
    if head is None:
        raise NotFound(what="manifest", ref=manifest_id)
    if head["state"] != "open":
        return await manifest_row(tx, manifest_id)
    await lock_orders_on(tx, manifest_id)  # of those that were loaded while we waited
    lines = await paper_lines(tx, manifest_id)
    if not lines:
        raise EmptyManifest
    local = tx.now.astimezone(ZoneInfo(head["timezone"]))
    number = await _next_number(tx, head["warehouse_id"], head["warehouse"], local.year)
    digest = hash_of(number, head["carrier_code"], lines)
    awaited = await _ask_carrier(tx, manifest_id, head["adapter"])
    await tx.run(
        """update manifest set state = $8, number = $2, parcels = $3, weight_g = $4, sha256 = $5, closed_at = $6,
             closed_by = $7, link_key = $9 where id = $1""",
        manifest_id,
        number,
        len(lines),
        sum(x.weight_g for x in lines),
        digest,
        tx.now,
        tx.actor.person_id,
        "closing" if awaited else "closed",
        token_urlsafe(18),
    )
    data = document(head, number, local, lines, digest)
    for f in await asyncio.to_thread(manifest_files, data, read_papers(head["papers"])):
        await keep_document(tx, 0, f.kind, "manifest", manifest_id, f.name, f.media_type, f.content)
    await record(
        tx,
        Event(
            kind="manifest.closed", subject="manifest", subject_id=manifest_id, ref=number,
            data={"parcels": len(lines), "sha256": digest, "carrier": head["carrier_code"]},
        ),
    )  # fmt: skip
    if len(lines) <= DRAWN_AT_ONCE:
        await _keep_protocol(tx, manifest_id, number, await asyncio.to_thread(manifest_pdf, data))
        await papers_ready(tx, manifest_id)
    else:
        await enqueue(
            tx, QUEUE, "shipping.draw_protocol", once=f"protocol-{manifest_id}", manifest_id=manifest_id
        )
    return await manifest_row(tx, manifest_id)


async def _keep_protocol(tx: Tx, manifest_id: int, number: str, pdf: bytes) -> None:
    await keep_document(
        tx, 0, "manifest", "manifest", manifest_id, f"{file_stem(number)}.pdf", "application/pdf", pdf
    )


async def draw_protocol(database: Database, manifest_id: int) -> bool:
    """The job that draws a long protocol, with no transaction open while it draws. False when it is there already."""
    drawn = "select 1 from document where shop_id = 0 and subject = 'manifest' and subject_id = $1 and kind = 'manifest'"
    async with database.begin() as tx:
        head = await tx.row(HEAD, manifest_id)
        if head is None or head["number"] is None or await tx.value(drawn, manifest_id):
            return False
        lines = await paper_lines(tx, manifest_id)
    local = head["closed_at"].astimezone(ZoneInfo(head["timezone"]))
    pdf = await asyncio.to_thread(manifest_pdf, document(head, head["number"], local, lines))
    async with database.begin() as tx:
        await tx.row("select 1 from manifest where id = $1 for update", manifest_id)
        if await tx.value(drawn, manifest_id):
            return False
        await _keep_protocol(tx, manifest_id, head["number"], pdf)
        await papers_ready(tx, manifest_id)
    return True


async def _next_number(tx: Tx, warehouse_id: int, warehouse: str, year: int) -> str:
    """Without gaps: the counter's row stays locked until this transaction ends, and a rollback gives it back."""
    last = await tx.value(
        """insert into manifest_number (warehouse_id, year, last) values ($1, $2, 1)
           on conflict (warehouse_id, year) do update set last = manifest_number.last + 1 returning last""",
        warehouse_id,
        year,
    )
    return f"{warehouse}/{year}/{last:06d}"


# Each account is asked for its own bookings.
PARTS = f"""
insert into manifest_protocol (manifest_id, for_shop_id, part, bookings, retry_at)
select $1, account, (n - 1) / $2::int + 1, array_agg(ref order by n), $3::timestamptz
from (
  select account, ref, row_number() over (partition by account order by ref) as n
  from (
    select distinct b.carrier_ref as ref, {ACCOUNT} as account
    from manifest_parcel mp
    join label b on (b.shop_id, b.parcel_id) = (mp.shop_id, mp.parcel_id) and b.state <> 'void'
    where mp.manifest_id = $1 and b.carrier_ref is not null
  ) x
) y group by account, (n - 1) / $2::int
"""


async def _ask_carrier(tx: Tx, manifest_id: int, adapter: str) -> bool:
    """Leaves the job that fetches the carrier's own protocol; False where it gives none. A broken plug-in gives none."""
    try:
        most = most_on_protocol(adapter)
    except CarrierBroken:
        return False
    if not most or not await tx.run(PARTS, manifest_id, most, tx.now):
        return False
    await enqueue_fetching(tx, manifest_id)
    return True


async def enqueue_fetching(tx: Tx, manifest_id: int) -> None:
    key = f"own-protocol-{manifest_id}"
    await enqueue(tx, QUEUE, "shipping.fetch_protocol", lock=key, once=key, manifest_id=manifest_id)

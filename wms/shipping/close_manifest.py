"""Close a manifest: number, hash, papers; from here on its list is what it is.

The machine file is written in the same transaction, because a value in it may be refused. So is the protocol, as long as
it is short; drawing that of thousands of parcels takes seconds, and nobody should wait for those with orders locked, so
then a job draws it.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wms.db.tx import Database, Tx
from wms.events.documents import keep_document
from wms.events.log import Event, enqueue, record
from wms.kernel.refusals import NotFound
from wms.printing.documents import Address, ManifestDocument, ManifestParcel
from wms.printing.manifest import manifest_csv, manifest_pdf
from wms.shipping.errors import EmptyManifest
from wms.shipping.mail_papers import mail_papers
from wms.shipping.manifest_queries import (
    ManifestRow,
    PaperLine,
    lock_orders_on,
    manifest_row,
    paper_lines,
)
from wms.shipping.request_label import QUEUE

DRAWN_AT_ONCE = 300
"""Parcels whose protocol is drawn while the manifest closes."""

HEAD = """
select m.id, m.state, m.warehouse_id, w.code as warehouse, w.name as warehouse_name, w.country, w.timezone, w.address,
       c.name as carrier, c.code as carrier_code, c.account, m.number, m.closed_at
from manifest m join warehouse w on w.id = m.warehouse_id join carrier c on c.id = m.carrier_id
where m.id = $1
"""


async def close_manifest(tx: Tx, manifest_id: int) -> ManifestRow:
    """Closes; for one that is closed the same answer again. Raises ``EmptyManifest``, ``NotFound``.

    Also raises ``FormulaCell`` when a name or number on it could run as a formula in the carrier's spreadsheet: unload
    that parcel and mend its address.
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
    await tx.run(
        """update manifest set state = 'closed', number = $2, parcels = $3, weight_g = $4, sha256 = $5, closed_at = $6,
             closed_by = $7 where id = $1""",
        manifest_id,
        number,
        len(lines),
        sum(x.weight_g for x in lines),
        digest,
        tx.now,
        tx.actor.person_id,
    )
    data = document(head, number, local, lines)
    csv = await asyncio.to_thread(manifest_csv, data)
    await keep_document(
        tx, 0, "manifest_csv", "manifest", manifest_id, f"{_file(number)}.csv", "text/csv; charset=utf-8", csv
    )
    if len(lines) <= DRAWN_AT_ONCE:
        await _keep_protocol(tx, manifest_id, number, await asyncio.to_thread(manifest_pdf, data))
        await mail_papers(tx, manifest_id)
    else:
        await enqueue(
            tx, QUEUE, "shipping.draw_protocol", once=f"protocol-{manifest_id}", manifest_id=manifest_id
        )
    await record(
        tx,
        Event(
            kind="manifest.closed", subject="manifest", subject_id=manifest_id, ref=number,
            data={"parcels": len(lines), "sha256": digest, "carrier": head["carrier_code"]},
        ),
    )  # fmt: skip
    return await manifest_row(tx, manifest_id)


def _file(number: str) -> str:
    return number.replace("/", "-")


async def _keep_protocol(tx: Tx, manifest_id: int, number: str, pdf: bytes) -> None:
    await keep_document(
        tx, 0, "manifest", "manifest", manifest_id, f"{_file(number)}.pdf", "application/pdf", pdf
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
        await mail_papers(tx, manifest_id)
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


def hash_of(number: str, carrier: str, lines: Sequence[PaperLine]) -> str:
    """SHA-256 over number, carrier and one line for each parcel, in the order of the paper."""
    text = [f"{number};{carrier}"]
    text += [
        f"{i};{x.tracking_number};{x.sscc or ''};{x.shop_id};{x.parcel_id};{x.weight_g}"
        for i, x in enumerate(lines, 1)
    ]
    return hashlib.sha256("\n".join(text).encode()).hexdigest()


def document(head: Any, number: str, closed_at: datetime, lines: Sequence[PaperLine]) -> ManifestDocument:
    """What the papers are drawn from."""
    a = {k: str(v) for k, v in (head["address"] or {}).items()}
    place = Address(
        name=a.get("name") or head["warehouse_name"], street=a.get("street", ""), postcode=a.get("postcode", ""),
        city=a.get("city", ""), country=head["country"],
    )  # fmt: skip
    return ManifestDocument(
        lang="pl" if head["country"] == "PL" else "en",
        number=number,
        closed_at=closed_at,
        place=place,
        sender=place,
        carrier=head["carrier"],
        account=head["account"],
        parcels=tuple(
            ManifestParcel(
                tracking_number=x.tracking_number, reference=x.reference, shop_name=x.shop, receiver_name=x.name,
                postcode=x.postcode, city=x.city, country=x.country, weight=x.weight_g, sscc=x.sscc or "",
                service=x.service, cod=x.cod_amount, cod_currency=x.currency if x.cod_amount is not None else "",
                number=x.no, count=x.count,
            )
            for x in lines
        ),
    )  # fmt: skip

"""The papers of a closed manifest go to the carrier by mail, where it has an address and is to get any that way."""

from collections.abc import Sequence

import asyncpg

from wms.db.tx import Tx
from wms.events.mail import About, queue_mail
from wms.kernel.text import Lang, Text
from wms.paths import public_url
from wms.printing.manifest_files import FORMATS

SUBJECT = Text(
    en="Handover protocol {number}: {parcels} parcels for {carrier}",
    pl="Protokół przekazania {number}: liczba paczek dla {carrier}: {parcels}",
)
LATER = Text(
    en="Handover protocol {number}: more papers for {carrier}",
    pl="Protokół przekazania {number}: kolejne dokumenty dla {carrier}",
)
BODY = Text(
    en="Good morning,\n\nmanifest {number} of {place} was closed on {closed}: {parcels} parcels, {kg} kg.\n{files}\n\n{place}\n",
    pl=(
        "Dzień dobry,\n\nzestawienie {number} z magazynu {place} zostało zamknięte {closed}. Liczba paczek: {parcels}, "
        "waga: {kg} kg.\n{files}\n\n{place}\n"
    ),
)
FILES = Text(en="Attached: {names}", pl="W załączeniu: {names}")
LATE_FILES = Text(
    en="These papers have come since our first mail. Attached: {names}",
    pl="Te dokumenty są dostępne dopiero po wysłaniu pierwszej wiadomości. W załączeniu: {names}",
)
LINK = Text(
    en="\nIts page, where you can fetch the files and confirm what you collected:\n{link}\n",
    pl="\nStrona z plikami, na której można potwierdzić odebrane paczki:\n{link}\n",
)
PAPERS = """
select m.number, m.link_key, m.parcels, m.weight_g, to_char(m.closed_at at time zone w.timezone, 'DD.MM.YYYY HH24:MI') as closed,
       w.name as place, w.country, m.carrier_id, c.name as carrier, c.email
from manifest m join warehouse w on w.id = m.warehouse_id join carrier c on c.id = m.carrier_id
where m.id = $1
"""
LAST = "select coalesce(max(id), 0) from mail where shop_id = 0 and about = 'manifest' and about_id = $1"
DELIVERY = """
insert into manifest_delivery (manifest_id, carrier_id, channel, target, format, document_id, mail_id, tries)
select $1, $2, 'mail', $3, u.format, u.id, $6, 1 from unnest($4::text[], $5::bigint[]) as u(format, id)
on conflict (manifest_id, channel, target, document_id)
do update set mail_id = excluded.mail_id, tries = manifest_delivery.tries + 1
"""


async def mail_papers(
    tx: Tx, manifest_id: int, papers: Sequence[asyncpg.Record], *, again: bool = False
) -> None:
    """One mail with these documents (id, name, kind) to the carrier's address, which it must have. The manifest is locked.

    ``again``: a person wants them sent once more; else they are new, and say so where there was a mail before.
    """
    m = await tx.row(PAPERS, manifest_id)
    assert m is not None
    lang: Lang = "pl" if m["country"] == "PL" else "en"
    last: int = await tx.value(LAST, manifest_id)
    late = bool(last) and not again
    where = public_url()
    link = LINK.in_(lang, link=f"{where}/courier/{manifest_id}/{m['link_key']}") if where else ""
    kg = f"{m['weight_g'] / 1000:.3f}"
    said = {k: m[k] for k in ("number", "parcels", "closed", "place", "carrier")}
    files = (LATE_FILES if late else FILES).in_(lang, names=", ".join(p["name"] for p in papers))
    mail_id = await queue_mail(
        tx,
        once=f"manifest-{manifest_id}" + (f"-{last}" if last else ""),
        to=m["email"],
        to_name=m["carrier"],
        subject=(LATER if late else SUBJECT).in_(lang, **said),
        body=BODY.in_(lang, kg=kg.replace(".", ",") if lang == "pl" else kg, files=files, **said) + link,
        about=About("manifest", manifest_id, m["number"]),
        documents=[p["id"] for p in papers],
    )
    await tx.run(
        DELIVERY,
        manifest_id,
        m["carrier_id"],
        m["email"],
        [FORMATS[p["kind"]] for p in papers],
        [p["id"] for p in papers],
        mail_id,
    )

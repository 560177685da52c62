"""The papers of a closed manifest go to the carrier by mail, where it has an address for them."""

from wms.db.tx import Tx
from wms.events.mail import About, queue_mail
from wms.kernel.text import Lang, Text
from wms.paths import public_url
from wms.printing.manifest_files import KINDS
from wms.shipping.papers import read_papers

SUBJECT = Text(
    en="Handover protocol {number}: {parcels} parcels for {carrier}",
    pl="Protokół przekazania {number}: liczba paczek dla {carrier}: {parcels}",
)
BODY = Text(
    en=(
        "Good morning,\n\nmanifest {number} of {place} was closed on {closed}: {parcels} parcels, {kg} kg.\n"
        "The handover protocol and the list for your system are attached.\n\n{place}\n"
    ),
    pl=(
        "Dzień dobry,\n\nzestawienie {number} z magazynu {place} zostało zamknięte {closed}. Liczba paczek: {parcels}, "
        "waga: {kg} kg.\nW załączeniu protokół przekazania i lista dla Państwa systemu.\n\n{place}\n"
    ),
)
LINK = Text(
    en="\nIts page, where you can fetch the files and confirm what you collected:\n{link}\n",
    pl="\nStrona z plikami, na której można potwierdzić odebrane paczki:\n{link}\n",
)
PAPERS = """
select m.number, m.link_key, m.parcels, m.weight_g, to_char(m.closed_at at time zone w.timezone, 'DD.MM.YYYY HH24:MI') as closed,
       w.name as place, w.country, m.carrier_id, c.name as carrier, c.email, c.papers
from manifest m join warehouse w on w.id = m.warehouse_id join carrier c on c.id = m.carrier_id
where m.id = $1
"""
DOCUMENTS = """
select id from document where shop_id = 0 and subject = 'manifest' and subject_id = $1 and kind = any($2::text[])
order by kind, id
"""
DELIVERY = """
insert into manifest_delivery (manifest_id, carrier_id, channel, target, format, mail_id, tries)
values ($1, $2, 'mail', $3, $4, $5, 1)
on conflict (manifest_id, channel, target, format) do update set mail_id = excluded.mail_id, tries = manifest_delivery.tries + 1
"""


async def mail_papers(tx: Tx, manifest_id: int, *, copy: int = 0) -> int | None:
    """Queues the mail once protocol and list are both kept; None when there is no address, or it was queued before.

    ``copy``: how many went before, where the carrier asks for them once more.
    """
    m = await tx.row(PAPERS, manifest_id)
    assert m is not None
    if not m["email"]:
        return None
    lang: Lang = "pl" if m["country"] == "PL" else "en"
    where = public_url()
    link = LINK.in_(lang, link=f"{where}/courier/{manifest_id}/{m['link_key']}") if where else ""
    kg = f"{m['weight_g'] / 1000:.3f}"
    formats = read_papers(m["papers"]).mail
    documents = await tx.rows(DOCUMENTS, manifest_id, [KINDS[f] for f in formats])
    said = {k: m[k] for k in ("number", "parcels", "closed", "place", "carrier")}
    mail_id = await queue_mail(
        tx,
        once=f"manifest-{manifest_id}" + (f"-{copy}" if copy else ""),
        to=m["email"],
        to_name=m["carrier"],
        subject=SUBJECT.in_(lang, **said),
        body=BODY.in_(lang, kg=kg.replace(".", ",") if lang == "pl" else kg, **said) + link,
        about=About("manifest", manifest_id, m["number"]),
        documents=[d["id"] for d in documents],
    )
    if mail_id is not None:
        await tx.run(DELIVERY, manifest_id, m["carrier_id"], m["email"], "+".join(formats), mail_id)
    return mail_id

"""The papers of a closed manifest go to the carrier by mail, where it has an address for them."""

from wms.db.tx import Tx
from wms.events.mail import About, queue_mail
from wms.kernel.text import Lang, Text

SUBJECT = Text(
    en="Handover protocol {number}: {parcels} parcels for {carrier}",
    pl="Protokół przekazania {number}: liczba paczek dla {carrier}: {parcels}",
)
BODY = Text(
    en=(
        "Good morning,\n\nmanifest {number} of {place} was closed on {closed}: {parcels} parcels, {kg} kg.\n"
        "The handover protocol (PDF) and the list for your system (CSV) are attached.\n\n{place}\n"
    ),
    pl=(
        "Dzień dobry,\n\nzestawienie {number} z magazynu {place} zostało zamknięte {closed}. Liczba paczek: {parcels}, "
        "waga: {kg} kg.\nW załączeniu protokół przekazania (PDF) i lista dla Państwa systemu (CSV).\n\n{place}\n"
    ),
)
PAPERS = """
select m.number, m.parcels, m.weight_g, to_char(m.closed_at at time zone w.timezone, 'DD.MM.YYYY HH24:MI') as closed,
       w.name as place, w.country, c.name as carrier, c.email,
       array(select d.id from document d where d.shop_id = 0 and d.subject = 'manifest' and d.subject_id = m.id
               and d.kind in ('manifest', 'manifest_csv') order by d.kind, d.id) as documents
from manifest m join warehouse w on w.id = m.warehouse_id join carrier c on c.id = m.carrier_id
where m.id = $1
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
    kg = f"{m['weight_g'] / 1000:.3f}"
    said = {k: m[k] for k in ("number", "parcels", "closed", "place", "carrier")}
    return await queue_mail(
        tx,
        once=f"manifest-{manifest_id}" + (f"-{copy}" if copy else ""),
        to=m["email"],
        to_name=m["carrier"],
        subject=SUBJECT.in_(lang, **said),
        body=BODY.in_(lang, kg=kg.replace(".", ",") if lang == "pl" else kg, **said),
        about=About("manifest", manifest_id, m["number"]),
        documents=m["documents"],
    )

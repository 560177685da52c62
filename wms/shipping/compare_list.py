"""The counter-manifest: the courier's own list of what it received against ours; both differences by name."""

import csv
import io
import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Invalid
from wms.kernel.text import Text
from wms.shipping.manifest_errors import ManifestNotClosed
from wms.shipping.manifest_queries import manifest_row
from wms.shipping.reconcile import reconcile

MOST, LONGEST = 20_000, 60
HEADS = (
    "tracking_number",
    "tracking number",
    "number",
    "waybill",
    "barcode",
    "parcel",
    "numer",
    "numer przesyłki",
    "sscc",
)
"""What a column of numbers is called; without one of these it is the first column."""


class Compared(msgspec.Struct, frozen=True):
    """``listed`` by the courier, ``matched`` with ours; ``missing``: ours that it has not; ``extra``: its that are not ours
    (left behind, of another manifest, or of nobody)."""

    manifest_id: int
    listed: int
    matched: int
    missing: list[str]
    extra: list[str]


OURS = """
select mp.shop_id, mp.parcel_id, p.tracking_number, p.sscc
from manifest_parcel mp join parcel p on (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id)
where mp.manifest_id = $1 and mp.left_behind_at is null order by p.tracking_number
"""
CONFIRM = """
update manifest_parcel mp set confirmed_at = coalesce(mp.confirmed_at, $2), scanned_at = coalesce(mp.scanned_at, $2)
from unnest($3::int[], $4::bigint[]) as u(shop_id, id)
where mp.manifest_id = $1 and (mp.shop_id, mp.parcel_id) = (u.shop_id, u.id) and mp.left_behind_at is null
"""


async def compare_list(
    tx: Tx, manifest_id: int, numbers: Sequence[str], source: Literal["courier", "desk"]
) -> Compared:
    """What is on both lists counts as scanned by the carrier. Each list that comes is kept; the newest one counts.

    ``numbers``: tracking numbers or SSCCs, as many times as one likes. Raises ``ManifestNotClosed``, ``Invalid``,
    ``NotFound``, also for another carrier's.
    """
    m = await manifest_row(tx, manifest_id)
    if m.state == "open":
        raise ManifestNotClosed
    theirs = list(dict.fromkeys(n for n in (n.strip() for n in numbers) if n))
    if not theirs:
        raise Invalid(
            field="tracking_numbers",
            why=Text(en="name at least one parcel", pl="podaj co najmniej jedną paczkę"),
            pointer="/tracking_numbers",
        )
    if len(theirs) > MOST or any(len(n) > LONGEST or not n.isprintable() for n in theirs):
        why = Text(
            en="at most {most} numbers of at most {longest} printable characters",
            pl="najwyżej {most} numerów, każdy do {longest} znaków drukowalnych",
        )
        raise Invalid(
            field="tracking_numbers", why=why, most=MOST, longest=LONGEST, pointer="/tracking_numbers"
        )
    ours = await tx.rows(OURS, manifest_id)
    by_code = {c: r for r in ours for c in (r["tracking_number"], r["sscc"]) if c}
    matched = {(r["shop_id"], r["parcel_id"]) for n in theirs if (r := by_code.get(n)) is not None}
    keys = sorted(matched)
    await tx.run(CONFIRM, manifest_id, tx.now, [s for s, _ in keys], [p for _, p in keys])
    found = Compared(
        manifest_id, len(theirs), len(matched),
        [r["tracking_number"] for r in ours if (r["shop_id"], r["parcel_id"]) not in matched],
        [n for n in theirs if n not in by_code],
    )  # fmt: skip
    await tx.run(
        """insert into counter_manifest (manifest_id, carrier_id, source, person_id, listed, matched, missing, extra)
           values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb)""",
        manifest_id,
        m.carrier_id,
        source,
        tx.actor.person_id,
        found.listed,
        found.matched,
        msgspec.json.encode(found.missing).decode(),
        msgspec.json.encode(found.extra).decode(),
    )
    event = Event(
        kind="manifest.compared", subject="manifest", subject_id=manifest_id, ref=m.number,
        data={"source": source, "listed": found.listed, "matched": found.matched, "missing": len(found.missing),
              "extra": len(found.extra)},
    )  # fmt: skip
    await record(tx, event)
    if (
        tx.actor.kind != "courier"
    ):  # a courier's transaction may not change the manifest; the sweep does within a minute
        await reconcile(tx, [manifest_id])
    return found


def numbers_of_csv(content: bytes) -> list[str]:
    """The column of numbers of a CSV file: by its heading, else the first one. Raises ``Invalid``."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1250", "replace")  # numbers are ASCII, whatever the rest is
    if "\0" in text:
        raise Invalid(
            field="file", why=Text(en="this is no CSV file", pl="to nie jest plik CSV"), pointer="/"
        )
    delimiter = max(";,\t|", key=text.partition("\n")[0].count)
    try:
        rows = [r for r in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if r]
    except csv.Error as e:
        raise Invalid(
            field="file",
            why=Text(en="this is no CSV file: {said}", pl="to nie jest plik CSV: {said}"),
            said=str(e),
            pointer="/",
        ) from None
    if not rows:
        raise Invalid(field="file", why=Text(en="the file is empty", pl="plik jest pusty"), pointer="/")
    heads = [h.strip().lower() for h in rows[0]]
    at = next((heads.index(h) for h in HEADS if h in heads), None)
    return [r[at or 0] for r in rows[0 if at is None else 1 :] if len(r) > (at or 0)]


def numbers_of_text(text: str) -> list[str]:
    """What a person pasted: numbers with blanks, commas or semicolons between them."""
    return [n for n in re.split(r"[\s,;]+", text) if n]


class LastList(msgspec.Struct, frozen=True):
    """The newest list of a courier's, and who gave it."""

    source: str
    person: str | None
    listed: int
    matched: int
    missing: list[str]
    extra: list[tuple[str, str | None, str | None]]
    """Number, state of the parcel with it, number of the manifest that it is on."""


LAST = """
select k.source, p.name as person, k.listed, k.matched, k.missing, k.extra
from counter_manifest k left join person p on p.id = k.person_id where k.manifest_id = $1 order by k.id desc limit 1
"""
WHOSE = """
select distinct on (n.no) n.code, p.state, m.number
from unnest($2::text[]) with ordinality as n(code, no)
left join parcel p on p.carrier_id = $1 and (p.tracking_number = n.code or p.sscc = n.code)
left join manifest_parcel mp on (mp.shop_id, mp.parcel_id) = (p.shop_id, p.id) and mp.left_behind_at is null
left join manifest m on m.id = mp.manifest_id
order by n.no, p.state = 'void', m.id desc
"""
SHOWN = 200


async def last_list(tx: Tx, manifest_id: int, carrier_id: int) -> LastList | None:
    """The newest comparison, with what we know of the strangers now (at most 200 of them)."""
    row = await tx.row(LAST, manifest_id)
    if row is None:
        return None
    whose = await tx.rows(WHOSE, carrier_id, row["extra"][:SHOWN])
    return LastList(
        row["source"], row["person"], row["listed"], row["matched"], row["missing"],
        [(r["code"], r["state"], r["number"]) for r in whose],
    )  # fmt: skip

"""The story of a SKU, a place or a handling unit, told from the ledger in plain words."""

from datetime import date, datetime

import msgspec

from wms.db.tx import Tx
from wms.kernel.text import Lang, Text
from wms.stock.words import STATUSES

LINES = 1000


class Line(msgspec.Struct, frozen=True):
    """One move as a sentence. ``who`` is the person and the device, empty when no person did it."""

    at: datetime
    who: str
    text: str
    order: str | None
    move_id: int


class Told(msgspec.Struct, frozen=True):
    """What a sentence is made of."""

    id: int
    at: datetime
    person: str | None
    device: str | None
    order: str | None
    shop: str
    sku: str
    quantity: int
    lot: str | None
    serial: str | None
    expires_on: date | None
    reason: str
    doc: str | None
    from_code: str
    from_kind: str
    from_hu: str | None
    from_hu_kind: str | None
    from_status: str
    to_code: str
    to_kind: str
    to_hu: str | None
    to_hu_kind: str | None
    to_status: str


TELL = """
select m.id, m.at, p.name as person, d.code as device, o.number as order, sh.code as shop, s.code as sku, m.quantity,
       nullif(t.code, '') as lot, t.serial, t.expires_on, m.reason, m.doc,
       lf.code as from_code, lf.kind as from_kind, hf.code as from_hu, hf.kind as from_hu_kind, m.from_status,
       lt.code as to_code, lt.kind as to_kind, ht.code as to_hu, ht.kind as to_hu_kind, m.to_status
from ({moves} order by id desc limit {limit}) m
join shop sh on sh.id = m.shop_id join sku s on (s.shop_id, s.id) = (m.shop_id, m.sku_id)
join location lf on lf.id = m.from_location_id join location lt on lt.id = m.to_location_id
left join lot t on (t.shop_id, t.id) = (m.shop_id, m.lot_id)
left join handling_unit hf on hf.id = m.from_hu_id left join handling_unit ht on ht.id = m.to_hu_id
left join orders o on (o.shop_id, o.id) = (m.shop_id, m.order_id)
left join person p on p.id = m.person_id left join device d on d.id = m.device_id
order by m.id
"""

# The first rule that fits tells the move: kind of place that it left, kind that it went to, reason ("" fits all).
SENTENCES: tuple[tuple[str, str, str, Text], ...] = (
    ("supplier", "", "", Text(en="Received {goods} at {to}.", pl="Przyjęto {goods}; miejsce: {to}.")),
    ("", "supplier", "", Text(en="Sent {goods} back to the supplier from {fro}.", pl="Zwrócono dostawcy {goods}; skąd: {fro}.")),
    ("customer", "", "", Text(en="{goods} came back from the buyer to {to}.", pl="Od kupującego wróciło {goods}; miejsce: {to}.")),
    ("", "customer", "returning", Text(en="Undone: {goods} at {fro} is back in its box.", pl="Cofnięto: {goods}, miejsce: {fro}, wraca do paczki.")),
    ("", "customer", "", Text(en="Handed {goods} to the carrier, from {fro}.", pl="Przekazano przewoźnikowi {goods}; skąd: {fro}.")),
    ("", "scrap", "", Text(en="Scrapped {goods} from {fro}.", pl="Zutylizowano {goods}; skąd: {fro}.")),
    ("scrap", "", "", Text(en="Took {goods} back from scrap to {to}.", pl="Cofnięto utylizację {goods}; miejsce: {to}.")),
    ("", "lost_found", "", Text(en="{goods} was missing at {fro}.", pl="Stwierdzono brak: {goods}; miejsce: {fro}.")),
    ("lost_found", "", "", Text(en="Found {goods} more than expected at {to}.", pl="Stwierdzono nadwyżkę: {goods}; miejsce: {to}.")),
    ("", "", "picking", Text(en="Picked {goods} from {fro} into {to}.", pl="Pobrano {goods}; skąd: {fro}, dokąd: {to}.")),
    ("", "", "packing", Text(en="Packed {goods} into {to}, from {fro}.", pl="Zapakowano {goods}; dokąd: {to}, skąd: {fro}.")),
    ("", "", "unpacking", Text(en="Unpacked {goods} from {fro} into {to}.", pl="Wypakowano {goods}; skąd: {fro}, dokąd: {to}.")),
    ("", "", "storing", Text(en="Put away {goods} from {fro} to {to}.", pl="Odłożono {goods}; skąd: {fro}, dokąd: {to}.")),
    ("", "", "inspecting", Text(en="Inspected {goods}: from {fro} to {to}.", pl="Sprawdzono {goods}; skąd: {fro}, dokąd: {to}.")),
    ("", "", "", Text(en="Moved {goods} from {fro} to {to}.", pl="Przesunięto {goods}; skąd: {fro}, dokąd: {to}.")),
)  # fmt: skip
SAME_PLACE = Text(en="{goods} at {fro} is now {new}.", pl="{goods}, miejsce: {fro}, ma teraz stan: {new}.")
NEW_STATUS = Text(en=" It is now {new}.", pl=" Nowy stan: {new}.")
FOR_ORDER = Text(en=" Order {order}.", pl=" Zamówienie {order}.")
WITH_DOC = Text(en=" Document {doc}.", pl=" Dokument {doc}.")
LOT = Text(en="lot {lot}", pl="partia {lot}")
SERIAL = Text(en="serial number {serial}", pl="numer seryjny {serial}")
EXPIRES = Text(en="use by {day}", pl="ważne do {day}")
UNITS = {
    "tote": Text(en="tote {code}", pl="pojemnik {code}"),
    "pallet": Text(en="pallet {code}", pl="paleta {code}"),
    "carton": Text(en="carton {code}", pl="karton {code}"),
    "parcel": Text(en="parcel {code}", pl="paczka {code}"),
}


def goods(m: Told, lang: Lang) -> str:
    """Quantity and SKU, with what tells its pieces apart."""
    marks = []
    if m.lot:
        marks.append(LOT.in_(lang, lot=m.lot))
    if m.serial:
        marks.append(SERIAL.in_(lang, serial=m.serial))
    if m.expires_on:
        marks.append(EXPIRES.in_(lang, day=m.expires_on.isoformat()))
    return f"{m.quantity} × {m.sku}" + (f" ({', '.join(marks)})" if marks else "")


def place(code: str, hu: str | None, kind: str | None, lang: Lang) -> str:
    return code if hu is None else f"{UNITS[kind or 'tote'].in_(lang, code=hu)} ({code})"


def sentence(m: Told, lang: Lang) -> str:
    """The move in plain words."""
    values = {
        "goods": goods(m, lang),
        "fro": place(m.from_code, m.from_hu, m.from_hu_kind, lang),
        "to": place(m.to_code, m.to_hu, m.to_hu_kind, lang),
        "new": STATUSES[m.to_status].in_(lang),
    }
    if values["fro"] == values["to"]:
        told = SAME_PLACE.in_(lang, **values)
    else:
        text = next(
            t for fro, to, reason, t in SENTENCES
            if fro in ("", m.from_kind) and to in ("", m.to_kind) and reason in ("", m.reason)
        )  # fmt: skip
        told = text.in_(lang, **values)
        if m.from_status != m.to_status:
            told += NEW_STATUS.in_(lang, **values)
    if m.order:
        told += FOR_ORDER.in_(lang, order=m.order)
    if m.doc:
        told += WITH_DOC.in_(lang, doc=m.doc)
    return told


async def _tell(tx: Tx, moves: str, lang: Lang, *args: object) -> list[Line]:
    return [
        Line(
            at=m.at,
            who=" ".join(p for p in (m.person, f"({m.device})" if m.device else None) if p),
            text=sentence(m, lang),
            order=m.order,
            move_id=m.id,
        )
        for m in await tx.all(Told, TELL.format(moves=moves, limit=LINES), *args)
    ]


async def explain_sku(tx: Tx, shop_id: int, sku_id: int, lang: Lang = "en") -> list[Line]:
    """What happened to a shop's SKU: its last 1,000 moves, oldest first. For staff, who may know each other's names."""
    return await _tell(tx, "select * from move where shop_id = $1 and sku_id = $2", lang, shop_id, sku_id)


async def explain_location(tx: Tx, location_id: int, lang: Lang = "en") -> list[Line]:
    """What came to a place and left it, of all shops."""
    return await _tell(tx, _both("from_location_id", "to_location_id"), lang, location_id)


async def explain_handling_unit(tx: Tx, handling_unit_id: int, lang: Lang = "en") -> list[Line]:
    """What went into a tote, pallet or parcel and came out of it."""
    return await _tell(tx, _both("from_hu_id", "to_hu_id"), lang, handling_unit_id)


async def explain_order_moves(tx: Tx, shop_id: int, order_id: int, lang: Lang = "en") -> list[Line]:
    """Every move for an order, from shelf to carrier and back."""
    return await _tell(tx, "select * from move where shop_id = $1 and order_id = $2", lang, shop_id, order_id)


def _both(one: str, other: str) -> str:
    """Moves that name $1 in either column, each found by its own index."""
    ends = " union ".join(
        f"(select shop_id, id from move where {c} = $1 order by id desc limit {LINES})" for c in (one, other)
    )
    return f"select m.* from move m join ({ends}) e on (e.shop_id, e.id) = (m.shop_id, m.id)"

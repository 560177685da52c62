"""The story of an order in plain words: what happened to it, and where its goods went."""

from datetime import datetime
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.kernel.text import Lang, Text
from wms.orders.hold_words import HOLDS
from wms.orders.service_words import reason_in


class StoryLine(msgspec.Struct, frozen=True):
    at: datetime
    who: str
    text: str


STATES = {
    "received": Text(en="The order came in.", pl="Wpłynęło zamówienie."),
    "on_hold": Text(en="Put on hold: {reason}.", pl="Wstrzymane: {reason}."),
    "backordered": Text(
        en="Waits for stock: {missing} units are missing.", pl="Czeka na towar: brakuje {missing} szt."
    ),
    "allocated": Text(en="Stock was set aside.", pl="Zarezerwowano towar."),
    "released": Text(en="Released to the floor.", pl="Przekazane na halę."),
    "picking": Text(en="Picking began.", pl="Rozpoczęto kompletację."),
    "picked": Text(en="Everything is picked.", pl="Skompletowane."),
    "packing": Text(en="Packing began.", pl="Rozpoczęto pakowanie."),
    "packed": Text(en="Packed.", pl="Spakowane."),
    "labelled": Text(en="Every parcel has its label.", pl="Wszystkie paczki mają etykiety."),
    "manifested": Text(
        en="Loaded onto the carrier's manifest.", pl="Wpisane na listę przewozową przewoźnika."
    ),
    "handed_over": Text(en="Handed over to the courier.", pl="Przekazane kurierowi."),
    "in_transit": Text(en="On its way.", pl="W drodze."),
    "delivered": Text(en="Delivered.", pl="Doręczone."),
    "returned_to_sender": Text(en="Came back undelivered.", pl="Wróciło niedoręczone."),
    "cancelled": Text(en="Cancelled: {reason}.", pl="Anulowane: {reason}."),
    "recipient_changed": Text(en="The recipient's address was changed.", pl="Zmieniono adres odbiorcy."),
    "service_chosen": Text(
        en="Goes with {carrier}, service {service}: {reason}.",
        pl="Pojedzie z {carrier}, usługa {service}: {reason}.",
    ),
    "no_service": Text(en="No carrier's service takes it.", pl="Żadna usługa przewozowa go nie przyjmuje."),
    "short": Text(en="A bin held less than it should.", pl="W lokalizacji było mniej towaru, niż powinno."),
}
MOVED = Text(
    en="{quantity} x {sku} ({lot}) went from {source} to {target}.",
    pl="{quantity} × {sku} ({lot}): z {source} do {target}.",
)
MOVED_PLAIN = Text(
    en="{quantity} x {sku} went from {source} to {target}.", pl="{quantity} × {sku}: z {source} do {target}."
)

WAREHOUSE = Text(en="warehouse", pl="magazyn")
# The names of staff are no business of a shop's; its role could not read them either.
STAFF = {
    "who": "coalesce('staff:' || p.name, 'system')",
    "person": "left join person p on p.id = m.person_id",
}
SHOP = {"who": "'staff:'", "person": ""}
STORY = """
select e.at, e.actor as who, e.kind, e.data, null::int as quantity, null as sku, null as lot, null as source,
       null as target, e.id
from event e where e.shop_id = $1 and e.subject = 'order' and e.subject_id = $2
union all
select m.at, {who} as who, 'move', '{{}}'::jsonb, m.quantity, s.code,
       coalesce(t.serial, t.code), f.code || coalesce(' / ' || fh.code, ''), d.code || coalesce(' / ' || dh.code, ''), m.id
from move m
join sku s on (s.shop_id, s.id) = (m.shop_id, m.sku_id)
join location f on f.id = m.from_location_id join location d on d.id = m.to_location_id
left join handling_unit fh on fh.id = m.from_hu_id left join handling_unit dh on dh.id = m.to_hu_id
left join lot t on (t.shop_id, t.id) = (m.shop_id, m.lot_id)
{person}
where m.shop_id = $1 and m.order_id = $2
order by at, id
"""


async def tell_order(tx: Tx, shop_id: int, order_id: int, lang: Lang) -> list[StoryLine]:
    """Events of the order and moves of its goods, oldest first. A shop reads ``warehouse`` for who did it."""
    open_to_all = tx.actor.kind in ("shop", "courier")
    story = STORY.format(**(SHOP if open_to_all else STAFF))
    return [
        StoryLine(at=r["at"], who=_who(r["who"], lang, open_to_all), text=_say(r, lang))
        for r in await tx.rows(story, shop_id, order_id)
    ]


def _who(actor: str, lang: Lang, open_to_all: bool) -> str:
    kind, _, name = actor.partition(":")
    return WAREHOUSE.in_(lang) if open_to_all and kind == "staff" else name or kind


def _say(row: Any, lang: Lang) -> str:
    if row["kind"] == "move":
        moved = MOVED if row["lot"] else MOVED_PLAIN
        return moved.in_(lang, **{k: row[k] for k in ("quantity", "sku", "lot", "source", "target")})
    text = STATES.get(row["kind"].partition(".")[2])
    if text is None:
        return str(row["kind"])
    values = {"reason": "-", "missing": "?", "carrier": "?", "service": "?"} | row["data"]
    if (reason := reason_in(row["data"], lang)) is not None:
        values["reason"] = reason
    if (fault := HOLDS.get(values["reason"])) is not None:
        values["reason"] = fault.in_(lang).rstrip(".")
    return text.in_(lang, **values)

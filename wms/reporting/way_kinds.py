"""Exceptions of labels in doubt, of parcels on their way and of printers: (code, name, advice, rows) as ``exceptions.Kind``
has them."""

import msgspec

from wms.carriers.fault_words import Untaken, tell_label_fault
from wms.kernel.text import Lang, Text
from wms.printing.states import JOB_WORDS, STATE_WORDS

ALARM = """select a.shop_id, p.order_id, p.tracking_number, concat_ws(' · ', c.name, a.facts ->> 'raw', a.facts ->> 'place',
             a.facts ->> 'promised'), a.since
           from parcel_alarm a join parcel p on (p.shop_id, p.id) = (a.shop_id, a.parcel_id) join carrier c on c.id = p.carrier_id
           where a.closed_at is null and a.kind = '{kind}' and p.warehouse_id = $1"""

LABEL_FAULT = """jsonb_build_array(c.name, b.error_code, b.error, coalesce((select e.data -> 'fields' from event e
             where e.shop_id = b.shop_id and e.subject = 'parcel' and e.subject_id = b.parcel_id and e.kind = 'label.failed'
               and e.data ? 'fields' order by e.id desc limit 1), '[]'))::text"""


def tell_label(detail: str, lang: Lang) -> str:
    """The carrier, and what is wrong with its label, from ``LABEL_FAULT``."""
    name, code, error, fields = msgspec.json.decode(
        detail, type=tuple[str, str | None, str | None, list[Untaken]]
    )
    return name if code is None else f"{name}: {tell_label_fault(code, error, fields, lang)}"


DOUBT = (
    "doubt",
    Text(en="Labels to decide", pl="Etykiety do rozstrzygnięcia"),
    Text(
        en="Perhaps booked, or booked by hand: look at the carrier's own page, then say what is true.",
        pl="Może nadane albo nadawane ręcznie: sprawdź w panelu przewoźnika i powiedz, jak jest.",
    ),
    f"""select p.shop_id, p.order_id, o.number || '/' || p.no, {LABEL_FAULT}, b.requested_at, p.id
           from label b join parcel p on p.shop_id = b.shop_id and p.id = b.parcel_id
           join orders o on o.shop_id = p.shop_id and o.id = p.order_id join carrier c on c.id = b.carrier_id
           where (b.state = 'unknown' or (b.state = 'accepted' and b.error_code = 'number-wanted')) and p.warehouse_id = $1""",
)
PRINTS = (
    "print",
    Text(en="Papers that do not come out", pl="Wydruki, które nie wychodzą"),
    Text(
        en="A printer cannot print, or nobody knows what came out of it: its page says what it lacks and what to decide.",
        pl="Drukarka nie drukuje albo nie wiadomo, co z niej wyszło: jej strona podaje, czego brakuje i co rozstrzygnąć.",
    ),
    """select 0, p.id, p.code, p.name || ' · ' || string_agg(coalesce(j.ref, '#' || j.id), ', ' order by j.id), min(j.queued_at),
             case when bool_or(j.state = 'unknown') then 'unknown' when p.active then p.state else 'unused' end
           from printer p join print_job j on j.printer_id = p.id
           where p.warehouse_id = $1 and j.state in ('queued','sending','unknown')
             and (j.state = 'unknown' or (j.queued_at < $2::timestamptz - interval '1 minute'
               and not (p.active and p.state in ('ready','unseen'))))
           group by p.id""",
)
PRINTER_WORDS = STATE_WORDS | {
    "unknown": JOB_WORDS["unknown"],
    "unused": Text(en="Out of use", pl="Wyłączona z użycia"),
}
"""Why a printer is among the exceptions, by the code that its row has besides."""
ALARMS = (
    (
        "problem",
        Text(en="Carrier reports a problem", pl="Przewoźnik zgłasza problem"),
        Text(
            en="Correct the address or the telephone with the carrier, and tell the shop. It goes away with the next good news.",
            pl="Popraw u przewoźnika adres lub telefon i uprzedź sklep. Zniknie samo z następną dobrą wiadomością.",
        ),
        ALARM.format(kind="problem"),
    ),
    (
        "silent",
        Text(en="No news of a parcel", pl="Brak wieści o paczce"),
        Text(
            en="Ask the carrier where it is, and tell the shop. It goes away by itself with the next scan.",
            pl="Zapytaj przewoźnika, gdzie jest, i uprzedź sklep. Zniknie samo z następnym skanem.",
        ),
        ALARM.format(kind="silent"),
    ),
    (
        "undelivered",
        Text(en="Delivery is late", pl="Spóźnione doręczenia"),
        Text(
            en="The promised day is over: tell the shop before the buyer asks. It goes away by itself with the delivery.",
            pl="Obiecany dzień minął: uprzedź sklep, zanim zapyta kupujący. Zniknie samo po doręczeniu.",
        ),
        ALARM.format(kind="late"),
    ),
    (
        "stuck",
        Text(en="Uncollected at a point", pl="Nieodebrane z punktu"),
        Text(
            en="Have the shop remind the buyer before it goes back. It goes away by itself when it is collected.",
            pl="Niech sklep przypomni kupującemu, zanim paczka wróci. Zniknie samo po odbiorze.",
        ),
        ALARM.format(kind="stuck"),
    ),
)

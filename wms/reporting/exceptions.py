"""What went wrong and waits for somebody: every kind with its age, and one statement for all of them.

Each branch reads an index over what is open or over recent events, none reads history. ``$1`` is the warehouse, ``$2``
now.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import msgspec

from wms.db.both_ways import Order, both_ways
from wms.db.tx import Tx
from wms.kernel.text import Lang, Text
from wms.orders.check_address import NEVER_RELEASED
from wms.orders.hold_words import HoldFacts, hold_in
from wms.reporting.way_kinds import ALARMS, DOUBT, LABEL_FAULT, PRINTS, tell_label

Way = Literal["order", "count", "stray", "rma", "job", "mail", "stock", "manifest", "car", "printer"]


class Kind(msgspec.Struct, frozen=True):
    """One kind of exception. ``rows`` selects (shop_id, id, ref, detail, since), and the column that ``also`` names;
    ``way`` says what ``id`` is of, and ``advice`` what solves it. ``told`` puts the detail into words where it is no text."""

    code: str
    name: Text
    advice: Text
    way: Way
    rows: str
    also: str = ""
    told: Callable[[str, Lang], str] | None = None

    @property
    def source(self) -> str:
        return f"({self.rows}) as x(shop_id, id, ref, detail, since{self.also and f', {self.also}'})"


OPEN = (
    "o.state in ('received','on_hold','backordered','allocated','released','picking','picked','packing','packed',"
    "'labelled','manifested')"
)


ENDS_MENDED = ", ".join(f"'{code}'" for code in NEVER_RELEASED)


def tell_holds(detail: str, lang: Lang) -> str:
    """Every hold of an order, from ``[code, facts]`` of each."""
    holds = msgspec.json.decode(detail, type=list[tuple[str, HoldFacts]])
    return " · ".join(hold_in(code, facts, lang) for code, facts in holds)


KINDS = (
    Kind(
        "hold",
        Text(en="On hold", pl="Wstrzymane"),
        Text(
            en="Mend what is named, or release it; the shop reads the same reason.",
            pl="Popraw to, co wskazano, albo zwolnij; sklep widzi tę samą przyczynę.",
        ),
        "order",
        f"""select o.shop_id, o.id, o.number as ref,
              coalesce((select jsonb_agg(jsonb_build_array(h.code, h.facts) order by h.id) from order_hold h
                where h.shop_id = o.shop_id and h.order_id = o.id and h.released_at is null), '[]')::text as detail,
              coalesce((select min(h.at) from order_hold h
                where h.shop_id = o.shop_id and h.order_id = o.id and h.released_at is null), o.received_at) as since,
              not exists (select from order_hold h where h.shop_id = o.shop_id and h.order_id = o.id
                and h.released_at is null and h.code not in ({ENDS_MENDED})) as mend
            from orders o where {OPEN} and o.state = 'on_hold' and o.warehouse_id = $1""",
        "mend",
        told=tell_holds,
    ),
    Kind(
        "backorder",
        Text(en="Backordered past the promise", pl="Brak towaru po terminie"),
        Text(
            en="Goods are missing and the pickup has left: ask the shop, send in part, or cancel.",
            pl="Brakuje towaru, a odbiór minął: zapytaj sklep, wyślij częściowo albo anuluj.",
        ),
        "order",
        f"""select o.shop_id, o.id, o.number,
              (select string_agg(s.code || ' × ' || (l.quantity - l.cancelled - l.allocated - l.picked), ', ' order by l.line_no)
               from order_line l join sku s on s.shop_id = l.shop_id and s.id = l.sku_id
               where l.shop_id = o.shop_id and l.order_id = o.id and not l.kit
                 and l.quantity - l.cancelled - l.allocated - l.picked > 0), o.ship_by
            from orders o where {OPEN} and o.state = 'backordered' and o.ship_by < $2::timestamptz and o.warehouse_id = $1""",
    ),
    Kind(
        "late",
        Text(en="Past the pickup", pl="Po terminie odbioru"),
        Text(
            en="The pickup has left without it: raise its priority so that it goes with the next one.",
            pl="Odbiór odjechał bez niego: podnieś priorytet, aby pojechało następnym.",
        ),
        "order",
        f"""select o.shop_id, o.id, o.number, c.name, o.ship_by from orders o join carrier c on c.id = o.carrier_id
            where {OPEN} and o.state not in ('on_hold','backordered','labelled','manifested') and o.ship_by < $2::timestamptz
              and o.warehouse_id = $1""",
    ),
    Kind(
        "short",
        Text(en="Short picks", pl="Braki przy kompletacji"),
        Text(
            en="The bin held less than it should: it is locked until somebody counts it (handheld, Count).",
            pl="W lokalizacji było mniej, niż powinno: jest zablokowana, aż ktoś ją policzy (skaner, Liczenie).",
        ),
        "count",
        """select 0, c.id, l.code, coalesce(p.name, ''), c.opened_at
           from count_task c join location l on l.id = c.location_id left join person p on p.id = c.person_id
           where c.state in ('open','counting') and c.reason = 'short_pick' and l.warehouse_id = $1""",
    ),
    Kind(
        "label",
        Text(en="Labels missing", pl="Brak etykiety"),
        Text(
            en="The carrier has not given a label yet, or refused: read why, mend it, try again.",
            pl="Przewoźnik nie wydał jeszcze etykiety albo odmówił: przeczytaj dlaczego, popraw i spróbuj ponownie.",
        ),
        "order",
        f"""select p.shop_id, p.order_id, o.number || '/' || p.no, {LABEL_FAULT},
             b.requested_at, p.id
           from label b join parcel p on p.shop_id = b.shop_id and p.id = b.parcel_id
           join orders o on o.shop_id = p.shop_id and o.id = p.order_id join carrier c on c.id = b.carrier_id
           where b.state in ('requested','accepted','failed') and b.error_code is distinct from 'number-wanted'
             and b.requested_at < $2::timestamptz - interval '1 minute' and p.warehouse_id = $1""",
        "parcel_id",
        told=tell_label,
    ),
    Kind(*DOUBT[:3], "order", DOUBT[3], "parcel_id", tell_label),
    Kind(
        "unscanned",
        Text(en="Parcels not loaded", pl="Paczki niezaładowane"),
        Text(
            en="Labelled, but not scanned onto the carrier's cage before the pickup: find them and load them.",
            pl="Mają etykietę, ale nie zeskanowano ich do klatki przewoźnika przed odbiorem: znajdź je i załaduj.",
        ),
        "order",
        """select p.shop_id, p.order_id, p.tracking_number, c.name || coalesce(' · ' || l.code, ''), o.ship_by
           from parcel p join orders o on o.shop_id = p.shop_id and o.id = p.order_id join carrier c on c.id = p.carrier_id
           join handling_unit h on h.id = p.hu_id left join location l on l.id = h.location_id
           where p.state = 'labelled' and o.ship_by < $2::timestamptz and p.warehouse_id = $1""",
    ),
    *(Kind(code, name, advice, "order", rows) for code, name, advice, rows in ALARMS),
    Kind(
        "unseen",
        Text(en="Not scanned by the carrier", pl="Niezeskanowane przez przewoźnika"),
        Text(
            en="On a list that has left, and the carrier has not scanned it in its time: left behind, lost, or not loaded.",
            pl="Na liście, która odjechała, a przewoźnik nie zeskanował jej w terminie: została, zginęła albo nie załadowano.",
        ),
        "manifest",
        """select mp.shop_id, mp.parcel_id, p.tracking_number, c.name || ' · ' || m.number, m.handed_over_at, m.id
           from manifest m join carrier c on c.id = m.carrier_id
           join manifest_parcel mp on mp.manifest_id = m.id
             and mp.scanned_at is null and mp.settled_at is null and mp.left_behind_at is null
           join parcel p on (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id)
           where m.state = 'handed_over' and m.warehouse_id = $1
             and m.handed_over_at < $2::timestamptz - make_interval(hours => c.scan_within_h)""",
        "manifest_id",
    ),
    Kind(
        "unlisted",
        Text(en="Scanned, on no manifest", pl="Zeskanowane, bez listy"),
        Text(
            en="The carrier has it, and no list of ours: put it on the next one, so that stock and order follow.",
            pl="Przewoźnik ją ma, a nie ma jej na żadnej liście: dodaj ją do następnej, aby stan i zamówienie się zgadzały.",
        ),
        "order",
        """select p.shop_id, p.order_id, p.tracking_number, c.name || ' · ' || t.status, t.at
           from parcel p join carrier c on c.id = p.carrier_id
           join lateral (
             select e.status, e.at from tracking_event e
             where (e.shop_id, e.parcel_id) = (p.shop_id, p.id)
               and e.status in ('handed_over','in_transit','out_for_delivery','at_point','delivered','returned')
             order by e.at limit 1) t on true
           where p.state = 'labelled' and p.warehouse_id = $1 and t.at < $2::timestamptz""",
    ),
    Kind(
        "delivery",
        Text(en="Files not at the carrier", pl="Pliki niedostarczone przewoźnikowi"),
        Text(
            en="The carrier's server does not take a list: read why, mend it, send it again from the list's page.",
            pl="Serwer przewoźnika nie przyjmuje listy: przeczytaj dlaczego, popraw i wyślij ponownie ze strony listy.",
        ),
        "manifest",
        """select 0, d.id, m.number, c.name || ' · ' || d.format || ': ' || coalesce(d.last_error, ''), d.made_at, m.id
           from manifest_delivery d join manifest m on m.id = d.manifest_id join carrier c on c.id = d.carrier_id
           where d.channel = 'sftp' and d.status <> 'sent' and m.warehouse_id = $1 and d.made_at < $2::timestamptz
             and (d.status = 'failed' or d.tries > 1
               or d.error_code in ('sftp-auth','sftp-host-key','sftp-folder','sftp-settings'))""",
        "manifest_id",
    ),
    Kind(
        "car",
        Text(en="Cars not ordered", pl="Niezamówione odbiory"),
        Text(
            en="The carrier has not taken the order for a car, or nobody knows: look at its own page, then decide here.",
            pl="Przewoźnik nie przyjął zamówienia odbioru albo nie wiadomo: sprawdź w jego panelu, potem rozstrzygnij tutaj.",
        ),
        "car",
        """select 0, o.id, c.name, concat_ws(' · ', to_char(o.pickup_at at time zone w.timezone, 'DD.MM HH24:MI'), s.name,
             o.last_error), o.made_at
           from pickup_order o join carrier c on c.id = o.carrier_id join warehouse w on w.id = o.warehouse_id
           left join shop s on s.id = o.for_shop_id
           where o.state in ('unknown','failed') and coalesce(o.retry_at <= $2::timestamptz, true) and o.warehouse_id = $1
             and o.pickup_at > $2::timestamptz - interval '1 day' and o.made_at < $2::timestamptz - interval '3 minutes'""",
    ),
    Kind(
        "count",
        Text(en="Counts with differences", pl="Różnice inwentaryzacyjne"),
        Text(
            en="Counts of the last day that found more or less than the ledger: look at the place's history.",
            pl="Liczenia z ostatniej doby, które wykazały różnice: obejrzyj historię lokalizacji.",
        ),
        "stock",
        """select e.shop_id, e.subject_id, e.ref,
             (select string_agg((d.value ->> 'sku') || ' ' || to_char((d.value ->> 'difference')::bigint, 'FMSG999999990'), ', ')
              from jsonb_array_elements(e.data -> 'lines') d), e.at
           from event e join count_task t on t.id = e.subject_id join location l on l.id = t.location_id
           where e.kind = 'stock.adjusted' and e.subject = 'count_task' and e.at > $2::timestamptz - interval '24 hours'
             and l.warehouse_id = $1""",
    ),
    Kind(
        "stray",
        Text(en="Unknown parcels", pl="Nieznane przesyłki"),
        Text(
            en="Somebody's parcel at the returns bench: find whose it is, or dispose of it.",
            pl="Czyjaś przesyłka na stanowisku zwrotów: ustal, czyja jest, albo zutylizuj.",
        ),
        "stray",
        """select 0, p.id, coalesce(p.code, '#' || p.id), p.note, p.at from stray_parcel p
           where p.state = 'open' and p.warehouse_id = $1""",
    ),
    Kind(
        "return",
        Text(en="Returns overdue", pl="Zaległe zwroty"),
        Text(
            en="Came in more than two days ago and is not inspected: the refund's clock is running.",
            pl="Przyszły ponad dwa dni temu i nie są sprawdzone: biegnie termin zwrotu pieniędzy.",
        ),
        "rma",
        """select r.shop_id, r.id, r.number, coalesce(r.order_number, ''), r.received_at from rma r
           where r.state in ('received','inspecting') and r.received_at < $2::timestamptz - interval '2 days' and r.warehouse_id = $1""",
    ),
    Kind(*PRINTS[:3], "printer", PRINTS[3], "printer_state"),
    Kind(
        "mail",
        Text(en="Mail not sent", pl="Niewysłana poczta"),
        Text(
            en="The mail server refused for good: mend the address, then send it again.",
            pl="Serwer poczty odmówił na dobre: popraw adres, potem wyślij ponownie.",
        ),
        "mail",
        """select m.shop_id, m.id, m.subject, coalesce(m.last_error, ''), m.queued_at from mail m
           where m.state = 'failed' and $1::bigint > 0""",
    ),
    Kind(
        "job",
        Text(en="Jobs failed", pl="Nieudane zadania"),
        Text(
            en="A job gave up after eight tries: read the worker's log, mend the cause, run it again.",
            pl="Zadanie poddało się po ośmiu próbach: sprawdź dziennik, usuń przyczynę i uruchom ponownie.",
        ),
        "job",
        """select 0, j.id, j.task_name, j.args::text,
             coalesce((select max(v.at) from procrastinate_events v where v.job_id = j.id), j.scheduled_at, $2::timestamptz)
           from procrastinate_jobs j where j.status = 'failed' and $1::bigint > 0""",
    ),
)  # fmt: skip
BY_CODE = {k.code: k for k in KINDS}


class Tally(msgspec.Struct, frozen=True):
    """How many of a kind there are, and since when the oldest waits."""

    kind: Kind
    count: int
    oldest: datetime | None


class ExceptionRow(msgspec.Struct, frozen=True):
    """``id`` is of what the kind's ``way`` says; ``shop_id`` 0 is the operator. ``mend``: a hold that nobody can release,
    because it ends only when what is wrong is mended. ``printer_state``: what keeps a printer, *unknown* where somebody
    must look what came out, *unused* where it is out of use."""

    shop_id: int
    shop: str
    id: int
    ref: str
    detail: str
    since: datetime
    parcel_id: int | None = None
    manifest_id: int | None = None
    mend: bool = False
    printer_state: str | None = None


OF_SHOP = "($3::int = 0 or x.shop_id = $3)"
TALLY = "\nunion all\n".join(
    f"select '{k.code}' as code, count(*) as n, min(x.since) as oldest from {k.source} where {OF_SHOP}"
    for k in KINDS
)


async def tally(tx: Tx, warehouse_id: int, shop_id: int = 0) -> list[Tally]:
    """Every kind, also those of which there are none, in the order of ``KINDS``; of one shop, or of all with 0."""
    found = {r["code"]: r for r in await tx.rows(TALLY, warehouse_id, tx.now, shop_id)}
    return [Tally(k, found[k.code]["n"], found[k.code]["oldest"]) for k in KINDS]


async def list_exceptions(
    tx: Tx,
    warehouse_id: int,
    kind: Kind,
    lang: Lang,
    *,
    shop_id: int = 0,
    after: tuple[datetime, int, int] | None,
    limit: int,
    first: Order = "old",
) -> list[ExceptionRow]:
    """Exceptions of a kind, from behind ``after`` (since, shop, id; None: from the ``first``); ``lang``: of the details
    that are ours; ``shop_id``: of one shop, or of all with 0."""
    also = f", x.{kind.also}" if kind.also else ""
    sql = both_ways(
        f"""select x.shop_id, coalesce(s.code, '') as shop, x.id, x.ref, coalesce(x.detail, '') as detail, x.since{also}
            from {kind.source} left join shop s on s.id = x.shop_id
            where ($2::timestamptz is null or true) and {OF_SHOP} and ($4::timestamptz is null
              or (x.since, x.shop_id, x.id) {{beyond}} ($4::timestamptz, $5::int, $6::bigint))
            order by x.since {{way}}, x.shop_id {{way}}, x.id {{way}} limit $7::int"""
    )
    rows = await tx.all(
        ExceptionRow, sql[first], warehouse_id, tx.now, shop_id, *(after or (None, 0, 0)), limit
    )
    if kind.told is None:
        return rows
    return [msgspec.structs.replace(r, detail=kind.told(r.detail, lang)) for r in rows]

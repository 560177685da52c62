"""The operator's price lists: lines go in from a spreadsheet, and go out again one by one."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from wms.db.sorting import Column, Sorting
from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.calendar import local_date
from wms.kernel.refusals import NotFound
from wms.kernel.text import Lang, Text
from wms.orders.choose_for_waiting import sweep_choices
from wms.shipping.read_prices import BadPrice, PriceLine, read_prices

UNKNOWN = Text(
    en="there is no carrier {carrier} with service {service}",
    pl="nie ma przewoźnika {carrier} z usługą {service}",
)
OTHER_CURRENCY = Text(
    en="prices are compared in {currency}; convert this one",
    pl="ceny są porównywane w walucie {currency}; przelicz tę pozycję",
)
TWICE = Text(en="the same goods as in row {row}", pl="to samo co w wierszu {row}")


class Loaded(msgspec.Struct, frozen=True):
    """``stored`` lines are in force or will be; ``bad`` ones are named and left out."""

    stored: int
    bad: list[BadPrice]


INSERT = """
insert into service_price (carrier_id, service, country, max_weight_g, price, currency, transit_days, valid_from, valid_until,
  cod_price, max_length_mm, max_girth_mm, size_mm)
select c.id, u.service, u.country, u.max_weight_g, u.price, u.currency, u.transit_days, u.valid_from, u.valid_until,
  u.cod_price, u.max_length_mm, u.max_girth_mm, u.size_mm
from jsonb_to_recordset($1::jsonb) as u(carrier text, service text, country text, max_weight_g int, price numeric, currency text,
  transit_days int, valid_from date, valid_until date, cod_price numeric, max_length_mm int, max_girth_mm int, size_mm int[])
join carrier c on c.code = u.carrier
on conflict (carrier_id, service, country, max_weight_g, max_length_mm, max_girth_mm, size_mm, valid_from)
do update set price = excluded.price, currency = excluded.currency, transit_days = excluded.transit_days,
  valid_until = excluded.valid_until, cod_price = excluded.cod_price
"""


async def load_prices(tx: Tx, text: str, lang: Lang) -> Loaded:
    """Stores the good lines; one for the same goods from the same day replaces what was there.

    Orders that no service took are looked at again in the background.
    """
    # all lines are in one currency: one list at a time
    await tx.run("select pg_advisory_xact_lock(hashtextextended('price lists', 0))")
    good, bad = read_prices(text, lang)
    good, more = await _known(tx, good, lang)
    bad = sorted([*bad, *more], key=lambda b: b.row)
    if good:
        await tx.run(INSERT, msgspec.json.encode(good).decode())
        carriers = sorted({g.carrier for g in good})
        data = {"lines": len(good), "carriers": carriers, "bad": len(bad)}
        await record(
            tx,
            Event(
                kind="price_list.loaded",
                subject="carrier",
                subject_id=0,
                ref=", ".join(carriers)[:100],
                data=data,
            ),
        )
        await sweep_choices(tx)
    return Loaded(len(good), bad)


async def _known(tx: Tx, lines: Sequence[PriceLine], lang: Lang) -> tuple[list[PriceLine], list[BadPrice]]:
    """Those of a carrier and service that exist, in the one currency, each once."""
    carriers = {
        r["code"]: r["services"]
        for r in await tx.rows(
            "select code, services from carrier where code = any($1::text[])", [n.carrier for n in lines]
        )
    }
    currency = await tx.value("select min(currency) from service_price") or (
        lines[0].currency if lines else ""
    )
    seen: dict[object, int] = {}
    good: list[PriceLine] = []
    bad: list[BadPrice] = []
    for n in lines:
        key = (
            n.carrier,
            n.service,
            n.country,
            n.max_weight_g,
            n.max_length_mm,
            n.max_girth_mm,
            tuple(n.size_mm or ()),
            n.valid_from,
        )
        why = ""
        if n.service not in carriers.get(n.carrier, ()):
            why = UNKNOWN.in_(lang, carrier=n.carrier, service=n.service)
        elif n.currency != currency:
            why = OTHER_CURRENCY.in_(lang, currency=currency)
        elif key in seen:
            why = TWICE.in_(lang, row=seen[key])
        if why:
            bad.append(BadPrice(n.row, n.text, why))
        else:
            seen[key] = n.row
            good.append(n)
    return good, bad


async def remove_price(tx: Tx, price_id: int) -> None:
    """One line is out of the list. Raises ``NotFound``."""
    row = await tx.row(
        """delete from service_price p using carrier c where p.id = $1 and c.id = p.carrier_id
           returning p.carrier_id, c.code, p.service, p.country, p.max_weight_g""",
        price_id,
    )
    if row is None:
        raise NotFound(what="price", ref=price_id)
    data = {"service": row["service"], "country": row["country"], "max_weight_g": row["max_weight_g"]}
    event = Event(
        kind="price_list.line_removed",
        subject="carrier",
        subject_id=row["carrier_id"],
        ref=row["code"],
        data=data,
    )
    await record(tx, event)


class PriceOut(msgspec.Struct, frozen=True):
    """One line of a price list. ``size_mm``: the sides of the greatest box; ``in_force``: today, and not replaced by a newer one."""

    id: int
    carrier: str
    service: str
    country: str
    max_weight_g: int
    price: Decimal
    currency: str
    transit_days: int
    valid_from: date
    valid_until: date | None
    cod_price: Decimal | None
    max_length_mm: int | None
    max_girth_mm: int | None
    size_mm: list[int] | None
    in_force: bool

    @property
    def place(self) -> str:
        """Where it stands in a list by carrier, service, country and weight."""
        return f"{self.carrier}/{self.service}/{self.country}/{self.max_weight_g:09}"


LIST = """
with mine as (
  select p.*, c.code as carrier, p.valid_from <= $1::date and (p.valid_until is null or p.valid_until >= $1) as now
  from service_price p join carrier c on c.id = p.carrier_id where $2 = '' or c.code = $2
), ranked as (
  select *, row_number() over (partition by carrier_id, service, country, max_weight_g, max_length_mm, max_girth_mm, size_mm, now
    order by valid_from desc) = 1 and now as in_force from mine
)
select id, carrier, service, country, max_weight_g, price, currency, transit_days, valid_from, valid_until, cod_price,
  max_length_mm, max_girth_mm, size_mm, in_force
from ranked where {beyond} order by {order} limit $3
"""
PRICES_BY = Sorting(
    "id",
    "service",
    service=Column(
        "carrier || '/' || service || '/' || country || '/' || lpad(max_weight_g::text, 9, '0')", "place"
    ),
    price=Column("price", "price", "numeric"),
    since=Column("valid_from", "valid_from", "date"),
)


async def list_prices(
    tx: Tx,
    carrier: str,
    *,
    sort: str = PRICES_BY.usual,
    behind: tuple[str | None, int] = (None, 0),
    limit: int,
) -> list[PriceOut]:
    """The lines; with ``carrier`` only its own.

    In force is what orders of now are priced by: the warehouse's day counts.
    """
    zone = await tx.value("select timezone from warehouse order by id limit 1")
    sql = LIST.format(**PRICES_BY.parts(sort, 4))
    return await tx.all(PriceOut, sql, local_date(tx.now, zone or "UTC"), carrier, limit, *behind)

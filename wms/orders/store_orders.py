"""New orders, with their lines, holds and the stock that is set aside for them, written once and as they will be.

Written first and given their stock afterwards, each order and each line would be two versions of a row, each with all its
index entries and foreign keys: half of what an order costs the database.
"""

from collections.abc import Mapping
from typing import Any

import asyncpg
import msgspec

from wms.db.tx import Clash, Tx
from wms.orders.allocate_orders import Moved, too_soon
from wms.orders.terms import Terms
from wms.stock.statements import SERVE

# $2: orders as a JSON array, `n` their turn; $5 to $11: their lines, `n` the order's. The numbers of rows are drawn beforehand, in
# their order, so that all of it is one statement: foreign keys are looked at when it ends. Arrays are looked at through
# sub-selects: see `Tx.sized`.
STORE = f"""
with input as materialized (
  select x.*, nextval('orders_id_seq') as id
  from (select * from jsonb_to_recordset($2::jsonb) as x(
          n int, number text, state text, kind text, placed_at timestamptz, ship_by timestamptz, priority int,
          partial_policy text, carrier_id bigint, service text, asked_service text, deliver_by date, point text,
          language text, name text, company text, street text, postcode text, city text, country text, phone text,
          email text, currency text, cod_amount numeric, note text, synthetic boolean, request_hash text, holds jsonb)
        order by n) x
), line as materialized (
  select l.*, nextval('order_line_id_seq') as id
  from (select i.id as order_id, i.state = 'received' as served, u.line_no, u.sku_id, u.kit, u.quantity, u.unit_price,
               u.kit_no
        from unnest((select $5::int[]), (select $6::int[]), (select $7::bigint[]), (select $8::bool[]),
                    (select $9::int[]), (select $10::numeric[]), (select $11::int[]))
             as u(n, line_no, sku_id, kit, quantity, unit_price, kit_no)
        join input i on i.n = u.n order by i.n, u.line_no) l
), want as materialized (
  select $1::int as shop_id, order_id, id as order_line_id, sku_id, $3::bigint as warehouse_id,
         $4::date as expires_after, id as n, sum(quantity) over (partition by sku_id order by id) as d1
  from line where served and not kit
), {SERVE}, served as materialized (
  select order_line_id, sum(quantity)::int as q from match group by 1
), judged as materialized (
  select l.order_id, sum(l.quantity - coalesce(s.q, 0))::bigint as missing, coalesce(sum(s.q), 0) as q
  from line l left join served s on s.order_line_id = l.id where l.served and not l.kit group by 1
), made as (
  insert into orders (id, shop_id, warehouse_id, number, state, kind, placed_at, ship_by, priority, partial_policy,
    carrier_id, service, asked_service, deliver_by, point, language, name, company, street, postcode, city, country,
    phone, email, currency, cod_amount, note, synthetic, request_hash)
  select i.id, $1, $3, number,
         case when j.order_id is null then state
              when j.missing = 0 or (partial_policy = 'partial' and j.q > 0) then 'allocated' else 'backordered' end,
         kind, placed_at, ship_by, priority, partial_policy, carrier_id, service, asked_service, deliver_by, point,
         language, name, company, street, postcode, city, country, phone, email, currency, cod_amount, note, synthetic,
         decode(request_hash, 'hex')
  from input i left join judged j on j.order_id = i.id
  returning id, number, state
), lines as (
  insert into order_line (id, shop_id, order_id, line_no, sku_id, kit, kit_line_id, quantity, unit_price, allocated)
  select l.id, $1, l.order_id, l.line_no, l.sku_id, l.kit, k.id, l.quantity, l.unit_price, coalesce(s.q, 0)
  from line l left join served s on s.order_line_id = l.id
  left join line k on (k.order_id, k.line_no) = (l.order_id, l.kit_no)
), waiting as (
  insert into order_hold (shop_id, order_id, code, field, facts)
  select $1, i.id, h.code, h.field, h.facts
  from input i cross join lateral jsonb_to_recordset(i.holds) as h(code text, field text, facts jsonb)
)
select m.id, m.number, i.state as old, m.state as new, coalesce(j.missing, 0) as missing
from made m join input i on i.id = m.id left join judged j on j.order_id = m.id order by m.id
"""
LINE = ("line_no", "sku_id", "kit", "quantity", "unit_price", "kit_no")


async def store_orders(tx: Tx, shop_id: int, terms: Terms, rows: Mapping[str, dict[str, Any]]) -> list[Moved]:
    """Stores orders that are not there yet, first order first. What is on hold stays so (``old`` is ``new``) and gets no stock.

    ``rows``: by number, the columns of each with its ``lines`` (``line_no``, ``sku_id``, ``kit``, ``quantity``, ``unit_price``
    and ``kit_no``, the line number of the kit that it is part of) and ``holds``. Raises ``Clash`` where one is there, as
    another transaction has stored it at this moment.
    """
    orders = [
        {k: v for k, v in row.items() if k != "lines"} | {"n": n} for n, row in enumerate(rows.values())
    ]
    lines = [(n, *(x.get(k) for k in LINE)) for n, row in enumerate(rows.values()) for x in row["lines"]]
    try:
        return await tx.sized(
            Moved, STORE, len(lines), shop_id, msgspec.json.encode(orders).decode(), terms.warehouse_id,
            too_soon(tx, terms.min_days_left), *([x[i] for x in lines] for i in range(len(LINE) + 1)),
        )  # fmt: skip
    except asyncpg.UniqueViolationError as e:
        if e.constraint_name != "uq_orders_shop_id_number":
            raise
        raise Clash from e

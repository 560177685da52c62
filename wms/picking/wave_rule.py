"""The rule by which a warehouse's waves go out by themselves, and the sweep that follows it."""

from datetime import timedelta

import structlog

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Invalid
from wms.kernel.whys import BETWEEN
from wms.picking.plan_wave import MOST_ORDERS, WaveOut, release

log = structlog.get_logger()

LONGEST_MINUTES = 7 * 24 * 60

DUE = """
select r.warehouse_id, r.minutes_before, r.orders_waiting,
       case when r.orders_waiting is null then 0 else (
         select count(*) from (
           select from orders o where o.warehouse_id = r.warehouse_id and o.state = 'allocated' and o.state in ('received',
             'on_hold','backordered','allocated','released','picking','picked','packing','packed','labelled','manifested')
           limit r.orders_waiting) x) end as waiting
from wave_rule r order by r.warehouse_id
"""


async def save_wave_rule(
    tx: Tx, warehouse_id: int, minutes_before: int | None, orders_waiting: int | None
) -> None:
    """Replaces the rule; with neither value waves are released by hand alone. Raises ``Invalid``."""
    if minutes_before is not None and not 1 <= minutes_before <= LONGEST_MINUTES:
        raise Invalid(
            field="minutes_before", why=BETWEEN, low=1, high=LONGEST_MINUTES, pointer="/minutes_before"
        )
    if orders_waiting is not None and not 1 <= orders_waiting <= MOST_ORDERS:
        raise Invalid(field="orders_waiting", why=BETWEEN, low=1, high=MOST_ORDERS, pointer="/orders_waiting")
    if minutes_before is None and orders_waiting is None:
        await tx.run("delete from wave_rule where warehouse_id = $1", warehouse_id)
    else:
        await tx.run(
            """insert into wave_rule (warehouse_id, minutes_before, orders_waiting) values ($1, $2, $3)
               on conflict (warehouse_id) do update set minutes_before = excluded.minutes_before,
                 orders_waiting = excluded.orders_waiting, changed_at = now()""",
            warehouse_id,
            minutes_before,
            orders_waiting,
        )
    data = {"minutes_before": minutes_before, "orders_waiting": orders_waiting}
    await record(tx, Event(kind="wave_rule.changed", subject="warehouse", subject_id=warehouse_id, data=data))


async def release_by_rule(tx: Tx) -> list[WaveOut]:
    """Follows every warehouse's rule once; the worker comes by each minute. Returns the waves that went out.

    All that is ready goes once enough orders wait; else what is due within the minutes before its pickup.
    """
    made: list[WaveOut] = []
    for r in await tx.rows(DUE):
        if r["orders_waiting"] is not None and r["waiting"] >= r["orders_waiting"]:
            made += await release(tx, r["warehouse_id"])
        elif r["minutes_before"] is not None:
            until = tx.now + timedelta(minutes=r["minutes_before"])
            made += await release(tx, r["warehouse_id"], ship_by_until=until)
    if made:
        log.info("waves released by rule", waves=len(made), orders=sum(w.orders for w in made))
    return made

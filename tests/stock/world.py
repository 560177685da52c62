"""What tests of the ledger need beside the builders: orders in plain SQL, in the state that makes them allocatable."""

import asyncio
from collections.abc import Sequence
from datetime import date

import msgspec

from tests.builders import ASku, unique
from wms.db.tx import Tx
from wms.stock.ledger import Allocated, Want, allocate

FAR_BACK = date(2000, 1, 1)


class AnOrder(msgspec.Struct, frozen=True):
    id: int
    lines: list[int]


async def an_order(
    tx: Tx, *, shop_id: int, warehouse_id: int, carrier_id: int, lines: Sequence[tuple[int, int]]
) -> AnOrder:
    """``lines``: SKU id and quantity of each."""
    order_id: int = await tx.value(
        """insert into orders (shop_id, number, state, warehouse_id, placed_at, ship_by, carrier_id, name, street,
                               postcode, city, country, request_hash)
           values ($1, $2, 'received', $3, now(), now() + interval '1 day', $4, 'Jan Żuk', 'Długa 1', '00-001',
                   'Warszawa', 'PL', ''::bytea) returning id""",
        shop_id,
        unique("O-"),
        warehouse_id,
        carrier_id,
    )
    rows = await tx.rows(
        """insert into order_line (shop_id, order_id, line_no, sku_id, quantity)
           select $1, $2, n, s, q from unnest($3::bigint[], $4::int[]) with ordinality as u(s, q, n) returning id""",
        shop_id,
        order_id,
        [s for s, _ in lines],
        [q for _, q in lines],
    )
    return AnOrder(order_id, [r["id"] for r in rows])


async def allocated_for(tx: Tx, order: AnOrder, sku: ASku, quantity: int, line: int = 0) -> list[Allocated]:
    return await allocate(
        tx,
        [
            Want(
                shop_id=sku.shop_id,
                order_id=order.id,
                order_line_id=order.lines[line],
                sku_id=sku.id,
                quantity=quantity,
                expires_after=FAR_BACK,
            )
        ],
    )


async def until_somebody_waits(tx: Tx) -> None:
    """Returns as soon as another connection waits for a row lock of this transaction."""
    for _ in range(1000):
        if await tx.value(
            "select exists (select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid)))"
        ):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")

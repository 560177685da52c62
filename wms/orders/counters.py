"""The counters of an order line, as the goods move on."""

from collections.abc import Sequence

from wms.db.tx import Tx
from wms.stock.ledger import Voided


def line_picking(shop: str, line: str, quantity: str) -> str:
    """An UPDATE for a line of which ``quantity`` goes from a bin into a tote; the arguments are places of parameters."""
    return f"""update order_line set allocated = allocated - {quantity}, picked = picked + {quantity}
  where shop_id = {shop} and id = {line} and {quantity} <> 0"""


def lines_picking(picks: str) -> str:
    """The same for all of ``picks``: a relation of ``shop_id``, ``line_id`` and ``q``."""
    return f"""update order_line l set allocated = l.allocated - s.q, picked = l.picked + s.q
  from (select shop_id, line_id, sum(q)::int as q from {picks} group by 1, 2) s
  where l.shop_id = s.shop_id and l.id = s.line_id"""


PICKED = line_picking("$1", "$2", "$3")


async def line_picked(tx: Tx, shop_id: int, order_line_id: int, quantity: int) -> None:
    """``quantity`` went from a bin into a tote; with less than none, back."""
    await tx.run(PICKED, shop_id, order_line_id, quantity)


async def line_unallocated(tx: Tx, shop_id: int, order_line_id: int, quantity: int) -> None:
    """An allocation of ``quantity`` was given up."""
    await tx.run(
        "update order_line set allocated = allocated - $3 where shop_id = $1 and id = $2",
        shop_id,
        order_line_id,
        quantity,
    )


async def lines_unallocated(tx: Tx, voided: Sequence[Voided]) -> None:
    """These allocations were given up, of any number of lines and shops."""
    await tx.run(
        """update order_line n set allocated = n.allocated - v.q
           from (select shop_id, id, sum(q) as q from unnest($1::int[], $2::bigint[], $3::int[]) as u(shop_id, id, q)
                 group by 1, 2) v
           where n.shop_id = v.shop_id and n.id = v.id""",
        [v.shop_id for v in voided],
        [v.order_line_id for v in voided],
        [v.quantity for v in voided],
    )

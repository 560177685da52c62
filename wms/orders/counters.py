"""The counters of an order line, as the goods move on."""

from wms.db.tx import Tx


async def line_picked(tx: Tx, shop_id: int, order_line_id: int, quantity: int) -> None:
    """``quantity`` went from a bin into a tote."""
    await tx.run(
        "update order_line set allocated = allocated - $3, picked = picked + $3 where shop_id = $1 and id = $2",
        shop_id,
        order_line_id,
        quantity,
    )


async def line_unallocated(tx: Tx, shop_id: int, order_line_id: int, quantity: int) -> None:
    """An allocation of ``quantity`` was given up."""
    await tx.run(
        "update order_line set allocated = allocated - $3 where shop_id = $1 and id = $2",
        shop_id,
        order_line_id,
        quantity,
    )

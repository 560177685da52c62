"""What is written once stays: the application's roles have no right to change it."""

import asyncpg
import pytest

from tests.builders import a_bin, a_shop, a_sku, stock_up
from wms.db.roles import GROUPS
from wms.db.tx import Database
from wms.stock.chain import seal

WRITTEN_ONCE = ("move", "move_seal", "event", "document")


@pytest.mark.parametrize("role", [None, *GROUPS])
@pytest.mark.parametrize("table", WRITTEN_ONCE)
@pytest.mark.parametrize("verb", ["update {t} set shop_id = shop_id", "delete from {t}", "truncate {t}"])
async def test_no_role_of_the_application_can_change_what_is_written(
    db: Database, role: str | None, table: str, verb: str
) -> None:
    async with db.begin() as tx:
        await tx.run("reset role")
        if role is not None:
            await tx.run(f"set local role {role}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tx.run(verb.format(t=table))


async def test_a_shop_cannot_write_moves_or_what_is_on_hand(db: Database) -> None:
    sku = await a_sku(db, shop=await a_shop(db))
    await stock_up(db, sku=sku, bin=await a_bin(db), quantity=1)
    async with db.begin() as tx:
        assert await seal(tx, sku.shop_id) == 1
    for statement in (
        "insert into move select * from move",
        "update balance set on_hand = on_hand + 1",
        "delete from balance",
        "insert into balance select * from balance",
        "insert into move_seal select * from move_seal",
    ):
        async with db.begin() as tx:
            await tx.run("reset role")
            await tx.run("set local role wms_shop")
            await tx.run(f"set local app.shop_id = '{sku.shop_id}'")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await tx.run(statement)

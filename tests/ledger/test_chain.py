"""The chain: nothing is skipped, and whatever is changed afterwards is found and named."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from tests.builders import ABin, AShop, ASku, a_bin, a_shop, a_sku, stock_up
from tests.conftest import Cluster
from wms.db.tx import Database
from wms.stock.chain import SealerAtWork, SealPostponed, is_in_chain, roots, seal, seal_all, verify_chain
from wms.stock.ledger import Move, post
from wms.stock.statements import DIGEST
from wms.stock.verify import verify_stock

MOVE_COLUMNS = (
    "at", "sku_id", "lot_id", "quantity", "from_location_id", "from_hu_id", "from_status", "to_location_id", "to_hu_id",
    "to_status", "reason", "order_id", "order_line_id", "allocation_id", "doc", "person_id", "device_id", "scan_id",
)  # fmt: skip
CHANGE = {
    "at": "at + interval '1 microsecond'", "sku_id": "{other_sku}", "lot_id": "0", "quantity": "quantity + 1",
    "from_location_id": "{other_bin}", "from_hu_id": "1", "from_status": "'damaged'", "to_location_id": "{other_bin}",
    "to_hu_id": "1", "to_status": "'damaged'", "reason": "reason || '|'", "order_id": "1", "order_line_id": "1",
    "allocation_id": "1", "doc": "''", "person_id": "1", "device_id": "1", "scan_id": "gen_random_uuid()",
}  # fmt: skip
# What a change of these does to stock is seen even before the move is sealed, whatever its digest says.
OF_STOCK = {
    "sku_id", "lot_id", "quantity", "from_location_id", "from_hu_id", "from_status", "to_location_id", "to_hu_id",
    "to_status", "allocation_id",
}  # fmt: skip


class Goods:
    """A shop with a few moves of one SKU from bin to bin."""

    def __init__(
        self, shop: AShop, sku: ASku, here: ABin, there: ABin, other: ASku, moves: list[int]
    ) -> None:
        self.shop, self.sku, self.here, self.there, self.other, self.moves = (
            shop,
            sku,
            here,
            there,
            other,
            moves,
        )

    def move(self, quantity: int = 1) -> Move:
        return Move(
            shop_id=self.shop.id, sku_id=self.sku.id, quantity=quantity, from_location=self.here.id,
            to_location=self.there.id, reason="storing",
        )  # fmt: skip


@pytest.fixture
async def goods(db: Database) -> Goods:
    shop = await a_shop(db)
    sku, other, here, there = (
        await a_sku(db, shop=shop),
        await a_sku(db, shop=shop),
        await a_bin(db),
        await a_bin(db),
    )
    first = await stock_up(db, sku=sku, bin=here, quantity=100)
    found = Goods(shop, sku, here, there, other, [first])
    async with db.begin() as tx:
        found.moves += await post(tx, [found.move(n) for n in (1, 2, 3)])
    return found


async def sealed(db: Database, goods: Goods) -> int:
    async with db.begin() as tx:
        return await seal(tx, goods.shop.id)


async def found(db: Database, goods: Goods) -> set[tuple[str, str]]:
    async with db.begin() as tx:
        return {(d.law, d.what) for d in await verify_chain(tx, goods.shop.id)}


async def test_an_untouched_chain_is_right_and_each_move_is_sealed_once(db: Database, goods: Goods) -> None:
    assert await sealed(db, goods) == 4
    assert await sealed(db, goods) == 0
    async with db.begin() as tx:
        more = await post(tx, [goods.move()])
    assert await sealed(db, goods) == 1
    assert await found(db, goods) == set()
    async with db.begin() as tx:
        rows = await tx.rows(
            "select no, move_ids from move_seal where shop_id = $1 order by no", goods.shop.id
        )
        (root,) = await roots(tx, goods.shop.id)
        assert await is_in_chain(tx, goods.shop.id, root.no, root.hash)
        assert not await is_in_chain(tx, goods.shop.id, 1, root.hash)
    assert [(r["no"], r["move_ids"]) for r in rows] == [(1, goods.moves), (2, more)]
    assert (root.no, root.moves, root.up_to) == (2, 5, more[0])


async def test_long_stretches_become_several_seals(
    db: Database, goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wms.stock.chain.MOVES_PER_SEAL", 2)
    async with db.begin() as tx:
        goods.moves += await post(tx, [goods.move()])
    assert await sealed(db, goods) == 5
    assert await found(db, goods) == set()
    async with db.begin() as tx:
        assert await tx.value("select max(no) from move_seal where shop_id = $1", goods.shop.id) == 3


async def test_a_move_that_commits_late_is_not_skipped(db: Database, goods: Goods) -> None:
    """The transaction with the lower number is still open when one with a higher number has committed."""
    async with db.begin() as slow:
        (low,) = await post(slow, [goods.move()])
        other = await a_bin(db)
        async with db.begin() as tx:
            receive = Move(
                shop_id=goods.shop.id, sku_id=goods.other.id, quantity=1, from_location=goods.there.id,
                to_location=other.id, reason="storing",
            )  # fmt: skip
            with pytest.raises(Exception, match="not enough"):
                await post(tx, [receive])
        high = await stock_up(db, sku=goods.other, bin=other, quantity=1)
        assert low < high
        async with db.begin() as tx:
            with pytest.raises(SealPostponed):
                await seal(tx, goods.shop.id, wait=timedelta(milliseconds=200))
        waiting = asyncio.create_task(sealed(db, goods))
        await asyncio.sleep(0.3)
        assert not waiting.done(), "it waits for the slow transaction"
    assert await waiting == 6
    assert await found(db, goods) == set()


async def test_a_transaction_that_writes_without_end_holds_the_seal_up_for_a_bounded_time(
    db: Database, goods: Goods
) -> None:
    async with db.begin() as slow, db.begin() as tx:
        await post(slow, [goods.move()])
        with pytest.raises(SealPostponed) as caught:
            await seal(tx, goods.shop.id, wait=timedelta(milliseconds=100))
    assert "transactions have been writing" in str(caught.value)


async def test_a_sealer_may_have_written_before_and_there_is_one_at_a_time(
    db: Database, goods: Goods
) -> None:
    async with db.begin() as one:
        await one.value("select pg_current_xact_id()")
        assert await seal(one, goods.shop.id) == 4
        async with db.begin() as two:
            with pytest.raises(SealerAtWork):
                await seal(two, goods.shop.id, wait=timedelta(milliseconds=100))
    async with db.begin() as tx:
        assert (await seal_all(tx))[goods.shop.id] == 0
    assert await found(db, goods) == set()


async def test_sealing_while_others_write_skips_nothing(db: Database, goods: Goods) -> None:
    async def writer() -> None:
        for _ in range(15):
            async with db.begin() as tx:
                await post(tx, [goods.move()])
                await asyncio.sleep(0.002)

    async def sealer() -> int:
        total = 0
        for _ in range(8):
            total += await sealed(db, goods)
        return total

    results = await asyncio.gather(sealer(), *[writer() for _ in range(6)])
    assert (results[0] or 0) + await sealed(db, goods) == 4 + 90
    assert await found(db, goods) == set()


@pytest.fixture
def owner(cluster: Cluster, db: Database) -> "Iterator[psycopg.Connection[tuple[object, ...]]]":
    """Somebody with every right on the database, in a transaction that is rolled back: foreign keys are off."""
    with cluster.admin(db.name) as c:
        c.execute("set session_replication_role = replica")
        yield c


def redigest(owner: "psycopg.Connection[tuple[object, ...]]", move: int) -> None:
    owner.execute(
        f"update move m set digest = {DIGEST.format(m='m').replace('%', '%%')} where id = %s", [move]
    )


@pytest.mark.parametrize("before_seal", [False, True], ids=["sealed", "unsealed"])
@pytest.mark.parametrize("with_digest", [False, True], ids=["old digest", "new digest"])
@pytest.mark.parametrize("column", MOVE_COLUMNS)
async def test_a_changed_column_is_found(
    db: Database,
    goods: Goods,
    owner: "psycopg.Connection[tuple[object, ...]]",
    column: str,
    with_digest: bool,
    before_seal: bool,
) -> None:
    if not before_seal:
        await sealed(db, goods)
    victim = goods.moves[2]
    value = CHANGE[column].format(other_sku=goods.other.id, other_bin=(await a_bin(db)).id)
    if column == "lot_id":
        value = "987654321"
    owner.execute(f"update move set {column} = {value} where id = {victim}")
    if with_digest:
        redigest(owner, victim)
    expected = {("move-digest" if not with_digest else "move-changed", f"move {victim}")}
    if with_digest and before_seal:
        # The chain cannot know; what the change does to stock is known all the same.
        assert await found(db, goods) == set()
        async with db.begin() as tx:
            assert bool(await verify_stock(tx, goods.shop.id)) == (column in OF_STOCK)
    else:
        assert await found(db, goods) == expected


@pytest.mark.parametrize("which", [0, 1, 3])
async def test_a_deleted_move_is_found(
    db: Database, goods: Goods, owner: "psycopg.Connection[tuple[object, ...]]", which: int
) -> None:
    await sealed(db, goods)
    async with db.begin() as tx:
        await post(tx, [goods.move()])
    await sealed(db, goods)
    owner.execute(f"delete from move where id = {goods.moves[which]}")
    assert await found(db, goods) == {("move-deleted", f"move {goods.moves[which]}")}
    async with db.begin() as tx:
        assert await verify_stock(tx, goods.shop.id), "and stock does not add up without it"


async def test_a_deleted_move_without_a_seal_is_seen_by_what_it_did(
    db: Database, goods: Goods, owner: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    owner.execute(f"delete from move where id = {goods.moves[1]}")
    async with db.begin() as tx:
        assert {d.law for d in await verify_stock(tx, goods.shop.id)} == {"balance"}


@pytest.mark.parametrize("with_digest", [False, True], ids=["old digest", "new digest"])
async def test_an_inserted_move_is_found(
    db: Database, goods: Goods, owner: "psycopg.Connection[tuple[object, ...]]", with_digest: bool
) -> None:
    async with db.begin() as tx:  # numbers that nobody uses, between moves of the shop
        gap: int = await tx.value("select nextval('move_id_seq')")
        await post(tx, [goods.move()])
    await sealed(db, goods)
    columns = ", ".join(c for c in MOVE_COLUMNS)
    owner.execute(
        f"insert into move (shop_id, id, {columns}, digest) select shop_id, {gap}, {columns}, digest from move "
        f"where id = {goods.moves[2]}"
    )
    if with_digest:
        redigest(owner, gap)
    laws = await found(db, goods)
    assert ("move-inserted", f"move {gap}") in laws
    assert (("move-digest", f"move {gap}") in laws) == (not with_digest)


async def test_tampered_seals_are_found(
    db: Database, goods: Goods, owner: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    for _ in range(3):
        await sealed(db, goods)
        async with db.begin() as tx:
            await post(tx, [goods.move()])
    await sealed(db, goods)
    shop = goods.shop.id
    zero = "decode(repeat('00', 32), 'hex')"
    for no, change, law in (
        (2, f"hash = {zero}", {("seal-hash", "seal 2"), ("seal-link", "seal 3")}),
        (2, f"previous = {zero}", {("seal-hash", "seal 2"), ("seal-link", "seal 2")}),
        (3, "up_to = up_to + 1", {("seal-hash", "seal 3")}),
        (2, "move_ids = move_ids || 1::bigint", {("seal-hash", "seal 2")}),
        (4, f"digests = {zero}", {("seal-hash", "seal 4")}),
        (4, "no = 9", {("seal-number", "seal 9"), ("seal-hash", "seal 9")}),
    ):
        with owner.transaction(force_rollback=False):
            owner.execute("create temp table if not exists kept as select * from move_seal where false")
            owner.execute("delete from kept")
            owner.execute(f"insert into kept select * from move_seal where shop_id = {shop}")
            owner.execute(f"update move_seal set {change} where shop_id = {shop} and no = {no}")
        assert law <= await found(db, goods), change
        owner.execute(f"delete from move_seal where shop_id = {shop}")
        owner.execute("insert into move_seal select * from kept")
        assert await found(db, goods) == set()


async def test_removed_seals_are_found_but_for_the_last_which_a_kept_root_tells(
    db: Database, goods: Goods, owner: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    for _ in range(3):
        await sealed(db, goods)
        async with db.begin() as tx:
            await post(tx, [goods.move()])
    async with db.begin() as tx:
        (kept,) = await roots(tx, goods.shop.id)
    assert kept.no == 3
    owner.execute(f"delete from move_seal where shop_id = {goods.shop.id} and no = 3")
    assert await found(db, goods) == set()
    async with db.begin() as tx:
        assert not await is_in_chain(tx, goods.shop.id, kept.no, kept.hash)
    await sealed(db, goods)
    async with db.begin() as tx:
        assert not await is_in_chain(tx, goods.shop.id, kept.no, kept.hash), "a new seal is not the old one"
    owner.execute(f"delete from move_seal where shop_id = {goods.shop.id} and no = 1")
    assert await found(db, goods) == {("seal-number", "seal 2"), ("seal-link", "seal 2")}

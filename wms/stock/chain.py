"""The hash chain over the moves: sealing stretches of them, and proving that nothing was changed since.

A seal holds the ids and digests of one shop's moves since the seal before it, and a hash over them and that seal's
hash. ``verify_chain`` finds every move that was changed, removed or slipped in, and every seal that was.

What it cannot see, because whoever owns the database can write anything into it: a move that was changed *with* its
digest before it was sealed (``verify_stock`` still sees what that does to stock), and a chain that was cut off or
rewritten from some seal on to its end. Against the second there are ``roots``: a shop keeps the number and hash of a
seal, and ``is_in_chain`` tells whether it is still there. Every later hash depends on it.

No move is ever skipped, whichever transaction commits last: a transaction locks the table for writing before its
moves get numbers, and until it ends. So the moves up to the sequence's last value are committed, gone for good, or of
a transaction that holds such a lock at that moment, and the sealer waits for those. (The snapshot's list of running
transactions does not do: it ends at the last one that has completed.)
"""

import asyncio
from datetime import datetime, timedelta

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import Refusal
from wms.kernel.text import Text
from wms.stock.deviation import Deviation
from wms.stock.statements import DIGEST

MOVES_PER_SEAL = 10_000
LOCK = 7_325  # class of the advisory locks, one for each shop
POLL = 0.05
GENESIS = "decode(repeat('00', 32), 'hex')"

# The bytes that a seal's hash covers.
HASH = "sha256({s}.previous || int8send({s}.no) || {ids} || {s}.digests)"


class SealPostponed(Refusal):
    """Nothing was sealed: ``count`` transactions went on writing for the ``seconds`` that the sealer may wait."""

    code = "seal-postponed"
    status = 503
    tone = "info"
    text = Text(
        en="{count} transactions have been writing for {seconds} s, so the ledger was not sealed. Try again in a minute.",
        pl="Od {seconds} s trwa zapis ({count}), więc księgi nie zapieczętowano. Spróbuj ponownie za minutę.",
    )


class SealerAtWork(Refusal):
    code = "sealer-at-work"
    status = 503
    tone = "info"
    text = Text(
        en="Another process is sealing this shop's moves. There is nothing to do.",
        pl="Inny proces właśnie pieczętuje ruchy tego sklepu. Nie trzeba nic robić.",
    )


async def seal(tx: Tx, shop_id: int, *, wait: timedelta = timedelta(seconds=10)) -> int:
    """Seals what this shop has moved up to now; returns how many moves. Raises ``SealPostponed``, ``SealerAtWork``.

    A scheduled job's transaction: it must be read committed and should do nothing else.
    """
    sealed = await _seal(tx, [shop_id], wait)
    if shop_id not in sealed:
        raise SealerAtWork
    return sealed[shop_id]


async def seal_all(tx: Tx, *, wait: timedelta = timedelta(seconds=10)) -> dict[int, int]:
    """Seals every shop; moves sealed by shop. Shops that another sealer has at this moment are left out of it."""
    shops = await tx.rows("select id from shop order by id")
    return await _seal(tx, [r["id"] for r in shops], wait)


async def _seal(tx: Tx, shops: list[int], wait: timedelta) -> dict[int, int]:
    locked = await tx.rows(
        "select s from unnest($1::int[]) as s where pg_try_advisory_xact_lock($2::int, s)", shops, LOCK
    )
    mine = [r["s"] for r in locked]
    horizon = await settled_horizon(tx, wait)
    rows = await tx.rows(SEAL, mine, horizon, MOVES_PER_SEAL)
    return dict.fromkeys(mine, 0) | {r["shop_id"]: r["moves"] for r in rows}


async def settled_horizon(tx: Tx, wait: timedelta) -> int:
    """The last number given to a move, as soon as every move up to it is committed or gone for good.

    The order of the two first statements matters: the number is read before the list of writing transactions.
    """
    horizon: int = await tx.value("select case when is_called then last_value else 0 end from move_id_seq")
    writing: list[str] = await tx.value(WRITING)
    for _ in range(max(1, int(wait.total_seconds() / POLL))):
        if not writing:
            break
        await asyncio.sleep(POLL)
        writing = [x for x in await tx.value(WRITING) if x in writing]
    if writing:
        raise SealPostponed(count=len(writing), seconds=f"{wait.total_seconds():g}")
    return horizon


WRITING = """select coalesce(array_agg(distinct virtualtransaction), '{}') from pg_locks
where locktype = 'relation' and relation = 'move'::regclass and mode = 'RowExclusiveLock' and granted
  and database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()"""

SEAL = f"""
with recursive last as (
  select s.id as shop_id, coalesce(p.no, 0) as no, coalesce(p.up_to, 0) as up_to, coalesce(p.hash, {GENESIS}) as hash
  from unnest($1::int[]) as s(id)
  left join lateral (select no, up_to, hash from move_seal m where m.shop_id = s.id order by no desc limit 1) p on true
), stretch as materialized (
  select shop_id, no, array_agg(id order by id) as move_ids, string_agg(int8send(id), '' order by id) as ids,
         string_agg(digest, '' order by id) as digests
  from (
    select l.shop_id, l.no + 1 + (row_number() over (partition by l.shop_id order by m.id) - 1) / $3::int as no, m.id, m.digest
    from last l join move m on m.shop_id = l.shop_id and m.id > l.up_to and m.id <= $2
  ) numbered
  group by shop_id, no
), chain as (
  select shop_id, no, null::bytea as previous, hash from last
  union all
  select t.shop_id, t.no, c.hash, {HASH.format(s="t", ids="t.ids").replace("t.previous", "c.hash")}
  from chain c join stretch t on (t.shop_id, t.no) = (c.shop_id, c.no + 1)
), made as (
  insert into move_seal (shop_id, no, up_to, move_ids, digests, previous, hash)
  select t.shop_id, t.no, t.move_ids[cardinality(t.move_ids)], t.move_ids, t.digests, c.previous, c.hash
  from stretch t join chain c on (c.shop_id, c.no) = (t.shop_id, t.no)
  returning shop_id, cardinality(move_ids) as moves
)
select shop_id, sum(moves)::bigint as moves from made group by 1
"""

# First whole stretches are compared; only seals that differ are taken apart, move by move.
VERIFY = f"""
with s as materialized (
  select m.shop_id, m.no, m.up_to, m.move_ids, m.digests, m.previous, m.hash,
         lag(m.hash, 1, {GENESIS}) over w as hash_before, lag(m.no, 1, 0::bigint) over w as no_before,
         case when m.no = lag(m.no, 1, 0::bigint) over w + 1 then lag(m.up_to, 1, 0::bigint) over w
              else m.move_ids[1] - 1 end as up_to_before
  from move_seal m where $1::int is null or m.shop_id = $1
  window w as (partition by m.shop_id order by m.no)
), wrong as materialized (
  select s.shop_id, s.no, s.move_ids, s.digests, s.up_to, s.up_to_before,
         s.no <> s.no_before + 1 as gap, s.previous <> s.hash_before as unlinked,
         s.hash <> {HASH.format(s="s", ids="(select string_agg(int8send(i), '' order by o) from unnest(s.move_ids) with ordinality as u(i, o))")}
           or s.up_to is distinct from s.move_ids[cardinality(s.move_ids)]
           or octet_length(s.digests) <> 32 * cardinality(s.move_ids) as rewritten,
         f.ids is distinct from s.move_ids or f.digests is distinct from s.digests as differs
  from s left join lateral (
    select array_agg(m.id order by m.id) as ids, string_agg(m.digest, '' order by m.id) as digests
    from move m where m.shop_id = s.shop_id and m.id > s.up_to_before and m.id <= s.up_to
  ) f on true
), sealed as materialized (
  select w.shop_id, w.no, u.id, substring(w.digests from (u.o::int - 1) * 32 + 1 for 32) as digest
  from wrong w, unnest(w.move_ids) with ordinality as u(id, o) where w.differs
), found as materialized (
  select m.shop_id, w.no, m.id, m.digest
  from wrong w join move m on m.shop_id = w.shop_id and m.id > w.up_to_before and m.id <= w.up_to where w.differs
)
select 'seal-number' as law, shop_id, 'seal ' || no as what, 'a seal before it is missing' as detail from wrong where gap
union all
select 'seal-link', shop_id, 'seal ' || no, 'does not continue the seal before it' from wrong where unlinked
union all
select 'seal-hash', shop_id, 'seal ' || no, 'its content is not what its hash was made of' from wrong where rewritten
union all
select case when f.id is null then 'move-deleted' when e.id is null then 'move-inserted' else 'move-changed' end,
       coalesce(e.shop_id, f.shop_id), 'move ' || coalesce(e.id, f.id),
       case when f.id is null then 'sealed but gone' when e.id is null then 'not among the moves of its seal'
            else 'its digest is not the sealed one' end || ' (seal ' || coalesce(e.no, f.no) || ')'
from sealed e full join found f on (f.shop_id, f.id) = (e.shop_id, e.id)
where e.digest is distinct from f.digest
union all
select 'move-digest', m.shop_id, 'move ' || m.id, 'its columns are not what its digest was made of'
from move m where ($1::int is null or m.shop_id = $1) and m.digest <> {DIGEST.format(m="m")}
order by 2, 1, 3 limit 1000
"""


async def verify_chain(tx: Tx, shop_id: int | None = None) -> list[Deviation]:
    """Recomputes every digest and hash of one shop or of all; the first 1,000 deviations, none when all is well.

    Laws: ``move-digest`` (columns against the move's own digest), ``move-changed``, ``move-deleted``,
    ``move-inserted`` (moves against their seal), ``seal-hash``, ``seal-link``, ``seal-number``.
    """
    return await tx.all(Deviation, VERIFY, shop_id)


class Root(msgspec.Struct, frozen=True):
    """The end of a shop's chain: ``hash`` in hex covers the ``moves`` moves up to number ``up_to``."""

    shop_id: int
    no: int
    up_to: int
    moves: int
    hash: str
    at: datetime


async def roots(tx: Tx, shop_id: int | None = None) -> list[Root]:
    """The last seal of each shop, for the shop to keep: a chain that ends before it was cut off."""
    return await tx.all(
        Root,
        """select distinct on (shop_id) shop_id, no, up_to, sum(cardinality(move_ids)) over w as moves,
                  encode(hash, 'hex') as hash, at
           from move_seal where $1::int is null or shop_id = $1
           window w as (partition by shop_id order by no) order by shop_id, no desc""",
        shop_id,
    )


async def is_in_chain(tx: Tx, shop_id: int, no: int, hash: str) -> bool:
    """Whether a root that was kept is still a seal of this shop's chain."""
    found: bool = await tx.value(
        "select exists (select from move_seal where shop_id = $1 and no = $2 and hash = decode($3, 'hex'))",
        shop_id,
        no,
        hash,
    )
    return found

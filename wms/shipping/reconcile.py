"""After the handover: which parcels the carrier has scanned, which a person has settled, and when a list is done with."""

from collections.abc import Iterable, Sequence

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record_all
from wms.shipping.manifest_errors import ManifestNotGone, NothingToSettle
from wms.shipping.manifest_queries import manifest_row

SCANNED = ("handed_over", "in_transit", "out_for_delivery", "at_point", "delivered", "returned")
"""Events that say that the carrier has the parcel, or had it."""

NOTE = """
update manifest_parcel mp set scanned_at = t.at
from (
  select p.shop_id, p.id, min(e.at) as at
  from unnest($1::int[], $2::bigint[]) as u(shop_id, order_id)
  join parcel p on (p.shop_id, p.order_id) = (u.shop_id, u.order_id)
  join tracking_event e on (e.shop_id, e.parcel_id) = (p.shop_id, p.id) and e.status = any($3::text[])
  group by 1, 2
) t
where (mp.shop_id, mp.parcel_id) = (t.shop_id, t.id) and mp.left_behind_at is null and mp.scanned_at is null
returning mp.manifest_id
"""


async def note_scans(tx: Tx, orders: Iterable[tuple[int, int]]) -> int:
    """Reads the carrier's first scan of each parcel of these orders off its events; returns how many are new."""
    keys = sorted(set(orders))
    rows = await tx.rows(NOTE, [s for s, _ in keys], [i for _, i in keys], list(SCANNED))
    await reconcile(tx, sorted({r["manifest_id"] for r in rows}))
    return len(rows)


DONE = """
with done as (
  select m.id from manifest m join carrier c on c.id = m.carrier_id
  where m.state = 'handed_over' and ($1::bigint[] is null or m.id = any($1)) and not exists (
    select from manifest_parcel mp
    where mp.manifest_id = m.id and mp.scanned_at is null and mp.settled_at is null and mp.left_behind_at is null
      and (c.scan_within_h is not null or mp.confirmed_at is null))
  order by m.id for update of m skip locked
)
update manifest m set state = 'reconciled', reconciled_at = $2 from done where m.id = done.id and m.state = 'handed_over'
returning m.id, m.number
"""


async def reconcile(tx: Tx, manifest_ids: Sequence[int] | None = None) -> int:
    """Those of which every parcel is accounted for are done with; None looks at all. Returns how many.

    Two that account for the last two parcels at the same moment do not see each other: the sweep does.
    """
    if manifest_ids is not None and not manifest_ids:
        return 0
    rows = await tx.rows(DONE, manifest_ids, tx.now)
    await record_all(
        tx, [Event(kind="manifest.reconciled", subject="manifest", subject_id=r["id"], ref=r["number"]) for r in rows]
    )  # fmt: skip
    return len(rows)


class Settled(msgspec.Struct, frozen=True):
    """How many were settled now; ``state`` of the manifest after it."""

    manifest_id: int
    settled: int
    state: str


SETTLE = """
update manifest_parcel mp set settled_at = $2, settled_by = $3, settled_why = $4
from parcel p
where mp.manifest_id = $1 and (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id) and mp.scanned_at is null
  and mp.settled_at is null and mp.left_behind_at is null
  and ($5::int[] is null or (mp.shop_id, mp.parcel_id) in (select * from unnest($5::int[], $6::bigint[])))
returning p.shop_id, p.id, p.order_id, p.tracking_number
"""


async def settle_parcels(
    tx: Tx, manifest_id: int, keys: Sequence[tuple[int, int]] | None, reason: str
) -> Settled:
    """A person says what became of parcels that the carrier never scanned (found, claimed, scanned late ...).

    ``keys``: shop and parcel; None for all that are left. Raises ``ManifestNotGone``, ``NothingToSettle``, ``NotFound``.
    """
    m = await manifest_row(tx, manifest_id)
    if m.state not in ("handed_over", "reconciled"):
        raise ManifestNotGone
    rows = await tx.rows(
        SETTLE,
        manifest_id,
        tx.now,
        tx.actor.person_id,
        reason,
        None if keys is None else [s for s, _ in keys],
        None if keys is None else [p for _, p in keys],
    )
    if not rows:
        raise NothingToSettle
    await record_all(
        tx,
        [
            Event(
                kind="parcel.settled", subject="parcel", subject_id=r["id"], shop_id=r["shop_id"],
                ref=r["tracking_number"],
                data={"order_id": r["order_id"], "manifest_id": manifest_id, "manifest": m.number, "reason": reason},
            )
            for r in rows
        ],
    )  # fmt: skip
    await reconcile(tx, [manifest_id])
    return Settled(manifest_id, len(rows), (await manifest_row(tx, manifest_id)).state)

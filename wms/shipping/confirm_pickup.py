"""The courier confirms what it has taken, parcel by parcel or all at once."""

from collections.abc import Sequence

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.shipping.manifest_errors import ManifestNotClosed, NotOnManifest
from wms.shipping.manifest_queries import manifest_row


class Confirmed(msgspec.Struct, frozen=True):
    """``confirmed`` by this call; ``missing``: parcels on the list that are neither confirmed nor left behind."""

    manifest_id: int
    confirmed: int
    missing: int


async def confirm_pickup(tx: Tx, manifest_id: int, tracking_numbers: Sequence[str] | None) -> Confirmed:
    """None confirms every parcel that was not left behind. A parcel is confirmed once; the first time counts.

    Raises ``NotFound`` for another carrier's manifest, ``ManifestNotClosed``, ``NotOnManifest`` with all strangers.
    """
    m = await manifest_row(tx, manifest_id)
    if m.state == "open":
        raise ManifestNotClosed
    if tracking_numbers is not None:
        rows = await tx.rows(
            """select p.tracking_number from manifest_parcel mp join parcel p on (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id)
               where mp.manifest_id = $1 and mp.left_behind_at is null and p.tracking_number = any($2::text[])""",
            manifest_id,
            list(tracking_numbers),
        )
        if strangers := sorted(set(tracking_numbers) - {r["tracking_number"] for r in rows}):
            raise NotOnManifest(parcels=", ".join(strangers[:50]))
    confirmed = await tx.run(
        """update manifest_parcel mp set confirmed_at = $2 from parcel p
           where mp.manifest_id = $1 and (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id) and mp.confirmed_at is null
             and mp.left_behind_at is null and ($3::text[] is null or p.tracking_number = any($3))""",
        manifest_id,
        tx.now,
        None if tracking_numbers is None else list(tracking_numbers),
    )
    missing = await tx.value(
        """select count(*) from manifest_parcel
           where manifest_id = $1 and confirmed_at is null and left_behind_at is null""",
        manifest_id,
    )
    if confirmed:
        event = Event(
            kind="manifest.confirmed", subject="manifest", subject_id=manifest_id, ref=m.number,
            data={"confirmed": confirmed, "missing": missing},
        )  # fmt: skip
        await record(tx, event)
    return Confirmed(manifest_id, confirmed, missing)

"""The truck leaves: what is on it belongs to the courier, what is not waits for the next one."""

from collections.abc import Sequence

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record, record_all
from wms.kernel.scan import parse_scan
from wms.locations.queries import system_location
from wms.orders.parcel_content import ship_lines
from wms.orders.parcel_progress import advance_of_shops, let_orders_on
from wms.orders.parcels import ParcelState, move_parcels
from wms.orders.states import OrderState
from wms.shipping.manifest_errors import CancelledOnBoard, EmptyManifest, ManifestNotClosed, NotOnManifest
from wms.shipping.manifest_queries import (
    ManifestRow,
    OnBoard,
    lock_on_board,
    lock_orders_on,
    manifest_row,
)
from wms.shipping.record_tracking import follow
from wms.stock.ledger import Move, post

GONE = ("handed_over", "reconciled")


class HandedOver(msgspec.Struct, frozen=True):
    """``manifest`` after the handover; the codes of the boxes that stayed."""

    manifest: ManifestRow
    handed_over: int
    left_behind: list[str]


async def hand_over(
    tx: Tx, manifest_id: int, *, driver: str, vehicle: str, left_behind: Sequence[str] = ()
) -> HandedOver:
    """``left_behind``: scans of the parcels that are not on the truck. A second call gives the same answer.

    A list that is *closing* goes too: it is frozen, and the truck does not wait for the carrier's own paper.

    Raises ``ManifestNotClosed``, ``NotOnManifest``, ``CancelledOnBoard`` with every parcel that must come off first,
    ``EmptyManifest`` when nothing would leave.
    """
    await lock_orders_on(tx, manifest_id)
    m = await manifest_row(tx, manifest_id)
    await tx.row("select 1 from manifest where id = $1 for update", manifest_id)
    m = await manifest_row(tx, manifest_id)
    board = await lock_on_board(tx, manifest_id)
    if m.state in GONE:
        stayed = [p.hu for p in board if p.left_behind]
        return HandedOver(m, len(board) - len(stayed), stayed)
    if m.state == "open":
        raise ManifestNotClosed
    named = _named(board, left_behind)
    cancelled = [
        p for p in board if p.order_state == OrderState.CANCELLED and (p.shop_id, p.parcel_id) not in named
    ]
    if cancelled:
        raise CancelledOnBoard(parcels=", ".join(f"{p.hu} ({p.tracking_number})" for p in cancelled))
    stay = [p for p in board if (p.shop_id, p.parcel_id) in named and not p.left_behind]
    go = [p for p in board if (p.shop_id, p.parcel_id) not in named and not p.left_behind]
    if not go:
        raise EmptyManifest
    await _leave_behind(tx, manifest_id, stay)
    await _ship(tx, m, go)
    await tx.run(
        """update manifest set state = 'handed_over', handed_over_at = $2, driver = $3, vehicle = $4 where id = $1""",
        manifest_id,
        tx.now,
        driver,
        vehicle,
    )
    stayed = [p.hu for p in board if p not in go]
    event = Event(
        kind="manifest.handed_over", subject="manifest", subject_id=manifest_id, ref=m.number,
        data={"parcels": len(go), "left_behind": stayed, "driver": driver, "vehicle": vehicle},
    )  # fmt: skip
    await record(tx, event)
    return HandedOver(await manifest_row(tx, manifest_id), len(go), stayed)


def _named(board: Sequence[OnBoard], scans: Sequence[str]) -> set[tuple[int, int]]:
    """The parcels that scans name, by tracking number, SSCC or box. Raises ``NotOnManifest`` with all strangers."""
    by_code: dict[str, tuple[int, int]] = {}
    for p in board:
        for code in (p.tracking_number, p.sscc, p.hu):
            if code:
                by_code[code] = (p.shop_id, p.parcel_id)
    found: set[tuple[int, int]] = set()
    strangers = []
    for scan in scans:
        read = parse_scan(scan)
        key = next((by_code[c] for c in (read.code, read.raw.strip(), read.sscc) if c and c in by_code), None)
        if key is None:
            strangers.append(read.code[:60])
        else:
            found.add(key)
    if strangers:
        raise NotOnManifest(parcels=", ".join(strangers))
    return found


async def _leave_behind(tx: Tx, manifest_id: int, stay: Sequence[OnBoard]) -> None:
    keys = [(p.shop_id, p.parcel_id) for p in stay]
    await tx.run(
        """update manifest_parcel mp set left_behind_at = $2, parcel_verified = null
           from unnest($3::int[], $4::bigint[]) as u(shop_id, id)
           where mp.manifest_id = $1 and mp.shop_id = u.shop_id and mp.parcel_id = u.id""",
        manifest_id,
        tx.now,
        [s for s, _ in keys],
        [i for _, i in keys],
    )
    await move_parcels(tx, keys, ParcelState.LABELLED)
    waiting = [(p.shop_id, p.order_id) for p in stay if p.order_state == OrderState.MANIFESTED]
    await advance_of_shops(tx, waiting, OrderState.LABELLED, reason="left behind")
    await record_all(
        tx,
        [
            Event(
                kind="parcel.left_behind", subject="parcel", subject_id=p.parcel_id, shop_id=p.shop_id,
                ref=p.tracking_number, data={"order_id": p.order_id, "manifest_id": manifest_id},
            )
            for p in stay
        ],
    )  # fmt: skip


CONTENT = """
select i.shop_id, i.sku_id, i.lot_id, i.quantity, i.order_id, i.order_line_id, p.hu_id
from parcel_item i join unnest($1::int[], $2::bigint[]) as u(shop_id, id) on (i.shop_id, i.parcel_id) = (u.shop_id, u.id)
join parcel p on (p.shop_id, p.id) = (i.shop_id, i.parcel_id)
order by i.shop_id, i.sku_id, i.lot_id, i.id
"""


async def _ship(tx: Tx, m: ManifestRow, go: Sequence[OnBoard]) -> None:
    """Goods, lines, parcels and orders, each in one statement."""
    keys = [(p.shop_id, p.parcel_id) for p in go]
    packed = await system_location(tx, m.warehouse_id, "packed")
    customer = await system_location(tx, m.warehouse_id, "customer")
    items = await tx.rows(CONTENT, [s for s, _ in keys], [i for _, i in keys])
    await ship_lines(tx, keys)
    await move_parcels(tx, keys, ParcelState.HANDED_OVER)
    await post(
        tx,
        [
            Move(
                shop_id=i["shop_id"], sku_id=i["sku_id"], quantity=i["quantity"], lot_id=i["lot_id"], reason="shipping",
                from_location=packed, from_hu=i["hu_id"], to_location=customer, order_id=i["order_id"],
                order_line_id=i["order_line_id"], doc=m.number,
            )
            for i in items
        ],
    )  # fmt: skip
    await record_all(
        tx,
        [
            Event(
                kind="parcel.handed_over", subject="parcel", subject_id=p.parcel_id, shop_id=p.shop_id,
                ref=p.tracking_number, data={"order_id": p.order_id, "order": p.order_number, "manifest": m.number},
            )
            for p in go
        ],
    )  # fmt: skip
    orders = sorted({(p.shop_id, p.order_id) for p in go})
    await let_orders_on(tx, orders, OrderState.HANDED_OVER)
    await follow(tx, orders)

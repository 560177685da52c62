"""What a worker's device shows next, and the one row of the database that says so."""

from datetime import date, datetime
from typing import Literal

import msgspec

from wms.db.tx import Tx
from wms.kernel.lease import LEASE, RENEW_AFTER
from wms.kernel.notice import Notice, told
from wms.kernel.refusals import NotFound, Tone
from wms.kernel.text import pick_lang
from wms.replenishment.errors import NotYourReplenishment, ReplenishmentLost, ReplenishmentVoid
from wms.replenishment.states import RefillState

Step = Literal["location", "item", "target", "done"]


TAIL = 5
"""Digits of the bar code that are shown large, as people compare them."""


class RefillScreen(msgspec.Struct, frozen=True, kw_only=True):
    """The next step of a replenishment.

    ``step``: ``location`` (scan the place in the reserve, or the pallet ``unit`` there), ``item``, ``target`` (scan the
    pick face) or ``done``. ``step`` goes back with the next scan, so that one that was made for an older screen is
    recognised. ``counted`` of ``quantity`` pieces are in hand. ``for_orders``: pieces that waiting orders got at once.
    ``tone`` and ``message`` say what the last scan did, in the worker's language; ``code`` is stable.
    """

    task_id: int
    shop_id: int
    shop: str
    step: Step
    state: str
    reason: str
    due_at: datetime | None
    source: str
    unit: str | None
    target: str
    sku: str
    name: str
    picture_url: str | None
    ean_tail: str | None
    lot: str | None
    serial: str | None
    expires_on: date | None
    quantity: int
    counted: int
    moved: int
    missing: bool
    for_orders: int = 0
    tone: Tone | None = None
    code: str | None = None
    message: str | None = None


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A replenishment with all that a scan is judged by. ``lots_here``: lots (or serial numbers) of the SKU at the
    source, where the SKU keeps any; ``barcode``: the one that stands for the fewest pieces."""

    shop_id: int
    id: int
    shop: str
    warehouse_id: int
    state: str
    step: Literal["location", "item", "target"]
    reason: str
    due_at: datetime | None
    quantity: int
    counted: int
    moved: int
    missing: bool
    person_id: int | None
    holder: str | None
    lost_by_id: int | None
    lease_until: datetime | None
    sku_id: int
    sku: str
    name: str
    picture_url: str | None
    tracked: bool
    barcode: str | None
    lot_id: int
    lot: str | None
    serial: str | None
    expires_on: date | None
    lots_here: list[str]
    source_id: int
    source: str
    hu_id: int
    unit: str | None
    sscc: str | None
    target_id: int
    target: str


TASK = """
with r as materialized (select * from replenishment where shop_id = $1 and id = $2 for update)
select r.shop_id, r.id, sh.code as shop, r.warehouse_id, r.state, r.step, r.reason, r.due_at, r.quantity, r.counted,
       r.moved, r.missing, r.person_id, p.name as holder, r.lost_by_id, r.lease_until, r.sku_id, s.code as sku, s.name,
       s.picture as picture_url, s.serial_tracked or s.lot_policy <> 'none' as tracked,
       (select b.code from barcode b where (b.shop_id, b.sku_id) = (r.shop_id, r.sku_id) order by b.quantity, b.id limit 1)
         as barcode,
       r.lot_id, nullif(t.code, '') as lot, t.serial, t.expires_on,
       (select coalesce(array_agg(distinct coalesce(x.serial, x.code)), '{}')
          from balance b join lot x on (x.shop_id, x.id) = (b.shop_id, b.lot_id)
          where (b.shop_id, b.sku_id, b.location_id, b.hu_id) = (r.shop_id, r.sku_id, r.from_location_id, r.from_hu_id)
            and b.on_hand > 0) as lots_here,
       r.from_location_id as source_id, f.code as source, r.from_hu_id as hu_id, h.code as unit, h.sscc,
       r.to_location_id as target_id, d.code as target
from r join shop sh on sh.id = r.shop_id join sku s on (s.shop_id, s.id) = (r.shop_id, r.sku_id)
join location f on f.id = r.from_location_id join location d on d.id = r.to_location_id
left join lot t on (t.shop_id, t.id) = (r.shop_id, r.lot_id) left join handling_unit h on h.id = r.from_hu_id
left join person p on p.id = r.person_id
"""


async def lock_task(tx: Tx, shop_id: int, task_id: int) -> Task:
    """The task, locked. Raises ``NotFound``."""
    found = await tx.one(Task, TASK, shop_id, task_id)
    if found is None:
        raise NotFound(what="replenishment", ref=task_id)
    return found


def check_holder(tx: Tx, task: Task) -> None:
    """Raises ``ReplenishmentVoid``, ``ReplenishmentLost``, ``NotYourReplenishment`` with who has it.

    A lease that ran out while nobody took over is simply renewed by the scan.
    """
    if task.state == RefillState.VOID:
        raise ReplenishmentVoid(location=task.target)
    if task.state == RefillState.CLAIMED and task.person_id == tx.actor.person_id:
        return
    if task.state != RefillState.CLAIMED or task.lost_by_id == tx.actor.person_id:
        raise ReplenishmentLost(location=task.target)
    until = f"{task.lease_until:%H:%M} UTC" if task.lease_until else "?"
    raise NotYourReplenishment(location=task.target, holder=task.holder or "?", until=until)


async def go_on(
    tx: Tx,
    task: Task,
    *,
    step: Literal["location", "item", "target"],
    counted: int,
    missing: bool = False,
    notice: Notice | None = None,
) -> RefillScreen:
    """The step is taken; the lease begins anew when it has lost a third."""
    lease = task.lease_until
    if lease is None or lease < tx.now + LEASE - RENEW_AFTER:
        lease = tx.now + LEASE
    await tx.run(
        """update replenishment set step = $3, counted = $4, missing = $5, lease_until = $6
           where shop_id = $1 and id = $2""",
        task.shop_id,
        task.id,
        step,
        counted,
        missing,
        lease,
    )
    return draw(tx, msgspec.structs.replace(task, step=step, counted=counted, missing=missing), notice)


def draw(tx: Tx, task: Task, notice: Notice | None = None, *, for_orders: int = 0) -> RefillScreen:
    """The screen of a task, with what there is to say about the last scan."""
    tone, code, message = told(notice, pick_lang(tx.actor.language))
    return RefillScreen(
        task_id=task.id, shop_id=task.shop_id, shop=task.shop,
        step=task.step if task.state == RefillState.CLAIMED else "done", state=task.state, reason=task.reason,
        due_at=task.due_at, source=task.source, unit=task.unit, target=task.target, sku=task.sku, name=task.name,
        picture_url=task.picture_url, ean_tail=task.barcode[-TAIL:] if task.barcode else None, lot=task.lot,
        serial=task.serial, expires_on=task.expires_on, quantity=task.quantity, counted=task.counted, moved=task.moved,
        missing=task.missing, for_orders=for_orders, tone=tone,
        code=code, message=message,
    )  # fmt: skip

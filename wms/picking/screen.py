"""What a picker's device shows next, and the one row of the database that says so."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from wms.db.tx import Tx
from wms.kernel.notice import Notice, told
from wms.kernel.refusals import Refusal, Tone
from wms.kernel.text import pick_lang

Step = Literal["totes", "location", "item", "tote", "park", "done"]


TAIL = 5
"""Digits of the bar code that are shown large, as people compare them."""


class PickScreen(msgspec.Struct, frozen=True, kw_only=True):
    """The next step of a cart.

    ``step``: ``totes`` (scan an empty tote for place ``slot``), ``location``, ``item``, ``tote``, ``park`` (all is
    picked: scan where the totes are put down) or ``done``. ``task_id`` and ``step`` go back with the next scan, so
    that a scan that was made for an older screen is recognised. ``counted`` of ``quantity`` pieces are in hand.
    ``task_no`` of ``tasks`` is the place on the walk. ``symbol`` is what a scanner reads off a right piece. ``tone`` and ``message`` say what the last scan did, in the
    picker's language; ``code`` is stable.
    """

    cluster_id: int
    kind: str
    step: Step
    task_id: int | None = None
    shop: str | None = None
    order: str | None = None
    order_no: int = 0
    orders: int = 0
    task_no: int = 0
    tasks: int = 0
    location: str | None = None
    sku: str | None = None
    name: str | None = None
    picture_url: str | None = None
    ean_tail: str | None = None
    symbol: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    serial: str | None = None
    quantity: int = 0
    counted: int = 0
    missing: bool = False
    slot: int | None = None
    tote: str | None = None
    tone: Tone | None = None
    code: str | None = None
    message: str | None = None


class Cart(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster with one of its tasks (``task_id`` None: it has no such task) and all that a scan is judged by.

    ``barcodes`` are the SKU's: code, GTIN-14, pieces. ``lots_here`` are the lot codes (or serial numbers) of the SKU
    in the bin, where the SKU keeps any. ``free_slot`` is the first place without a tote, until the first pick.
    """

    cluster_id: int
    warehouse_id: int
    kind: str
    cluster_state: str
    person_id: int | None
    holder: str | None
    lost_by_id: int | None
    lease_until: datetime | None
    begun_at: datetime | None
    orders: int
    tasks: int
    free_slot: int | None
    shop_id: int = 0
    task_id: int | None = None
    order_id: int = 0
    order_line_id: int = 0
    allocation_id: int = 0
    location_id: int = 0
    hu_id: int = 0
    sku_id: int = 0
    lot_id: int = 0
    seq: int = 0
    quantity: int = 0
    counted: int = 0
    step: Literal["location", "item", "tote"] = "location"
    state: str = ""
    missing: bool = False
    number: str = ""
    order_state: str = ""
    partial_policy: str = ""
    shop: str = ""
    location: str = ""
    sku: str = ""
    name: str = ""
    picture_url: str | None = None
    lot_policy: str = "none"
    serial_tracked: bool = False
    barcodes: list[tuple[str, str | None, int]] = []
    lot: str | None = None
    serial: str | None = None
    expires_on: date | None = None
    lots_here: list[str] = []
    order_no: int = 0
    slot: int | None = None
    tote_id: int | None = None
    tote: str | None = None


CLUSTER = """select id, warehouse_id, kind, state, person_id, lost_by_id, lease_until, begun_at, orders, tasks
  from cluster where id = $1"""
TASK = """t.shop_id, t.id, t.order_id, t.order_line_id, t.allocation_id, t.location_id, t.hu_id, t.sku_id, t.lot_id, t.seq,
  t.quantity, t.counted, t.state, t.missing"""

ORDER = "x.shop_id, x.id, x.number, x.state, x.partial_policy"

# Behind the CTEs c (the cluster), o (the order) and t (the task). Everything is found by key.
SELECT = """
select c.id as cluster_id, c.warehouse_id, c.kind, c.state as cluster_state, c.person_id,
       (select p.name from person p where p.id = c.person_id) as holder, c.lost_by_id, c.lease_until, c.begun_at,
       c.orders, c.tasks,
       case when c.begun_at is null then
         (select min(f.slot) from cluster_order f where f.cluster_id = c.id and f.tote_hu_id is null) end as free_slot,
       t.shop_id, t.id as task_id, t.order_id, t.order_line_id, t.allocation_id, t.location_id, t.hu_id, t.sku_id,
       t.lot_id, t.seq, t.quantity, t.counted, t.step, t.state, t.missing, o.number, o.state as order_state,
       o.partial_policy, sh.code as shop, l.code as location, s.code as sku, s.name, s.picture as picture_url, s.lot_policy,
       s.serial_tracked,
       (select jsonb_agg(jsonb_build_array(b.code, b.gtin, b.quantity) order by b.quantity, b.id) from barcode b
         where b.shop_id = t.shop_id and b.sku_id = t.sku_id) as barcodes,
       lot.code as lot, lot.serial, lot.expires_on,
       case when s.serial_tracked or s.lot_policy <> 'none' then
         (select array_agg(distinct coalesce(n.serial, n.code))
            from balance b join lot n on (n.shop_id, n.id) = (b.shop_id, b.lot_id)
           where b.shop_id = t.shop_id and b.sku_id = t.sku_id and b.location_id = t.location_id and b.on_hand > 0)
       end as lots_here,
       co.no as order_no, co.slot, co.tote_hu_id as tote_id, h.code as tote
from c left join t on true left join o on o.shop_id = t.shop_id and o.id = t.order_id
left join shop sh on sh.id = t.shop_id
left join location l on l.id = t.location_id
left join sku s on s.shop_id = t.shop_id and s.id = t.sku_id
left join lot on lot.shop_id = t.shop_id and lot.id = t.lot_id
left join cluster_order co on co.shop_id = t.shop_id and co.cluster_id = c.id and co.order_id = t.order_id
left join handling_unit h on h.id = co.tote_hu_id
"""

_OF_TASK = "orders x join w on x.shop_id = w.shop_id and x.id = w.order_id"
_NAMED = "t.cluster_id = $1 and t.id = $2"
_CURRENT = "t.cluster_id = $1 and t.state = 'open' order by t.seq limit 1"


def _load(which: str, *, lock_cart: bool, lock_task: bool) -> str:
    """Locks, where asked for, cluster, order, task, in this sequence; the CTEs depend on each other to keep it."""
    all_ = "for update" if lock_cart else ""
    task = "for update of t" if lock_task or lock_cart else ""
    return f"""
with c as materialized ({CLUSTER} {all_}),
w as materialized (select t.shop_id, t.id, t.order_id from pick_task t where (select count(*) from c) > 0 and {which}),
o as materialized (select {ORDER} from {_OF_TASK} {"for update of x" if lock_cart else ""}),
t as materialized (
  select {TASK}, t.step from pick_task t join w on t.shop_id = w.shop_id and t.id = w.id
  where (select count(*) from o) > 0 {task}
)
{SELECT}"""


LOAD = {
    (named, lock): _load(_NAMED if named else _CURRENT, lock_cart=lock == "cart", lock_task=lock == "task")
    for named in (True, False)
    for lock in ("cart", "task", "none")
}


# Several tasks of one cart, to be done in one call. Their orders are locked in the order in which everybody locks them.
LOAD_SEVERAL = f"""
with c as materialized ({CLUSTER} for update),
w as materialized (
  select t.shop_id, t.id, t.order_id from pick_task t
  where (select count(*) from c) > 0 and t.cluster_id = $1 and t.id = any((select $2::bigint[])::bigint[])
),
o as materialized (
  select {ORDER} from orders x where (x.shop_id, x.id) in (select w.shop_id, w.order_id from w)
  order by x.shop_id, x.id for update
),
t as materialized (
  select {TASK}, t.step from pick_task t join w on t.shop_id = w.shop_id and t.id = w.id
  where (select count(*) from o) > 0 order by t.shop_id, t.id for update of t
)
{SELECT}"""


async def load_several(tx: Tx, cluster_id: int, task_ids: Sequence[int]) -> list[Cart]:
    """The cluster with each of these tasks, all locked; once without a task where it has none of them, empty where there is
    no such cluster."""
    return [cart_of(dict(r)) for r in await tx.rows(LOAD_SEVERAL, cluster_id, list(task_ids))]


async def load_cart(
    tx: Tx, cluster_id: int, task_id: int | None = None, *, lock: Literal["cart", "task", "none"] = "none"
) -> Cart | None:
    """A cluster with the task named, or with the current one. None: there is no such cluster.

    ``lock="cart"`` locks the cluster, the task's order (the gate) and the task, ``"task"`` the task alone.
    """
    args = (cluster_id,) if task_id is None else (cluster_id, task_id)
    row = await tx.row(LOAD[task_id is not None, lock], *args)
    return None if row is None else cart_of(dict(row))


def cart_of(row: dict[str, object]) -> Cart:
    """A row of ``SELECT`` as a struct; what is null there has its default here."""
    return msgspec.convert({k: v for k, v in row.items() if v is not None or k in _NULLABLE}, Cart)


_NULLABLE = frozenset({"person_id", "holder", "lost_by_id", "lease_until", "begun_at", "free_slot"})


def draw(tx: Tx, cart: Cart, notice: Notice | Refusal | None = None) -> PickScreen:
    """The screen for a cart at its current task, with what there is to say about the last scan."""
    tone, code, message = told(notice, pick_lang(tx.actor.language))
    if cart.task_id is None:
        step: Step = "park" if cart.cluster_state == "done" else "done"
        return PickScreen(
            cluster_id=cart.cluster_id, kind=cart.kind, step=step, orders=cart.orders, tasks=cart.tasks,
            tone=tone, code=code, message=message,
        )  # fmt: skip
    asks_tote = cart.free_slot is not None or cart.tote_id is None
    barcode = cart.barcodes[0][0] if cart.barcodes else None
    return PickScreen(
        cluster_id=cart.cluster_id, kind=cart.kind, step="totes" if asks_tote else cart.step, task_id=cart.task_id,
        shop=cart.shop, order=cart.number, order_no=cart.order_no, orders=cart.orders, task_no=cart.seq,
        tasks=cart.tasks, location=cart.location, sku=cart.sku, name=cart.name, picture_url=cart.picture_url,
        ean_tail=barcode[-TAIL:] if barcode else None, symbol=symbol_of(cart), lot=cart.lot or None, expires_on=cart.expires_on,
        serial=cart.serial, quantity=cart.quantity, counted=cart.counted, missing=cart.missing,
        slot=cart.slot if cart.free_slot is None else cart.free_slot, tote=None if asks_tote else cart.tote,
        tone=tone, code=code, message=message,
    )  # fmt: skip


def symbol_of(cart: Cart) -> str:
    """What a scanner reads off a right piece."""
    code, gtin, _ = cart.barcodes[0] if cart.barcodes else (cart.sku, None, 1)
    return symbol(code, gtin, cart.lot, cart.serial, cart.expires_on)


def symbol(code: str, gtin: str | None, lot: str | None, serial: str | None, expires_on: date | None) -> str:
    """A piece's bar code, as a GS1 symbol where the SKU keeps lots or serial numbers."""
    if gtin is None or not (lot or serial):
        return code
    day = f"17{expires_on:%y%m%d}" if expires_on else ""
    return f"01{gtin}{day}" + (f"21{serial}" if serial else f"10{lot}")

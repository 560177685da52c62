"""Carts full of picks for the scans to be measured, and the requests that a picker's device would send for them."""

from dataclasses import dataclass
from typing import Any

from wms.demo.bench_http import Wire
from wms.demo.bench_load import Shot
from wms.demo.bench_site import PEOPLE, Site

LINES = 10


@dataclass(frozen=True)
class Task:
    """One pick, with what is read off the shelf, the goods and the tote."""

    id: int
    location: str
    ean: str
    quantity: int
    tote: str


@dataclass
class Cart:
    """A claimed cart with its totes on it. ``person`` is the picker's place among the tokens; ``done`` tasks are used."""

    id: int
    person: int
    tasks: list[Task]
    done: int = 0

    def take(self, n: int) -> list[Task]:
        """The next ``n`` tasks of the walk."""
        found = self.tasks[self.done : self.done + n]
        assert len(found) == n, "the cart is too small"
        self.done += n
        return found


TASKS = """
select t.cluster_id, t.id, l.code, b.code, t.quantity, h.code
from pick_task t join location l on l.id = t.location_id
join barcode b on b.shop_id = t.shop_id and b.sku_id = t.sku_id
join cluster_order co on co.shop_id = t.shop_id and co.cluster_id = t.cluster_id and co.order_id = t.order_id
join handling_unit h on h.id = co.tote_hu_id
where t.cluster_id = any(%s) order by t.cluster_id, t.seq
"""
CARTS = """
select co.cluster_id, count(*) from cluster_order co join orders o on o.shop_id = co.shop_id and o.id = co.order_id
where o.number = any(%s) group by 1 order by 1
"""


def make_carts(site: Site, n: int, tasks: int, *, people: int = PEOPLE, hot: bool = False) -> list[Cart]:
    """``n`` carts of ``tasks`` picks each, carried by ``people`` in turn. ``hot``: all picks are from one bin."""
    orders = [
        site.order(LINES, [0] * LINES if hot else None) | {"priority": 9} for _ in range(n * tasks // LINES)
    ]
    site.accept(orders)
    body = {
        "warehouse_id": site.place.warehouse_id, "max_orders": 10_000, "totes_per_cart": tasks // LINES,
        "units_per_tote": 10_000, "tote_volume_ml": 10_000_000,
    }  # fmt: skip

    async def release(wire: Wire) -> Any:
        return await wire.call("POST", "/waves", site.place.tokens[0], body)

    site.talk(release)
    with site.owner() as c:
        found = c.execute(CARTS, [[o["number"] for o in orders]]).fetchall()
    assert sum(r[1] for r in found) == len(orders)
    people_of = {r[0]: i % people for i, r in enumerate(found)}

    async def set_up(wire: Wire) -> None:
        for cluster_id, count in found:
            token = site.place.tokens[people_of[cluster_id]]
            claim = {"warehouse_id": site.place.warehouse_id, "cluster_id": cluster_id}
            await wire.call("POST", "/clusters/claim", token, claim)
            for i in range(0, count, 100):
                totes = {"totes": site.next_totes(min(100, count - i))}
                await wire.call("POST", f"/clusters/{cluster_id}/totes", token, totes)

    site.talk(set_up)
    carts = {r[0]: Cart(r[0], people_of[r[0]], []) for r in found}
    with site.owner() as c:
        for cluster_id, *task in c.execute(TASKS, [list(carts)]):
            carts[cluster_id].tasks.append(Task(*task))
    return list(carts.values())


def counted(site: Site, carts: list[Cart]) -> None:
    """All pieces are in hand already, so that only the confirming scans are left."""
    with site.owner() as c:
        c.execute(
            "update pick_task set step = 'tote', counted = quantity where cluster_id = any(%s) and state = 'open'",
            [[cart.id for cart in carts]],
        )
        c.execute("vacuum analyze pick_task")


def confirming(cart: Cart, tasks: list[Task]) -> list[Shot]:
    """The scan of the tote, which moves the goods."""
    path = f"/clusters/{cart.id}/scans"
    return [Shot("POST", path, {"scan": t.tote, "task_id": t.id, "step": "tote"}) for t in tasks]


def whole(cart: Cart, tasks: list[Task]) -> list[Shot]:
    """Location, item and tote of each pick; a shelf is scanned once, however many picks it has."""
    path = f"/clusters/{cart.id}/scans"
    shots, at = [], ""
    for t in tasks:
        made_for = {"task_id": t.id}
        if t.location != at:
            shots.append(Shot("POST", path, {"scan": f"L-{t.location}", "step": "location"} | made_for))
            at = t.location
        shots.append(Shot("POST", path, {"scan": t.ean, "quantity": t.quantity, "step": "item"} | made_for))
        shots.append(Shot("POST", path, {"scan": t.tote, "step": "tote"} | made_for))
    return shots

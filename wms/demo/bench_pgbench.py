"""pgbench with a scan's own statements: what PostgreSQL alone can do, without Python and without HTTP."""

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from wms.db.embedded import find_binaries
from wms.demo.bench_carts import Cart
from wms.demo.bench_meter import Window
from wms.demo.bench_site import Site, connect_args
from wms.kernel.ids import hash_token
from wms.stock.statements import POST_ONE
from wms.web.edge import OPEN_STAFF, STORE

# What any picking must do at the least: see the task and lock it, then mark it done. The composing layer gives the
# product's own two statements instead (``run_bench``), which also find everything that the next screen shows.
LEAN = (
    """select t.shop_id, t.id as task_id, t.order_id, t.order_line_id, t.allocation_id, t.location_id, t.hu_id, t.sku_id,
  t.lot_id, t.quantity, c.warehouse_id, co.tote_hu_id as tote_id
from pick_task t join cluster c on c.id = t.cluster_id
join cluster_order co on co.shop_id = t.shop_id and co.cluster_id = c.id and co.order_id = t.order_id
where t.cluster_id = $1 and t.state = 'open' order by t.seq limit 1 for update of c, t""",
    """with done as (
  update pick_task set state = $4, picked = $5, counted = $5, step = 'tote', tote_hu_id = $6, done_at = $7
  where shop_id = $2 and id = $3
)
update order_line set allocated = allocated - $5, picked = picked + $5 where shop_id = $2 and id = $11""",
)
MOVE = {
    1: ":shop_id::int", 2: ":sku_id::bigint", 3: "0::bigint", 4: ":quantity::int", 5: ":location_id::bigint", 6: "0::bigint",
    7: "'sellable'::text", 9: ":tote_id::bigint", 10: "'sellable'::text", 11: "'picking'", 12: ":order_id::bigint",
    13: ":order_line_id::bigint", 14: ":allocation_id::bigint", 15: "null", 17: "null", 18: "gen_random_uuid()",
}  # fmt: skip
"""With types, because pgbench makes a parameter of its own out of each place."""
FINISH = {
    1: ":cluster", 2: ":shop_id", 3: ":task_id", 4: "'picked'", 5: ":quantity", 6: ":tote_id", 7: "now()",
    8: "(now() + interval '15 minutes')", 9: ":location_id", 10: "(now() + interval '10 minutes')",
    11: ":order_line_id",
}  # fmt: skip
_PLACE = re.compile(r"\$(\d+)")


class Ran(msgspec.Struct, frozen=True):
    """Transactions per second, the average milliseconds of one, and how many there were."""

    tps: float
    latency: float
    transactions: int


def filled(sql: str, values: Mapping[int, str]) -> str:
    """The statement with expressions for its parameters."""
    return _PLACE.sub(lambda found: f"({values[int(found[1])]})", sql.strip())


def scan_script(site: Site, carts: Sequence[Cart], work_id: int) -> str:
    """The confirming scan of the next task of each client's cart, statement by statement as the server sends them; there the last two are one message."""
    place = site.place
    load, finish = site.statements
    key = "'pgbench-' || :client_id || '-' || :cluster || '-' || :task_id"
    token = f"decode('{hash_token(place.tokens[0]).hex()}', 'hex')"
    whose = " ".join(f"when :client_id = {i} then {cart.id}" for i, cart in enumerate(carts))
    store = {
        1: f"'staff:{place.person_ids[0]}'", 2: key, 3: "0", 4: token, 5: "200", 6: "'application/json'",
        7: "decode(repeat('7b', 600), 'hex')",
    }  # fmt: skip
    return "\n".join(
        [
            f"\\set cluster case {whose} end",
            "begin;",
            filled(OPEN_STAFF, {1: token, 2: "'none'", 3: "'force_generic_plan'"}) + ";",
            filled(load, {1: ":cluster"}) + " \\gset",
            filled(POST_ONE, MOVE | {8: f"{work_id}::bigint", 16: str(place.person_ids[0])}) + ";",
            filled(finish, FINISH) + ";",
            filled(STORE, store) + ";",
            "commit;\n",
        ]
    )


def pgbench(site: Site, script: str, clients: int, each: int, *, owner: bool = False) -> tuple[Ran, Window]:
    """``each`` transactions by each of ``clients``. Raises RuntimeError with what pgbench said when one failed."""
    to = connect_args(site.settings.owner_url if owner else site.settings.app_url)
    env = os.environ | {
        "PGHOST": str(to["host"]), "PGPORT": str(to["port"]), "PGUSER": str(to["user"]),
        "PGDATABASE": str(to["database"]), "PGOPTIONS": "-c plan_cache_mode=force_generic_plan -c random_page_cost=1.1",
    }  # fmt: skip
    if to["password"]:
        env["PGPASSWORD"] = str(to["password"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "script.sql"
        path.write_text(script)
        command = [
            str(find_binaries().tool("pgbench")), "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(2, clients)),
            "-t", str(each), "-f", str(path),
        ]  # fmt: skip
        with site.meter.window() as w:
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    tps = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    latency = re.search(r"^latency average = ([\d.]+)", done.stdout, re.MULTILINE)
    if done.returncode or tps is None or latency is None or "ERROR" in done.stderr:
        raise RuntimeError(f"pgbench: {done.stderr[-2000:]}")
    return Ran(float(tps[1]), float(latency[1]), clients * each), w

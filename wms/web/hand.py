"""What is in a worker's hand: scans of a flow that only count together, kept by the server for this sign-in.

Flows whose work in progress has a table of its own (a cart, a receipt, a pack session) do not need it.
"""

import json
from typing import Any

from wms.db.tx import Tx

LOAD = "select data from hand where session_id = $1 and flow = $2 for update"
KEEP = """insert into hand (session_id, flow, data) values ($1, $2, $3)
on conflict (session_id, flow) do update set data = excluded.data, at = now()"""
DROP = "delete from hand where session_id = $1 and flow = $2"


async def load_hand(tx: Tx, flow: str) -> dict[str, Any]:
    """What ``keep_hand`` kept, locked until the commit; empty when there is nothing."""
    if tx.actor.session_id is None:
        return {}
    found: dict[str, Any] | None = await tx.value(LOAD, tx.actor.session_id, flow)
    return found or {}


async def keep_hand(tx: Tx, flow: str, data: dict[str, Any]) -> None:
    """Keeps ``data`` (plain JSON) until the next call, ``drop_hand`` or the end of the session."""
    if tx.actor.session_id is not None:
        await tx.run(KEEP, tx.actor.session_id, flow, json.dumps(data))


async def drop_hand(tx: Tx, flow: str) -> None:
    """The flow is through, or begun anew."""
    if tx.actor.session_id is not None:
        await tx.run(DROP, tx.actor.session_id, flow)

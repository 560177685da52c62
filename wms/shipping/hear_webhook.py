"""A carrier calls by itself. What it says is kept as it came, and believed only so far that its parcels are read again."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from wms.carriers.credentials import place
from wms.carriers.port import CarrierError, Hears, TrackNudge
from wms.carriers.port import WebhookForged as Forged
from wms.carriers.vault import VaultError, load_vault
from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.shipping.adapters import offline_adapter
from wms.shipping.errors import AdapterUnusable, ForgedWebhook, WebhooksNotTaken
from wms.shipping.read_tracking import enqueue_reading
from wms.shipping.request_label import enqueue_label

MOST_BYTES = 65_536
SECRET = "webhook_secret"
"""The name among a carrier's credentials of what its webhooks are signed with."""
EVENT_IDS = ("x-inpost-event-id", "x-event-id", "webhook-id")
KEPT = "30 days"


class Heard(msgspec.Struct, frozen=True):
    """``new``: not heard before. ``parcels``: how many are read again because of it."""

    new: bool
    parcels: int


class _Account(msgspec.Struct, frozen=True):
    carrier_id: int
    carrier_code: str
    adapter: str
    account: str
    max_weight_g: int
    settings: dict[str, Any]
    shop_id: int = 0


async def hear_webhook(tx: Tx, code: str, headers: Mapping[str, str], body: bytes, *, home: Path) -> Heard:
    """``headers`` in lower case; ``home`` is where the key of the credentials lies.

    The same one twice is kept once. One that is about none of our parcels is forgotten: where a carrier signs nothing,
    anybody could fill the table. Raises ``NotFound``, ``WebhooksNotTaken``, ``ForgedWebhook``, ``AdapterUnusable``.
    """
    found = await tx.one(
        _Account,
        """select id as carrier_id, code as carrier_code, adapter, account, max_weight_g, settings from carrier
           where code = $1 and active""",
        code,
    )
    if found is None:
        raise NotFound(what="carrier", ref=code)
    try:
        adapter = offline_adapter(found)
    except CarrierError as e:
        raise AdapterUnusable(why=str(e)) from e
    if not isinstance(adapter, Hears):
        raise WebhooksNotTaken(carrier=code)
    if len(body) > MOST_BYTES:
        raise ForgedWebhook
    _verify(adapter, headers, body, await _secrets(tx, found.carrier_id, home))
    try:
        nudges = adapter.parse_webhook(body)
    except Forged as e:
        raise ForgedWebhook from e
    about = await _about(tx, found.carrier_id, nudges)
    if not about:
        return Heard(False, 0)
    mark = next((headers[h][:200] for h in EVENT_IDS if headers.get(h)), sha256(body).hexdigest())
    kept = await tx.run(
        "insert into carrier_webhook (carrier_id, mark, body) values ($1, $2, $3) on conflict do nothing",
        found.carrier_id,
        mark,
        body,
    )
    if kept:
        for row in about:
            await _read_again(tx, found.carrier_id, row)
    return Heard(bool(kept), len(about) if kept else 0)


async def forget_webhooks(tx: Tx) -> int:
    """What was heard long ago has done its work."""
    return await tx.run(f"delete from carrier_webhook where received_at < now() - interval '{KEPT}'")


def _verify(adapter: Hears, headers: Mapping[str, str], body: bytes, secrets: list[str]) -> None:
    """Signed with the operator's secret or one of the shops' own. Raises ``ForgedWebhook``."""
    for secret in secrets or [""]:
        try:
            adapter.verify_webhook(headers, body, secret)
        except Forged:
            continue
        return
    raise ForgedWebhook


async def _secrets(tx: Tx, carrier_id: int, home: Path) -> list[str]:
    rows = await tx.rows(
        """select for_shop_id, sealed from carrier_credential where carrier_id = $1 and purpose = 'account'
           order by for_shop_id nulls first""",
        carrier_id,
    )
    try:
        vault = load_vault(home) if rows else None
        opened = [vault.open(r["sealed"], place(carrier_id, r["for_shop_id"])) for r in rows if vault]
    except VaultError:
        return []
    return [o[SECRET] for o in opened if o.get(SECRET)]


async def _about(tx: Tx, carrier_id: int, nudges: list[TrackNudge]) -> list[Any]:
    """The live labels that are meant, by the carrier's own id or by number."""
    return await tx.rows(
        """select shop_id, id, state from label where carrier_id = $1 and state <> 'void'
             and (carrier_ref = any($2::text[]) or tracking_number = any($3::text[]) or follow_number = any($3::text[]))""",
        carrier_id,
        [n.id for n in nudges if n.id is not None and "\0" not in n.id],
        [n.number for n in nudges if n.number is not None and "\0" not in n.number],
    )


async def _read_again(tx: Tx, carrier_id: int, label: Any) -> None:
    if label["state"] in ("ready", "printed"):
        await tx.run(
            "update label set track_at = $3 where shop_id = $1 and id = $2",
            label["shop_id"],
            label["id"],
            tx.now,
        )
        await enqueue_reading(tx, carrier_id, label["shop_id"])
    elif label["state"] == "accepted":  # its number may be there now
        await enqueue_label(tx, label["shop_id"], label["id"])

"""SELECTs about the papers of a manifest on their way, and about the carrier's own."""

from datetime import datetime

import msgspec

from wms.db.tx import Tx
from wms.shipping.manifest_queries import manifest_row


class DeliveryRow(msgspec.Struct, frozen=True):
    """One file by one way. ``status``: waiting, sent, failed; fetched by the courier's key. ``remote_ack``: the hash that
    the courier has."""

    id: int
    channel: str
    target: str
    format: str
    document_id: int
    name: str
    status: str
    tries: int
    error_code: str | None
    last_error: str | None
    made_at: datetime
    sent_at: datetime | None
    retry_at: datetime | None
    remote_ack: str | None
    acked_at: datetime | None


# A mail's state is the mail's own.
DELIVERIES = """
select d.id, d.channel, d.target, d.format, d.document_id, f.name, d.tries, d.error_code, d.made_at, d.remote_ack, d.acked_at,
  case when d.channel <> 'mail' then d.status when a.state = 'queued' then 'waiting' else a.state end as status,
  coalesce(a.last_error, d.last_error) as last_error, coalesce(a.sent_at, d.sent_at) as sent_at,
  coalesce(a.retry_at, d.retry_at) as retry_at
from manifest_delivery d join document f on f.shop_id = 0 and f.id = d.document_id
left join mail a on a.shop_id = 0 and a.id = d.mail_id
where d.manifest_id = $1 order by d.channel, d.target, f.kind, f.id limit 500
"""


async def deliveries_of(tx: Tx, manifest_id: int) -> list[DeliveryRow]:
    """Raises ``NotFound``."""
    await manifest_row(tx, manifest_id)
    return await tx.all(DeliveryRow, DELIVERIES, manifest_id)


class ProtocolRow(msgspec.Struct, frozen=True):
    """The carrier's own protocol: of whose account, and how far it is."""

    shop: str | None
    part: int
    bookings: int
    state: str
    tries: int
    last_error: str | None
    retry_at: datetime | None


async def protocols_of(tx: Tx, manifest_id: int) -> list[ProtocolRow]:
    return await tx.all(
        ProtocolRow,
        """select s.name as shop, p.part, cardinality(p.bookings) as bookings, p.state, p.tries, p.last_error, p.retry_at
           from manifest_protocol p left join shop s on s.id = p.for_shop_id
           where p.manifest_id = $1 order by p.for_shop_id, p.part limit 200""",
        manifest_id,
    )

"""Tables around a manifest: the carrier's own protocol, where its files went, what the courier says that it has."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Owned, one_of


class ManifestNumber(Base):
    """The gapless sequence: one counter per warehouse and year, taken inside the closing transaction."""

    __tablename__ = "manifest_number"

    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class ManifestProtocol(Base):
    """The carrier's own protocol of a manifest, one for each account and for as many bookings as the carrier takes at once.

    ``for_shop_id``: whose account, 0 the operator's. ``bookings`` are the carrier's own ids, always the same ones, so that
    a second call asks for the same paper. ``retry_at`` None: it is there, or a person must act.
    """

    __tablename__ = "manifest_protocol"

    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), primary_key=True)
    for_shop_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    part: Mapped[int] = mapped_column(Integer, primary_key=True)
    bookings: Mapped[list[str]] = mapped_column(ARRAY(Text))
    state: Mapped[str] = mapped_column(Text, server_default="waiting")
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    error_code: Mapped[str | None] = mapped_column(Text)
    last_error: Mapped[str | None] = mapped_column(Text)
    retry_at: Mapped[datetime | None] = mapped_column()
    document_id: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        Index("ix_manifest_protocol_due", "retry_at", postgresql_where="state = 'waiting'"),
        one_of("state", "waiting", "fetched", "failed"),
        CheckConstraint("(state = 'fetched') = (document_id is not null)", name="fetched"),
    )


class ManifestDelivery(Owned, Base):
    """A file of a manifest on its way to the carrier, or fetched by it. Sent at least once: the file's name has the number.

    ``document_id`` is the file, of which there may be several in one ``format``: the carrier's own protocols. ``channel``
    mail: ``mail_id`` is the newest mail with it, whose state counts; sftp: the worker tries until it is *sent*; pull: the
    courier's key (``target``) has *fetched* it, and says so. ``remote_ack``: the hash that it says it has.
    """

    __tablename__ = "manifest_delivery"

    manifest_id: Mapped[int] = mapped_column(BigInteger)
    carrier_id: Mapped[int] = mapped_column(BigInteger)
    channel: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(Text, server_default="waiting")
    mail_id: Mapped[int | None] = mapped_column(BigInteger)
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    error_code: Mapped[str | None] = mapped_column(Text)
    last_error: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None] = mapped_column()
    remote_ack: Mapped[str | None] = mapped_column(Text)
    acked_at: Mapped[datetime | None] = mapped_column()
    retry_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        ForeignKeyConstraint(["manifest_id", "carrier_id"], ["manifest.id", "manifest.carrier_id"]),
        UniqueConstraint("manifest_id", "channel", "target", "document_id"),
        Index(
            "ix_manifest_delivery_due", "retry_at", postgresql_where="status = 'waiting' and channel = 'sftp'"
        ),
        Index("ix_manifest_delivery_failed", "id", postgresql_where="channel = 'sftp' and status <> 'sent'"),
        one_of("channel", "mail", "sftp", "pull"),
        one_of("status", "waiting", "sent", "failed", "fetched"),
        CheckConstraint("(channel = 'mail') = (mail_id is not null)", name="mail"),
        CheckConstraint("status not in ('sent','fetched') or sent_at is not null", name="sent"),
    )


class PickupOrder(Owned, Base):
    """A car that is ordered from a carrier for one pickup of its calendar: once for each account that has parcels waiting.

    wanted -> ordered. *unknown*: it was asked for and nobody knows the outcome (also while it is being asked for), so a
    person decides. *failed*: there is none, and trying again by itself would not help. *dropped*: never asked for, because
    cars were not to be ordered any more when its turn came.
    """

    __tablename__ = "pickup_order"

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    for_shop_id: Mapped[int] = mapped_column(Integer, server_default="0")
    pickup_at: Mapped[datetime] = mapped_column()
    bookings: Mapped[list[str]] = mapped_column(ARRAY(Text))
    state: Mapped[str] = mapped_column(Text, server_default="wanted")
    carrier_ref: Mapped[str | None] = mapped_column(Text)
    carrier_word: Mapped[str | None] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    error_code: Mapped[str | None] = mapped_column(Text)
    last_error: Mapped[str | None] = mapped_column(Text)
    retry_at: Mapped[datetime | None] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ordered_at: Mapped[datetime | None] = mapped_column()
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (
        UniqueConstraint("carrier_id", "warehouse_id", "pickup_at", "for_shop_id"),
        Index("ix_pickup_order_open", "pickup_at", postgresql_where="state <> 'ordered'"),
        one_of("state", "wanted", "ordered", "unknown", "failed", "dropped"),
        CheckConstraint("(state = 'ordered') = (ordered_at is not null)", name="ordered"),
    )


class CounterManifest(Owned, Base):
    """The courier's own list of what it received, compared with ours when it came: the numbers that differ, by name."""

    __tablename__ = "counter_manifest"

    manifest_id: Mapped[int] = mapped_column(BigInteger)
    carrier_id: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    listed: Mapped[int] = mapped_column(Integer)
    matched: Mapped[int] = mapped_column(Integer)
    missing: Mapped[list[str]] = mapped_column(JSONB)
    extra: Mapped[list[str]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        ForeignKeyConstraint(["manifest_id", "carrier_id"], ["manifest.id", "manifest.carrier_id"]),
        Index("ix_counter_manifest_manifest", "manifest_id"),
        one_of("source", "courier", "desk"),
    )

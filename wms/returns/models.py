"""Tables of returns: what was announced, what arrived, what it is worth, what to refund."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Owned, Tenant, of_shop, one_of, to

RMA_STATES = (
    "announced", "in_transit", "received", "inspecting", "inspected", "awaiting_shop", "resolved", "closed", "rejected",
)  # fmt: skip


class Rma(Tenant, Base):
    """A return. An order is welcome, not required: goods may come back from anywhere.

    ``order_number`` is what was said, ``order_id`` what it was matched with; ``parcel_id`` is the parcel of ours that
    came back as it left (undelivered). ``request_hash`` tells a repeated announcement from another one.
    """

    __tablename__ = "rma"

    number: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="announced")
    announced: Mapped[bool] = mapped_column(Boolean)
    order_id: Mapped[int | None] = mapped_column(BigInteger)
    order_number: Mapped[str | None] = mapped_column(Text)
    parcel_id: Mapped[int | None] = mapped_column(BigInteger)
    tracking_number: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    declared_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str | None] = mapped_column(Text)
    request_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    received_at: Mapped[datetime | None] = mapped_column()
    closed_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("shop_id", "number"),
        Index("ix_rma_number", "number"),
        Index("ix_rma_tracking", "tracking_number"),
        Index("ix_rma_order", "shop_id", "order_id"),
        Index(
            "ix_rma_open",
            "warehouse_id",
            "state",
            postgresql_where="state in ('announced','in_transit','received','inspecting')",
        ),
        Index("ix_rma_email", text("lower(email)")),
        Index(
            "uq_rma_undelivered", "shop_id", "parcel_id", unique=True, postgresql_where="kind = 'undelivered'"
        ),
        of_shop(),
        to("orders", "order_id"),
        to("parcel", "parcel_id"),
        one_of(
            "kind",
            "withdrawal",
            "complaint",
            "carrier_damage",
            "undelivered",
            "wrong_or_missing",
            "b2b",
            "unknown",
        ),
        one_of("state", *RMA_STATES),
    )


class RmaLine(Tenant, Base):
    """Goods of a return. What nobody announced is a line too, with ``announced`` false."""

    __tablename__ = "rma_line"

    rma_id: Mapped[int] = mapped_column(BigInteger)
    line_no: Mapped[int] = mapped_column(Integer)
    sku_id: Mapped[int] = mapped_column(BigInteger)
    order_line_id: Mapped[int | None] = mapped_column(BigInteger)
    quantity: Mapped[int] = mapped_column(Integer)
    inspected: Mapped[int] = mapped_column(Integer, server_default="0")
    announced: Mapped[bool] = mapped_column(Boolean, server_default="true")
    reason: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("shop_id", "rma_id", "line_no"),
        Index("ix_rma_line_sku", "shop_id", "sku_id"),
        Index("ix_rma_line_order_line", "shop_id", "order_line_id"),
        to("rma", "rma_id"),
        to("sku", "sku_id"),
        to("order_line", "order_line_id"),
        CheckConstraint("quantity > 0 and inspected >= 0", name="quantity"),
    )


class Inspection(Tenant, Base):
    """One look at ``quantity`` pieces: condition and what becomes of them. Its moves are in the ledger.

    ``warnings`` are words of ``wms.returns.words.WARNINGS``: what was unusual, kept for the shop to judge. ``checklist``
    are the shop's own questions as they were answered (``text``, ``ok``). ``photos`` are ids of documents, the first one
    of which is also ``document_id``.
    """

    __tablename__ = "inspection"

    rma_id: Mapped[int] = mapped_column(BigInteger)
    rma_line_id: Mapped[int | None] = mapped_column(BigInteger)
    sku_id: Mapped[int] = mapped_column(BigInteger)
    lot_id: Mapped[int | None] = mapped_column(BigInteger)
    quantity: Mapped[int] = mapped_column(Integer)
    grade: Mapped[str] = mapped_column(Text)
    disposition: Mapped[str] = mapped_column(Text)
    warnings: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    reason: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    checklist: Mapped[list[dict[str, object]]] = mapped_column(JSONB, server_default="[]")
    document_id: Mapped[int | None] = mapped_column(BigInteger)
    photos: Mapped[list[int]] = mapped_column(JSONB, server_default="[]")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        to("rma", "rma_id"),
        to("rma_line", "rma_line_id"),
        to("sku", "sku_id"),
        to("lot", "lot_id"),
        to("document", "document_id"),
        Index("ix_inspection_rma", "shop_id", "rma_id"),
        one_of("grade", "new", "opened", "used", "damaged", "not_ours"),
        one_of("disposition", "restock", "repack", "repair", "quarantine", "to_shop", "dispose"),
        CheckConstraint("quantity > 0", name="quantity"),
    )


class RefundAdvice(Tenant, Base):
    """What the shop should refund, and until when (the trader's own duty: the strict date). The newest one counts.

    ``lines`` say what for; a line without an amount has no known price and is the shop's to decide.
    """

    __tablename__ = "refund_advice"

    rma_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None] = mapped_column(Date)
    lines: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (to("rma", "rma_id"), Index("ix_refund_advice_rma", "shop_id", "rma_id"))


class StrayParcel(Owned, Base):
    """A parcel at the returns bench that nobody knows yet: a case with a photo, never a dead end."""

    __tablename__ = "stray_parcel"

    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    code: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="open")
    photo: Mapped[bytes | None] = mapped_column()
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    matched_shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"))
    matched_rma_id: Mapped[int | None] = mapped_column(BigInteger)
    closed_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        ForeignKeyConstraint(["matched_shop_id", "matched_rma_id"], ["rma.shop_id", "rma.id"]),
        Index("ix_stray_parcel_open", "warehouse_id", "id", postgresql_where="state = 'open'"),
        Index("ix_stray_parcel_code", "code"),
        one_of("state", "open", "matched", "disposed"),
        CheckConstraint("(state = 'matched') = (matched_rma_id is not null)", name="matched"),
    )

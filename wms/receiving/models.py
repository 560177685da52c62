"""Tables of receiving: what was announced, what came, and how they differ."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Tenant, of_shop, one_of, to


class Asn(Tenant, Base):
    """What a shop says will come. ``request_hash`` tells the same announcement sent twice from another one."""

    __tablename__ = "asn"

    number: Mapped[str] = mapped_column(Text)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    state: Mapped[str] = mapped_column(Text, server_default="announced")
    expected_on: Mapped[date | None] = mapped_column(Date)
    carrier: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint("shop_id", "number"),
        of_shop(),
        Index("ix_asn_number", "number"),
        Index("ix_asn_state", "state", "expected_on", postgresql_where="state in ('announced','receiving')"),
        one_of("state", "announced", "receiving", "received", "cancelled"),
    )


class AsnLine(Tenant, Base):
    """``received`` counts everything that came for the line, also what is over and what is damaged."""

    __tablename__ = "asn_line"

    asn_id: Mapped[int] = mapped_column(BigInteger)
    line_no: Mapped[int] = mapped_column(Integer)
    sku_id: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int] = mapped_column(Integer)
    lot_code: Mapped[str | None] = mapped_column(Text)
    expires_on: Mapped[date | None] = mapped_column(Date)
    received: Mapped[int] = mapped_column(Integer, server_default="0")

    __table_args__ = (
        UniqueConstraint("shop_id", "asn_id", "line_no"),
        Index("ix_asn_line_sku", "shop_id", "asn_id", "sku_id"),
        to("asn", "asn_id"),
        to("sku", "sku_id"),
        CheckConstraint("quantity > 0 and received >= 0", name="quantity"),
    )


class Receipt(Tenant, Base):
    """One arrival at one dock, against an ASN or blind."""

    __tablename__ = "receipt"

    asn_id: Mapped[int | None] = mapped_column(BigInteger)
    number: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="open")
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("shop_id", "number"),
        of_shop(),
        to("asn", "asn_id"),
        Index("ix_receipt_number", "number"),
        Index("uq_receipt_open_asn", "shop_id", "asn_id", unique=True, postgresql_where="state = 'open'"),
        one_of("state", "open", "closed"),
    )


class ReceiptLine(Tenant, Base):
    """What one scan at the dock counted; its move is in the ledger."""

    __tablename__ = "receipt_line"

    receipt_id: Mapped[int] = mapped_column(BigInteger)
    asn_line_id: Mapped[int | None] = mapped_column(BigInteger)
    sku_id: Mapped[int] = mapped_column(BigInteger)
    lot_id: Mapped[int | None] = mapped_column(BigInteger)
    hu_id: Mapped[int | None] = mapped_column(ForeignKey("handling_unit.id"))
    status: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(Integer)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        to("receipt", "receipt_id"),
        to("asn_line", "asn_line_id"),
        to("sku", "sku_id"),
        to("lot", "lot_id"),
        Index("ix_receipt_line_receipt", "shop_id", "receipt_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )


class Discrepancy(Tenant, Base):
    """How the goods differ from the announcement; recorded, never in the way of the rest.

    Its photos are documents of the subject ``discrepancy``.
    """

    __tablename__ = "discrepancy"

    receipt_id: Mapped[int] = mapped_column(BigInteger)
    asn_line_id: Mapped[int | None] = mapped_column(BigInteger)
    sku_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(Integer)
    code: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        to("receipt", "receipt_id"),
        to("asn_line", "asn_line_id"),
        Index("ix_discrepancy_receipt", "shop_id", "receipt_id"),
        one_of("kind", "over", "short", "damaged", "unknown"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

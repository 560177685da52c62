"""Tables of the ledger. Only ``stock`` touches them; everybody else asks its verbs and queries."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Tenant, of_shop, one_of, to

STATUSES = ("sellable", "quarantine", "damaged", "expired")


class Lot(Tenant, Base):
    """Goods that are told apart: a lot with its expiry date, or one serial number (a lot of one piece)."""

    __tablename__ = "lot"

    sku_id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(Text)
    serial: Mapped[str | None] = mapped_column(Text)
    expires_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint("shop_id", "sku_id", "code", "serial", postgresql_nulls_not_distinct=True),
        UniqueConstraint("shop_id", "sku_id", "id"),
        # a code that somebody found, of whatever shop
        Index("ix_lot_code", "code"),
        Index("ix_lot_serial", "serial", postgresql_where="serial is not null"),
        to("sku", "sku_id"),
    )


class Balance(Tenant, Base):
    """How much is where: the projection of the moves. A row exists while there is something to say.

    ``hu_id`` and ``lot_id`` are 0 for none, so that one plain unique index serves every look-up.
    """

    __tablename__ = "balance"

    sku_id: Mapped[int] = mapped_column(BigInteger)
    location_id: Mapped[int] = mapped_column(BigInteger)
    hu_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    lot_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    status: Mapped[str] = mapped_column(Text)
    real: Mapped[bool] = mapped_column(Boolean)
    serialised: Mapped[bool] = mapped_column(Boolean)
    on_hand: Mapped[int] = mapped_column(BigInteger)
    allocated: Mapped[int] = mapped_column(BigInteger, server_default="0")
    since: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint(
            "shop_id", "sku_id", "location_id", "hu_id", "lot_id", "status", name="uq_balance_key"
        ),
        Index("ix_balance_location", "location_id", "hu_id"),
        Index("ix_balance_hu", "hu_id"),
        Index(
            "uq_balance_serial",
            "shop_id",
            "lot_id",
            unique=True,
            postgresql_where="serialised and real and on_hand > 0",
        ),
        to("sku", "sku_id"),
        one_of("status", *STATUSES),
        CheckConstraint("on_hand >= 0 or not real", name="on_hand"),
        CheckConstraint("on_hand <= 1 or not serialised or not real", name="serial"),
        CheckConstraint("allocated >= 0 and (allocated <= on_hand or allocated = 0)", name="allocated"),
    )


class Move(Tenant, Base):
    """One movement, written once. ``digest`` covers every column; the seals chain the digests."""

    __tablename__ = "move"

    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    sku_id: Mapped[int] = mapped_column(BigInteger)
    lot_id: Mapped[int | None] = mapped_column(BigInteger)
    quantity: Mapped[int] = mapped_column(Integer)
    from_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    from_hu_id: Mapped[int | None] = mapped_column(ForeignKey("handling_unit.id"))
    from_status: Mapped[str] = mapped_column(Text)
    to_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    to_hu_id: Mapped[int | None] = mapped_column(ForeignKey("handling_unit.id"))
    to_status: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    order_id: Mapped[int | None] = mapped_column(BigInteger)
    order_line_id: Mapped[int | None] = mapped_column(BigInteger)
    allocation_id: Mapped[int | None] = mapped_column(BigInteger)
    doc: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    scan_id: Mapped[str | None] = mapped_column(UUID(as_uuid=False))
    digest: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        to("sku", "sku_id"),  # and so to the shop
        Index("ix_move_sku", "shop_id", "sku_id", "id"),
        Index("ix_move_order", "shop_id", "order_id", postgresql_where="order_id is not null"),
        Index("ix_move_from", "from_location_id", "id"),
        # picks of the last days, for the heat of the map; moves come in the order of time
        Index("ix_move_at", "at", postgresql_using="brin"),
        Index("ix_move_to", "to_location_id", "id"),
        Index("ix_move_from_hu", "from_hu_id", "id", postgresql_where="from_hu_id is not null"),
        Index("ix_move_to_hu", "to_hu_id", "id", postgresql_where="to_hu_id is not null"),
        one_of("from_status", *STATUSES),
        one_of("to_status", *STATUSES),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint(
            "(from_location_id, coalesce(from_hu_id, 0), from_status)"
            " <> (to_location_id, coalesce(to_hu_id, 0), to_status)",
            name="somewhere_else",
        ),
    )


class MoveSeal(Base):
    """A stretch of one shop's moves, hashed onto the seal before it: the chain."""

    __tablename__ = "move_seal"

    shop_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    no: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    up_to: Mapped[int] = mapped_column(BigInteger)
    move_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    digests: Mapped[bytes] = mapped_column(LargeBinary)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    __table_args__ = (of_shop(),)


class Allocation(Tenant, Base):
    """A pending move: goods promised to an order line, then settled (posted), or voided, in whole or part."""

    __tablename__ = "allocation"

    order_id: Mapped[int] = mapped_column(BigInteger)
    order_line_id: Mapped[int] = mapped_column(BigInteger)
    sku_id: Mapped[int] = mapped_column(BigInteger)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    hu_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    lot_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    status: Mapped[str] = mapped_column(Text, server_default="sellable")
    quantity: Mapped[int] = mapped_column(Integer)
    settled: Mapped[int] = mapped_column(Integer, server_default="0")
    voided: Mapped[int] = mapped_column(Integer, server_default="0")
    open: Mapped[int] = mapped_column(Integer, Computed("quantity - settled - voided", persisted=True))
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        to("sku", "sku_id"),
        to("orders", "order_id"),
        to("order_line", "order_line_id"),
        Index("ix_allocation_line", "shop_id", "order_line_id"),
        Index("ix_allocation_order", "shop_id", "order_id"),
        Index(
            "ix_allocation_open",
            "shop_id",
            "sku_id",
            "location_id",
            "hu_id",
            "lot_id",
            postgresql_where="open > 0",
        ),
        Index("ix_allocation_location", "location_id", postgresql_where="open > 0"),
        CheckConstraint("quantity > 0 and settled >= 0 and voided >= 0", name="quantity"),
        CheckConstraint("settled + voided <= quantity", name="phases"),
    )

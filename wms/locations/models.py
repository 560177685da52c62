"""Tables of places: warehouses, zones, locations, the handling units that stand in them, and the number ranges."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Owned, one_of


class Warehouse(Owned, Base):
    __tablename__ = "warehouse"

    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(Text, server_default="PL")
    timezone: Mapped[str] = mapped_column(Text, server_default="Europe/Warsaw")
    address: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")


class Zone(Owned, Base):
    __tablename__ = "zone"

    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("warehouse_id", "code"),)


class Location(Owned, Base):
    """Any place, also virtual. ``real`` places cannot hold less than nothing; coordinates are millimetres."""

    __tablename__ = "location"

    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    zone_id: Mapped[int | None] = mapped_column(ForeignKey("zone.id"))
    code: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    real: Mapped[bool] = mapped_column(Boolean, server_default="true")
    pickable: Mapped[bool] = mapped_column(Boolean, server_default="false")
    aisle: Mapped[str | None] = mapped_column(Text)
    x: Mapped[int] = mapped_column(Integer, server_default="0")
    y: Mapped[int] = mapped_column(Integer, server_default="0")
    z: Mapped[int] = mapped_column(Integer, server_default="0")
    walk: Mapped[int] = mapped_column(Integer, server_default="0")
    capacity_ml: Mapped[int | None] = mapped_column(BigInteger)
    locked_at: Mapped[datetime | None] = mapped_column()
    lock_reason: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, server_default="true")
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __table_args__ = (
        UniqueConstraint("warehouse_id", "code"),
        Index("ix_location_code", "code"),
        # put-away looks for an empty place from a point of the walk outward, in the warehouse or in a zone
        Index("ix_location_walk", "warehouse_id", "kind", "walk", "id", postgresql_where="locked_at is null"),
        Index("ix_location_zone_id", "zone_id", "kind", "walk", "id"),
        one_of(
            "kind",
            "bin", "reserve", "dock", "work", "packed", "station", "cage", "returns", "quarantine",
            "supplier", "customer", "scrap", "lost_found",
        ),
        CheckConstraint("real = (kind not in ('supplier','customer','scrap','lost_found'))", name="real"),
        CheckConstraint("active or locked_at is not null", name="active"),
        CheckConstraint("not pickable or kind in ('bin','reserve')", name="pickable"),
    )  # fmt: skip


class HandlingUnit(Owned, Base):
    """A pallet, carton, tote or parcel. What is inside, the ledger knows; where it stands, ``location_id``."""

    __tablename__ = "handling_unit"

    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text, unique=True)
    sscc: Mapped[str | None] = mapped_column(Text, unique=True)
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (one_of("kind", "pallet", "carton", "tote", "parcel"),)


class NumberRange(Owned, Base):
    """Numbers handed out in blocks. ``next`` to ``last`` are free, ``first`` to ``next`` were; a crash may leave gaps, never a
    repeat."""

    __tablename__ = "number_range"

    code: Mapped[str] = mapped_column(Text, unique=True)
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"))
    kind: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(Text, server_default="")
    suffix: Mapped[str] = mapped_column(Text, server_default="")
    first: Mapped[int] = mapped_column(BigInteger)
    next: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    low_water: Mapped[int] = mapped_column(BigInteger, server_default="1000")

    __table_args__ = (
        one_of("kind", "sscc", "s10", "mod37_36", "plain"),
        CheckConstraint("first >= 0 and first <= next and next <= last + 1", name="range"),
    )

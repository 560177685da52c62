"""Tables of packing: the cartons on the shelf and who is packing what where."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Owned, Tenant, to


class Carton(Owned, Base):
    """A carton type; inner size in millimetres, own weight and load in grams."""

    __tablename__ = "carton"

    code: Mapped[str] = mapped_column(Text, unique=True)
    length_mm: Mapped[int] = mapped_column(Integer)
    width_mm: Mapped[int] = mapped_column(Integer)
    height_mm: Mapped[int] = mapped_column(Integer)
    weight_g: Mapped[int] = mapped_column(Integer)
    max_load_g: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(Boolean, server_default="true")

    __table_args__ = (
        CheckConstraint("length_mm > 0 and width_mm > 0 and height_mm > 0 and max_load_g > 0", name="size"),
    )


class PackSession(Tenant, Base):
    """One order being packed by one person at one station; a lease, so that two people never pack one order."""

    __tablename__ = "pack_session"

    order_id: Mapped[int] = mapped_column(BigInteger)
    station_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    tote_hu_id: Mapped[int | None] = mapped_column(ForeignKey("handling_unit.id"))
    parcel_id: Mapped[int | None] = mapped_column(BigInteger)
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lease_until: Mapped[datetime] = mapped_column()
    done_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        to("orders", "order_id"),
        to("parcel", "parcel_id"),
        Index("uq_pack_session_live", "shop_id", "order_id", unique=True, postgresql_where="done_at is null"),
    )

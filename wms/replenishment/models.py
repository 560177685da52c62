"""Tables of replenishment: the pick faces and their levels, and the tasks that fill them."""

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
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Tenant, of_shop, one_of, to


class PickFace(Tenant, Base):
    """A bin that a SKU is picked from. Below ``min`` free pieces it is filled up to ``max`` pieces."""

    __tablename__ = "pick_face"

    sku_id: Mapped[int] = mapped_column(BigInteger)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    min: Mapped[int] = mapped_column(Integer)
    max: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        of_shop(),
        to("sku", "sku_id"),
        UniqueConstraint("shop_id", "sku_id", "location_id"),
        CheckConstraint("min >= 0 and max > 0 and min <= max", name="levels"),
    )


class Replenishment(Tenant, Base):
    """Bring ``quantity`` pieces alike from one place of the reserve (loose, or out of a unit) to one pick face.

    ``step`` is what the next scan must be; ``counted`` the pieces in hand; ``missing``: there are no more.
    ``due_at`` is the most urgent promise that waits for the goods. ``lost_by_id`` gave it back or lost it last.
    """

    __tablename__ = "replenishment"

    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    sku_id: Mapped[int] = mapped_column(BigInteger)
    lot_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    from_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    from_hu_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    to_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    quantity: Mapped[int] = mapped_column(Integer)
    counted: Mapped[int] = mapped_column(Integer, server_default="0")
    moved: Mapped[int] = mapped_column(Integer, server_default="0")
    missing: Mapped[bool] = mapped_column(Boolean, server_default="false")
    step: Mapped[str] = mapped_column(Text, server_default="location")
    reason: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column()
    state: Mapped[str] = mapped_column(Text, server_default="waiting")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    lost_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lease_until: Mapped[datetime | None] = mapped_column()
    planned_at: Mapped[datetime] = mapped_column(server_default=func.now())
    claimed_at: Mapped[datetime | None] = mapped_column()
    done_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        of_shop(),
        to("sku", "sku_id"),
        Index(
            "ix_replenishment_open",
            "warehouse_id",
            "due_at",
            "id",
            postgresql_where="state in ('waiting','claimed')",
        ),
        Index("ix_replenishment_from", "from_location_id", postgresql_where="state in ('waiting','claimed')"),
        Index("ix_replenishment_to", "to_location_id", postgresql_where="state in ('waiting','claimed')"),
        Index("ix_replenishment_done", "person_id", "done_at", postgresql_where="state in ('done','short')"),
        one_of("step", "location", "item", "target"),
        one_of("reason", "demand", "min"),
        one_of("state", "waiting", "claimed", "done", "short", "void"),
        CheckConstraint("quantity > 0 and counted between 0 and quantity", name="quantity"),
        CheckConstraint("moved between 0 and quantity", name="moved"),
        CheckConstraint(
            "(state = 'claimed') <= (person_id is not null and lease_until is not null)", name="claimed"
        ),
    )

"""Tables of picking: waves, clusters (one picker's walk), tasks, and the way back (put-back)."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Text,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Owned, Tenant, of_shop, one_of, to


class Wave(Owned, Base):
    __tablename__ = "wave"

    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    kind: Mapped[str] = mapped_column(Text)
    ship_by: Mapped[datetime] = mapped_column()
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"))
    state: Mapped[str] = mapped_column(Text, server_default="released")
    orders: Mapped[int] = mapped_column(Integer)
    walk_mm: Mapped[int] = mapped_column(BigInteger, server_default="0")
    s_shape_mm: Mapped[int] = mapped_column(BigInteger, server_default="0")
    released_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (one_of("kind", "single", "multi", "large"), one_of("state", "released", "done"))


class WaveRule(Base):
    """When a warehouse's waves go out by themselves; a row at most for each. What is null asks for nothing.

    ``minutes_before``: orders go to the floor so long before their pickup, whatever their number. ``orders_waiting``: all
    that are ready go as soon as there are so many.
    """

    __tablename__ = "wave_rule"

    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"), primary_key=True)
    minutes_before: Mapped[int | None] = mapped_column(Integer)
    orders_waiting: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint(
            "minutes_before between 1 and 10080 and orders_waiting between 1 and 10000", name="limits"
        ),
    )


class Cluster(Owned, Base):
    """One walk of one picker with one cart. Claimed with a lease; the screen can say who holds it.

    ``lost_by_id`` held it last and lost it: the lease ran out and somebody took over, or it was released.
    ``tasks`` and ``orders`` are the N of the screen's n/N, kept here so that a scan counts no rows.
    """

    __tablename__ = "cluster"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="waiting")
    ship_by: Mapped[datetime] = mapped_column()
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    lost_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lease_until: Mapped[datetime | None] = mapped_column()
    orders: Mapped[int] = mapped_column(Integer)
    tasks: Mapped[int] = mapped_column(Integer)
    claimed_at: Mapped[datetime | None] = mapped_column()
    begun_at: Mapped[datetime | None] = mapped_column()
    done_at: Mapped[datetime | None] = mapped_column()
    parked_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        one_of("kind", "single", "multi", "large"),
        one_of("state", "waiting", "claimed", "done", "void"),
        Index("ix_cluster_in_hand", "person_id", "warehouse_id", postgresql_where="parked_at is null"),
        Index(
            "ix_cluster_waiting",
            "warehouse_id",
            "ship_by",
            "id",
            postgresql_where="state in ('waiting','claimed')",
        ),
        CheckConstraint(
            "(state = 'claimed') <= (person_id is not null and lease_until is not null)", name="claimed"
        ),
    )


class ClusterOrder(Base):
    """The tote an order is picked into: place ``slot`` of the cart. Singles share one tote; ``no`` is the n of n/N.

    When a tote is full the next one takes its place; what is in the first, the ledger knows.
    """

    __tablename__ = "cluster_order"

    shop_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    slot: Mapped[int] = mapped_column(Integer)
    no: Mapped[int] = mapped_column(Integer)
    tote_hu_id: Mapped[int | None] = mapped_column(ForeignKey("handling_unit.id"))

    __table_args__ = (
        to("orders", "order_id"),
        of_shop(),
        Index("ix_cluster_order_order", "shop_id", "order_id"),
        Index("ix_cluster_order_cluster", "cluster_id"),
        Index("ix_cluster_order_tote", "tote_hu_id", postgresql_where="tote_hu_id is not null"),
    )


class PickTask(Tenant, Base):
    """Fetch ``quantity`` of one SKU from one location for one order line; ``seq`` is its place on the walk.

    ``step`` is what the next scan must be; ``counted`` what item scans have counted so far. ``missing``: the picker
    said that there is no more, so that the tote scan confirms what was counted and the rest is a short pick.
    """

    __tablename__ = "pick_task"

    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"))
    order_id: Mapped[int] = mapped_column(BigInteger)
    order_line_id: Mapped[int] = mapped_column(BigInteger)
    allocation_id: Mapped[int] = mapped_column(BigInteger)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    hu_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    sku_id: Mapped[int] = mapped_column(BigInteger)
    lot_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    seq: Mapped[int] = mapped_column(Integer)
    quantity: Mapped[int] = mapped_column(Integer)
    picked: Mapped[int] = mapped_column(Integer, server_default="0")
    counted: Mapped[int] = mapped_column(Integer, server_default="0")
    step: Mapped[str] = mapped_column(Text, server_default="location")
    state: Mapped[str] = mapped_column(Text, server_default="open")
    missing: Mapped[bool] = mapped_column(Boolean, server_default="false")
    tote_hu_id: Mapped[int | None] = mapped_column(ForeignKey("handling_unit.id"))
    done_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        to("orders", "order_id"),
        to("order_line", "order_line_id"),
        to("allocation", "allocation_id"),
        to("sku", "sku_id"),
        # an allocation is fetched once; a void task leaves it free for the order's next release
        Index(
            "uq_pick_task_allocation",
            "shop_id",
            "allocation_id",
            unique=True,
            postgresql_where="state <> 'void'",
        ),
        Index("ix_pick_task_cluster", "cluster_id", "id"),
        Index("ix_pick_task_next", "cluster_id", "seq", postgresql_where="state = 'open'"),
        Index("ix_pick_task_order", "shop_id", "order_id"),
        one_of("step", "location", "item", "tote"),
        one_of("state", "open", "picked", "short", "void"),
        CheckConstraint("quantity > 0 and picked between 0 and quantity", name="quantity"),
        CheckConstraint("counted between 0 and quantity", name="counted"),
    )


class PutbackTask(Tenant, Base):
    """Goods of a cancelled order on their way back to a bin."""

    __tablename__ = "putback_task"

    order_id: Mapped[int] = mapped_column(BigInteger)
    sku_id: Mapped[int] = mapped_column(BigInteger)
    lot_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    hu_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    quantity: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer, server_default="0")
    state: Mapped[str] = mapped_column(Text, server_default="open")
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    done_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        to("orders", "order_id"),
        to("sku", "sku_id"),
        Index("ix_putback_task_open", "shop_id", "id", postgresql_where="state = 'open'"),
        one_of("state", "open", "done"),
        CheckConstraint("quantity > 0 and done between 0 and quantity", name="quantity"),
    )

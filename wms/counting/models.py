"""Tables of counting: which bin to count, and what was found there (blind)."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Owned, Tenant, of_shop, one_of, to


class CountTask(Owned, Base):
    """Count one location. ``move_id`` is the ledger's position when counting began; later moves are added on top."""

    __tablename__ = "count_task"

    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="open")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None] = mapped_column()
    move_id: Mapped[int | None] = mapped_column(BigInteger)
    closed_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        Index(
            "uq_count_task_open", "location_id", unique=True, postgresql_where="state in ('open','counting')"
        ),
        one_of("reason", "short_pick", "cycle", "manual", "zero_check"),
        one_of("state", "open", "counting", "closed"),
    )


class CountLine(Tenant, Base):
    """What was found of one SKU and lot. ``expected`` is what the ledger held at that very moment.

    Moves after that moment change both sides alike, so ``counted - expected`` stays the difference. ``moved``: the
    goods moved between the start (or the last try) and this try, so that nobody knows what was seen: count again.
    """

    __tablename__ = "count_line"

    count_task_id: Mapped[int] = mapped_column(ForeignKey("count_task.id"))
    sku_id: Mapped[int] = mapped_column(BigInteger)
    lot_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    status: Mapped[str] = mapped_column(Text, server_default="sellable")
    counted: Mapped[int] = mapped_column(Integer)
    expected: Mapped[int | None] = mapped_column(Integer)
    move_id: Mapped[int | None] = mapped_column(BigInteger)
    moved: Mapped[bool] = mapped_column(Boolean, server_default="false")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    adjusted: Mapped[int] = mapped_column(Integer, server_default="0")
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        of_shop(),
        to("sku", "sku_id"),
        Index("uq_count_line", "count_task_id", "shop_id", "sku_id", "lot_id", "status", unique=True),
        CheckConstraint("counted >= 0", name="counted"),
    )

"""Tables of put-away: what was carried from one place to another by a worker's own will, so that it can be undone."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Owned


class GoodsMove(Owned, Base):
    """One free move. ``move_ids`` with ``move_shops`` beside them name its moves in the ledger.

    ``unit_id``: a whole handling unit was carried, from where it stood (null: nobody knew).
    """

    __tablename__ = "goods_move"

    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    from_location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    to_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("handling_unit.id"))
    move_shops: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    move_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    undone_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        Index("ix_goods_move_person", "person_id", "id"),
        CheckConstraint("cardinality(move_ids) = cardinality(move_shops)", name="moves"),
    )

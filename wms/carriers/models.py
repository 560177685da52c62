"""The table of the carriers' secrets."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Owned, one_of


class CarrierCredential(Owned, Base):
    """Sealed secrets of one account. Without ``for_shop_id`` they are the operator's, and every shop's without its own.

    The shop has no sight of the row at all: only staff may read it, and what they read is sealed. ``purpose``: *account* of
    the carrier's own service, *delivery* of the server that takes its manifests' files.
    """

    __tablename__ = "carrier_credential"

    carrier_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("carrier.id"))
    for_shop_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("shop.id"))
    purpose: Mapped[str] = mapped_column(Text, server_default="account")
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index(
            "uq_carrier_credential",
            "carrier_id",
            "for_shop_id",
            "purpose",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        one_of("purpose", "account", "delivery"),
    )

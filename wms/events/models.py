"""Tables of what happened: the event log (audit, statistics and outbox at once) and kept documents."""

from datetime import datetime

from sqlalchemy import BigInteger, FetchedValue, Index, Integer, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from wms.db.base import Base, Tenant


class Xid8(UserDefinedType[int]):
    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


class Event(Tenant, Base):
    """One thing that happened; shop 0 is the operator. ``xact`` lets a reader wait for what is still under way."""

    __tablename__ = "event"

    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    xact: Mapped[int] = mapped_column(
        Xid8, server_default=func.pg_current_xact_id(), server_onupdate=FetchedValue()
    )
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[int] = mapped_column(BigInteger)
    ref: Mapped[str | None] = mapped_column(Text)
    data: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    device_id: Mapped[int | None] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_event_subject", "shop_id", "subject", "subject_id", "id"),
        Index("ix_event_kind", "kind", "at"),
    )


class Document(Tenant, Base):
    """A file that must stay as it was: manifests, photos, carriers' own labels. Shop 0 is the operator."""

    __tablename__ = "document"

    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_document_subject", "shop_id", "subject", "subject_id"),)

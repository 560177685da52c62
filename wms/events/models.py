"""Tables of what happened: the event log (audit, statistics and outbox at once), kept documents, mail on its way out."""

from datetime import datetime

from sqlalchemy import BigInteger, FetchedValue, Index, Integer, LargeBinary, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from wms.db.base import Base, Tenant, one_of


class Xid8(UserDefinedType[int]):
    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


class Event(Tenant, Base):
    """One thing that happened; shop 0 is the operator.

    ``xact`` is the number of the transaction that wrote it, for whoever asks what was written together. The feed does not
    compare it with a snapshot, which would skip events: it goes by ids and waits for older transactions (``feed``).
    """

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
        # what everybody did on one day; events come in the order of time, so this one costs next to nothing
        Index("ix_event_at", "at", postgresql_using="brin"),
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


class Mail(Tenant, Base):
    """A mail that is to leave, and how far it got. Shop 0 is the operator's own, e.g. to a carrier.

    ``once`` names the reason that it is sent for; a second mail for the same reason is not written. ``retry_at``: when it
    is tried next, or until when somebody is trying; none when it is sent or has failed for good.
    """

    __tablename__ = "mail"

    once: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(Text)
    recipient_name: Mapped[str] = mapped_column(Text, server_default="")
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    document_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    about: Mapped[str] = mapped_column(Text)
    about_id: Mapped[int] = mapped_column(BigInteger)
    ref: Mapped[str | None] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="queued")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    last_error: Mapped[str | None] = mapped_column(Text)
    queued_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retry_at: Mapped[datetime | None] = mapped_column()
    sent_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("shop_id", "once", name="uq_mail_once"),
        one_of("state", "queued", "sent", "failed"),
        Index("ix_mail_due", "retry_at", postgresql_where="state = 'queued'"),
        Index("ix_mail_failed", "id", postgresql_where="state = 'failed'"),
    )

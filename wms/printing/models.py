"""Tables of printing: the printers, which of them stands at which place, and the queue.

Printers and their places are the operator's. A job belongs to the shop whose paper it is (0: the operator's own), since
names and addresses stand on it.
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from wms.db.base import Base, Owned, Tenant, one_of


class Printer(Owned, Base):
    """A printer of one warehouse: of labels (*zpl*, raw over TCP) or of sheets (*paper*, IPP with PDF).

    ``address``: ``socket://host:9100``, ``ipp://host/path`` or ``ipps://host/path``. ``profile`` is ZPL that goes before
    every job, so that what the job before it set does not last. ``state`` is the last answer to how it is, from
    ``states.TROUBLES``; ``seen_at`` when it last answered at all, ``asked_at`` when it was last asked.
    ``busy_until``, ``busy_by``: the lease of the one worker that talks to it.
    """

    __tablename__ = "printer"

    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    dots_per_mm: Mapped[int] = mapped_column(Integer, server_default="8")
    width_mm: Mapped[int] = mapped_column(Integer, server_default="100")
    height_mm: Mapped[int] = mapped_column(Integer, server_default="150")
    profile: Mapped[str] = mapped_column(Text, server_default="")
    active: Mapped[bool] = mapped_column(Boolean, server_default="true")
    state: Mapped[str] = mapped_column(Text, server_default="unseen")
    state_at: Mapped[datetime | None] = mapped_column()
    seen_at: Mapped[datetime | None] = mapped_column()
    asked_at: Mapped[datetime | None] = mapped_column()
    busy_until: Mapped[datetime | None] = mapped_column()
    busy_by: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __table_args__ = (
        UniqueConstraint("warehouse_id", "code"),
        UniqueConstraint("id", "kind"),
        one_of("kind", "zpl", "paper"),
        CheckConstraint("(kind = 'zpl') = (address like 'socket://%')", name="address"),
        CheckConstraint("dots_per_mm in (6, 8, 12, 24) and width_mm > 0 and height_mm > 0", name="size"),
    )


class PrinterPlace(Base):
    """Which printer of a kind serves a pack station or a dock; one of each kind."""

    __tablename__ = "printer_place"

    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    printer_id: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        ForeignKeyConstraint(["printer_id", "kind"], ["printer.id", "printer.kind"]),
        Index("ix_printer_place_printer", "printer_id"),
        one_of("kind", "zpl", "paper"),
    )


class PrintJob(Tenant, Base):
    """One paper that is to come out of a printer, and how far it got. The queue of a printer is in the order of ids.

    queued -> sending (bytes are on their way) -> printed (the printer has it all and is ready again). *unknown*: it was
    on its way when printer or worker went; a person says what came out. *failed*: this printer cannot print it at all.

    ``content`` is what is printed, or ``document_id`` a kept file of the same shop; both are gone some days after it
    ended. ``location_id``: the place it is for, whose next printer takes it over while it is queued. ``reason``: why it is
    printed once more. ``retry_at``: a printer that was not ready is asked again then, and jobs behind this one wait.
    ``label_id``: which of a parcel's labels it is; a void one never leaves the house. ``dots_per_mm``: the head that ZPL is
    made for; on another one it would have the wrong size. ``error``: details in each language.
    """

    __tablename__ = "print_job"

    printer_id: Mapped[int] = mapped_column(ForeignKey("printer.id"))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    document: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[int] = mapped_column(BigInteger)
    label_id: Mapped[int | None] = mapped_column(BigInteger)
    ref: Mapped[str | None] = mapped_column(Text)
    format: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    document_id: Mapped[int | None] = mapped_column(BigInteger)
    dots_per_mm: Mapped[int | None] = mapped_column(Integer)
    copies: Mapped[int] = mapped_column(Integer, server_default="1")
    state: Mapped[str] = mapped_column(Text, server_default="queued")
    reason: Mapped[str | None] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    error_code: Mapped[str | None] = mapped_column(Text)
    error: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    retry_at: Mapped[datetime | None] = mapped_column()
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    queued_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        Index(
            "ix_print_job_open",
            "printer_id",
            "id",
            postgresql_where="state in ('queued','sending','unknown')",
        ),
        Index("ix_print_job_id", "id"),
        Index("ix_print_job_printer", "printer_id", "id"),
        Index("ix_print_job_subject", "shop_id", "subject", "subject_id", "id"),
        Index("ix_print_job_place", "location_id", postgresql_where="state = 'queued'"),
        Index("ix_print_job_ended", "ended_at"),
        one_of("document", "label", "handling_unit", "slip", "protocol", "sheet", "test"),
        one_of("format", "zpl", "pdf"),
        one_of("state", "queued", "sending", "printed", "failed", "unknown", "cancelled"),
        CheckConstraint("copies between 1 and 20", name="copies"),
        CheckConstraint(
            "state not in ('queued','sending') or content is not null or document_id is not null",
            name="something",
        ),
    )

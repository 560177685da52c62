"""Tables of shipping: carriers, labels, manifests, tracking events."""

from datetime import datetime, time

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
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Owned, Tenant, of_shop, one_of, to


class Carrier(Owned, Base):
    """A courier with one account. ``settings`` holds what its adapter asks for; no secrets.

    ``label_formats``: in which of its own formats (pdf, zpl) its labels are fetched; each is a call more, so ZPL is asked
    for where a station prints it and nowhere else. ``watch``: its own thresholds of ``watch_rules``.
    ``papers``: which files of a manifest it gets and by which way (``papers.Papers``). ``scan_within_h``: so many hours after
    the handover it should have scanned a parcel; None for one that tells nothing, whose word at the door is enough. ``orders_pickup``: a car is ordered
    for each pickup of the calendar that has parcels waiting.
    """

    __tablename__ = "carrier"

    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    adapter: Mapped[str] = mapped_column(Text)
    account: Mapped[str] = mapped_column(Text, server_default="")
    email: Mapped[str | None] = mapped_column(Text)
    max_weight_g: Mapped[int] = mapped_column(Integer, server_default="30000")
    services: Mapped[list[str]] = mapped_column(JSONB, server_default='["standard"]')
    label_formats: Mapped[list[str]] = mapped_column(JSONB, server_default='["pdf"]')
    settings: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    watch: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")
    papers: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    scan_within_h: Mapped[int | None] = mapped_column(Integer, server_default="24")
    orders_pickup: Mapped[bool] = mapped_column(Boolean, server_default="false")
    active: Mapped[bool] = mapped_column(Boolean, server_default="true")


class CarrierPickup(Base):
    """When a carrier's car stands at the dock: weekday (0 is Monday) and local time."""

    __tablename__ = "carrier_pickup"

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[time] = mapped_column(primary_key=True)

    __table_args__ = (CheckConstraint("weekday between 0 and 6", name="weekday"),)


class CarrierWebhook(Owned, Base):
    """What a carrier sent by itself, as it came, each once: ``mark`` is its own id of it, or the hash of its body."""

    __tablename__ = "carrier_webhook"

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    mark: Mapped[str] = mapped_column(Text)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint("carrier_id", "mark"),
        Index("ix_carrier_webhook_received", "received_at"),
    )


class CarrierStatus(Base):
    """A carrier's word that nobody has mapped to one of ours: told once, kept until somebody does."""

    __tablename__ = "carrier_status"

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), primary_key=True)
    raw: Mapped[str] = mapped_column(Text, primary_key=True)
    first_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Label(Tenant, Base):
    """The intent to buy a label and what came of it. At most one that is not void per parcel.

    requested -> accepted (the carrier has booked; number or bytes are still to come) -> ready (its bytes are here and
    checked) -> printed (scanned back from its box). *failed*: nothing is booked. *unknown*: it may be booked and the
    carrier cannot tell; a person decides.

    ``carrier_ref`` is the carrier's own id of the booking, ``cancelled_at`` when it was told that a void one is off.
    ``in_doubt_since``: a booking was sent whose outcome nobody knows; None is a proof that none is open. ``down_since``: since
    when every try has found the carrier down; ``fallback_at``: when another carrier was looked for last. ``files``: format ->
    document of the carrier's own bytes. ``retry_at``: when the sweep looks at it again; None on one that is not there yet: a
    person must act. ``track_at``: when the carrier is asked next where it is, under ``follow_number`` where that is another.
    """

    __tablename__ = "label"

    parcel_id: Mapped[int] = mapped_column(BigInteger)
    parcel_verified: Mapped[bool | None] = mapped_column(Boolean, server_default="true")
    state: Mapped[str] = mapped_column(Text, server_default="requested")
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    tracking_number: Mapped[str | None] = mapped_column(Text)
    sscc: Mapped[str | None] = mapped_column(Text)
    data: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    template: Mapped[str | None] = mapped_column(Text)
    template_version: Mapped[str | None] = mapped_column(Text)
    files: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    carrier_ref: Mapped[str | None] = mapped_column(Text)
    in_doubt_since: Mapped[datetime | None] = mapped_column()
    down_since: Mapped[datetime | None] = mapped_column()
    fallback_at: Mapped[datetime | None] = mapped_column()
    error_code: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    retry_at: Mapped[datetime | None] = mapped_column()
    requested_at: Mapped[datetime] = mapped_column(server_default=func.now())
    accepted_at: Mapped[datetime | None] = mapped_column()
    fetched_at: Mapped[datetime | None] = mapped_column()
    ready_at: Mapped[datetime | None] = mapped_column()
    scanned_at: Mapped[datetime | None] = mapped_column()
    voided_at: Mapped[datetime | None] = mapped_column()
    cancelled_at: Mapped[datetime | None] = mapped_column()
    track_at: Mapped[datetime | None] = mapped_column()
    tracked_at: Mapped[datetime | None] = mapped_column()
    follow_number: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(
            ["shop_id", "parcel_id", "parcel_verified"], ["parcel.shop_id", "parcel.id", "parcel.verified"]
        ),
        to("parcel", "parcel_id"),
        Index("uq_label_live", "shop_id", "parcel_id", unique=True, postgresql_where="state <> 'void'"),
        Index(
            "ix_label_waiting",
            "retry_at",
            postgresql_where="state in ('requested','accepted','failed','unknown')",
        ),
        Index(
            "ix_label_to_cancel",
            "voided_at",
            postgresql_where="state = 'void' and cancelled_at is null"
            " and (carrier_ref is not null or in_doubt_since is not null)",
        ),
        Index("ix_label_to_track", "track_at", postgresql_where="track_at is not null and state <> 'void'"),
        Index(
            "ix_label_carrier_ref", "carrier_id", "carrier_ref", postgresql_where="carrier_ref is not null"
        ),
        one_of("state", "requested", "accepted", "failed", "unknown", "ready", "printed", "void"),
        CheckConstraint("state = 'void' or coalesce(parcel_verified, false)", name="content_verified"),
        CheckConstraint("state not in ('ready','printed') or tracking_number is not null", name="number"),
        CheckConstraint("state <> 'accepted' or carrier_ref is not null", name="booked"),
    )


class Manifest(Owned, Base):
    """One carrier's pickup. Not open any more, its rows, number and hash never change; see ``manifest_parcel``'s key.

    open -> closing (the list is frozen, the carrier is asked for its own protocol) -> closed -> handed_over -> reconciled
    (the carrier has scanned every parcel, or a person has settled it). ``link_key`` opens its page for the courier.
    """

    __tablename__ = "manifest"

    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    pickup_at: Mapped[datetime] = mapped_column()
    state: Mapped[str] = mapped_column(Text, server_default="open")
    number: Mapped[str | None] = mapped_column(Text, unique=True)
    parcels: Mapped[int] = mapped_column(Integer, server_default="0")
    weight_g: Mapped[int] = mapped_column(BigInteger, server_default="0")
    sha256: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None] = mapped_column()
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    handed_over_at: Mapped[datetime | None] = mapped_column()
    driver: Mapped[str | None] = mapped_column(Text)
    vehicle: Mapped[str | None] = mapped_column(Text)
    reconciled_at: Mapped[datetime | None] = mapped_column()
    link_key: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "uq_manifest_open", "warehouse_id", "carrier_id", unique=True, postgresql_where="state = 'open'"
        ),
        UniqueConstraint("id", "carrier_id"),
        Index("ix_manifest_handed_over", "handed_over_at", postgresql_where="state = 'handed_over'"),
        one_of("state", "open", "closing", "closed", "handed_over", "reconciled"),
        # both ways: a list that has a number can never be open again, because the number cannot be taken away
        CheckConstraint("(state = 'open') = (number is null)", name="numbered"),
        CheckConstraint("(state = 'open') = (sha256 is null)", name="hashed"),
        CheckConstraint(
            "(state in ('handed_over','reconciled')) = (handed_over_at is not null)", name="handed_over"
        ),
    )


class ManifestParcel(Base):
    """A parcel on a manifest. Left behind at the truck, it keeps its row here and joins the next manifest.

    ``confirmed_at``: the driver's word at the door. ``scanned_at``: the carrier's own first scan, or its list of what came
    in. ``settled_at``: a person says what became of one that was never scanned, with the reason.
    """

    __tablename__ = "manifest_parcel"

    shop_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    parcel_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    carrier_id: Mapped[int] = mapped_column(BigInteger)
    parcel_verified: Mapped[bool | None] = mapped_column(Boolean, server_default="true")
    loaded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    loaded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column()
    left_behind_at: Mapped[datetime | None] = mapped_column()
    scanned_at: Mapped[datetime | None] = mapped_column()
    settled_at: Mapped[datetime | None] = mapped_column()
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_why: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        of_shop(),
        ForeignKeyConstraint(["manifest_id", "carrier_id"], ["manifest.id", "manifest.carrier_id"]),
        ForeignKeyConstraint(
            ["shop_id", "parcel_id", "parcel_verified"], ["parcel.shop_id", "parcel.id", "parcel.verified"]
        ),
        Index("ix_manifest_parcel_manifest", "manifest_id"),
        Index(
            "ix_manifest_parcel_unscanned",
            "manifest_id",
            postgresql_where="scanned_at is null and settled_at is null and left_behind_at is null",
        ),
        CheckConstraint("(settled_at is null) = (settled_why is null)", name="settled"),
        Index(
            "uq_manifest_parcel_once",
            "shop_id",
            "parcel_id",
            unique=True,
            postgresql_where="left_behind_at is null",
        ),
        CheckConstraint(
            "left_behind_at is not null or coalesce(parcel_verified, false)", name="content_verified"
        ),
    )


class TrackingEvent(Tenant, Base):
    __tablename__ = "tracking_event"

    parcel_id: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(Text)
    raw: Mapped[str] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column()
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        to("parcel", "parcel_id"),
        UniqueConstraint("shop_id", "parcel_id", "status", "raw", "at"),
        one_of(
            "status", "registered", "ready", "handed_over", "in_transit", "out_for_delivery", "at_point",
            "delivered", "problem", "returned", "cancelled",
        ),
    )  # fmt: skip


class ParcelAlarm(Tenant, Base):
    """A parcel on its way that somebody must look at: one open row per parcel and kind, closed by itself when it is over.

    ``since``: what it is counted from (the last event, the promise); ``facts``: what was seen, in the words of the kind.
    """

    __tablename__ = "parcel_alarm"

    parcel_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column()
    facts: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        to("parcel", "parcel_id"),
        Index(
            "uq_parcel_alarm_open",
            "shop_id",
            "parcel_id",
            "kind",
            unique=True,
            postgresql_where="closed_at is null",
        ),
        one_of("kind", "silent", "late", "stuck", "problem"),
    )

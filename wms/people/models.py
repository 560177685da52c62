"""Tables of who may do what: staff, devices, sign-ins, keys of shops and couriers."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Owned, one_of


class Person(Owned, Base):
    __tablename__ = "person"

    badge: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text, unique=True)
    pin_hash: Mapped[str | None] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    language: Mapped[str] = mapped_column(Text, server_default="pl")
    active: Mapped[bool] = mapped_column(Boolean, server_default="true")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint(
            "roles <@ array['receiver','picker','packer','inspector','supervisor','care','admin']",
            name="roles",
        ),
    )


class Device(Owned, Base):
    __tablename__ = "device"

    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, server_default="true")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Session(Owned, Base):
    __tablename__ = "session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    floor: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column()
    revoked_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        Index("ix_session_person", "person_id", "expires_at"),
        Index("ix_session_device", "device_id", "expires_at"),
    )


class Hand(Base):
    """What somebody has scanned so far on a handheld, in a flow whose scans only count together.

    It lives on the server, so that a device keeps nothing between two scans; one row for each session and flow.
    """

    __tablename__ = "hand"

    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="cascade"), primary_key=True)
    flow: Mapped[str] = mapped_column(Text, primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class ApiKey(Owned, Base):
    __tablename__ = "api_key"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_id: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    rate_per_min: Mapped[int] = mapped_column(Integer, server_default="600")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None] = mapped_column()
    revoked_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        one_of("kind", "shop", "courier"),
        CheckConstraint("(kind = 'shop') = (shop_id is not null)", name="shop"),
        CheckConstraint("(kind = 'courier') = (carrier_id is not null)", name="carrier"),
        CheckConstraint("rate_per_min between 1 and 1000000", name="rate_per_min"),
    )


class RateWindow(Base):
    """How many requests of a key's present minute are taken (``wms.web.rates``). Not worth a line in the WAL."""

    __tablename__ = "rate_window"

    key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id", ondelete="CASCADE"), primary_key=True)
    minute: Mapped[datetime] = mapped_column()
    taken: Mapped[int] = mapped_column(Integer)

    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012


class SignInFailure(Owned, Base):
    """Kept per name and device, never per address: an address is shared by a whole warehouse."""

    __tablename__ = "sign_in_failure"

    who: Mapped[str] = mapped_column(Text)
    device: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_sign_in_failure_who", "who", "device", "at"),)


class IdempotentRequest(Base):
    """The answer to a request whose maker gave it an id. The id counts for ever, its ``body`` is kept for a week
    (``wms.people.forget``)."""

    __tablename__ = "idempotent_request"

    principal: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    shop_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column()
    media_type: Mapped[str] = mapped_column(Text)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_idempotent_request_kept", "at", postgresql_where="body is not null"),)

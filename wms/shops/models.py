"""Tables of the shops: the tenants, whose goods the operator stores."""

from datetime import datetime, time

from sqlalchemy import Boolean, Identity, Integer, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, one_of


class Shop(Base):
    __tablename__ = "shop"

    id: Mapped[int] = mapped_column(Integer, Identity(always=False), primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text, server_default="pl")
    country: Mapped[str] = mapped_column(Text, server_default="PL")
    timezone: Mapped[str] = mapped_column(Text, server_default="Europe/Warsaw")
    cut_off: Mapped[time] = mapped_column(server_default="14:00")
    handling_days: Mapped[int] = mapped_column(Integer, server_default="0")
    partial_policy: Mapped[str] = mapped_column(Text, server_default="complete")
    min_days_left: Mapped[int] = mapped_column(Integer, server_default="0")
    sender: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    contact_email: Mapped[str | None] = mapped_column(Text)
    inserts: Mapped[list[dict[str, object]]] = mapped_column(JSONB, server_default="[]")
    return_checklist: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    synthetic: Mapped[bool] = mapped_column(Boolean, server_default="false")
    active: Mapped[bool] = mapped_column(Boolean, server_default="true")
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (one_of("partial_policy", "complete", "partial"), one_of("language", "pl", "en"))

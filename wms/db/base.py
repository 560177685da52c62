"""What every table has in common: one metadata, constraint names, column shorthands.

A table with a ``shop_id`` is a *tenant table*: its primary key is ``(shop_id, id)``, its unique and foreign keys
begin with ``shop_id``, and row-level security shows a shop its own rows only. Every other table belongs to the
operator. The models name the schema once; the migrations build it, and a test compares the two.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Integer,
    MetaData,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: DateTime(timezone=True)}


class Owned:
    """A table of the operator: plain ``id``."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)


class Tenant:
    """A table of one shop's things: ``(shop_id, id)``."""

    shop_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)


def of_shop() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["shop_id"], ["shop.id"])


def to(table: str, column: str) -> ForeignKeyConstraint:
    """A foreign key to another tenant table: ``(shop_id, column) -> (shop_id, id)``."""
    return ForeignKeyConstraint(["shop_id", column], [f"{table}.shop_id", f"{table}.id"])


def one_of(column: str, *values: str) -> CheckConstraint:
    """The column holds one of these words; they are the state table's own, so a typo cannot be stored."""
    listed = ", ".join(f"'{v}'" for v in values)
    return CheckConstraint(f"{column} in ({listed})", name=column)

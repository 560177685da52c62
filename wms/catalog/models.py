"""Tables of what is stored: SKUs, their bar codes, kits. Weights in grams, lengths in millimetres."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Tenant, of_shop, one_of, to


class Sku(Tenant, Base):
    """``picture_url`` is where the shop keeps the picture; ``picture`` our own address of it, once it is fetched, and
    ``picture_of`` the address of the shop's whose fate is settled: fetched, or refused for good."""

    __tablename__ = "sku"

    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    weight_g: Mapped[int | None] = mapped_column(Integer)
    length_mm: Mapped[int | None] = mapped_column(Integer)
    width_mm: Mapped[int | None] = mapped_column(Integer)
    height_mm: Mapped[int | None] = mapped_column(Integer)
    lot_policy: Mapped[str] = mapped_column(Text, server_default="none")
    serial_tracked: Mapped[bool] = mapped_column(Boolean, server_default="false")
    kit: Mapped[bool] = mapped_column(Boolean, server_default="false")
    price: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(Text, server_default="PLN")
    picture_url: Mapped[str | None] = mapped_column(Text)
    picture: Mapped[str | None] = mapped_column(Text)
    picture_of: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, server_default="true")
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint("shop_id", "code"),
        Index("ix_sku_code", "code"),
        Index(
            "ix_sku_picture_due", "shop_id", "id", postgresql_where="picture_url is distinct from picture_of"
        ),
        of_shop(),
        one_of("lot_policy", "none", "lot", "expiry"),
        CheckConstraint("not (kit and (serial_tracked or lot_policy <> 'none'))", name="kit"),
        CheckConstraint("weight_g >= 0 and length_mm >= 0 and width_mm >= 0 and height_mm >= 0", name="size"),
    )


class SkuPicture(Base):
    """A SKU's picture as it was fetched and drawn anew: a JPEG. Without ``content`` it was refused, or did not come yet.

    ``why`` is one of ``fetch_picture.Why``; ``next_at``: when it is tried again, after ``tries`` times in vain.
    """

    __tablename__ = "sku_picture"

    shop_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sku_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    why: Mapped[str | None] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    next_at: Mapped[datetime | None] = mapped_column()
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (to("sku", "sku_id"), of_shop())


class Barcode(Tenant, Base):
    """One bar code of a SKU. ``quantity`` is how many units one scan stands for (a case of 12).

    ``code`` is the code as the shop wrote it; ``gtin`` its 14 digits where it is a GTIN, so that every spelling
    of one number (UPC-12, EAN-13, GTIN-14) is found by one equality and is taken once per shop.
    """

    __tablename__ = "barcode"

    sku_id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(Text)
    gtin: Mapped[str | None] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(Integer, server_default="1")

    __table_args__ = (
        UniqueConstraint("shop_id", "code"),
        UniqueConstraint("shop_id", "gtin"),
        Index("ix_barcode_code", "code"),
        Index("ix_barcode_gtin", "gtin"),
        Index("ix_barcode_sku", "shop_id", "sku_id"),
        to("sku", "sku_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("gtin ~ '^[0-9]{14}$'", name="gtin"),
    )


class KitComponent(Tenant, Base):
    __tablename__ = "kit_component"

    kit_sku_id: Mapped[int] = mapped_column(BigInteger)
    sku_id: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        UniqueConstraint("shop_id", "kit_sku_id", "sku_id"),
        to("sku", "kit_sku_id"),
        to("sku", "sku_id"),
        CheckConstraint("quantity > 0 and sku_id <> kit_sku_id", name="quantity"),
    )

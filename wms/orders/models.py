"""Tables of orders and parcels: what outlives the work of the slices.

The parcel's ``verified`` column is the fence that rules out a mis-ship: labels, manifest rows and handovers point
at ``(shop_id, id, verified = true)``, so PostgreSQL itself refuses them for a parcel whose scanned content is not
its order's. ``parcel_item`` can only name lines and SKUs of the parcel's own order, and a line cannot be packed
beyond what was picked for it.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from wms.db.base import Base, Owned, Tenant, of_shop, one_of, to

ORDER_STATES = (
    "received", "on_hold", "backordered", "allocated", "released", "picking", "picked", "packing", "packed",
    "labelled", "manifested", "handed_over", "in_transit", "delivered", "returned_to_sender", "cancelled",
)  # fmt: skip


class Order(Tenant, Base):
    """An order as its shop sent it, and where it has got to.

    ``carrier_id`` is None while no service takes it; then it is on hold. ``asked_service``: the service that a shop asked for
    when it left the carrier to us. ``deliver_by``: the day that the shop has promised to the buyer.
    """

    __tablename__ = "orders"

    number: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    kind: Mapped[str] = mapped_column(Text, server_default="multi")
    placed_at: Mapped[datetime] = mapped_column()
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ship_by: Mapped[datetime] = mapped_column()
    priority: Mapped[int] = mapped_column(Integer, server_default="0")
    partial_policy: Mapped[str] = mapped_column(Text, server_default="complete")
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"))
    service: Mapped[str] = mapped_column(Text, server_default="standard")
    asked_service: Mapped[str | None] = mapped_column(Text)
    deliver_by: Mapped[date | None] = mapped_column()
    point: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text, server_default="pl")
    name: Mapped[str] = mapped_column(Text)
    company: Mapped[str | None] = mapped_column(Text)
    street: Mapped[str] = mapped_column(Text)
    postcode: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text, server_default="PLN")
    cod_amount: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    note: Mapped[str | None] = mapped_column(Text)
    synthetic: Mapped[bool] = mapped_column(Boolean, server_default="false")
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __table_args__ = (
        UniqueConstraint("shop_id", "number"),
        of_shop(),
        Index("ix_orders_state", "shop_id", "state", "ship_by"),
        Index("ix_orders_number", "number"),
        Index("ix_orders_email", text("lower(email)")),
        # a desk looks buyers up by the beginning of the surname or the postcode
        Index(
            "ix_orders_surname",
            func.lower(func.split_part(text("name"), text("' '"), text("-1"))).label("surname"),
            postgresql_ops={"surname": "text_pattern_ops"},
        ),
        Index("ix_orders_postcode", "postcode", postgresql_ops={"postcode": "text_pattern_ops"}),
        Index(
            "ix_orders_open",
            "ship_by",
            "priority",
            postgresql_where="state in ('received','on_hold','backordered','allocated','released','picking',"
            "'picked','packing','packed','labelled','manifested')",
        ),
        # what the watch over parcels reads: bounded by what is with the carriers
        Index("ix_orders_on_the_way", "ship_by", postgresql_where="state in ('handed_over','in_transit')"),
        one_of("state", *ORDER_STATES),
        CheckConstraint("carrier_id is not null or state in ('on_hold','cancelled')", name="carrier"),
        one_of("kind", "single", "multi", "large"),
        one_of("partial_policy", "complete", "partial"),
    )


class OrderLine(Tenant, Base):
    """One line. The counters follow the goods; what is missing is ``quantity - cancelled - allocated - picked``.

    A kit's line is split into component lines that point at it (``kit_line_id``); only those have stock.
    """

    __tablename__ = "order_line"

    order_id: Mapped[int] = mapped_column(BigInteger)
    line_no: Mapped[int] = mapped_column(Integer)
    sku_id: Mapped[int] = mapped_column(BigInteger)
    kit: Mapped[bool] = mapped_column(Boolean, server_default="false")
    kit_line_id: Mapped[int | None] = mapped_column(BigInteger)
    quantity: Mapped[int] = mapped_column(Integer)
    allocated: Mapped[int] = mapped_column(Integer, server_default="0")
    picked: Mapped[int] = mapped_column(Integer, server_default="0")
    packed: Mapped[int] = mapped_column(Integer, server_default="0")
    shipped: Mapped[int] = mapped_column(Integer, server_default="0")
    cancelled: Mapped[int] = mapped_column(Integer, server_default="0")
    unit_price: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))

    __table_args__ = (
        UniqueConstraint("shop_id", "order_id", "line_no"),
        UniqueConstraint("shop_id", "order_id", "id", "sku_id"),
        to("orders", "order_id"),
        to("sku", "sku_id"),
        to("order_line", "kit_line_id"),
        # what still waits for stock, so that a receipt finds its backorders without reading history
        Index(
            "ix_order_line_missing",
            "shop_id",
            "sku_id",
            postgresql_where="not kit and quantity - cancelled - allocated - picked > 0",
        ),
        CheckConstraint("quantity > 0 and quantity <= 1000000", name="quantity"),
        CheckConstraint(
            "allocated >= 0 and picked >= 0 and packed >= 0 and shipped >= 0 and cancelled >= 0",
            name="not_negative",
        ),
        CheckConstraint("allocated + picked + cancelled <= quantity", name="not_more_than_ordered"),
        CheckConstraint("shipped <= packed and packed <= picked", name="in_order"),
    )


class OrderHold(Tenant, Base):
    """Why an order waits, with the field that the shop must mend.

    ``facts`` is a ``hold_words.HoldFacts``; it is told in words by ``code``, to each reader in their own language.
    """

    __tablename__ = "order_hold"

    order_id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(Text)
    field: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    released_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        to("orders", "order_id"),
        Index("ix_order_hold_order", "shop_id", "order_id"),
        # what the passes over waiting orders read: bounded by what is held, not by history
        Index("ix_order_hold_open", "code", "shop_id", "order_id", postgresql_where="released_at is null"),
    )


class Parcel(Tenant, Base):
    """One closed box. ``station_id``: the pack station where it was closed last, and so where its label comes out."""

    __tablename__ = "parcel"

    order_id: Mapped[int] = mapped_column(BigInteger)
    no: Mapped[int] = mapped_column(Integer)
    hu_id: Mapped[int] = mapped_column(ForeignKey("handling_unit.id"), unique=True)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    service: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="open")
    carton_code: Mapped[str | None] = mapped_column(Text)
    expected_weight_g: Mapped[int | None] = mapped_column(Integer)
    weight_g: Mapped[int | None] = mapped_column(Integer)
    units: Mapped[int] = mapped_column(Integer, server_default="0")
    ledger_units: Mapped[int] = mapped_column(Integer, server_default="0")
    tracking_number: Mapped[str | None] = mapped_column(Text)
    sscc: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None] = mapped_column()
    voided_at: Mapped[datetime | None] = mapped_column()
    verified: Mapped[bool] = mapped_column(
        Boolean,
        Computed(
            "closed_at is not null and voided_at is null and units > 0 and units = ledger_units and weight_g > 0",
            persisted=True,
        ),
    )

    __table_args__ = (
        UniqueConstraint("shop_id", "order_id", "no"),
        UniqueConstraint("shop_id", "order_id", "id"),
        UniqueConstraint("shop_id", "id", "verified"),
        UniqueConstraint("carrier_id", "tracking_number"),
        UniqueConstraint("sscc"),
        Index("ix_parcel_tracking_number", "tracking_number"),
        Index("ix_parcel_ready", "carrier_id", "warehouse_id", postgresql_where="state = 'labelled'"),
        to("orders", "order_id"),
        one_of("state", "open", "closed", "labelled", "manifested", "handed_over", "void"),
        CheckConstraint("state in ('open','void') or closed_at is not null", name="closed"),
        CheckConstraint(
            "state not in ('labelled','manifested','handed_over') or (tracking_number is not null and verified)",
            name="labelled",
        ),
    )


class ParcelItem(Tenant, Base):
    __tablename__ = "parcel_item"

    parcel_id: Mapped[int] = mapped_column(BigInteger)
    order_id: Mapped[int] = mapped_column(BigInteger)
    order_line_id: Mapped[int] = mapped_column(BigInteger)
    sku_id: Mapped[int] = mapped_column(BigInteger)
    lot_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    quantity: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        UniqueConstraint("shop_id", "parcel_id", "order_line_id", "lot_id"),
        ForeignKeyConstraint(
            ["shop_id", "order_id", "parcel_id"], ["parcel.shop_id", "parcel.order_id", "parcel.id"]
        ),
        ForeignKeyConstraint(
            ["shop_id", "order_id", "order_line_id", "sku_id"],
            ["order_line.shop_id", "order_line.order_id", "order_line.id", "order_line.sku_id"],
        ),
        CheckConstraint("quantity > 0", name="quantity"),
    )


class ServicePrice(Owned, Base):
    """One line of the operator's price lists: what a carrier's service takes, and what it costs up to a weight.

    ``size_mm``: the three sides of the greatest box of a size class; ``max_girth_mm``: length and once around. ``cod_price``:
    the surcharge for cash on delivery; None: the service collects none. ``transit_days``: working days to the door. Of
    several lines for the same goods that are in force, the one that began last counts.
    """

    __tablename__ = "service_price"

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    service: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(Text)
    max_weight_g: Mapped[int] = mapped_column(Integer)
    max_length_mm: Mapped[int | None] = mapped_column(Integer)
    max_girth_mm: Mapped[int | None] = mapped_column(Integer)
    size_mm: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    cod_price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    currency: Mapped[str] = mapped_column(Text)
    transit_days: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date] = mapped_column()
    valid_until: Mapped[date | None] = mapped_column()

    __table_args__ = (
        Index(
            "uq_service_price_line", "carrier_id", "service", "country", "max_weight_g", "max_length_mm", "max_girth_mm",
            "size_mm", "valid_from", unique=True, postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("price >= 0 and coalesce(cod_price, 0) >= 0", name="price"),
        CheckConstraint("max_weight_g > 0 and transit_days >= 0", name="limits"),
        CheckConstraint("size_mm is null or cardinality(size_mm) = 3", name="size"),
        CheckConstraint("valid_until is null or valid_until >= valid_from", name="valid"),
    )  # fmt: skip


class ServiceRule(Base):
    """One of a shop's rules about who carries its orders, in their order; ``rule`` is a ``choose_service.ServiceRule``."""

    __tablename__ = "service_rule"

    shop_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    rule: Mapped[dict[str, object]] = mapped_column(JSONB)

    __table_args__ = (of_shop(),)


class ServiceChoice(Tenant, Base):
    """Why an order, or one of its parcels, goes with a service: what was chosen, and all that could have been.

    Written once for each choice; the newest of an order, or of a parcel, is the one that counts. ``carrier_id`` None: nothing
    fitted. ``options`` hold the operator's prices: a shop may write them here and never read them.
    """

    __tablename__ = "service_choice"

    order_id: Mapped[int] = mapped_column(BigInteger)
    parcel_id: Mapped[int | None] = mapped_column(BigInteger)
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"))
    service: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text, server_default="")
    arrives_on: Mapped[date | None] = mapped_column()
    price: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    currency: Mapped[str | None] = mapped_column(Text)
    options: Mapped[list[dict[str, object]]] = mapped_column(JSONB, server_default="[]")
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    __table_args__ = (
        to("orders", "order_id"),
        to("parcel", "parcel_id"),
        Index("ix_service_choice_order", "shop_id", "order_id"),
        one_of("reason", "cheapest", "only", "fixed", "quickest", "fallback", "by-hand", "nothing"),
    )

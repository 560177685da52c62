"""first schema"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType


class Xid8(UserDefinedType[int]):
    """A transaction number that never wraps."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "carrier",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("adapter", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("max_weight_g", sa.Integer(), server_default="30000", nullable=False),
        sa.Column(
            "services", postgresql.JSONB(astext_type=sa.Text()), server_default='["standard"]', nullable=False
        ),
        sa.Column(
            "label_formats", postgresql.JSONB(astext_type=sa.Text()), server_default='["pdf"]', nullable=False
        ),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("watch", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("papers", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("scan_within_h", sa.Integer(), server_default="24", nullable=True),
        sa.Column("orders_pickup", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier")),
        sa.UniqueConstraint("code", name=op.f("uq_carrier_code")),
    )
    op.create_table(
        "carton",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("length_mm", sa.Integer(), nullable=False),
        sa.Column("width_mm", sa.Integer(), nullable=False),
        sa.Column("height_mm", sa.Integer(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("max_load_g", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "length_mm > 0 and width_mm > 0 and height_mm > 0 and max_load_g > 0", name=op.f("ck_carton_size")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carton")),
        sa.UniqueConstraint("code", name=op.f("uq_carton_code")),
    )
    op.create_table(
        "device",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("code", name=op.f("uq_device_code")),
    )
    op.create_table(
        "document",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_document")),
    )
    op.create_index("ix_document_subject", "document", ["shop_id", "subject", "subject_id"], unique=False)
    op.create_table(
        "event",
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("device_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_at", "event", ["at"], unique=False, postgresql_using="brin")
    op.create_index("ix_event_kind", "event", ["kind", "at"], unique=False)
    op.create_index("ix_event_subject", "event", ["shop_id", "subject", "subject_id", "id"], unique=False)
    op.create_table(
        "idempotent_request",
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("principal", "key", name=op.f("pk_idempotent_request")),
    )
    op.create_index(
        "ix_idempotent_request_kept",
        "idempotent_request",
        ["at"],
        unique=False,
        postgresql_where="body is not null",
    )
    op.create_table(
        "mail",
        sa.Column("once", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("recipient_name", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("document_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("state in ('queued', 'sent', 'failed')", name=op.f("ck_mail_state")),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_mail")),
        sa.UniqueConstraint("shop_id", "once", name="uq_mail_once"),
    )
    op.create_index("ix_mail_due", "mail", ["retry_at"], unique=False, postgresql_where="state = 'queued'")
    op.create_index("ix_mail_failed", "mail", ["id"], unique=False, postgresql_where="state = 'failed'")
    op.create_table(
        "person",
        sa.Column("badge", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("pin_hash", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("language", sa.Text(), server_default="pl", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "roles <@ array['receiver','picker','packer','inspector','supervisor','care','admin']",
            name=op.f("ck_person_roles"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("badge", name=op.f("uq_person_badge")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "shop",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="pl", nullable=False),
        sa.Column("country", sa.Text(), server_default="PL", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="Europe/Warsaw", nullable=False),
        sa.Column("cut_off", sa.Time(), server_default="14:00", nullable=False),
        sa.Column("handling_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("partial_policy", sa.Text(), server_default="complete", nullable=False),
        sa.Column("min_days_left", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sender", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=True),
        sa.Column("inserts", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column(
            "return_checklist", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("synthetic", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("language in ('pl', 'en')", name=op.f("ck_shop_language")),
        sa.CheckConstraint("partial_policy in ('complete', 'partial')", name=op.f("ck_shop_partial_policy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop")),
        sa.UniqueConstraint("code", name=op.f("uq_shop_code")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index("ix_sign_in_failure_who", "sign_in_failure", ["who", "device", "at"], unique=False)
    op.create_table(
        "warehouse",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), server_default="PL", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="Europe/Warsaw", nullable=False),
        sa.Column("address", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse")),
        sa.UniqueConstraint("code", name=op.f("uq_warehouse_code")),
    )
    op.create_table(
        "api_key",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("carrier_id", sa.BigInteger(), nullable=True),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("rate_per_min", sa.Integer(), server_default="600", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(kind = 'courier') = (carrier_id is not null)", name=op.f("ck_api_key_carrier")),
        sa.CheckConstraint("(kind = 'shop') = (shop_id is not null)", name=op.f("ck_api_key_shop")),
        sa.CheckConstraint("kind in ('shop', 'courier')", name=op.f("ck_api_key_kind")),
        sa.CheckConstraint("rate_per_min between 1 and 1000000", name=op.f("ck_api_key_rate_per_min")),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_api_key_carrier_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_api_key_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_key_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_key_token_hash")),
    )
    op.create_index(op.f("ix_api_key_shop_id"), "api_key", ["shop_id"], unique=False)
    op.create_table(
        "asn",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="announced", nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("carrier", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "state in ('announced', 'receiving', 'received', 'cancelled')", name=op.f("ck_asn_state")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_asn_shop_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_asn_warehouse_id")),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_asn")),
        sa.UniqueConstraint("shop_id", "number", name=op.f("uq_asn_shop_id_number")),
    )
    op.create_index("ix_asn_number", "asn", ["number"], unique=False)
    op.create_index(
        "ix_asn_state",
        "asn",
        ["state", "expected_on"],
        unique=False,
        postgresql_where="state in ('announced','receiving')",
    )
    op.create_table(
        "carrier_credential",
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("for_shop_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.Text(), server_default="account", nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("purpose in ('account', 'delivery')", name=op.f("ck_carrier_credential_purpose")),
        sa.ForeignKeyConstraint(
            ["carrier_id"], ["carrier.id"], name=op.f("fk_carrier_credential_carrier_id")
        ),
        sa.ForeignKeyConstraint(["for_shop_id"], ["shop.id"], name=op.f("fk_carrier_credential_for_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_credential")),
    )
    op.create_index(
        "uq_carrier_credential",
        "carrier_credential",
        ["carrier_id", "for_shop_id", "purpose"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "carrier_pickup",
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.CheckConstraint("weekday between 0 and 6", name=op.f("ck_carrier_pickup_weekday")),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_carrier_pickup_carrier_id")),
        sa.PrimaryKeyConstraint("carrier_id", "weekday", "at", name=op.f("pk_carrier_pickup")),
    )
    op.create_table(
        "carrier_status",
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column(
            "first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_carrier_status_carrier_id")),
        sa.PrimaryKeyConstraint("carrier_id", "raw", name=op.f("pk_carrier_status")),
    )
    op.create_table(
        "carrier_webhook",
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_carrier_webhook_carrier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_webhook")),
        sa.UniqueConstraint("carrier_id", "mark", name=op.f("uq_carrier_webhook_carrier_id_mark")),
    )
    op.create_index("ix_carrier_webhook_received", "carrier_webhook", ["received_at"], unique=False)
    op.create_table(
        "manifest",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("pickup_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("parcels", sa.Integer(), server_default="0", nullable=False),
        sa.Column("weight_g", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("driver", sa.Text(), nullable=True),
        sa.Column("vehicle", sa.Text(), nullable=True),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("link_key", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(state = 'open') = (number is null)", name=op.f("ck_manifest_numbered")),
        sa.CheckConstraint("(state = 'open') = (sha256 is null)", name=op.f("ck_manifest_hashed")),
        sa.CheckConstraint(
            "(state in ('handed_over','reconciled')) = (handed_over_at is not null)",
            name=op.f("ck_manifest_handed_over"),
        ),
        sa.CheckConstraint(
            "state in ('open', 'closing', 'closed', 'handed_over', 'reconciled')",
            name=op.f("ck_manifest_state"),
        ),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_manifest_carrier_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_manifest_closed_by")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_manifest_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest")),
        sa.UniqueConstraint("id", "carrier_id", name=op.f("uq_manifest_id_carrier_id")),
        sa.UniqueConstraint("number", name=op.f("uq_manifest_number")),
    )
    op.create_index(
        "ix_manifest_handed_over",
        "manifest",
        ["handed_over_at"],
        unique=False,
        postgresql_where="state = 'handed_over'",
    )
    op.create_index(
        "uq_manifest_open",
        "manifest",
        ["warehouse_id", "carrier_id"],
        unique=True,
        postgresql_where="state = 'open'",
    )
    op.create_table(
        "manifest_number",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouse.id"], name=op.f("fk_manifest_number_warehouse_id")
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "year", name=op.f("pk_manifest_number")),
    )
    op.create_table(
        "move_seal",
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("up_to", sa.BigInteger(), nullable=False),
        sa.Column("move_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_move_seal_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "no", name=op.f("pk_move_seal")),
    )
    op.create_table(
        "number_range",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), server_default="", nullable=False),
        sa.Column("suffix", sa.Text(), server_default="", nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("low_water", sa.BigInteger(), server_default="1000", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("kind in ('sscc', 's10', 'mod37_36', 'plain')", name=op.f("ck_number_range_kind")),
        sa.CheckConstraint(
            "first >= 0 and first <= next and next <= last + 1", name=op.f("ck_number_range_range")
        ),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_number_range_carrier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_range")),
        sa.UniqueConstraint("code", name=op.f("uq_number_range_code")),
    )
    op.create_table(
        "orders",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="multi", nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ship_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("partial_policy", sa.Text(), server_default="complete", nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=True),
        sa.Column("service", sa.Text(), server_default="standard", nullable=False),
        sa.Column("asked_service", sa.Text(), nullable=True),
        sa.Column("deliver_by", sa.Date(), nullable=True),
        sa.Column("point", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), server_default="pl", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), server_default="PLN", nullable=False),
        sa.Column("cod_amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("synthetic", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "carrier_id is not null or state in ('on_hold','cancelled')", name=op.f("ck_orders_carrier")
        ),
        sa.CheckConstraint("kind in ('single', 'multi', 'large')", name=op.f("ck_orders_kind")),
        sa.CheckConstraint(
            "partial_policy in ('complete', 'partial')", name=op.f("ck_orders_partial_policy")
        ),
        sa.CheckConstraint(
            "state in ('received', 'on_hold', 'backordered', 'allocated', 'released', 'picking', 'picked', 'packing', 'packed', 'labelled', 'manifested', 'handed_over', 'in_transit', 'delivered', 'returned_to_sender', 'cancelled')",
            name=op.f("ck_orders_state"),
        ),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_orders_carrier_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_orders_shop_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_orders_warehouse_id")),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_orders")),
        sa.UniqueConstraint("shop_id", "number", name=op.f("uq_orders_shop_id_number")),
    )
    op.create_index("ix_orders_email", "orders", [sa.literal_column("lower(email)")], unique=False)
    op.create_index("ix_orders_number", "orders", ["number"], unique=False)
    op.create_index(
        "ix_orders_on_the_way",
        "orders",
        ["ship_by"],
        unique=False,
        postgresql_where="state in ('handed_over','in_transit')",
    )
    op.create_index(
        "ix_orders_open",
        "orders",
        ["ship_by", "priority"],
        unique=False,
        postgresql_where="state in ('received','on_hold','backordered','allocated','released','picking','picked','packing','packed','labelled','manifested')",
    )
    op.create_index(
        "ix_orders_postcode",
        "orders",
        ["postcode"],
        unique=False,
        postgresql_ops={"postcode": "text_pattern_ops"},
    )
    op.create_index("ix_orders_state", "orders", ["shop_id", "state", "ship_by"], unique=False)
    op.create_index(
        "ix_orders_surname",
        "orders",
        [sa.literal_column("lower(split_part(name, ' ', -1))").label("surname")],
        unique=False,
        postgresql_ops={"surname": "text_pattern_ops"},
    )
    op.create_table(
        "pickup_order",
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("for_shop_id", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pickup_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bookings", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="wanted", nullable=False),
        sa.Column("carrier_ref", sa.Text(), nullable=True),
        sa.Column("carrier_word", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(state = 'ordered') = (ordered_at is not null)", name=op.f("ck_pickup_order_ordered")
        ),
        sa.CheckConstraint(
            "state in ('wanted', 'ordered', 'unknown', 'failed', 'dropped')",
            name=op.f("ck_pickup_order_state"),
        ),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_pickup_order_carrier_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_pickup_order_decided_by")),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouse.id"], name=op.f("fk_pickup_order_warehouse_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pickup_order")),
        sa.UniqueConstraint(
            "carrier_id",
            "warehouse_id",
            "pickup_at",
            "for_shop_id",
            name=op.f("uq_pickup_order_carrier_id_warehouse_id_pickup_at_for_shop_id"),
        ),
    )
    op.create_index(
        "ix_pickup_order_open",
        "pickup_order",
        ["pickup_at"],
        unique=False,
        postgresql_where="state <> 'ordered'",
    )
    op.create_table(
        "printer",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("dots_per_mm", sa.Integer(), server_default="8", nullable=False),
        sa.Column("width_mm", sa.Integer(), server_default="100", nullable=False),
        sa.Column("height_mm", sa.Integer(), server_default="150", nullable=False),
        sa.Column("profile", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("state", sa.Text(), server_default="unseen", nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("busy_by", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(kind = 'zpl') = (address like 'socket://%%')", name=op.f("ck_printer_address")),
        sa.CheckConstraint("kind in ('zpl', 'paper')", name=op.f("ck_printer_kind")),
        sa.CheckConstraint(
            "dots_per_mm in (6, 8, 12, 24) and width_mm > 0 and height_mm > 0", name=op.f("ck_printer_size")
        ),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_printer_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printer")),
        sa.UniqueConstraint("id", "kind", name=op.f("uq_printer_id_kind")),
        sa.UniqueConstraint("warehouse_id", "code", name=op.f("uq_printer_warehouse_id_code")),
    )
    op.create_table(
        "service_price",
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("max_weight_g", sa.Integer(), nullable=False),
        sa.Column("max_length_mm", sa.Integer(), nullable=True),
        sa.Column("max_girth_mm", sa.Integer(), nullable=True),
        sa.Column("size_mm", sa.ARRAY(sa.Integer()), nullable=True),
        sa.Column("cod_price", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("price", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("transit_days", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("max_weight_g > 0 and transit_days >= 0", name=op.f("ck_service_price_limits")),
        sa.CheckConstraint("price >= 0 and coalesce(cod_price, 0) >= 0", name=op.f("ck_service_price_price")),
        sa.CheckConstraint("size_mm is null or cardinality(size_mm) = 3", name=op.f("ck_service_price_size")),
        sa.CheckConstraint(
            "valid_until is null or valid_until >= valid_from", name=op.f("ck_service_price_valid")
        ),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_service_price_carrier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_price")),
    )
    op.create_index(
        "uq_service_price_line",
        "service_price",
        [
            "carrier_id",
            "service",
            "country",
            "max_weight_g",
            "max_length_mm",
            "max_girth_mm",
            "size_mm",
            "valid_from",
        ],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "service_rule",
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_service_rule_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "position", name=op.f("pk_service_rule")),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.BigInteger(), nullable=True),
        sa.Column("floor", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_session_device_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    op.create_index("ix_session_device", "session", ["device_id", "expires_at"], unique=False)
    op.create_index("ix_session_person", "session", ["person_id", "expires_at"], unique=False)
    op.create_table(
        "sku",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=True),
        sa.Column("length_mm", sa.Integer(), nullable=True),
        sa.Column("width_mm", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column("lot_policy", sa.Text(), server_default="none", nullable=False),
        sa.Column("serial_tracked", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("kit", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("price", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("currency", sa.Text(), server_default="PLN", nullable=False),
        sa.Column("picture_url", sa.Text(), nullable=True),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("picture_of", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("lot_policy in ('none', 'lot', 'expiry')", name=op.f("ck_sku_lot_policy")),
        sa.CheckConstraint("not (kit and (serial_tracked or lot_policy <> 'none'))", name=op.f("ck_sku_kit")),
        sa.CheckConstraint(
            "weight_g >= 0 and length_mm >= 0 and width_mm >= 0 and height_mm >= 0", name=op.f("ck_sku_size")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_sku_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_sku")),
        sa.UniqueConstraint("shop_id", "code", name=op.f("uq_sku_shop_id_code")),
    )
    op.create_index("ix_sku_code", "sku", ["code"], unique=False)
    op.create_index(
        "ix_sku_picture_due",
        "sku",
        ["shop_id", "id"],
        unique=False,
        postgresql_where="picture_url is distinct from picture_of",
    )
    op.create_table(
        "wave",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ship_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="released", nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("walk_mm", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("s_shape_mm", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("kind in ('single', 'multi', 'large')", name=op.f("ck_wave_kind")),
        sa.CheckConstraint("state in ('released', 'done')", name=op.f("ck_wave_state")),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_wave_carrier_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_wave_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
    )
    op.create_table(
        "wave_rule",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("minutes_before", sa.Integer(), nullable=True),
        sa.Column("orders_waiting", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "minutes_before between 1 and 10080 and orders_waiting between 1 and 10000",
            name=op.f("ck_wave_rule_limits"),
        ),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_wave_rule_warehouse_id")),
        sa.PrimaryKeyConstraint("warehouse_id", name=op.f("pk_wave_rule")),
    )
    op.create_table(
        "zone",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_zone_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
        sa.UniqueConstraint("warehouse_id", "code", name=op.f("uq_zone_warehouse_id_code")),
    )
    op.create_table(
        "asn_line",
        sa.Column("asn_id", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("lot_code", sa.Text(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("received", sa.Integer(), server_default="0", nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("quantity > 0 and received >= 0", name=op.f("ck_asn_line_quantity")),
        sa.ForeignKeyConstraint(
            ["shop_id", "asn_id"], ["asn.shop_id", "asn.id"], name=op.f("fk_asn_line_shop_id_asn_id")
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_asn_line_shop_id_sku_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_asn_line")),
        sa.UniqueConstraint("shop_id", "asn_id", "line_no", name=op.f("uq_asn_line_shop_id_asn_id_line_no")),
    )
    op.create_index("ix_asn_line_sku", "asn_line", ["shop_id", "asn_id", "sku_id"], unique=False)
    op.create_table(
        "balance",
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("hu_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lot_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("real", sa.Boolean(), nullable=False),
        sa.Column("serialised", sa.Boolean(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("allocated", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "status in ('sellable', 'quarantine', 'damaged', 'expired')", name=op.f("ck_balance_status")
        ),
        sa.CheckConstraint(
            "allocated >= 0 and (allocated <= on_hand or allocated = 0)", name=op.f("ck_balance_allocated")
        ),
        sa.CheckConstraint("on_hand <= 1 or not serialised or not real", name=op.f("ck_balance_serial")),
        sa.CheckConstraint("on_hand >= 0 or not real", name=op.f("ck_balance_on_hand")),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_balance_shop_id_sku_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_balance")),
        sa.UniqueConstraint(
            "shop_id", "sku_id", "location_id", "hu_id", "lot_id", "status", name="uq_balance_key"
        ),
    )
    op.create_index("ix_balance_hu", "balance", ["hu_id"], unique=False)
    op.create_index("ix_balance_location", "balance", ["location_id", "hu_id"], unique=False)
    op.create_index(
        "uq_balance_serial",
        "balance",
        ["shop_id", "lot_id"],
        unique=True,
        postgresql_where="serialised and real and on_hand > 0",
    )
    op.create_table(
        "barcode",
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("gtin", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), server_default="1", nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("gtin ~ '^[0-9]{14}$'", name=op.f("ck_barcode_gtin")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_barcode_quantity")),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_barcode_shop_id_sku_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_barcode")),
        sa.UniqueConstraint("shop_id", "code", name=op.f("uq_barcode_shop_id_code")),
        sa.UniqueConstraint("shop_id", "gtin", name=op.f("uq_barcode_shop_id_gtin")),
    )
    op.create_index("ix_barcode_code", "barcode", ["code"], unique=False)
    op.create_index("ix_barcode_gtin", "barcode", ["gtin"], unique=False)
    op.create_index("ix_barcode_sku", "barcode", ["shop_id", "sku_id"], unique=False)
    op.create_table(
        "cluster",
        sa.Column("wave_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("ship_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("device_id", sa.BigInteger(), nullable=True),
        sa.Column("lost_by_id", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("tasks", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(state = 'claimed') <= (person_id is not null and lease_until is not null)",
            name=op.f("ck_cluster_claimed"),
        ),
        sa.CheckConstraint("kind in ('single', 'multi', 'large')", name=op.f("ck_cluster_kind")),
        sa.CheckConstraint("state in ('waiting', 'claimed', 'done', 'void')", name=op.f("ck_cluster_state")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_cluster_device_id")),
        sa.ForeignKeyConstraint(["lost_by_id"], ["person.id"], name=op.f("fk_cluster_lost_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_cluster_person_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_cluster_warehouse_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_cluster_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
    )
    op.create_index(
        "ix_cluster_in_hand",
        "cluster",
        ["person_id", "warehouse_id"],
        unique=False,
        postgresql_where="parked_at is null",
    )
    op.create_index(
        "ix_cluster_waiting",
        "cluster",
        ["warehouse_id", "ship_by", "id"],
        unique=False,
        postgresql_where="state in ('waiting','claimed')",
    )
    op.create_index(op.f("ix_cluster_wave_id"), "cluster", ["wave_id"], unique=False)
    op.create_table(
        "counter_manifest",
        sa.Column("manifest_id", sa.BigInteger(), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("missing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("source in ('courier', 'desk')", name=op.f("ck_counter_manifest_source")),
        sa.ForeignKeyConstraint(
            ["manifest_id", "carrier_id"],
            ["manifest.id", "manifest.carrier_id"],
            name=op.f("fk_counter_manifest_manifest_id_carrier_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_manifest")),
    )
    op.create_index("ix_counter_manifest_manifest", "counter_manifest", ["manifest_id"], unique=False)
    op.create_table(
        "hand",
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_hand_session_id"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("session_id", "flow", name=op.f("pk_hand")),
    )
    op.create_table(
        "kit_component",
        sa.Column("kit_sku_id", sa.BigInteger(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("quantity > 0 and sku_id <> kit_sku_id", name=op.f("ck_kit_component_quantity")),
        sa.ForeignKeyConstraint(
            ["shop_id", "kit_sku_id"],
            ["sku.shop_id", "sku.id"],
            name=op.f("fk_kit_component_shop_id_kit_sku_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_kit_component_shop_id_sku_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_kit_component")),
        sa.UniqueConstraint(
            "shop_id", "kit_sku_id", "sku_id", name=op.f("uq_kit_component_shop_id_kit_sku_id_sku_id")
        ),
    )
    op.create_table(
        "location",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("zone_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("real", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("pickable", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("aisle", sa.Text(), nullable=True),
        sa.Column("x", sa.Integer(), server_default="0", nullable=False),
        sa.Column("y", sa.Integer(), server_default="0", nullable=False),
        sa.Column("z", sa.Integer(), server_default="0", nullable=False),
        sa.Column("walk", sa.Integer(), server_default="0", nullable=False),
        sa.Column("capacity_ml", sa.BigInteger(), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lock_reason", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "kind in ('bin', 'reserve', 'dock', 'work', 'packed', 'station', 'cage', 'returns', 'quarantine', 'supplier', 'customer', 'scrap', 'lost_found')",
            name=op.f("ck_location_kind"),
        ),
        sa.CheckConstraint("not pickable or kind in ('bin','reserve')", name=op.f("ck_location_pickable")),
        sa.CheckConstraint(
            "real = (kind not in ('supplier','customer','scrap','lost_found'))", name=op.f("ck_location_real")
        ),
        sa.CheckConstraint("active or locked_at is not null", name=op.f("ck_location_active")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_location_warehouse_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_location_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("warehouse_id", "code", name=op.f("uq_location_warehouse_id_code")),
    )
    op.create_index("ix_location_code", "location", ["code"], unique=False)
    op.create_index(
        "ix_location_walk",
        "location",
        ["warehouse_id", "kind", "walk", "id"],
        unique=False,
        postgresql_where="locked_at is null",
    )
    op.create_index("ix_location_zone_id", "location", ["zone_id", "kind", "walk", "id"], unique=False)
    op.create_table(
        "lot",
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_lot_shop_id_sku_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_lot")),
        sa.UniqueConstraint(
            "shop_id",
            "sku_id",
            "code",
            "serial",
            name=op.f("uq_lot_shop_id_sku_id_code_serial"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.UniqueConstraint("shop_id", "sku_id", "id", name=op.f("uq_lot_shop_id_sku_id_id")),
    )
    op.create_index("ix_lot_code", "lot", ["code"], unique=False)
    op.create_index("ix_lot_serial", "lot", ["serial"], unique=False, postgresql_where="serial is not null")
    op.create_table(
        "manifest_delivery",
        sa.Column("manifest_id", sa.BigInteger(), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("mail_id", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remote_ack", sa.Text(), nullable=True),
        sa.Column("acked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(channel = 'mail') = (mail_id is not null)", name=op.f("ck_manifest_delivery_mail")
        ),
        sa.CheckConstraint("channel in ('mail', 'sftp', 'pull')", name=op.f("ck_manifest_delivery_channel")),
        sa.CheckConstraint(
            "status in ('waiting', 'sent', 'failed', 'fetched')", name=op.f("ck_manifest_delivery_status")
        ),
        sa.CheckConstraint(
            "status not in ('sent','fetched') or sent_at is not null", name=op.f("ck_manifest_delivery_sent")
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id", "carrier_id"],
            ["manifest.id", "manifest.carrier_id"],
            name=op.f("fk_manifest_delivery_manifest_id_carrier_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest_delivery")),
        sa.UniqueConstraint(
            "manifest_id",
            "channel",
            "target",
            "document_id",
            name=op.f("uq_manifest_delivery_manifest_id_channel_target_document_id"),
        ),
    )
    op.create_index(
        "ix_manifest_delivery_due",
        "manifest_delivery",
        ["retry_at"],
        unique=False,
        postgresql_where="status = 'waiting' and channel = 'sftp'",
    )
    op.create_index(
        "ix_manifest_delivery_failed",
        "manifest_delivery",
        ["id"],
        unique=False,
        postgresql_where="channel = 'sftp' and status <> 'sent'",
    )
    op.create_table(
        "manifest_protocol",
        sa.Column("manifest_id", sa.BigInteger(), nullable=False),
        sa.Column("for_shop_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("bookings", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'fetched') = (document_id is not null)", name=op.f("ck_manifest_protocol_fetched")
        ),
        sa.CheckConstraint(
            "state in ('waiting', 'fetched', 'failed')", name=op.f("ck_manifest_protocol_state")
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_manifest_protocol_manifest_id")
        ),
        sa.PrimaryKeyConstraint("manifest_id", "for_shop_id", "part", name=op.f("pk_manifest_protocol")),
    )
    op.create_index(
        "ix_manifest_protocol_due",
        "manifest_protocol",
        ["retry_at"],
        unique=False,
        postgresql_where="state = 'waiting'",
    )
    op.create_table(
        "order_hold",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["orders.shop_id", "orders.id"],
            name=op.f("fk_order_hold_shop_id_order_id"),
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_order_hold")),
    )
    op.create_index(
        "ix_order_hold_open",
        "order_hold",
        ["code", "shop_id", "order_id"],
        unique=False,
        postgresql_where="released_at is null",
    )
    op.create_index("ix_order_hold_order", "order_hold", ["shop_id", "order_id"], unique=False)
    op.create_table(
        "order_line",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("kit", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("kit_line_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("picked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("packed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("shipped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cancelled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "allocated + picked + cancelled <= quantity", name=op.f("ck_order_line_not_more_than_ordered")
        ),
        sa.CheckConstraint(
            "allocated >= 0 and picked >= 0 and packed >= 0 and shipped >= 0 and cancelled >= 0",
            name=op.f("ck_order_line_not_negative"),
        ),
        sa.CheckConstraint("quantity > 0 and quantity <= 1000000", name=op.f("ck_order_line_quantity")),
        sa.CheckConstraint("shipped <= packed and packed <= picked", name=op.f("ck_order_line_in_order")),
        sa.ForeignKeyConstraint(
            ["shop_id", "kit_line_id"],
            ["order_line.shop_id", "order_line.id"],
            name=op.f("fk_order_line_shop_id_kit_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["orders.shop_id", "orders.id"],
            name=op.f("fk_order_line_shop_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_order_line_shop_id_sku_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_order_line")),
        sa.UniqueConstraint(
            "shop_id", "order_id", "id", "sku_id", name=op.f("uq_order_line_shop_id_order_id_id_sku_id")
        ),
        sa.UniqueConstraint(
            "shop_id", "order_id", "line_no", name=op.f("uq_order_line_shop_id_order_id_line_no")
        ),
    )
    op.create_index(
        "ix_order_line_missing",
        "order_line",
        ["shop_id", "sku_id"],
        unique=False,
        postgresql_where="not kit and quantity - cancelled - allocated - picked > 0",
    )
    op.create_table(
        "rate_window",
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_key.id"], name=op.f("fk_rate_window_key_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_rate_window")),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "sku_picture",
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_sku_picture_shop_id_sku_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_sku_picture_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "sku_id", name=op.f("pk_sku_picture")),
    )
    op.create_table(
        "allocation",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("hu_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lot_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="sellable", nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("voided", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "open", sa.Integer(), sa.Computed("quantity - settled - voided", persisted=True), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 and settled >= 0 and voided >= 0", name=op.f("ck_allocation_quantity")
        ),
        sa.CheckConstraint("settled + voided <= quantity", name=op.f("ck_allocation_phases")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_allocation_location_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["orders.shop_id", "orders.id"],
            name=op.f("fk_allocation_shop_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_line_id"],
            ["order_line.shop_id", "order_line.id"],
            name=op.f("fk_allocation_shop_id_order_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_allocation_shop_id_sku_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_allocation")),
    )
    op.create_index("ix_allocation_line", "allocation", ["shop_id", "order_line_id"], unique=False)
    op.create_index(
        "ix_allocation_location", "allocation", ["location_id"], unique=False, postgresql_where="open > 0"
    )
    op.create_index(
        "ix_allocation_open",
        "allocation",
        ["shop_id", "sku_id", "location_id", "hu_id", "lot_id"],
        unique=False,
        postgresql_where="open > 0",
    )
    op.create_index("ix_allocation_order", "allocation", ["shop_id", "order_id"], unique=False)
    op.create_table(
        "count_task",
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("move_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "reason in ('short_pick', 'cycle', 'manual', 'zero_check')", name=op.f("ck_count_task_reason")
        ),
        sa.CheckConstraint("state in ('open', 'counting', 'closed')", name=op.f("ck_count_task_state")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_count_task_location_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_count_task_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_task")),
    )
    op.create_index(
        "uq_count_task_open",
        "count_task",
        ["location_id"],
        unique=True,
        postgresql_where="state in ('open','counting')",
    )
    op.create_table(
        "handling_unit",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sscc", sa.Text(), nullable=True),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "kind in ('pallet', 'carton', 'tote', 'parcel')", name=op.f("ck_handling_unit_kind")
        ),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_handling_unit_location_id")),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouse.id"], name=op.f("fk_handling_unit_warehouse_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handling_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_handling_unit_code")),
        sa.UniqueConstraint("sscc", name=op.f("uq_handling_unit_sscc")),
    )
    op.create_index(op.f("ix_handling_unit_location_id"), "handling_unit", ["location_id"], unique=False)
    op.create_table(
        "pick_face",
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("min", sa.Integer(), nullable=False),
        sa.Column("max", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("min >= 0 and max > 0 and min <= max", name=op.f("ck_pick_face_levels")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_pick_face_location_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_pick_face_shop_id_sku_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_pick_face_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_pick_face")),
        sa.UniqueConstraint(
            "shop_id", "sku_id", "location_id", name=op.f("uq_pick_face_shop_id_sku_id_location_id")
        ),
    )
    op.create_index(op.f("ix_pick_face_location_id"), "pick_face", ["location_id"], unique=False)
    op.create_table(
        "print_job",
        sa.Column("printer_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("label_id", sa.BigInteger(), nullable=True),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("dots_per_mm", sa.Integer(), nullable=True),
        sa.Column("copies", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("device_id", sa.BigInteger(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "document in ('label', 'handling_unit', 'slip', 'protocol', 'sheet', 'test')",
            name=op.f("ck_print_job_document"),
        ),
        sa.CheckConstraint("format in ('zpl', 'pdf')", name=op.f("ck_print_job_format")),
        sa.CheckConstraint(
            "state in ('queued', 'sending', 'printed', 'failed', 'unknown', 'cancelled')",
            name=op.f("ck_print_job_state"),
        ),
        sa.CheckConstraint(
            "state not in ('queued','sending') or content is not null or document_id is not null",
            name=op.f("ck_print_job_something"),
        ),
        sa.CheckConstraint("copies between 1 and 20", name=op.f("ck_print_job_copies")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_print_job_device_id")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_print_job_location_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_print_job_person_id")),
        sa.ForeignKeyConstraint(["printer_id"], ["printer.id"], name=op.f("fk_print_job_printer_id")),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_print_job")),
    )
    op.create_index("ix_print_job_ended", "print_job", ["ended_at"], unique=False)
    op.create_index("ix_print_job_id", "print_job", ["id"], unique=False)
    op.create_index(
        "ix_print_job_open",
        "print_job",
        ["printer_id", "id"],
        unique=False,
        postgresql_where="state in ('queued','sending','unknown')",
    )
    op.create_index(
        "ix_print_job_place", "print_job", ["location_id"], unique=False, postgresql_where="state = 'queued'"
    )
    op.create_index("ix_print_job_printer", "print_job", ["printer_id", "id"], unique=False)
    op.create_index(
        "ix_print_job_subject", "print_job", ["shop_id", "subject", "subject_id", "id"], unique=False
    )
    op.create_table(
        "printer_place",
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("printer_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind in ('zpl', 'paper')", name=op.f("ck_printer_place_kind")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_printer_place_location_id")),
        sa.ForeignKeyConstraint(
            ["printer_id", "kind"],
            ["printer.id", "printer.kind"],
            name=op.f("fk_printer_place_printer_id_kind"),
        ),
        sa.PrimaryKeyConstraint("location_id", "kind", name=op.f("pk_printer_place")),
    )
    op.create_index("ix_printer_place_printer", "printer_place", ["printer_id"], unique=False)
    op.create_table(
        "putback_task",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("hu_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("state in ('open', 'done')", name=op.f("ck_putback_task_state")),
        sa.CheckConstraint(
            "quantity > 0 and done between 0 and quantity", name=op.f("ck_putback_task_quantity")
        ),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_putback_task_location_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["orders.shop_id", "orders.id"],
            name=op.f("fk_putback_task_shop_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_putback_task_shop_id_sku_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_putback_task")),
    )
    op.create_index(
        "ix_putback_task_open",
        "putback_task",
        ["shop_id", "id"],
        unique=False,
        postgresql_where="state = 'open'",
    )
    op.create_table(
        "receipt",
        sa.Column("asn_id", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("state in ('open', 'closed')", name=op.f("ck_receipt_state")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_receipt_location_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_receipt_person_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "asn_id"], ["asn.shop_id", "asn.id"], name=op.f("fk_receipt_shop_id_asn_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_receipt_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("shop_id", "number", name=op.f("uq_receipt_shop_id_number")),
    )
    op.create_index("ix_receipt_number", "receipt", ["number"], unique=False)
    op.create_index(
        "uq_receipt_open_asn",
        "receipt",
        ["shop_id", "asn_id"],
        unique=True,
        postgresql_where="state = 'open'",
    )
    op.create_table(
        "replenishment",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("from_location_id", sa.BigInteger(), nullable=False),
        sa.Column("from_hu_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("to_location_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("moved", sa.Integer(), server_default="0", nullable=False),
        sa.Column("missing", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("step", sa.Text(), server_default="location", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("device_id", sa.BigInteger(), nullable=True),
        sa.Column("lost_by_id", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(state = 'claimed') <= (person_id is not null and lease_until is not null)",
            name=op.f("ck_replenishment_claimed"),
        ),
        sa.CheckConstraint("reason in ('demand', 'min')", name=op.f("ck_replenishment_reason")),
        sa.CheckConstraint(
            "state in ('waiting', 'claimed', 'done', 'short', 'void')", name=op.f("ck_replenishment_state")
        ),
        sa.CheckConstraint("step in ('location', 'item', 'target')", name=op.f("ck_replenishment_step")),
        sa.CheckConstraint("moved between 0 and quantity", name=op.f("ck_replenishment_moved")),
        sa.CheckConstraint(
            "quantity > 0 and counted between 0 and quantity", name=op.f("ck_replenishment_quantity")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_replenishment_device_id")),
        sa.ForeignKeyConstraint(
            ["from_location_id"], ["location.id"], name=op.f("fk_replenishment_from_location_id")
        ),
        sa.ForeignKeyConstraint(["lost_by_id"], ["person.id"], name=op.f("fk_replenishment_lost_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_replenishment_person_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_replenishment_shop_id_sku_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_replenishment_shop_id")),
        sa.ForeignKeyConstraint(
            ["to_location_id"], ["location.id"], name=op.f("fk_replenishment_to_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouse.id"], name=op.f("fk_replenishment_warehouse_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_replenishment")),
    )
    op.create_index(
        "ix_replenishment_done",
        "replenishment",
        ["person_id", "done_at"],
        unique=False,
        postgresql_where="state in ('done','short')",
    )
    op.create_index(
        "ix_replenishment_from",
        "replenishment",
        ["from_location_id"],
        unique=False,
        postgresql_where="state in ('waiting','claimed')",
    )
    op.create_index(
        "ix_replenishment_open",
        "replenishment",
        ["warehouse_id", "due_at", "id"],
        unique=False,
        postgresql_where="state in ('waiting','claimed')",
    )
    op.create_index(
        "ix_replenishment_to",
        "replenishment",
        ["to_location_id"],
        unique=False,
        postgresql_where="state in ('waiting','claimed')",
    )
    op.create_table(
        "cluster_order",
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("tote_hu_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_cluster_order_cluster_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["orders.shop_id", "orders.id"],
            name=op.f("fk_cluster_order_shop_id_order_id"),
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_cluster_order_shop_id")),
        sa.ForeignKeyConstraint(
            ["tote_hu_id"], ["handling_unit.id"], name=op.f("fk_cluster_order_tote_hu_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "cluster_id", "order_id", name=op.f("pk_cluster_order")),
    )
    op.create_index("ix_cluster_order_cluster", "cluster_order", ["cluster_id"], unique=False)
    op.create_index("ix_cluster_order_order", "cluster_order", ["shop_id", "order_id"], unique=False)
    op.create_index(
        "ix_cluster_order_tote",
        "cluster_order",
        ["tote_hu_id"],
        unique=False,
        postgresql_where="tote_hu_id is not null",
    )
    op.create_table(
        "count_line",
        sa.Column("count_task_id", sa.BigInteger(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="sellable", nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("move_id", sa.BigInteger(), nullable=True),
        sa.Column("moved", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("adjusted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_count_line_counted")),
        sa.ForeignKeyConstraint(
            ["count_task_id"], ["count_task.id"], name=op.f("fk_count_line_count_task_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_count_line_person_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_count_line_shop_id_sku_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_count_line_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_count_line")),
    )
    op.create_index(
        "uq_count_line", "count_line", ["count_task_id", "shop_id", "sku_id", "lot_id", "status"], unique=True
    )
    op.create_table(
        "discrepancy",
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("asn_line_id", sa.BigInteger(), nullable=True),
        sa.Column("sku_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "kind in ('over', 'short', 'damaged', 'unknown')", name=op.f("ck_discrepancy_kind")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_discrepancy_quantity")),
        sa.ForeignKeyConstraint(
            ["shop_id", "asn_line_id"],
            ["asn_line.shop_id", "asn_line.id"],
            name=op.f("fk_discrepancy_shop_id_asn_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "receipt_id"],
            ["receipt.shop_id", "receipt.id"],
            name=op.f("fk_discrepancy_shop_id_receipt_id"),
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_discrepancy")),
    )
    op.create_index("ix_discrepancy_receipt", "discrepancy", ["shop_id", "receipt_id"], unique=False)
    op.create_table(
        "goods_move",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("from_location_id", sa.BigInteger(), nullable=True),
        sa.Column("to_location_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("move_shops", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("move_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("device_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "cardinality(move_ids) = cardinality(move_shops)", name=op.f("ck_goods_move_moves")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_goods_move_device_id")),
        sa.ForeignKeyConstraint(
            ["from_location_id"], ["location.id"], name=op.f("fk_goods_move_from_location_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_goods_move_person_id")),
        sa.ForeignKeyConstraint(
            ["to_location_id"], ["location.id"], name=op.f("fk_goods_move_to_location_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["handling_unit.id"], name=op.f("fk_goods_move_unit_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_goods_move_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_move")),
    )
    op.create_index("ix_goods_move_person", "goods_move", ["person_id", "id"], unique=False)
    op.create_table(
        "move",
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("from_location_id", sa.BigInteger(), nullable=False),
        sa.Column("from_hu_id", sa.BigInteger(), nullable=True),
        sa.Column("from_status", sa.Text(), nullable=False),
        sa.Column("to_location_id", sa.BigInteger(), nullable=False),
        sa.Column("to_hu_id", sa.BigInteger(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("order_line_id", sa.BigInteger(), nullable=True),
        sa.Column("allocation_id", sa.BigInteger(), nullable=True),
        sa.Column("doc", sa.Text(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("device_id", sa.BigInteger(), nullable=True),
        sa.Column("scan_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "from_status in ('sellable', 'quarantine', 'damaged', 'expired')",
            name=op.f("ck_move_from_status"),
        ),
        sa.CheckConstraint(
            "to_status in ('sellable', 'quarantine', 'damaged', 'expired')", name=op.f("ck_move_to_status")
        ),
        sa.CheckConstraint(
            "(from_location_id, coalesce(from_hu_id, 0), from_status) <> (to_location_id, coalesce(to_hu_id, 0), to_status)",
            name=op.f("ck_move_somewhere_else"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_move_quantity")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_move_device_id")),
        sa.ForeignKeyConstraint(["from_hu_id"], ["handling_unit.id"], name=op.f("fk_move_from_hu_id")),
        sa.ForeignKeyConstraint(["from_location_id"], ["location.id"], name=op.f("fk_move_from_location_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_move_person_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_move_shop_id_sku_id")
        ),
        sa.ForeignKeyConstraint(["to_hu_id"], ["handling_unit.id"], name=op.f("fk_move_to_hu_id")),
        sa.ForeignKeyConstraint(["to_location_id"], ["location.id"], name=op.f("fk_move_to_location_id")),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_move")),
    )
    op.create_index("ix_move_at", "move", ["at"], unique=False, postgresql_using="brin")
    op.create_index("ix_move_from", "move", ["from_location_id", "id"], unique=False)
    op.create_index(
        "ix_move_from_hu",
        "move",
        ["from_hu_id", "id"],
        unique=False,
        postgresql_where="from_hu_id is not null",
    )
    op.create_index(
        "ix_move_order",
        "move",
        ["shop_id", "order_id"],
        unique=False,
        postgresql_where="order_id is not null",
    )
    op.create_index("ix_move_sku", "move", ["shop_id", "sku_id", "id"], unique=False)
    op.create_index("ix_move_to", "move", ["to_location_id", "id"], unique=False)
    op.create_index(
        "ix_move_to_hu", "move", ["to_hu_id", "id"], unique=False, postgresql_where="to_hu_id is not null"
    )
    op.create_table(
        "parcel",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("hu_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("station_id", sa.BigInteger(), nullable=True),
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("carton_code", sa.Text(), nullable=True),
        sa.Column("expected_weight_g", sa.Integer(), nullable=True),
        sa.Column("weight_g", sa.Integer(), nullable=True),
        sa.Column("units", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ledger_units", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=True),
        sa.Column("sscc", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "verified",
            sa.Boolean(),
            sa.Computed(
                "closed_at is not null and voided_at is null and units > 0 and units = ledger_units and weight_g > 0",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "state in ('open', 'closed', 'labelled', 'manifested', 'handed_over', 'void')",
            name=op.f("ck_parcel_state"),
        ),
        sa.CheckConstraint(
            "state in ('open','void') or closed_at is not null", name=op.f("ck_parcel_closed")
        ),
        sa.CheckConstraint(
            "state not in ('labelled','manifested','handed_over') or (tracking_number is not null and verified)",
            name=op.f("ck_parcel_labelled"),
        ),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_parcel_carrier_id")),
        sa.ForeignKeyConstraint(["hu_id"], ["handling_unit.id"], name=op.f("fk_parcel_hu_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"], ["orders.shop_id", "orders.id"], name=op.f("fk_parcel_shop_id_order_id")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["location.id"], name=op.f("fk_parcel_station_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_parcel_warehouse_id")),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_parcel")),
        sa.UniqueConstraint(
            "carrier_id", "tracking_number", name=op.f("uq_parcel_carrier_id_tracking_number")
        ),
        sa.UniqueConstraint("hu_id", name=op.f("uq_parcel_hu_id")),
        sa.UniqueConstraint("shop_id", "id", "verified", name=op.f("uq_parcel_shop_id_id_verified")),
        sa.UniqueConstraint("shop_id", "order_id", "id", name=op.f("uq_parcel_shop_id_order_id_id")),
        sa.UniqueConstraint("shop_id", "order_id", "no", name=op.f("uq_parcel_shop_id_order_id_no")),
        sa.UniqueConstraint("sscc", name=op.f("uq_parcel_sscc")),
    )
    op.create_index(
        "ix_parcel_ready",
        "parcel",
        ["carrier_id", "warehouse_id"],
        unique=False,
        postgresql_where="state = 'labelled'",
    )
    op.create_index("ix_parcel_tracking_number", "parcel", ["tracking_number"], unique=False)
    op.create_table(
        "pick_task",
        sa.Column("cluster_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("allocation_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("hu_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("step", sa.Text(), server_default="location", nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("missing", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("tote_hu_id", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("state in ('open', 'picked', 'short', 'void')", name=op.f("ck_pick_task_state")),
        sa.CheckConstraint("step in ('location', 'item', 'tote')", name=op.f("ck_pick_task_step")),
        sa.CheckConstraint("counted between 0 and quantity", name=op.f("ck_pick_task_counted")),
        sa.CheckConstraint(
            "quantity > 0 and picked between 0 and quantity", name=op.f("ck_pick_task_quantity")
        ),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_pick_task_cluster_id")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_pick_task_location_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "allocation_id"],
            ["allocation.shop_id", "allocation.id"],
            name=op.f("fk_pick_task_shop_id_allocation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["orders.shop_id", "orders.id"],
            name=op.f("fk_pick_task_shop_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_line_id"],
            ["order_line.shop_id", "order_line.id"],
            name=op.f("fk_pick_task_shop_id_order_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_pick_task_shop_id_sku_id")
        ),
        sa.ForeignKeyConstraint(["tote_hu_id"], ["handling_unit.id"], name=op.f("fk_pick_task_tote_hu_id")),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_pick_task")),
    )
    op.create_index("ix_pick_task_cluster", "pick_task", ["cluster_id", "id"], unique=False)
    op.create_index(
        "ix_pick_task_next",
        "pick_task",
        ["cluster_id", "seq"],
        unique=False,
        postgresql_where="state = 'open'",
    )
    op.create_index("ix_pick_task_order", "pick_task", ["shop_id", "order_id"], unique=False)
    op.create_index(
        "uq_pick_task_allocation",
        "pick_task",
        ["shop_id", "allocation_id"],
        unique=True,
        postgresql_where="state <> 'void'",
    )
    op.create_table(
        "receipt_line",
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("asn_line_id", sa.BigInteger(), nullable=True),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("hu_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_receipt_line_quantity")),
        sa.ForeignKeyConstraint(["hu_id"], ["handling_unit.id"], name=op.f("fk_receipt_line_hu_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_receipt_line_person_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "asn_line_id"],
            ["asn_line.shop_id", "asn_line.id"],
            name=op.f("fk_receipt_line_shop_id_asn_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "lot_id"], ["lot.shop_id", "lot.id"], name=op.f("fk_receipt_line_shop_id_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "receipt_id"],
            ["receipt.shop_id", "receipt.id"],
            name=op.f("fk_receipt_line_shop_id_receipt_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_receipt_line_shop_id_sku_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_receipt_line")),
    )
    op.create_index("ix_receipt_line_receipt", "receipt_line", ["shop_id", "receipt_id"], unique=False)
    op.create_table(
        "label",
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("parcel_verified", sa.Boolean(), server_default="true", nullable=True),
        sa.Column("state", sa.Text(), server_default="requested", nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=True),
        sa.Column("sscc", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("template_version", sa.Text(), nullable=True),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("carrier_ref", sa.Text(), nullable=True),
        sa.Column("in_doubt_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("down_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fallback_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "requested_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("track_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tracked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_number", sa.Text(), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("state <> 'accepted' or carrier_ref is not null", name=op.f("ck_label_booked")),
        sa.CheckConstraint(
            "state = 'void' or coalesce(parcel_verified, false)", name=op.f("ck_label_content_verified")
        ),
        sa.CheckConstraint(
            "state in ('requested', 'accepted', 'failed', 'unknown', 'ready', 'printed', 'void')",
            name=op.f("ck_label_state"),
        ),
        sa.CheckConstraint(
            "state not in ('ready','printed') or tracking_number is not null", name=op.f("ck_label_number")
        ),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_label_carrier_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "parcel_id", "parcel_verified"],
            ["parcel.shop_id", "parcel.id", "parcel.verified"],
            name=op.f("fk_label_shop_id_parcel_id_parcel_verified"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "parcel_id"], ["parcel.shop_id", "parcel.id"], name=op.f("fk_label_shop_id_parcel_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_label")),
    )
    op.create_index(
        "ix_label_carrier_ref",
        "label",
        ["carrier_id", "carrier_ref"],
        unique=False,
        postgresql_where="carrier_ref is not null",
    )
    op.create_index(
        "ix_label_to_cancel",
        "label",
        ["voided_at"],
        unique=False,
        postgresql_where="state = 'void' and cancelled_at is null and (carrier_ref is not null or in_doubt_since is not null)",
    )
    op.create_index(
        "ix_label_to_track",
        "label",
        ["track_at"],
        unique=False,
        postgresql_where="track_at is not null and state <> 'void'",
    )
    op.create_index(
        "ix_label_waiting",
        "label",
        ["retry_at"],
        unique=False,
        postgresql_where="state in ('requested','accepted','failed','unknown')",
    )
    op.create_index(
        "uq_label_live", "label", ["shop_id", "parcel_id"], unique=True, postgresql_where="state <> 'void'"
    )
    op.create_table(
        "manifest_parcel",
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("manifest_id", sa.BigInteger(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("parcel_verified", sa.Boolean(), server_default="true", nullable=True),
        sa.Column(
            "loaded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("loaded_by", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_behind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("settled_why", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(settled_at is null) = (settled_why is null)", name=op.f("ck_manifest_parcel_settled")
        ),
        sa.CheckConstraint(
            "left_behind_at is not null or coalesce(parcel_verified, false)",
            name=op.f("ck_manifest_parcel_content_verified"),
        ),
        sa.ForeignKeyConstraint(["loaded_by"], ["person.id"], name=op.f("fk_manifest_parcel_loaded_by")),
        sa.ForeignKeyConstraint(
            ["manifest_id", "carrier_id"],
            ["manifest.id", "manifest.carrier_id"],
            name=op.f("fk_manifest_parcel_manifest_id_carrier_id"),
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_manifest_parcel_settled_by")),
        sa.ForeignKeyConstraint(
            ["shop_id", "parcel_id", "parcel_verified"],
            ["parcel.shop_id", "parcel.id", "parcel.verified"],
            name=op.f("fk_manifest_parcel_shop_id_parcel_id_parcel_verified"),
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_manifest_parcel_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "manifest_id", "parcel_id", name=op.f("pk_manifest_parcel")),
    )
    op.create_index("ix_manifest_parcel_manifest", "manifest_parcel", ["manifest_id"], unique=False)
    op.create_index(
        "ix_manifest_parcel_unscanned",
        "manifest_parcel",
        ["manifest_id"],
        unique=False,
        postgresql_where="scanned_at is null and settled_at is null and left_behind_at is null",
    )
    op.create_index(
        "uq_manifest_parcel_once",
        "manifest_parcel",
        ["shop_id", "parcel_id"],
        unique=True,
        postgresql_where="left_behind_at is null",
    )
    op.create_table(
        "pack_session",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("station_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("tote_hu_id", sa.BigInteger(), nullable=True),
        sa.Column("parcel_id", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pack_session_person_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["orders.shop_id", "orders.id"],
            name=op.f("fk_pack_session_shop_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "parcel_id"],
            ["parcel.shop_id", "parcel.id"],
            name=op.f("fk_pack_session_shop_id_parcel_id"),
        ),
        sa.ForeignKeyConstraint(["station_id"], ["location.id"], name=op.f("fk_pack_session_station_id")),
        sa.ForeignKeyConstraint(
            ["tote_hu_id"], ["handling_unit.id"], name=op.f("fk_pack_session_tote_hu_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_pack_session")),
    )
    op.create_index(
        "uq_pack_session_live",
        "pack_session",
        ["shop_id", "order_id"],
        unique=True,
        postgresql_where="done_at is null",
    )
    op.create_table(
        "parcel_alarm",
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "kind in ('silent', 'late', 'stuck', 'problem')", name=op.f("ck_parcel_alarm_kind")
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "parcel_id"],
            ["parcel.shop_id", "parcel.id"],
            name=op.f("fk_parcel_alarm_shop_id_parcel_id"),
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_parcel_alarm")),
    )
    op.create_index(
        "uq_parcel_alarm_open",
        "parcel_alarm",
        ["shop_id", "parcel_id", "kind"],
        unique=True,
        postgresql_where="closed_at is null",
    )
    op.create_table(
        "parcel_item",
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_parcel_item_quantity")),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id", "order_line_id", "sku_id"],
            ["order_line.shop_id", "order_line.order_id", "order_line.id", "order_line.sku_id"],
            name=op.f("fk_parcel_item_shop_id_order_id_order_line_id_sku_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id", "parcel_id"],
            ["parcel.shop_id", "parcel.order_id", "parcel.id"],
            name=op.f("fk_parcel_item_shop_id_order_id_parcel_id"),
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_parcel_item")),
        sa.UniqueConstraint(
            "shop_id",
            "parcel_id",
            "order_line_id",
            "lot_id",
            name=op.f("uq_parcel_item_shop_id_parcel_id_order_line_id_lot_id"),
        ),
    )
    op.create_table(
        "rma",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="announced", nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("order_number", sa.Text(), nullable=True),
        sa.Column("parcel_id", sa.BigInteger(), nullable=True),
        sa.Column("tracking_number", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("declared_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("request_hash", sa.LargeBinary(), nullable=True),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "kind in ('withdrawal', 'complaint', 'carrier_damage', 'undelivered', 'wrong_or_missing', 'b2b', 'unknown')",
            name=op.f("ck_rma_kind"),
        ),
        sa.CheckConstraint(
            "state in ('announced', 'in_transit', 'received', 'inspecting', 'inspected', 'awaiting_shop', 'resolved', 'closed', 'rejected')",
            name=op.f("ck_rma_state"),
        ),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_rma_location_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"], ["orders.shop_id", "orders.id"], name=op.f("fk_rma_shop_id_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "parcel_id"], ["parcel.shop_id", "parcel.id"], name=op.f("fk_rma_shop_id_parcel_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_rma_shop_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_rma_warehouse_id")),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_rma")),
        sa.UniqueConstraint("shop_id", "number", name=op.f("uq_rma_shop_id_number")),
    )
    op.create_index("ix_rma_email", "rma", [sa.literal_column("lower(email)")], unique=False)
    op.create_index("ix_rma_number", "rma", ["number"], unique=False)
    op.create_index(
        "ix_rma_open",
        "rma",
        ["warehouse_id", "state"],
        unique=False,
        postgresql_where="state in ('announced','in_transit','received','inspecting')",
    )
    op.create_index("ix_rma_order", "rma", ["shop_id", "order_id"], unique=False)
    op.create_index("ix_rma_tracking", "rma", ["tracking_number"], unique=False)
    op.create_index(
        "uq_rma_undelivered",
        "rma",
        ["shop_id", "parcel_id"],
        unique=True,
        postgresql_where="kind = 'undelivered'",
    )
    op.create_table(
        "service_choice",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=True),
        sa.Column("carrier_id", sa.BigInteger(), nullable=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), server_default="", nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=True),
        sa.Column("price", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "reason in ('cheapest', 'only', 'fixed', 'quickest', 'fallback', 'by-hand', 'nothing')",
            name=op.f("ck_service_choice_reason"),
        ),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_service_choice_carrier_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["orders.shop_id", "orders.id"],
            name=op.f("fk_service_choice_shop_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "parcel_id"],
            ["parcel.shop_id", "parcel.id"],
            name=op.f("fk_service_choice_shop_id_parcel_id"),
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_service_choice")),
    )
    op.create_index("ix_service_choice_order", "service_choice", ["shop_id", "order_id"], unique=False)
    op.create_table(
        "tracking_event",
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "status in ('registered', 'ready', 'handed_over', 'in_transit', 'out_for_delivery', 'at_point', 'delivered', 'problem', 'returned', 'cancelled')",
            name=op.f("ck_tracking_event_status"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "parcel_id"],
            ["parcel.shop_id", "parcel.id"],
            name=op.f("fk_tracking_event_shop_id_parcel_id"),
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_tracking_event")),
        sa.UniqueConstraint(
            "shop_id",
            "parcel_id",
            "status",
            "raw",
            "at",
            name=op.f("uq_tracking_event_shop_id_parcel_id_status_raw_at"),
        ),
    )
    op.create_table(
        "refund_advice",
        sa.Column("rma_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "rma_id"], ["rma.shop_id", "rma.id"], name=op.f("fk_refund_advice_shop_id_rma_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_refund_advice")),
    )
    op.create_index("ix_refund_advice_rma", "refund_advice", ["shop_id", "rma_id"], unique=False)
    op.create_table(
        "rma_line",
        sa.Column("rma_id", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("inspected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("announced", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("quantity > 0 and inspected >= 0", name=op.f("ck_rma_line_quantity")),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_line_id"],
            ["order_line.shop_id", "order_line.id"],
            name=op.f("fk_rma_line_shop_id_order_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "rma_id"], ["rma.shop_id", "rma.id"], name=op.f("fk_rma_line_shop_id_rma_id")
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_rma_line_shop_id_sku_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_rma_line")),
        sa.UniqueConstraint("shop_id", "rma_id", "line_no", name=op.f("uq_rma_line_shop_id_rma_id_line_no")),
    )
    op.create_index("ix_rma_line_order_line", "rma_line", ["shop_id", "order_line_id"], unique=False)
    op.create_index("ix_rma_line_sku", "rma_line", ["shop_id", "sku_id"], unique=False)
    op.create_table(
        "stray_parcel",
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("photo", sa.LargeBinary(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("matched_shop_id", sa.Integer(), nullable=True),
        sa.Column("matched_rma_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(state = 'matched') = (matched_rma_id is not null)", name=op.f("ck_stray_parcel_matched")
        ),
        sa.CheckConstraint("state in ('open', 'matched', 'disposed')", name=op.f("ck_stray_parcel_state")),
        sa.ForeignKeyConstraint(
            ["matched_shop_id", "matched_rma_id"],
            ["rma.shop_id", "rma.id"],
            name=op.f("fk_stray_parcel_matched_shop_id_matched_rma_id"),
        ),
        sa.ForeignKeyConstraint(
            ["matched_shop_id"], ["shop.id"], name=op.f("fk_stray_parcel_matched_shop_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stray_parcel_person_id")),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouse.id"], name=op.f("fk_stray_parcel_warehouse_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stray_parcel")),
    )
    op.create_index("ix_stray_parcel_code", "stray_parcel", ["code"], unique=False)
    op.create_index(
        "ix_stray_parcel_open",
        "stray_parcel",
        ["warehouse_id", "id"],
        unique=False,
        postgresql_where="state = 'open'",
    )
    op.create_table(
        "inspection",
        sa.Column("rma_id", sa.BigInteger(), nullable=False),
        sa.Column("rma_line_id", sa.BigInteger(), nullable=True),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("warnings", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("checklist", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("photos", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "disposition in ('restock', 'repack', 'repair', 'quarantine', 'to_shop', 'dispose')",
            name=op.f("ck_inspection_disposition"),
        ),
        sa.CheckConstraint(
            "grade in ('new', 'opened', 'used', 'damaged', 'not_ours')", name=op.f("ck_inspection_grade")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_inspection_quantity")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_inspection_person_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "document_id"],
            ["document.shop_id", "document.id"],
            name=op.f("fk_inspection_shop_id_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "lot_id"], ["lot.shop_id", "lot.id"], name=op.f("fk_inspection_shop_id_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "rma_id"], ["rma.shop_id", "rma.id"], name=op.f("fk_inspection_shop_id_rma_id")
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "rma_line_id"],
            ["rma_line.shop_id", "rma_line.id"],
            name=op.f("fk_inspection_shop_id_rma_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "sku_id"], ["sku.shop_id", "sku.id"], name=op.f("fk_inspection_shop_id_sku_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_inspection")),
    )
    op.create_index("ix_inspection_rma", "inspection", ["shop_id", "rma_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_inspection_rma", table_name="inspection")
    op.drop_table("inspection")
    op.drop_index("ix_stray_parcel_open", table_name="stray_parcel", postgresql_where="state = 'open'")
    op.drop_index("ix_stray_parcel_code", table_name="stray_parcel")
    op.drop_table("stray_parcel")
    op.drop_index("ix_rma_line_sku", table_name="rma_line")
    op.drop_index("ix_rma_line_order_line", table_name="rma_line")
    op.drop_table("rma_line")
    op.drop_index("ix_refund_advice_rma", table_name="refund_advice")
    op.drop_table("refund_advice")
    op.drop_table("tracking_event")
    op.drop_index("ix_service_choice_order", table_name="service_choice")
    op.drop_table("service_choice")
    op.drop_index("uq_rma_undelivered", table_name="rma", postgresql_where="kind = 'undelivered'")
    op.drop_index("ix_rma_tracking", table_name="rma")
    op.drop_index("ix_rma_order", table_name="rma")
    op.drop_index(
        "ix_rma_open",
        table_name="rma",
        postgresql_where="state in ('announced','in_transit','received','inspecting')",
    )
    op.drop_index("ix_rma_number", table_name="rma")
    op.drop_index("ix_rma_email", table_name="rma")
    op.drop_table("rma")
    op.drop_table("parcel_item")
    op.drop_index("uq_parcel_alarm_open", table_name="parcel_alarm", postgresql_where="closed_at is null")
    op.drop_table("parcel_alarm")
    op.drop_index("uq_pack_session_live", table_name="pack_session", postgresql_where="done_at is null")
    op.drop_table("pack_session")
    op.drop_index(
        "uq_manifest_parcel_once", table_name="manifest_parcel", postgresql_where="left_behind_at is null"
    )
    op.drop_index(
        "ix_manifest_parcel_unscanned",
        table_name="manifest_parcel",
        postgresql_where="scanned_at is null and settled_at is null and left_behind_at is null",
    )
    op.drop_index("ix_manifest_parcel_manifest", table_name="manifest_parcel")
    op.drop_table("manifest_parcel")
    op.drop_index("uq_label_live", table_name="label", postgresql_where="state <> 'void'")
    op.drop_index(
        "ix_label_waiting",
        table_name="label",
        postgresql_where="state in ('requested','accepted','failed','unknown')",
    )
    op.drop_index(
        "ix_label_to_track", table_name="label", postgresql_where="track_at is not null and state <> 'void'"
    )
    op.drop_index(
        "ix_label_to_cancel",
        table_name="label",
        postgresql_where="state = 'void' and cancelled_at is null and (carrier_ref is not null or in_doubt_since is not null)",
    )
    op.drop_index("ix_label_carrier_ref", table_name="label", postgresql_where="carrier_ref is not null")
    op.drop_table("label")
    op.drop_index("ix_receipt_line_receipt", table_name="receipt_line")
    op.drop_table("receipt_line")
    op.drop_index("uq_pick_task_allocation", table_name="pick_task", postgresql_where="state <> 'void'")
    op.drop_index("ix_pick_task_order", table_name="pick_task")
    op.drop_index("ix_pick_task_next", table_name="pick_task", postgresql_where="state = 'open'")
    op.drop_index("ix_pick_task_cluster", table_name="pick_task")
    op.drop_table("pick_task")
    op.drop_index("ix_parcel_tracking_number", table_name="parcel")
    op.drop_index("ix_parcel_ready", table_name="parcel", postgresql_where="state = 'labelled'")
    op.drop_table("parcel")
    op.drop_index("ix_move_to_hu", table_name="move", postgresql_where="to_hu_id is not null")
    op.drop_index("ix_move_to", table_name="move")
    op.drop_index("ix_move_sku", table_name="move")
    op.drop_index("ix_move_order", table_name="move", postgresql_where="order_id is not null")
    op.drop_index("ix_move_from_hu", table_name="move", postgresql_where="from_hu_id is not null")
    op.drop_index("ix_move_from", table_name="move")
    op.drop_index("ix_move_at", table_name="move", postgresql_using="brin")
    op.drop_table("move")
    op.drop_index("ix_goods_move_person", table_name="goods_move")
    op.drop_table("goods_move")
    op.drop_index("ix_discrepancy_receipt", table_name="discrepancy")
    op.drop_table("discrepancy")
    op.drop_index("uq_count_line", table_name="count_line")
    op.drop_table("count_line")
    op.drop_index(
        "ix_cluster_order_tote", table_name="cluster_order", postgresql_where="tote_hu_id is not null"
    )
    op.drop_index("ix_cluster_order_order", table_name="cluster_order")
    op.drop_index("ix_cluster_order_cluster", table_name="cluster_order")
    op.drop_table("cluster_order")
    op.drop_index(
        "ix_replenishment_to", table_name="replenishment", postgresql_where="state in ('waiting','claimed')"
    )
    op.drop_index(
        "ix_replenishment_open", table_name="replenishment", postgresql_where="state in ('waiting','claimed')"
    )
    op.drop_index(
        "ix_replenishment_from", table_name="replenishment", postgresql_where="state in ('waiting','claimed')"
    )
    op.drop_index(
        "ix_replenishment_done", table_name="replenishment", postgresql_where="state in ('done','short')"
    )
    op.drop_table("replenishment")
    op.drop_index("uq_receipt_open_asn", table_name="receipt", postgresql_where="state = 'open'")
    op.drop_index("ix_receipt_number", table_name="receipt")
    op.drop_table("receipt")
    op.drop_index("ix_putback_task_open", table_name="putback_task", postgresql_where="state = 'open'")
    op.drop_table("putback_task")
    op.drop_index("ix_printer_place_printer", table_name="printer_place")
    op.drop_table("printer_place")
    op.drop_index("ix_print_job_subject", table_name="print_job")
    op.drop_index("ix_print_job_printer", table_name="print_job")
    op.drop_index("ix_print_job_place", table_name="print_job", postgresql_where="state = 'queued'")
    op.drop_index(
        "ix_print_job_open",
        table_name="print_job",
        postgresql_where="state in ('queued','sending','unknown')",
    )
    op.drop_index("ix_print_job_id", table_name="print_job")
    op.drop_index("ix_print_job_ended", table_name="print_job")
    op.drop_table("print_job")
    op.drop_index(op.f("ix_pick_face_location_id"), table_name="pick_face")
    op.drop_table("pick_face")
    op.drop_index(op.f("ix_handling_unit_location_id"), table_name="handling_unit")
    op.drop_table("handling_unit")
    op.drop_index(
        "uq_count_task_open", table_name="count_task", postgresql_where="state in ('open','counting')"
    )
    op.drop_table("count_task")
    op.drop_index("ix_allocation_order", table_name="allocation")
    op.drop_index("ix_allocation_open", table_name="allocation", postgresql_where="open > 0")
    op.drop_index("ix_allocation_location", table_name="allocation", postgresql_where="open > 0")
    op.drop_index("ix_allocation_line", table_name="allocation")
    op.drop_table("allocation")
    op.drop_table("sku_picture")
    op.drop_table("rate_window")
    op.drop_index(
        "ix_order_line_missing",
        table_name="order_line",
        postgresql_where="not kit and quantity - cancelled - allocated - picked > 0",
    )
    op.drop_table("order_line")
    op.drop_index("ix_order_hold_order", table_name="order_hold")
    op.drop_index("ix_order_hold_open", table_name="order_hold", postgresql_where="released_at is null")
    op.drop_table("order_hold")
    op.drop_index(
        "ix_manifest_protocol_due", table_name="manifest_protocol", postgresql_where="state = 'waiting'"
    )
    op.drop_table("manifest_protocol")
    op.drop_index(
        "ix_manifest_delivery_failed",
        table_name="manifest_delivery",
        postgresql_where="channel = 'sftp' and status <> 'sent'",
    )
    op.drop_index(
        "ix_manifest_delivery_due",
        table_name="manifest_delivery",
        postgresql_where="status = 'waiting' and channel = 'sftp'",
    )
    op.drop_table("manifest_delivery")
    op.drop_index("ix_lot_serial", table_name="lot", postgresql_where="serial is not null")
    op.drop_index("ix_lot_code", table_name="lot")
    op.drop_table("lot")
    op.drop_index("ix_location_zone_id", table_name="location")
    op.drop_index("ix_location_walk", table_name="location", postgresql_where="locked_at is null")
    op.drop_index("ix_location_code", table_name="location")
    op.drop_table("location")
    op.drop_table("kit_component")
    op.drop_table("hand")
    op.drop_index("ix_counter_manifest_manifest", table_name="counter_manifest")
    op.drop_table("counter_manifest")
    op.drop_index(op.f("ix_cluster_wave_id"), table_name="cluster")
    op.drop_index(
        "ix_cluster_waiting", table_name="cluster", postgresql_where="state in ('waiting','claimed')"
    )
    op.drop_index("ix_cluster_in_hand", table_name="cluster", postgresql_where="parked_at is null")
    op.drop_table("cluster")
    op.drop_index("ix_barcode_sku", table_name="barcode")
    op.drop_index("ix_barcode_gtin", table_name="barcode")
    op.drop_index("ix_barcode_code", table_name="barcode")
    op.drop_table("barcode")
    op.drop_index(
        "uq_balance_serial", table_name="balance", postgresql_where="serialised and real and on_hand > 0"
    )
    op.drop_index("ix_balance_location", table_name="balance")
    op.drop_index("ix_balance_hu", table_name="balance")
    op.drop_table("balance")
    op.drop_index("ix_asn_line_sku", table_name="asn_line")
    op.drop_table("asn_line")
    op.drop_table("zone")
    op.drop_table("wave_rule")
    op.drop_table("wave")
    op.drop_index(
        "ix_sku_picture_due", table_name="sku", postgresql_where="picture_url is distinct from picture_of"
    )
    op.drop_index("ix_sku_code", table_name="sku")
    op.drop_table("sku")
    op.drop_index("ix_session_person", table_name="session")
    op.drop_index("ix_session_device", table_name="session")
    op.drop_table("session")
    op.drop_table("service_rule")
    op.drop_index("uq_service_price_line", table_name="service_price", postgresql_nulls_not_distinct=True)
    op.drop_table("service_price")
    op.drop_table("printer")
    op.drop_index("ix_pickup_order_open", table_name="pickup_order", postgresql_where="state <> 'ordered'")
    op.drop_table("pickup_order")
    op.drop_index("ix_orders_surname", table_name="orders", postgresql_ops={"surname": "text_pattern_ops"})
    op.drop_index("ix_orders_state", table_name="orders")
    op.drop_index("ix_orders_postcode", table_name="orders", postgresql_ops={"postcode": "text_pattern_ops"})
    op.drop_index(
        "ix_orders_open",
        table_name="orders",
        postgresql_where="state in ('received','on_hold','backordered','allocated','released','picking','picked','packing','packed','labelled','manifested')",
    )
    op.drop_index(
        "ix_orders_on_the_way", table_name="orders", postgresql_where="state in ('handed_over','in_transit')"
    )
    op.drop_index("ix_orders_number", table_name="orders")
    op.drop_index("ix_orders_email", table_name="orders")
    op.drop_table("orders")
    op.drop_table("number_range")
    op.drop_table("move_seal")
    op.drop_table("manifest_number")
    op.drop_index("uq_manifest_open", table_name="manifest", postgresql_where="state = 'open'")
    op.drop_index("ix_manifest_handed_over", table_name="manifest", postgresql_where="state = 'handed_over'")
    op.drop_table("manifest")
    op.drop_index("ix_carrier_webhook_received", table_name="carrier_webhook")
    op.drop_table("carrier_webhook")
    op.drop_table("carrier_status")
    op.drop_table("carrier_pickup")
    op.drop_index(
        "uq_carrier_credential", table_name="carrier_credential", postgresql_nulls_not_distinct=True
    )
    op.drop_table("carrier_credential")
    op.drop_index("ix_asn_state", table_name="asn", postgresql_where="state in ('announced','receiving')")
    op.drop_index("ix_asn_number", table_name="asn")
    op.drop_table("asn")
    op.drop_index(op.f("ix_api_key_shop_id"), table_name="api_key")
    op.drop_table("api_key")
    op.drop_table("warehouse")
    op.drop_index("ix_sign_in_failure_who", table_name="sign_in_failure")
    op.drop_table("sign_in_failure")
    op.drop_table("shop")
    op.drop_table("person")
    op.drop_index("ix_mail_failed", table_name="mail", postgresql_where="state = 'failed'")
    op.drop_index("ix_mail_due", table_name="mail", postgresql_where="state = 'queued'")
    op.drop_table("mail")
    op.drop_index(
        "ix_idempotent_request_kept", table_name="idempotent_request", postgresql_where="body is not null"
    )
    op.drop_table("idempotent_request")
    op.drop_index("ix_event_subject", table_name="event")
    op.drop_index("ix_event_kind", table_name="event")
    op.drop_index("ix_event_at", table_name="event", postgresql_using="brin")
    op.drop_table("event")
    op.drop_index("ix_document_subject", table_name="document")
    op.drop_table("document")
    op.drop_table("device")
    op.drop_table("carton")
    op.drop_table("carrier")

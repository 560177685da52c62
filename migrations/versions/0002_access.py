"""who may see and do what: grants and row-level security"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Tenant tables: staff work across shops, a shop sees its own rows.
TENANT = (
    "allocation", "asn", "asn_line", "balance", "barcode", "cluster_order", "count_line", "discrepancy", "document",
    "event", "inspection", "kit_component", "label", "lot", "mail", "manifest_parcel", "move", "move_seal", "order_hold",
    "order_line", "orders", "pack_session", "parcel", "parcel_item", "pick_face", "pick_task", "print_job", "putback_task", "receipt",
    "parcel_alarm", "receipt_line", "refund_advice", "replenishment", "rma", "rma_line", "service_choice", "service_rule", "sku", "sku_picture",
    "tracking_event",
)  # fmt: skip
OPERATOR = (
    "carrier", "carrier_credential", "carrier_pickup", "carrier_status", "carrier_webhook", "carton", "cluster", "count_task", "counter_manifest", "device", "goods_move", "hand", "handling_unit", "location",
    "manifest", "manifest_delivery", "manifest_number", "manifest_protocol", "number_range", "person", "pickup_order", "printer", "printer_place", "service_price", "session", "sign_in_failure", "stray_parcel", "warehouse", "wave",
    "wave_rule", "zone",
)  # fmt: skip
# Written once: nobody but the owner may change or remove a row.
APPEND_ONLY = ("move", "move_seal", "event", "document")

SHOP_READS = (
    "allocation", "asn", "asn_line", "balance", "barcode", "discrepancy", "document", "event", "inspection",
    "kit_component", "label", "lot", "manifest_parcel", "move", "order_hold", "order_line", "orders", "parcel",
    "parcel_item", "pick_task", "putback_task", "receipt", "receipt_line", "refund_advice", "rma", "rma_line", "sku",
    "tracking_event",
)  # fmt: skip
SHOP_WRITES = ("allocation", "asn", "asn_line", "barcode", "kit_component", "order_hold", "order_line", "orders",
               "rma", "rma_line", "sku")  # fmt: skip

SEALS = ("while_open_in", "while_open_out", "sealed", "only_open_goes")

# 0 is the operator: no shop, whatever the setting says.
SHOP = "shop_id = nullif(nullif(current_setting('app.shop_id', true), ''), '0')::int"
CARRIER = "carrier_id = nullif(current_setting('app.carrier_id', true), '')::bigint"
PRINCIPAL = "principal = current_setting('app.principal', true)"


def upgrade() -> None:
    op.execute("revoke create on schema public from public")
    op.execute("grant usage on schema public to wms_staff, wms_shop, wms_courier, wms_auth")
    op.execute("grant usage, select on all sequences in schema public to wms_staff, wms_shop, wms_courier")

    op.execute("grant select on alembic_version to wms_staff")
    for table in TENANT:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy staff on {table} to wms_staff using (true) with check (true)")
        op.execute(f"create policy shop on {table} to wms_shop using ({SHOP}) with check ({SHOP})")
        verbs = "select, insert" if table in APPEND_ONLY else "select, insert, update, delete"
        op.execute(f"grant {verbs} on {table} to wms_staff")
    for table in OPERATOR:
        op.execute(f"grant select, insert, update, delete on {table} to wms_staff")

    # A shop
    for table in SHOP_READS:
        op.execute(f"grant select on {table} to wms_shop")
    for table in SHOP_WRITES:
        op.execute(f"grant insert, update on {table} to wms_shop")
    op.execute("grant insert on event, putback_task to wms_shop")
    op.execute("grant delete on barcode, kit_component, manifest_parcel to wms_shop")
    # allocating and cancelling touch these columns and no others
    op.execute("grant update (allocated) on balance to wms_shop")
    op.execute("grant update (state, done_at) on pick_task to wms_shop")
    op.execute("grant update (state, voided_at) on parcel to wms_shop")
    op.execute("grant update (state, voided_at, parcel_verified, retry_at) on label to wms_shop")
    op.execute(
        "grant select (id, code, name, services, max_weight_g, active, adapter) on carrier to wms_shop"
    )
    op.execute(
        "grant select (shop_id, id, subject, subject_id, document, ref, state, tries, ended_at) on print_job to wms_shop"
    )
    op.execute("grant update (state, ended_at, content) on print_job to wms_shop")
    op.execute("grant select on carrier_pickup, warehouse, location, carton to wms_shop")
    # the choice of a service is made while the shop's own request runs; no answer of ours shows a price to a shop
    op.execute("grant select on service_price, service_rule to wms_shop")
    op.execute("grant insert on service_choice to wms_shop")
    op.execute(
        "grant select (shop_id, id, order_id, parcel_id, carrier_id, service, reason, rule, arrives_on, at)"
        " on service_choice to wms_shop"
    )
    op.execute("grant select on parcel_alarm to wms_shop")
    op.execute(
        "grant select (id, state, number, carrier_id, pickup_at, handed_over_at) on manifest to wms_shop"
    )
    op.execute("grant select on cluster to wms_shop")
    op.execute("grant select (id, code) on handling_unit to wms_shop")

    op.execute("alter table shop enable row level security")
    op.execute("create policy staff on shop to wms_staff using (true) with check (true)")
    op.execute(
        "create policy shop on shop to wms_shop using (id = nullif(current_setting('app.shop_id', true), '')::int)"
    )
    op.execute("grant select, insert, update on shop to wms_staff")
    op.execute("grant select on shop to wms_shop")

    # A courier: its own manifests, and of the parcels on them what a driver needs to tick them off
    op.execute("alter table manifest enable row level security")
    op.execute("create policy staff on manifest to wms_staff using (true) with check (true)")
    op.execute(
        "create policy shop on manifest to wms_shop using (exists (select from manifest_parcel p where p.manifest_id = manifest.id))"
    )
    op.execute(f"create policy courier on manifest to wms_courier using ({CARRIER} and state <> 'open')")
    op.execute(
        f"create policy courier on manifest_parcel to wms_courier using ({CARRIER}) with check ({CARRIER})"
    )
    op.execute(
        f"create policy courier on parcel to wms_courier using ({CARRIER} and state in ('manifested','handed_over'))"
    )
    op.execute(
        "create policy courier on document to wms_courier using (kind like 'manifest%' and subject = 'manifest'"
        " and exists (select from manifest m where m.id = subject_id))"
    )
    op.execute("create policy courier on event to wms_courier with check (true)")
    op.execute("grant select on manifest, manifest_parcel, document to wms_courier")
    op.execute("grant select (id, code, name) on carrier to wms_courier")
    op.execute(
        "grant select (shop_id, id, tracking_number, sscc, weight_g, state, carrier_id, service, no) on parcel to wms_courier"
    )
    op.execute("grant update (confirmed_at, scanned_at) on manifest_parcel to wms_courier")
    # what it has fetched, and its own list of what it received
    for table, channel in (("manifest_delivery", " and channel = 'pull'"), ("counter_manifest", "")):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy staff on {table} to wms_staff using (true) with check (true)")
        op.execute(
            f"create policy courier on {table} to wms_courier using ({CARRIER}{channel}) with check ({CARRIER}{channel})"
        )
        op.execute(f"grant select, insert on {table} to wms_courier")
    op.execute(
        "grant update (status, tries, sent_at, remote_ack, acked_at) on manifest_delivery to wms_courier"
    )
    op.execute("grant insert on event to wms_courier")
    op.execute("grant select, insert on tracking_event to wms_courier")
    op.execute(
        "create policy courier on tracking_event to wms_courier using (exists (select from parcel p"
        " where p.shop_id = tracking_event.shop_id and p.id = parcel_id))"
        " with check (exists (select from parcel p where p.shop_id = tracking_event.shop_id and p.id = parcel_id))"
    )

    # A closed manifest stays what it is: nobody of the application adds or removes a row or changes what its paper says.
    # Functions, because a policy of one table that reads the other one's would be an endless circle.
    op.execute(
        """create function manifest_is_open(bigint) returns boolean language sql stable security definer
           set search_path = public, pg_temp as 'select exists (select from manifest where id = $1 and state = ''open'')'"""
    )
    op.execute(
        """create function manifest_same(bigint, text, bigint, bigint, timestamptz, text, text, integer, bigint,
             timestamptz, bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as
           'select exists (select from manifest m where m.id = $1 and (m.state = ''open''
              or ((m.warehouse_id, m.carrier_id, m.pickup_at, m.number, m.sha256, m.parcels, m.weight_g, m.closed_at)
                    = ($3, $4, $5, $6, $7, $8, $9, $10) and m.closed_by is not distinct from $11
                  and array_position(array[''open'',''closing'',''closed'',''handed_over'',''reconciled''], m.state)
                      <= array_position(array[''open'',''closing'',''closed'',''handed_over'',''reconciled''], $2))))'"""
    )
    op.execute("revoke update on manifest_parcel from wms_staff")
    op.execute(
        "grant update (confirmed_at, left_behind_at, parcel_verified, scanned_at, settled_at, settled_by, settled_why)"
        " on manifest_parcel to wms_staff"
    )
    op.execute("grant update (left_behind_at, parcel_verified) on manifest_parcel to wms_shop")
    op.execute(
        "create policy while_open_in on manifest_parcel as restrictive for insert to wms_staff"
        " with check (manifest_is_open(manifest_id))"
    )
    op.execute(
        "create policy while_open_out on manifest_parcel as restrictive for delete to wms_staff, wms_shop"
        " using (manifest_is_open(manifest_id))"
    )
    op.execute(
        "create policy sealed on manifest as restrictive for update to wms_staff using (true)"
        " with check (manifest_same(id, state, warehouse_id, carrier_id, pickup_at, number, sha256, parcels, weight_g,"
        " closed_at, closed_by))"
    )
    op.execute(
        "create policy only_open_goes on manifest as restrictive for delete to wms_staff using (state = 'open')"
    )

    # Before it is known who asks
    op.execute("alter table api_key enable row level security")
    op.execute("create policy staff on api_key to wms_staff using (true) with check (true)")
    op.execute("create policy auth on api_key for select to wms_auth using (true)")
    op.execute("grant select, insert, update on api_key to wms_staff")
    op.execute("grant select on api_key to wms_auth")
    op.execute("grant select on session, person, device to wms_auth")
    op.execute("grant update (seen_at) on session to wms_auth")
    op.execute("grant select, insert, update on rate_window to wms_auth")
    op.execute("create policy auth on shop for select to wms_auth using (true)")
    op.execute("grant select (id, active, language) on shop to wms_auth")
    op.execute("alter table idempotent_request enable row level security")
    op.execute("create policy auth on idempotent_request for select to wms_auth using (true)")
    op.execute(
        f"create policy own on idempotent_request for select to wms_staff, wms_shop, wms_courier using ({PRINCIPAL})"
    )
    op.execute(
        f"create policy new on idempotent_request for insert to wms_staff, wms_shop, wms_courier with check ({PRINCIPAL})"
    )
    # the worker empties old answers, and can do nothing else to them
    op.execute(
        "create policy old on idempotent_request to wms_staff using (current_setting('app.principal', true) like 'system:%'"
        " and at < now() - interval '7 days') with check (body is null)"
    )
    op.execute("grant update (body) on idempotent_request to wms_staff")
    op.execute("grant select on idempotent_request to wms_auth")
    op.execute("grant select, insert on idempotent_request to wms_staff, wms_shop, wms_courier")


def downgrade() -> None:
    for table in (
        *TENANT,
        "shop",
        "manifest",
        "manifest_delivery",
        "counter_manifest",
        "api_key",
        "idempotent_request",
    ):
        for policy in ("staff", "shop", "courier", "auth", "own", "new", "old", *SEALS):
            op.execute(f"drop policy if exists {policy} on {table}")
        op.execute(f"alter table {table} disable row level security")
    op.execute("drop function manifest_is_open")
    op.execute("drop function manifest_same")
    for role in ("wms_staff", "wms_shop", "wms_courier", "wms_auth"):
        op.execute(f"revoke all on all tables in schema public from {role}")
        op.execute(f"revoke all on all sequences in schema public from {role}")
        op.execute(f"revoke usage on schema public from {role}")

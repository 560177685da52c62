"""One manifest of thousands of parcels: loading, closing with its files, the protocol, the handover.

The limit of the files is their bytes put together from cells that are there already; the rest has none but PostgreSQL.
"""

import asyncio
import csv
import io
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from wms.db.tx import Database
from wms.demo.bench_http import Wire
from wms.demo.bench_report import Row
from wms.demo.bench_site import Site
from wms.locations.queries import system_location
from wms.printing.columns import ColumnLayout, Columns
from wms.printing.documents import Address, ManifestDocument, ManifestParcel
from wms.printing.ifcsum import Interchange, ifcsum
from wms.printing.manifest import manifest_csv, manifest_pdf
from wms.printing.manifest_files import manifest_json
from wms.stock.ledger import Move, post

PARCELS = 5_000
FILL = """
with hu as (
  insert into handling_unit (warehouse_id, kind, code, location_id)
  select $2, 'parcel', $5 || n, $6 from generate_series(1, $7::int) n returning id, code
), o as (
  insert into orders (shop_id, number, state, warehouse_id, placed_at, ship_by, carrier_id, name, street, postcode, city,
    country, request_hash)
  select $1, code, 'labelled', $2, now(), now(), $3, 'Łucja Świątek', 'ul. Źródlana 7/3', '30-624', 'Kraków', 'PL', ''
  from hu returning id, number
), l as (
  insert into order_line (shop_id, order_id, line_no, sku_id, quantity, picked, packed)
  select $1, id, 1, $4, 1, 1, 1 from o returning id, order_id
), p as (
  insert into parcel (shop_id, order_id, no, hu_id, warehouse_id, carrier_id, service, state, units, ledger_units, weight_g,
    closed_at, tracking_number)
  select $1, o.id, 1, hu.id, $2, $3, 'standard', 'labelled', 1, 1, 400, now(), hu.code
  from o join hu on hu.code = o.number returning id, order_id, hu_id
), i as (
  insert into parcel_item (shop_id, parcel_id, order_id, order_line_id, sku_id, quantity)
  select $1, p.id, p.order_id, l.id, $4, 1 from p join l using (order_id)
)
select p.hu_id, p.order_id, l.id as line_id from p join l using (order_id)
"""
WHO = Interchange(sender="5907732000008", receiver="5909999000005")
LAYOUT = ColumnLayout(
    record=[
        ["HEADER", "{no|zero:5}", "{manifest.closed_at|ymd}"],
        ["PARCEL", "{tracking_number}", "{receiver.name|max:40}", "{receiver.street}", "{weight|decagrams}"],
    ],
    encoding="cp1250",
)


async def _fill(site: Site, n: int) -> None:
    """``n`` labelled parcels with their goods in them, as packing leaves them."""
    database, p = Database(site.settings.app_url, pool_size=1), site.place
    sku = p.skus[0][0]
    try:
        async with database.begin() as tx:
            packed = await system_location(tx, p.warehouse_id, "packed")
            supplier = await system_location(tx, p.warehouse_id, "supplier")
            rows = await tx.rows(FILL, p.shop_id, p.warehouse_id, p.carrier_id, sku, "M-", packed, n)
            moves = [
                Move(
                    shop_id=p.shop_id, sku_id=sku, quantity=1, from_location=supplier, to_location=packed,
                    to_hu=r["hu_id"], reason="packing", order_id=r["order_id"], order_line_id=r["line_id"],
                )
                for r in rows
            ]  # fmt: skip
            await post(tx, moves)
    finally:
        await database.close()


def sample(n: int) -> ManifestDocument:
    """A list of ``n`` parcels, each unlike the others."""
    place = Address(
        name="Magazyn Północ", street="Logistyczna 7", postcode="05-850", city="Ożarów", country="PL"
    )
    parcels = tuple(
        ManifestParcel(
            tracking_number=f"5201130123456{i:011}", sscc="359007730000000015", reference=f"ZZ-{i}",
            shop_name="Źródło Zdrowia", receiver_name=f"Łucja Żółć {i}", street=f"ul. Świętokrzyska {i}/3",
            postcode="31-864", city="Kraków", country="PL", weight=1000 + i, service="standard",
            cod=Decimal("12.50") if i % 5 == 0 else None, cod_currency="PLN" if i % 5 == 0 else "",
        )
        for i in range(n)
    )  # fmt: skip
    return ManifestDocument(
        lang="pl", number="BENCH/2026/000001", closed_at=datetime(2026, 11, 21, 19, 30, tzinfo=UTC), place=place,
        sender=place, carrier="DPD", account="1495", parcels=parcels, serial=1, carrier_code="dpd", sha256="0" * 64,
    )  # fmt: skip


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _bare(content: bytes) -> float:
    """Seconds for cells that are there already to become the same file."""
    rows = list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=";"))
    return _cpu(lambda: csv.writer(io.StringIO(), delimiter=";").writerows(rows))


def manifest(site: Site) -> list[Row]:
    """A full truck over HTTP, and what its papers cost alone."""
    n = site.some(PARCELS)
    asyncio.run(_fill(site, n))
    body = {"warehouse_id": site.place.warehouse_id, "carrier_id": site.place.carrier_id}
    token = site.place.tokens[0]

    async def truck(wire: Wire) -> tuple[list[float], int]:
        loaded = await wire.call("POST", "/loading/all", token, body)
        path = f"/manifests/{loaded['manifest_id']}"
        closed = await wire.call("POST", f"{path}/close", token)
        assert closed["manifest"]["parcels"] == n
        gone = await wire.call(
            "POST", f"{path}/handover", token, {"driver": "Jan Kowalczyk", "vehicle": "WGM 4F210"}
        )
        return wire.times[-3:], gone["handed_over"]

    (load, close, leave), left = site.talk(truck)
    assert left == n
    data = sample(n)
    content = manifest_csv(data)
    files: dict[str, float] = {
        "csv": _cpu(lambda: manifest_csv(data)),
        "json": _cpu(lambda: manifest_json(data)),
        "edifact": _cpu(lambda: ifcsum(data, WHO, "x.edi")),
        "columns": _cpu(lambda: Columns(LAYOUT).write(data)),
    }
    pdf = _cpu(lambda: manifest_pdf(data))
    bare = _bare(content)
    every = sum(files.values())

    def row(what: str, figure: str, **more: Any) -> Row:
        return Row(
            part="manifest", what=f"{what} of {n} parcels", figure=figure, goal="in seconds, stated", **more
        )

    each = ", ".join(f"{k} {1000 * v:.0f} ms" for k, v in files.items())
    return [
        row("load all, a list", f"{load:.2f} s", data={"s": load}),
        row("close with CSV and JSON, a list", f"{close:.2f} s", data={"s": close}),
        row("hand over, a list", f"{leave:.2f} s", data={"s": leave}),
        row(
            "the files, a list", f"{every:.2f} s CPU: {each}", limit=f"CSV of given cells: {1000 * bare:.0f} ms",
            ratio=files["csv"] / bare, data=files,
        ),
        row("the protocol (PDF), a list", f"{pdf:.2f} s CPU, drawn by a job", data={"s": pdf}),
    ]  # fmt: skip

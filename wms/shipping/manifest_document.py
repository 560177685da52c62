"""What a manifest's papers and files are made from: its head, its lines, and the hash over both."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wms.printing.documents import Address, ManifestDocument, ManifestParcel
from wms.shipping.manifest_queries import PaperLine

HEAD = """
select m.id, m.state, m.warehouse_id, w.code as warehouse, w.name as warehouse_name, w.country, w.timezone, w.address,
       m.carrier_id, c.name as carrier, c.code as carrier_code, c.account, c.adapter, c.papers, m.number, m.closed_at, m.sha256
from manifest m join warehouse w on w.id = m.warehouse_id join carrier c on c.id = m.carrier_id
where m.id = $1
"""


def hash_of(number: str, carrier: str, lines: Sequence[PaperLine]) -> str:
    """SHA-256 over number, carrier and one line for each parcel, in the order of the paper."""
    text = [f"{number};{carrier}"]
    text += [
        f"{i};{x.tracking_number};{x.sscc or ''};{x.shop_id};{x.parcel_id};{x.weight_g}"
        for i, x in enumerate(lines, 1)
    ]
    return hashlib.sha256("\n".join(text).encode()).hexdigest()


def document(
    head: Any, number: str, closed_at: datetime, lines: Sequence[PaperLine], digest: str = ""
) -> ManifestDocument:
    """What the papers are drawn from; ``closed_at`` in the warehouse's own time."""
    a = {k: str(v) for k, v in (head["address"] or {}).items()}
    place = Address(
        name=a.get("name") or head["warehouse_name"], street=a.get("street", ""), postcode=a.get("postcode", ""),
        city=a.get("city", ""), country=head["country"],
    )  # fmt: skip
    return ManifestDocument(
        lang="pl" if head["country"] == "PL" else "en",
        number=number,
        closed_at=closed_at,
        place=place,
        sender=place,
        carrier=head["carrier"],
        account=head["account"],
        serial=head["id"],
        carrier_code=head["carrier_code"],
        sha256=digest,
        parcels=tuple(
            ManifestParcel(
                tracking_number=x.tracking_number, reference=x.reference, shop_name=x.shop, receiver_name=x.name,
                postcode=x.postcode, city=x.city, country=x.country, weight=x.weight_g, sscc=x.sscc or "",
                service=x.service, cod=x.cod_amount, cod_currency=x.currency if x.cod_amount is not None else "",
                number=x.no, count=x.count, company=x.company or "", street=x.street, point=x.point or "",
            )
            for x in lines
        ),
    )  # fmt: skip

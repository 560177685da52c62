"""A manifest's files for machines: which there are, what they are called, and all that one carrier gets."""

from typing import Literal, NamedTuple, get_args

import msgspec
from msgspec import Struct

from wms.printing.columns import ColumnLayout, Columns
from wms.printing.documents import Address, ManifestDocument, ManifestParcel
from wms.printing.ifcsum import Interchange, ifcsum
from wms.printing.manifest import cod_totals, manifest_csv

FileFormat = Literal["csv", "json", "edifact", "columns"]
PaperFormat = Literal["pdf", "csv", "json", "edifact", "columns", "carrier"]
"""``pdf`` is the protocol, ``carrier`` the carrier's own document."""
KINDS: dict[str, str] = {
    "pdf": "manifest", "csv": "manifest_csv", "json": "manifest_json", "edifact": "manifest_edifact",
    "columns": "manifest_columns", "carrier": "manifest_carrier",
}  # fmt: skip
"""Format -> kind of document."""
FORMATS: dict[str, str] = {kind: fmt for fmt, kind in KINDS.items()}
assert set(KINDS) == set(get_args(PaperFormat))


class Files(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one carrier gets beside CSV and JSON, which everybody gets: EDIFACT and a column file where they are described."""

    edifact: Interchange | None = None
    columns: ColumnLayout | None = None


class File(NamedTuple):
    format: FileFormat
    name: str
    media_type: str
    content: bytes

    @property
    def kind(self) -> str:
        return KINDS[self.format]


def file_stem(number: str) -> str:
    """The manifest's number as part of a file's name: who gets a file twice knows it by its name."""
    return number.replace("/", "-")


def manifest_files(data: ManifestDocument, files: Files) -> list[File]:
    """Every machine file of a manifest. Raises ``FormulaCell``, ``FileUnfit`` with parcel and field."""
    stem = file_stem(data.number)
    found = [
        File("csv", f"{stem}.csv", "text/csv; charset=utf-8", manifest_csv(data)),
        File("json", f"{stem}.json", "application/json", manifest_json(data)),
    ]
    if files.edifact is not None:
        name = f"{stem}.edi"
        found.append(File("edifact", name, "application/edifact", ifcsum(data, files.edifact, name)))
    if files.columns is not None:
        columns = Columns(files.columns)
        found.append(File("columns", columns.file_name(data), "text/plain", columns.write(data)))
    return found


def manifest_json(data: ManifestDocument) -> bytes:
    """The list as JSON: weights in grams, money as decimal strings, times with their zone. The same list, the same bytes."""
    return msgspec.json.encode(
        {
            "manifest": data.number,
            "serial": data.serial,
            "sha256": data.sha256,
            "closed_at": data.closed_at.isoformat(timespec="seconds"),
            "carrier": {"code": data.carrier_code, "name": data.carrier, "account": data.account},
            "sender": _address(data.sender),
            "place": _address(data.place),
            "totals": {
                "parcels": len(data.parcels),
                "weight_g": sum(p.weight for p in data.parcels),
                "cod": [{"currency": c, "amount": f"{a:.2f}"} for c, a in cod_totals(data.parcels).items()],
            },
            "parcels": [_parcel(no, p) for no, p in enumerate(data.parcels, start=1)],
        }
    )


def _address(a: Address) -> dict[str, str]:
    return {
        "name": a.name, "company": a.company, "street": a.street, "postcode": a.postcode, "city": a.city,
        "country": a.country,
    }  # fmt: skip


def _parcel(no: int, p: ManifestParcel) -> dict[str, object]:
    return {
        "no": no,
        "tracking_number": p.tracking_number,
        "sscc": p.sscc or None,
        "reference": p.reference,
        "shop": p.shop_name,
        "receiver": _address(p.receiver),
        "point": p.point or None,
        "service": p.service,
        "weight_g": p.weight,
        "cod": None if p.cod is None else {"amount": f"{p.cod:.2f}", "currency": p.cod_currency},
        "parcel": p.number,
        "parcels": p.count,
    }

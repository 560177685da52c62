"""DHL24's codes in ours."""

from wms.carriers.port import TrackStatus
from wms.carriers.shaping import Statuses

EXACT: dict[TrackStatus, tuple[str, ...]] = {
    "registered": ("EDWP",),
    "handed_over": ("DWP",),
    "in_transit": ("SORT", "LP", "WEJPL", "WYJPL", "TRM", "ZWW"),
    "out_for_delivery": ("LK",),
    "at_point": ("SP_DSP",),
    "delivered": ("DOR", "PPDOR", "SP_DOR"),
    "problem": ("BRG", "REZ", "SP_KZW"),
    "returned": ("ZWN",),
    "cancelled": ("SP_CN",),
}
BEGINNINGS: dict[str, TrackStatus] = {
    "DOR": "delivered", "OWL": "at_point", "AWI": "problem", "OP": "problem", "AN": "problem", "ZWR": "problem",
}  # fmt: skip

STATUSES = Statuses("dhl24", {raw: ours for ours, raws in EXACT.items() for raw in raws}, BEGINNINGS)

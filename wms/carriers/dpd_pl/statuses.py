"""DPD's six-digit business codes, by their beginnings; the longest that fits counts."""

from wms.carriers.port import TrackStatus
from wms.carriers.shaping import Statuses

OURS: dict[TrackStatus, tuple[str, ...]] = {
    "registered": ("030103",),
    "handed_over": ("0401",),
    "in_transit": ("05", "11", "12", "15", "16", "25", "26", "32", "33", "170304", "170305", "170306", "170307", "170308",
                   "5117", "230402"),
    "out_for_delivery": ("1701",),
    "at_point": ("1705", "5119", "7019"),
    "delivered": ("1901", "1902", "5013"),
    "problem": ("0402", "0405", "0406", "2002", "2003", "2004", "2005", "2007", "230310"),
    "returned": ("230403", "230408", "5006"),
}  # fmt: skip

STATUSES = Statuses("dpd_pl", {}, {raw: ours for ours, raws in OURS.items() for raw in raws})
REDIRECTED = "230402"
"""The parcel goes on under the number in the first value of the event's data."""

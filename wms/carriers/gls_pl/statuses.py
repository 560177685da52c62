"""The GLS group's codes, ``major.minor``: single ones, else by the major number."""

from wms.carriers.shaping import Statuses

STATUSES = Statuses(
    "gls_pl",
    {"0.100": "registered", "4.40": "problem", "34.58": "problem"},
    {
        "0.": "handed_over", "1.": "in_transit", "2.": "in_transit", "3.": "delivered", "4.": "problem", "5.": "returned",
        "6.": "problem", "8.": "in_transit", "11.": "out_for_delivery", "12.": "at_point",
    },
)  # fmt: skip

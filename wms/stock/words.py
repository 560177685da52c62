"""The words of stock statuses, for people: the same on every screen and in every story."""

from wms.kernel.text import Text

STATUSES = {
    "sellable": Text(en="sellable", pl="do sprzedaży"),
    "quarantine": Text(en="in quarantine", pl="w kwarantannie"),
    "damaged": Text(en="damaged", pl="uszkodzone"),
    "expired": Text(en="expired", pl="przeterminowane"),
}

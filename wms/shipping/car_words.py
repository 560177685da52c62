"""What people read about a car that is ordered from a carrier."""

from wms.kernel.text import Text

CARS = {
    "wanted": Text(en="being ordered", pl="zamawiany"),
    "ordered": Text(en="ordered", pl="zamówiony"),
    "unknown": Text(en="nobody knows", pl="nie wiadomo"),
    "failed": Text(en="not ordered", pl="niezamówiony"),
    "dropped": Text(en="not asked for", pl="bez zamawiania"),
}
OVER, OFF = "pickup-over", "pickup-off"
"""Why the carrier was not even asked."""
WHY = {
    OVER: Text(
        en="Its time was over before the carrier could be asked, so the carrier was not asked.",
        pl="Czas odbioru minął, zanim można było zapytać przewoźnika, więc go nie zapytano.",
    ),
    OFF: Text(
        en="Cars are not ordered from this carrier any more: that was switched off before it was asked for this one.",
        pl="U tego przewoźnika nie zamawia się już odbiorów: wyłączono to, zanim go o ten odbiór zapytano.",
    ),
}

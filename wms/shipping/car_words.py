"""What people read about a car that is ordered from a carrier."""

from wms.kernel.text import Text

CARS = {
    "wanted": Text(en="being ordered", pl="zamawiany"),
    "ordered": Text(en="ordered", pl="zamówiony"),
    "unknown": Text(en="nobody knows", pl="nie wiadomo"),
    "failed": Text(en="not ordered", pl="niezamówiony"),
    "dropped": Text(en="not asked for", pl="niezamawiany"),
}
OVER, OFF = "pickup-over", "pickup-off"
"""Why the carrier was not even asked."""
WHY = {
    OVER: Text(
        en="Its time was over before the carrier could be asked, so the carrier was not asked.",
        pl="Czas odbioru minął, zanim udało się zapytać przewoźnika, więc zlecenia nie wysłano.",
    ),
    OFF: Text(
        en="Cars are not ordered from this carrier any more: that was switched off before it was asked for this one.",
        pl="Zamawianie odbiorów u tego przewoźnika wyłączono, zanim zamówiono ten odbiór, więc zlecenia nie wysłano.",
    ),
}

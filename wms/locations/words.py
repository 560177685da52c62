"""The words of kinds of places, for people."""

from wms.kernel.text import Text

KINDS = {
    "bin": Text(en="shelf", pl="półka"),
    "reserve": Text(en="reserve", pl="zapas"),
    "dock": Text(en="dock", pl="rampa"),
    "work": Text(en="on carts", pl="na wózkach"),
    "packed": Text(en="packed goods", pl="towar spakowany"),
    "station": Text(en="pack station", pl="stanowisko pakowania"),
    "cage": Text(en="courier's cage", pl="klatka kuriera"),
    "returns": Text(en="returns bench", pl="stanowisko zwrotów"),
    "quarantine": Text(en="quarantine", pl="kwarantanna"),
    "supplier": Text(en="with the supplier", pl="u dostawcy"),
    "customer": Text(en="with the buyer", pl="u kupującego"),
    "scrap": Text(en="scrapped", pl="zezłomowane"),
    "lost_found": Text(en="lost and found", pl="braki i nadwyżki"),
}
UNITS = {
    "pallet": Text(en="pallet", pl="paleta"),
    "carton": Text(en="carton", pl="karton"),
    "tote": Text(en="tote", pl="pojemnik"),
    "parcel": Text(en="parcel", pl="paczka"),
}
LOCKS = {
    "short_pick": Text(en="goods were missing, to be counted", pl="brakowało towaru, do policzenia"),
    "out of use": Text(en="out of use", pl="wyłączona z użycia"),
}

"""What an inspector's handheld says, beside the words of returns."""

from wms.kernel.text import Text

NOTES = (
    Text(en="The label means nothing to us", pl="Etykieta nic nam nie mówi"),
    Text(en="No label and no papers", pl="Brak etykiety i dokumentów"),
    Text(en="Goods of another shop in a box", pl="W paczce był towar innego sklepu"),
    Text(en="Goods that nobody knows in a box", pl="W paczce był nieznany towar"),
    Text(en="Damaged beyond recognition", pl="Zniszczone nie do rozpoznania"),
)
"""What is written down about a thing that nobody knows."""

ALREADY_DONE = Text(en="Already done. Go on with the screen.", pl="To już zrobione. Postępuj według ekranu.")
KEPT = Text(
    en="Kept as unknown parcel {no}. Put it on the shelf for those.",
    pl="Zapisano jako nieznaną paczkę {no}. Odłóż ją na półkę na takie paczki.",
)
AGAIN = Text(
    en="Return {number} was inspected already. Scan only what is new.",
    pl="Zwrot {number} był już obejrzany. Skanuj tylko to, co nowe.",
)
INTO = Text(en="{quantity} × {sku} → {place}", pl="{quantity} × {sku} → {place}")
NO_PLACE = Text(en="{quantity} × {sku}: not ours, put aside", pl="{quantity} × {sku}: nie nasze, odłóż")
SAID = {
    "received": Text(en="Received. Now what is in it", pl="Przyjęty. Teraz zawartość"),
    "taken": Text(en="On the bench. Now what is in it", pl="Na stole. Teraz zawartość"),
    "candidates": Text(en="Whose box is it?", pl="Czyja to paczka?"),
    "unknown": Text(en="Nobody knows this code", pl="Nikt nie zna tego kodu"),
    "goods": Text(en="Found. Look at it", pl="Znalezione. Obejrzyj"),
    "quantity": Text(en="Now the goods", pl="Teraz towar"),
    "checked": Text(en="Noted", pl="Zapisane"),
    "check": Text(en="Noted", pl="Zapisane"),
    "grade": Text(en="Noted", pl="Zapisane"),
    "disposition": Text(en="Noted", pl="Zapisane"),
    "detail": Text(en="What does the label say?", pl="Co jest na etykiecie?"),
    "note": Text(en="Noted", pl="Zapisane"),
    "photo": Text(en="Photo kept", pl="Zdjęcie zapisane"),
    "finishing": Text(en="Is the box empty?", pl="Czy paczka jest pusta?"),
    "finished": Text(en="Inspected. The shop has been told", pl="Obejrzane. Sklep dostał wiadomość"),
    "back": Text(en="One step back", pl="Krok wstecz"),
    "undone": Text(en="Undone. It is in hand again", pl="Cofnięte. Sztuka jest znów w ręku"),
    "put-aside": Text(en="Put aside. Scan the next box", pl="Odłożone. Zeskanuj następną paczkę"),
    "aside": Text(en="What is strange about it?", pl="Co jest z tym nie tak?"),
}

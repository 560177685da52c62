"""Why a value cannot be right, as it is said in many places."""

from wms.kernel.text import Text

FILL_IN = Text(en="fill it in", pl="wypełnij to pole")
WHOLE_NUMBER = Text(en="a whole number", pl="liczba całkowita")
BETWEEN = Text(en="{low} to {high}", pl="od {low} do {high}")
AT_MOST_CHARACTERS = Text(en="at most {most} characters", pl="najwyżej {most} znaków")
AN_AMOUNT = Text(en="an amount like 129.90", pl="kwota w postaci 129,90")
LETTER_OR_DIGIT = Text(en="begin it with a letter or a digit", pl="zacznij od litery albo cyfry")
CHOOSE_ONE = Text(en="choose one of the list", pl="wybierz z listy")
CHOOSE_FROM = Text(en="choose from {choices}", pl="do wyboru: {choices}")
NONE_OF = Text(en="{wrong}: choose from {choices}", pl="{wrong}: do wyboru są {choices}")
NOT_A_CURSOR = Text(
    en="not a cursor of this list; pass on what `next` said, or leave it out",
    pl="to nie kursor tej listy; przekaż wartość `next` albo ją pomiń",
)
WHICH_SHOP = Text(en="say which shop: ?shop_id=...", pl="podaj, który sklep: ?shop_id=...")
ONE_ADDRESS = Text(
    en="one address in ASCII, like returns@example.com",
    pl="jeden adres bez polskich liter, np. zwroty@example.com",
)
FORMULA = Text(
    en="a spreadsheet would run {value} as a formula: begin it with a letter or a digit",
    pl="arkusz uruchomiłby {value} jako formułę: zacznij od litery albo cyfry",
)
SAID = Text(en="{said}", pl="{said}")
"""For the words of a library."""

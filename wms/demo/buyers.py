"""Synthetic buyers: names, addresses, telephones and mail addresses of nobody.

A buyer's record depends on the customer's number alone (the invoice's, where there is no customer), so the same
buyer lives at the same place on every day. Numbers: Polish ones begin with 990, which no subscriber can have;
elsewhere the part after the country's prefix begins with 000. Mail goes to ``example.com`` and ``example.org``,
which belong to nobody by RFC 2606.
"""

from typing import Final

import msgspec

from wms.demo.dice import between, choose, dice, one_in


class Recipient(msgspec.Struct, frozen=True):
    """``country`` is ISO 3166 alpha-2, ``ZZ`` where the data does not say; ``phone`` E.164."""

    name: str
    company: str | None
    street: str
    postcode: str
    city: str
    country: str
    phone: str
    email: str
    synthetic: bool = True


class Country(msgspec.Struct, frozen=True):
    """In ``postcode`` 9 stands for a digit (the first is never 0), A for a letter, the rest for itself."""

    iso: str
    dial: str
    postcode: str
    cities: tuple[str, ...]
    street: str


HOME: Final = Country("PL", "48", "", (), "")
UNKNOWN: Final = "ZZ"

# City and the first two digits of its postcodes.
_CITIES_PL: Final = (
    ("Warszawa", "02"), ("Warszawa", "03"), ("Kraków", "31"), ("Łódź", "91"), ("Wrocław", "53"), ("Poznań", "61"),
    ("Gdańsk", "80"), ("Szczecin", "71"), ("Bydgoszcz", "85"), ("Lublin", "20"), ("Białystok", "15"),
    ("Katowice", "40"), ("Gdynia", "81"), ("Częstochowa", "42"), ("Radom", "26"), ("Toruń", "87"), ("Kielce", "25"),
    ("Rzeszów", "35"), ("Olsztyn", "10"), ("Bielsko-Biała", "43"), ("Zielona Góra", "65"), ("Opole", "45"),
    ("Nowy Sącz", "33"), ("Jelenia Góra", "58"), ("Słupsk", "76"), ("Zamość", "22"), ("Łomża", "18"), ("Żory", "44"),
)  # fmt: skip
_STREETS_PL: Final = (
    "ul. Źródlana", "ul. Kwiatowa", "ul. Słoneczna", "ul. Ogrodowa", "ul. Leśna", "ul. Polna", "ul. Łąkowa",
    "ul. Brzozowa", "ul. Jodłowa", "ul. Świętojańska", "ul. Mickiewicza", "ul. Słowackiego", "ul. Żeromskiego",
    "ul. Kościuszki", "ul. Piłsudskiego", "al. Niepodległości", "ul. Długa", "ul. Krótka", "ul. Młyńska",
    "ul. Dąbrowskiego", "os. Przyjaźni", "pl. Wolności", "ul. Wąska", "ul. Śląska", "ul. Gołębia",
)  # fmt: skip
# First name, last name as that person bears it.
_FIRST_F: Final = (
    "Anna", "Małgorzata", "Katarzyna", "Agnieszka", "Joanna", "Łucja", "Zofia", "Grażyna", "Bożena", "Światosława",
    "Ewa", "Magdalena", "Elżbieta", "Julia", "Żaneta",
)  # fmt: skip
_FIRST_M: Final = (
    "Jan", "Paweł", "Michał", "Łukasz", "Tomasz", "Stanisław", "Grzegorz", "Krzysztof", "Mieczysław", "Jędrzej",
    "Wojciech", "Rafał", "Bartłomiej", "Józef", "Piotr",
)  # fmt: skip
_LAST: Final = (
    ("Nowak", "Nowak"), ("Kowalska", "Kowalski"), ("Wiśniewska", "Wiśniewski"), ("Wójcik", "Wójcik"),
    ("Kamińska", "Kamiński"), ("Zielińska", "Zieliński"), ("Szymańska", "Szymański"), ("Woźniak", "Woźniak"),
    ("Dąbrowska", "Dąbrowski"), ("Kozłowska", "Kozłowski"), ("Jabłońska", "Jabłoński"), ("Król", "Król"),
    ("Wróbel", "Wróbel"), ("Gałązka", "Gałązka"), ("Śliwińska", "Śliwiński"), ("Żak", "Żak"), ("Błaszczyk", "Błaszczyk"),
    ("Górska", "Górski"), ("Sroka", "Sroka"), ("Gołębiewska", "Gołębiewski"), ("Ćwik", "Ćwik"),
)  # fmt: skip
_COMPANIES: Final = (
    "Kwiaciarnia Niezapominajka", "Sklep Wszystko na Prezent", "Pracownia Ładnych Rzeczy", "Herbaciarnia Pod Lipą",
    "Galeria Drobiazgów", "Księgarnia Żółta Okładka", "Dom i Ogród Świerk", "Salon Upominków Róża",
)  # fmt: skip
_FIRST_ABROAD: Final = (
    "Emma", "Lucas", "Marie", "Noah", "Sofia", "Hugo", "Clara", "Oscar", "Nora", "Felix", "Laura", "Simon", "Ines",
)  # fmt: skip
_LAST_ABROAD: Final = (
    "Berger", "Martin", "Lund", "Novak", "Costa", "Murphy", "Silva", "Moreau", "Weber", "Rossi", "Jansen", "Keller",
)  # fmt: skip

COUNTRIES: Final[dict[str, Country]] = {
    "United Kingdom": HOME,
    "Poland": HOME,
    "Australia": Country("AU", "61", "9999", ("Sydney", "Melbourne"), "Harbour Street"),
    "Austria": Country("AT", "43", "9999", ("Wien", "Graz"), "Lindengasse"),
    "Bahrain": Country("BH", "973", "999", ("Manama",), "Palm Road"),
    "Belgium": Country("BE", "32", "9999", ("Bruxelles", "Gent"), "Rue des Tilleuls"),
    "Bermuda": Country("BM", "1441", "AA 99", ("Hamilton",), "Harbour Street"),
    "Brazil": Country("BR", "55", "99999-999", ("São Paulo",), "Rua das Flores"),
    "Canada": Country("CA", "1", "A9A 9A9", ("Toronto", "Ottawa"), "Maple Street"),
    "Channel Islands": Country("JE", "44", "JE9 9AA", ("Saint Helier",), "Station Road"),
    "Cyprus": Country("CY", "357", "9999", ("Nicosia",), "Olive Street"),
    "Czech Republic": Country("CZ", "420", "999 99", ("Praha", "Brno"), "Lipová"),
    "Denmark": Country("DK", "45", "9999", ("København", "Århus"), "Møllevej"),
    "EIRE": Country("IE", "353", "A99 AA99", ("Dublin", "Cork"), "Station Road"),
    "Finland": Country("FI", "358", "99999", ("Helsinki", "Tampere"), "Koivukatu"),
    "France": Country("FR", "33", "99999", ("Paris", "Lyon", "Nîmes"), "rue des Lilas"),
    "Germany": Country("DE", "49", "99999", ("Berlin", "Köln", "München"), "Lindenstraße"),
    "Greece": Country("GR", "30", "999 99", ("Athina",), "Odos Elias"),
    "Hong Kong": Country("HK", "852", "", ("Hong Kong",), "Harbour Road"),
    "Iceland": Country("IS", "354", "999", ("Reykjavík",), "Birkigata"),
    "Israel": Country("IL", "972", "9999999", ("Haifa",), "Olive Street"),
    "Italy": Country("IT", "39", "99999", ("Milano", "Torino"), "via dei Tigli"),
    "Japan": Country("JP", "81", "999-9999", ("Tokyo", "Osaka"), "Sakura-dori"),
    "Korea": Country("KR", "82", "99999", ("Seoul",), "Harbour Road"),
    "Lebanon": Country("LB", "961", "9999 9999", ("Beirut",), "Cedar Street"),
    "Lithuania": Country("LT", "370", "LT-99999", ("Vilnius",), "Liepų gatvė"),
    "Malta": Country("MT", "356", "AAA 9999", ("Valletta",), "Triq il-Port"),
    "Netherlands": Country("NL", "31", "9999 AA", ("Amsterdam", "Utrecht"), "Dorpsstraat"),
    "Nigeria": Country("NG", "234", "999999", ("Lagos",), "Palm Road"),
    "Norway": Country("NO", "47", "9999", ("Oslo", "Tromsø"), "Bjørkeveien"),
    "Portugal": Country("PT", "351", "9999-999", ("Lisboa", "Porto"), "Rua das Flores"),
    "RSA": Country("ZA", "27", "9999", ("Cape Town",), "Harbour Road"),
    "Saudi Arabia": Country("SA", "966", "99999", ("Riyadh",), "Palm Road"),
    "Singapore": Country("SG", "65", "999999", ("Singapore",), "Harbour Road"),
    "Spain": Country("ES", "34", "99999", ("Madrid", "Cádiz"), "calle Mayor"),
    "Sweden": Country("SE", "46", "999 99", ("Stockholm", "Malmö"), "Björkvägen"),
    "Switzerland": Country("CH", "41", "9999", ("Zürich", "Genève"), "Lindenweg"),
    "Thailand": Country("TH", "66", "99999", ("Bangkok",), "Palm Road"),
    "USA": Country("US", "1", "99999", ("Springfield",), "Maple Street"),
    "United Arab Emirates": Country("AE", "971", "", ("Dubai",), "Palm Road"),
}
"""The data's names of countries. What is not here ("Unspecified", "European Community", a new name) is unknown."""


def recipient(who: str, country: str) -> Recipient:
    """The buyer ``who`` (a customer's or an invoice's number) in the data's ``country``; complete and well-formed.

    An unknown country gives a home address under the country ``ZZ``, which no carrier accepts.
    """
    place = COUNTRIES.get(country)
    if place is not None and place is not HOME:
        return _abroad(who, place)
    woman = one_in(2, who, "woman")
    last = choose(_LAST, who, "last")[0 if woman else 1]
    first = choose(_FIRST_F if woman else _FIRST_M, who, "first")
    city, prefix = choose(_CITIES_PL, who, "city")
    flat = f"/{between(1, 60, who, 'flat')}" if one_in(2, who, "has flat") else ""
    return Recipient(
        name=f"{first} {last}",
        company=choose(_COMPANIES, who, "company") if one_in(4, who, "is company") else None,
        street=f"{choose(_STREETS_PL, who, 'street')} {between(1, 140, who, 'house')}{flat}",
        postcode=f"{prefix}-{between(100, 999, who, 'postcode')}",
        city=city,
        country="PL" if place is HOME else UNKNOWN,
        phone=f"+48990{between(0, 999_999, who, 'phone'):06}",
        email=_email(who),
    )


def _abroad(who: str, place: Country) -> Recipient:
    code = "".join(_symbol(sign, who, i) for i, sign in enumerate(place.postcode))
    return Recipient(
        name=f"{choose(_FIRST_ABROAD, who, 'first')} {choose(_LAST_ABROAD, who, 'last')}",
        company=None,
        street=f"{choose([place.street], who)} {between(1, 140, who, 'house')}",
        postcode=code,
        city=choose(place.cities, who, "city"),
        country=place.iso,
        phone=f"+{place.dial}000{between(0, 999_999, who, 'phone'):06}",
        email=_email(who),
    )


def _symbol(sign: str, who: str, place: int) -> str:
    if sign == "9":
        return str(between(1, 9, who, "postcode", place))
    # Letters that every country with letters in its postcodes uses.
    return choose("ABEHKLNPRT", who, "postcode", place) if sign == "A" else sign


def _email(who: str) -> str:
    return f"buyer.{who.lower()}@example.{'org' if dice(who, 'mail') % 3 == 0 else 'com'}"

"""What orders refuse, in order of precedence."""

from typing import ClassVar

from wms.kernel.refusals import Refusal
from wms.kernel.state_words import ORDERS
from wms.kernel.text import Text


class OrderCancelled(Refusal):
    """The gate: allocate, pick, label and handover each ask before they act."""

    code = "order-cancelled"
    text = Text(
        en="Order {number} is cancelled. Stop here and put its goods on the put-back shelf.",
        pl="Zamówienie {number} jest anulowane. Przerwij i odłóż towar na regał zwrotny.",
    )


class OrderOnHold(Refusal):
    code = "order-on-hold"
    tone = "warn"
    text = Text(
        en="Order {number} is on hold. Leave it; the shop or a supervisor must release it first.",
        pl="Zamówienie {number} jest wstrzymane. Zostaw je; najpierw musi je zwolnić sklep albo kierownik.",
    )


class OrderExists(Refusal):
    code = "order-exists"
    text = Text(
        en="Order {number} exists with other contents. Change it, or use a new order number.",
        pl="Zamówienie {number} już istnieje z inną treścią. Zmień je albo użyj nowego numeru zamówienia.",
    )


class OrderGone(Refusal):
    """Too late to cancel or change."""

    code = "order-gone"
    text = Text(
        en="Order {number} has left the warehouse. Announce a return instead.",
        pl="Zamówienie {number} opuściło magazyn. Zgłoś zwrot.",
    )


class FormulaNumber(Refusal):
    """The number stands in carriers' files, byte for byte: see ``wms.printing.cells``. It cannot be mended later."""

    code = "order-number-formula"
    status = 422
    text = Text(
        en="A spreadsheet would run the order number {number} as a formula, or break the line. Begin it with a letter or a digit.",
        pl="Arkusz kalkulacyjny uznałby numer zamówienia {number} za formułę albo złamał wiersz. Zacznij go od litery lub cyfry.",
    )


class UnknownSkus(Refusal):
    """Every unknown SKU of the request at once."""

    code = "unknown-sku"
    status = 422
    text = Text(
        en="Unknown SKU: {codes}. Create it first (PUT /api/v1/skus), then send the order again.",
        pl="Nieznany SKU: {codes}. Najpierw go utwórz (PUT /api/v1/skus), potem wyślij zamówienie ponownie.",
    )


class UnknownCarrier(Refusal):
    code = "unknown-carrier"
    status = 422
    text = Text(
        en="There is no carrier {carrier} with service {service}. Choose one of: {known}.",
        pl="Nie ma przewoźnika {carrier} z usługą {service}. Wybierz jednego z: {known}.",
    )


class CarrierNotNamed(Refusal):
    code = "carrier-not-named"
    status = 422
    text = Text(
        en="Order {number} names no carrier, and this shop has no rules to choose one by. Name a carrier and a service, or ask "
        "the operator for rules.",
        pl="Zamówienie {number} nie wskazuje przewoźnika, a sklep nie ma reguł jego wyboru. Podaj przewoźnika i usługę albo "
        "poproś operatora o reguły.",
    )


class NothingFitsParcel(Refusal):
    """At closing the parcel: what it really weighs or measures is too much for every service that may go."""

    code = "no-service-for-parcel"
    text = Text(
        en="No carrier's service takes this parcel as it is ({kg} kg): {why}. Put a part of it into another box.",
        pl="Żadna usługa przewozowa nie przyjmie tej paczki ({kg} kg): {why}. Przełóż część zawartości do innego kartonu.",
    )


class CountryNotServed(Refusal):
    """At closing the parcel: the address was changed to another country after the service was chosen."""

    code = "country-not-served"
    text = Text(
        en="The address was changed to {country} meanwhile, and no carrier's service takes it there. Put the parcel aside and tell a "
        "supervisor: the address must be mended, or a price list for {country} loaded.",
        pl="Adres zmieniono w międzyczasie na kraj {country}, a żadna usługa przewozowa jej tam nie zawiezie. Odłóż paczkę i powiadom "
        "kierownika: trzeba poprawić adres albo wczytać cennik dla kraju {country}.",
    )


class TooLateToChoose(Refusal):
    code = "too-late-to-choose"
    words: ClassVar = {"state": ORDERS}
    text = Text(
        en="Order {number} is {state} already: its carrier stays. Void the label of a parcel and use the fallback, or cancel.",
        pl="Zamówienie {number} jest już {state}: przewoźnik zostaje. Unieważnij etykietę paczki i użyj zastępstwa albo "
        "anuluj zamówienie.",
    )


class LabelExists(Refusal):
    code = "label-exists"
    text = Text(
        en="Order {number} already has a label. Void the label before you change the address.",
        pl="Zamówienie {number} ma już etykietę. Unieważnij etykietę przed zmianą adresu.",
    )

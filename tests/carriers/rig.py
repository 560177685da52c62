"""What the carrier tests share: shipments, and an adapter that talks to a simulator over real HTTP."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pypdfium2
import zxingcpp

from wms.carriers.port import CarrierAdapter, ParcelIn, Party, ShipmentIn
from wms.carriers.registry import Account, make_adapter
from wms.carriers.simulators.server import Simulated, Simulator
from wms.carriers.wire import open_http

SENDER = Party(
    name="Magazyn Łąka", street="Logistyczna 7", postcode="05-850", city="Ożarów Mazowiecki", country="PL",
    phone="+48 22 100 20 30", email="dok@laka.example",
)  # fmt: skip
WINDOW = (datetime(2026, 11, 23, 13, 0, tzinfo=UTC), datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
DAY = date(2026, 11, 23)


def a_shipment(ref: str = "L1-77", **more: Any) -> ShipmentIn:
    """A courier parcel of 1.25 kg to Kraków; ``receiver`` takes changes to the address."""
    receiver = {
        "name": "Łucja Świątek", "street": "Źródlana 7/3", "postcode": "30-624", "city": "Kraków", "country": "PL",
        "phone": "+48 600 100 200", "email": "lucja@example.pl",
    } | more.pop("receiver", {})  # fmt: skip
    parcel = ParcelIn(reference="P1", weight_g=1250, length_mm=300, width_mm=200, height_mm=100)
    base: dict[str, Any] = {
        "reference": ref, "service": "standard", "receiver": Party(**receiver), "sender": SENDER, "parcels": (parcel,),
        "ship_on": DAY,
    }  # fmt: skip
    return ShipmentIn(**(base | more))


def cod(amount: str = "129.90") -> dict[str, Any]:
    return {"cod_amount": Decimal(amount)}


def an_account(
    carrier: str, url: str, secrets: Mapping[str, str], http: httpx.AsyncClient | None, **settings: Any
) -> Account:
    async def credentials() -> Mapping[str, str]:
        return secrets

    base = {"mode": "test", "base_url": url, "connect_s": 5, "answer_s": 20}
    return Account(carrier, "1495", 31_500, base | settings, credentials=credentials, http=http)


@asynccontextmanager
async def at(
    carrier: Simulated, secrets: Mapping[str, str], **settings: Any
) -> AsyncIterator[tuple[Simulator, CarrierAdapter, httpx.AsyncClient]]:
    """A running simulator, the carrier's adapter that calls it, and a client for its control routes."""
    async with Simulator(carrier) as sim, open_http() as http:
        yield (
            sim,
            make_adapter(carrier.code, an_account(carrier.code, sim.url, secrets, http, **settings)),
            http,
        )


def scanned(pdf: bytes) -> list[str]:
    """What a scanner reads from every page, at the resolution of a label printer."""
    found = []
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        picture = page.render(scale=203.2 / 72, grayscale=True).to_numpy()
        found += [
            b.text
            for b in zxingcpp.read_barcodes(
                picture, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128])
            )
        ]
    document.close()
    return found

"""The demo's warehouse: zones, places, totes and people, drawn by rule for any number of SKUs.

Seen from above (millimetres, x to the right, y away from the docks): docks, stations, the bench for returns and
the cages of the carriers lie along the front; behind them the aisles of the pick zones A, B, C ... side by side,
then the pallet racks of the reserve. A bin's code reads zone, aisle, bay, level: ``A-01-02-3``. Odd bays are on
the left of the aisle, even ones on the right. The walk goes up the first aisle and down the next (a serpentine),
past both sides, and at each bay from the lowest level to the highest.

The kinds are those of ``locations``; the virtual places (supplier, customer, scrap, lost and found) come with every
warehouse and are not drawn here.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from wms.demo.dice import choose
from wms.demo.things import CARRIERS
from wms.kernel.text import Text

AISLES_PER_ZONE: Final = 6
BAYS: Final = 20
LEVELS: Final = 4
AISLE_PITCH: Final = 3_200
BAY_WIDTH: Final = 1_200
RACK_FROM_AISLE: Final = 800
LEVEL_HEIGHT: Final = 450
FRONT: Final = 12_000
BIN_ML: Final = 150_000
RESERVE_BAYS: Final = 20
RESERVE_LEVELS: Final = 3
RESERVE_HEIGHT: Final = 1_900
PALLET_ML: Final = 1_400_000
FILL: Final = 65
"""How much of a place, in hundredths, goods really fill."""


class DemoZone(msgspec.Struct, frozen=True):
    code: str
    name: Text


class DemoLocation(msgspec.Struct, frozen=True):
    """Coordinates in millimetres; ``walk`` grows along the pick path from 1 and is 0 off it."""

    code: str
    zone: str
    kind: str
    x: int
    y: int
    z: int = 0
    walk: int = 0
    aisle: str | None = None
    capacity_ml: int | None = None
    pickable: bool = False


class Layout(msgspec.Struct, frozen=True):
    """``totes`` are the codes of the totes."""

    code: str
    name: str
    zones: tuple[DemoZone, ...]
    locations: tuple[DemoLocation, ...]
    totes: tuple[str, ...]
    synthetic: bool = True


class Person(msgspec.Struct, frozen=True):
    """Whoever creates these people draws their PINs and passwords: none is written here."""

    badge: str
    name: str
    roles: tuple[str, ...]
    email: str
    language: str = "pl"
    synthetic: bool = True


def layout(sku_count: int, volume_ml: int = 0, stations: int = 4, totes: int = 60) -> Layout:
    """A warehouse with a bin for each of ``sku_count`` SKUs and a fifth to spare, and room for ``volume_ml``.

    What the bins cannot hold stands in the reserve, which is picked from too (an order for a pallet's worth is
    picked from the pallet), so there is always room for the day.
    """
    aisles = max(2, -(-sku_count * 6 // (5 * BAYS * LEVELS)))
    pallets = max(sku_count // 5, volume_ml * 100 // (FILL * PALLET_ML) + 1)
    reserve_aisles = -(-pallets // (RESERVE_BAYS * RESERVE_LEVELS))
    pick = list(_pick_bins(aisles))
    reserve = list(_reserve(aisles, reserve_aisles, len(pick)))
    zones = [
        DemoZone("IN", Text(en="Docks", pl="Rampy przyjęć")),
        *(
            DemoZone(z, Text(en=f"Pick zone {z}", pl=f"Strefa kompletacji {z}"))
            for z in dict.fromkeys(b.zone for b in pick)
        ),
        DemoZone("RZ", Text(en="Reserve", pl="Zapas paletowy")),
        DemoZone("PK", Text(en="Packing", pl="Pakowanie")),
        DemoZone("ZW", Text(en="Returns", pl="Zwroty")),
        DemoZone("KW", Text(en="Quarantine", pl="Kwarantanna")),
        DemoZone("WY", Text(en="Shipping", pl="Wydania")),
    ]
    places = (*_front(stations), *pick, *reserve)
    codes = tuple(f"T-{i:03}" for i in range(1, totes + 1))
    return Layout("DEMO", "Magazyn pokazowy (demo)", tuple(zones), places, codes)


def staff(pickers: int = 6, packers: int = 4, receivers: int = 3, inspectors: int = 2) -> tuple[Person, ...]:
    """The people of a shift, with one supervisor, one care agent and one administrator; badges are unique."""
    posts = [
        *["receiver"] * receivers, *["picker"] * pickers, *["packer"] * packers, *["inspector"] * inspectors,
        "supervisor", "care", "admin",
    ]  # fmt: skip
    return tuple(
        Person(
            f"B-{1000 + i}",
            f"{choose(_FIRST, 'first', i)} {_LAST[i % len(_LAST)]}",
            (post,),
            f"{post}.{1000 + i}@example.com",
        )
        for i, post in enumerate(posts, start=1)
    )


_FIRST: Final = ("Ola", "Kasia", "Michał", "Łukasz", "Jola", "Staś", "Gosia", "Grześ", "Żaneta", "Paweł")
# Names that men and women bear alike, so that any first name goes with them.
_LAST: Final = (
    "Wróbel", "Żak", "Gołąb", "Kłos", "Śliwa", "Maj", "Dąb", "Sójka", "Bąk", "Czapla", "Lis", "Jeż", "Kruk", "Żuraw",
    "Zięba", "Sowa", "Kozioł", "Szpak", "Ćma", "Dudek", "Łoś", "Sroka", "Wilk",
)  # fmt: skip


def zone_letter(zone: int) -> str:
    """A, B, ... Z, then AA, AB and on."""
    return chr(65 + zone) if zone < 26 else zone_letter(zone // 26 - 1) + chr(65 + zone % 26)


def _pick_bins(aisles: int) -> Iterator[DemoLocation]:
    walk = 0
    for number in range(aisles):
        zone = zone_letter(number // AISLES_PER_ZONE)
        aisle = f"{zone}-{number % AISLES_PER_ZONE + 1:02}"
        pairs = range(BAYS // 2) if number % 2 == 0 else reversed(range(BAYS // 2))
        for pair in pairs:
            for side, bay in ((-1, 2 * pair + 1), (1, 2 * pair + 2)):
                for level in range(1, LEVELS + 1):
                    walk += 1
                    yield DemoLocation(
                        f"{aisle}-{bay:02}-{level}",
                        zone,
                        "bin",
                        x=number * AISLE_PITCH + side * RACK_FROM_AISLE,
                        y=FRONT + pair * BAY_WIDTH,
                        z=(level - 1) * LEVEL_HEIGHT,
                        walk=walk,
                        aisle=aisle,
                        capacity_ml=BIN_ML,
                        pickable=True,
                    )


def _reserve(aisles: int, reserve_aisles: int, walk: int) -> Iterator[DemoLocation]:
    """The walk goes on where the pick zones end; ``aisles`` of them lie to the left."""
    for number in range(reserve_aisles):
        aisle = f"RZ-{number + 1:02}"
        pairs = range(RESERVE_BAYS // 2) if (aisles + number) % 2 == 0 else reversed(range(RESERVE_BAYS // 2))
        for pair in pairs:
            for side, bay in ((-1, 2 * pair + 1), (1, 2 * pair + 2)):
                for level in range(1, RESERVE_LEVELS + 1):
                    walk += 1
                    yield DemoLocation(
                        f"{aisle}-{bay:02}-{level}",
                        "RZ",
                        "reserve",
                        x=(aisles + number) * AISLE_PITCH + side * RACK_FROM_AISLE,
                        y=FRONT + pair * BAY_WIDTH,
                        z=(level - 1) * RESERVE_HEIGHT,
                        walk=walk,
                        aisle=aisle,
                        capacity_ml=PALLET_ML,
                        pickable=True,
                    )


def _front(stations: int) -> Iterator[DemoLocation]:
    for i in range(2):
        yield DemoLocation(f"IN-{i + 1}", "IN", "dock", x=4_000 * i, y=0)
    for i in range(stations):
        yield DemoLocation(f"ST-{i + 1}", "PK", "station", x=10_000 + 3_000 * i, y=6_000)
        yield DemoLocation(f"WOZ-{i + 1}", "PK", "work", x=10_000 + 3_000 * i, y=8_500)
    yield DemoLocation("PAK-1", "PK", "packed", x=10_000, y=3_500)
    yield DemoLocation("ZW-1", "ZW", "returns", x=0, y=6_000)
    for i in range(2):
        yield DemoLocation(
            f"KW-{i + 1}", "KW", "quarantine", x=3_000, y=6_000 + 1_500 * i, capacity_ml=PALLET_ML
        )
    for i, carrier in enumerate(CARRIERS):
        yield DemoLocation(f"WY-{carrier.code.upper()}", "WY", "cage", x=12_000 + 4_000 * i, y=0)

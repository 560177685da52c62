"""The demo day with couriers' interfaces: their simulators as real servers, accounts, price lists and the shops' rules.

The shops then name no carrier: their orders go by the rules, the prices and the promise. Nothing leaves this machine, and
nobody is charged.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from wms.carriers.simulators.catalogue import OFFERS, settings_for
from wms.carriers.simulators.inpost import POINTS
from wms.demo.dice import choose
from wms.demo.processes import Child, ServerDown, free_port
from wms.demo.things import DemoCarrier, DemoOrder
from wms.demo.world import World

SIMULATED = (
    DemoCarrier("inpost", "InPost (simulated)", ("locker", "courier")),
    DemoCarrier("dpd_pl", "DPD Polska (simulated)", ("standard",)),
    DemoCarrier("dhl24", "DHL Parcel (simulated)", ("standard", "12:00")),
    DemoCarrier("gls_pl", "GLS Poland (simulated)", ("standard",)),
)
MOST_G = 31_500
LOCKER_ML, LOCKER_MM = 35_000, 560
"""What goes into a locker with room to spare: its box is chosen at the bench."""
PATIENCE_S = 15.0
TIERS = (1_000, 5_000, 10_000, 20_000, MOST_G)
PRICES: dict[tuple[str, str], tuple[tuple[str, ...], str, int]] = {
    ("inpost", "courier"): (("13.90", "15.90", "18.90", "24.90", "33.90"), "4.50", 1),
    ("gls_pl", "standard"): (("11.50", "12.90", "17.90", "24.50", "33.50"), "", 1),
    ("dpd_pl", "standard"): (("12.90", "13.50", "15.90", "21.90", "29.90"), "5.50", 1),
    ("dhl24", "standard"): (("13.20", "14.20", "16.90", "22.90", "30.90"), "2.90", 1),
    ("dhl24", "12:00"): (("29.00", "32.00", "36.00", "44.00", "55.00"), "4.90", 1),
    ("kurier", "standard"): (("35.00", "38.00", "44.00", "52.00", "64.00"), "9.00", 2),
}
"""Made up: by weight, the surcharge for cash on delivery (none: not collected), working days."""
LOCKERS = (("640x380x80", "9.90"), ("640x380x190", "11.90"), ("640x410x380", "14.90"))


def start_simulators(
    known: Mapping[str, str], folder: Path, env: Mapping[str, str]
) -> tuple[list[Child], dict[str, str]]:
    """One process for each courier, and its address by code; ``known``: where they were before. Raises ``ServerDown``."""
    children: list[Child] = []
    urls: dict[str, str] = {}
    for carrier in SIMULATED:
        wanted = (
            int(known[carrier.code].rsplit(":", 1)[1]) if carrier.code in known else OFFERS[carrier.code].port
        )
        port = wanted if carrier.code in known else free_port(wanted)
        arguments = ["carriers", "simulate", carrier.code, "--port", str(port)]
        children.append(Child(carrier.code, arguments, folder, env))
        urls[carrier.code] = f"http://127.0.0.1:{port}"
    until = time.monotonic() + PATIENCE_S
    with httpx.Client(timeout=2, verify=False) as client:  # loopback: no certificates to load
        for child in children:
            while not _answers(client, urls[child.name]):
                if time.monotonic() > until or child.process.poll() is not None:
                    for other in children:
                        other.stop()
                    raise ServerDown(log=str(child.log), tail=child.tail())
                time.sleep(0.05)
    return children, urls


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(f"{url}/__sim/calls").status_code == 200
    except httpx.TransportError:
        return False


async def connect_couriers(world: World) -> None:
    """Accounts that book with the simulators, their secrets, and when their cars come."""
    for carrier in SIMULATED:
        made = await world.admin.post(
            "/carriers",
            {
                "code": carrier.code, "name": carrier.name, "adapter": carrier.code, "services": list(carrier.services),
                "max_weight_g": MOST_G, "label_formats": ["pdf", "zpl"],
                "settings": settings_for(world.state.simulators[carrier.code]),
            },
            once=world.once("carrier", carrier.code),
        )  # fmt: skip
        world.state.carrier_ids[carrier.code] = made["id"]
        await world.admin.put(
            f"/carriers/{made['id']}/credentials", {"values": dict(OFFERS[carrier.code].credentials)}
        )
        pickups = [{"weekday": d, "at": "16:30:00"} for d in range(7)]
        await world.admin.put(f"/carriers/{made['id']}/pickups", {"pickups": pickups})


async def set_terms(world: World) -> None:
    """The operator's price lists, and each shop's rules."""
    rows = [
        "carrier;service;country;max_weight_g;price;currency;transit_days;valid_from;cod_price;size_mm;max_length_mm"
    ]
    for (carrier, service), (tiers, cod, days) in PRICES.items():
        for grams, price in zip(TIERS, tiers, strict=True):
            rows.append(f"{carrier};{service};PL;{grams};{price};PLN;{days};2020-01-01;{cod};;1200")
    for size, price in LOCKERS:
        rows.append(f"inpost;locker;PL;25000;{price};PLN;2;2020-01-01;3.50;{size};")
    for country in sorted({o.recipient.country for o in world.day.orders} - {"PL", "ZZ", ""}):
        rows.append(f"swiat;international;{country};30000;89.00;PLN;6;2020-01-01;;;")
    loaded = await world.admin.post("/service-prices", {"csv": "\n".join(rows)})
    assert not loaded["bad"], loaded["bad"]
    rules: list[dict[str, Any]] = [
        {"name": "Express arrives by noon", "action": "fixed", "asked": ["express"],
         "services": [{"carrier": "dhl24", "service": "12:00"}]},
        {"name": "Our own courier when one is down", "action": "fallback", "after_minutes": 15,
         "services": [{"carrier": "dpd_pl"}, {"carrier": "kurier"}]},
    ]  # fmt: skip
    for shop_id in world.state.shop_ids.values():
        await world.admin.put(f"/shops/{shop_id}/service-rules", {"rules": rules})


def asked_of_us(world: World, o: DemoOrder) -> dict[str, Any]:
    """What such an order says of its carrier: nothing, but perhaps a locker, or that it is in a hurry."""
    return {
        "carrier": None, "service": "express" if o.service == "express" else None, "point": point_of(world, o),
    }  # fmt: skip


def point_of(world: World, o: DemoOrder) -> str | None:
    """A locker that the simulator knows, for goods that fit into one whatever box they get."""
    sizes = [(world.sku(o.shop, n.sku).size, n.quantity) for n in o.lines]
    volume = sum(s.volume_ml * n for s, n in sizes)
    longest = max(max(s.length_mm, s.width_mm, s.height_mm) for s, _ in sizes)
    if o.point is None or volume > LOCKER_ML or longest > LOCKER_MM:
        return None
    return choose([p for p, at in POINTS.items() if at[-1] == "Operating"], o.number, "locker")

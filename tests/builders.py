"""Builders: the things that a test needs, made through the product's own use cases, each with codes of its own.

Every builder takes a ``Database`` (and commits) or an open ``Tx``; what a test does not say is unremarkable.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from uuid import uuid4

from wms.catalog.queries import BarcodeLine, ComponentLine, LotPolicy, SkuIn
from wms.catalog.upsert_skus import upsert_skus
from wms.db.tx import Database, Tx
from wms.kernel.ids import hash_token, new_token
from wms.kernel.numbers import gs1_check_digit
from wms.locations.create_locations import Kind, LocationIn, create_locations
from wms.locations.create_warehouse import create_warehouse
from wms.locations.handling_units import create_handling_unit
from wms.locations.number_ranges import create_number_range
from wms.locations.queries import system_location
from wms.people.manage import create_key, create_person
from wms.shops.create_shop import create_shop
from wms.stock.ledger import Move, Status, post
from wms.web.access import SCOPES

Where = Database | Tx
_numbers = count(1)


@asynccontextmanager
async def opened(where: Where) -> AsyncIterator[Tx]:
    """The transaction itself, or a new one that is committed."""
    if isinstance(where, Tx):
        yield where
    else:
        async with where.begin() as tx:
            yield tx


def unique(prefix: str = "") -> str:
    """A short code that no other test has: the database outlives a test, and a test run its process."""
    return f"{prefix}{uuid4().hex[:10].upper()}"


def an_ean() -> str:
    """An EAN-13 that no other SKU has."""
    body = f"20{uuid4().int % 10**10:010d}"
    return body + gs1_check_digit(body)


@dataclass(frozen=True)
class AWarehouse:
    """``locations``: id by code (SUPPLIER, CUSTOMER, SCRAP, LOST-FOUND, WORK, PACKED, RETURNS, QUARANTINE, DOCK-1,
    PACK-1, PACK-2)."""

    id: int
    code: str
    locations: dict[str, int]


_shared: dict[str, AWarehouse] = {}


async def a_warehouse(where: Where, *, shared: bool = True) -> AWarehouse:
    """The warehouse that the tests of this worker share, or one of the test's own."""
    if not shared and not isinstance(where, Tx):
        await a_warehouse(where)  # orders go to the oldest one, whichever test makes it
    async with opened(where) as tx:
        database = tx.database
        if shared and database in _shared:
            return _shared[database]
        made = await create_warehouse(tx, unique("W"), "Magazyn Błonie")
        found = AWarehouse(id=made.id, code=made.code, locations=made.locations)
        if shared and not isinstance(where, Tx):  # the caller's transaction may yet be rolled back
            _shared[database] = found
        return found


@dataclass(frozen=True)
class AShop:
    id: int
    code: str


async def a_shop(
    where: Where, *, partial_policy: str = "complete", min_days_left: int = 0, language: str = "pl"
) -> AShop:
    async with opened(where) as tx:
        code = unique("s").lower()
        shop_id = await create_shop(
            tx,
            code,
            f"Sklep {code}",
            partial_policy=partial_policy,
            min_days_left=min_days_left,
            language=language,
        )
        return AShop(id=shop_id, code=code)


async def a_key(
    where: Where, *, shop: AShop, scopes: Sequence[str] = SCOPES, rate_per_min: int = 100_000
) -> str:
    """The bearer token of a key of this shop."""
    async with opened(where) as tx:
        return (
            await create_key(tx, name="test", scopes=list(scopes), shop_id=shop.id, rate_per_min=rate_per_min)
        ).key


async def a_courier_key(where: Where, *, carrier_id: int, rate_per_min: int = 100_000) -> str:
    """The bearer token of a courier's key."""
    async with opened(where) as tx:
        return (
            await create_key(tx, name="test", scopes=[], carrier_id=carrier_id, rate_per_min=rate_per_min)
        ).key


@dataclass(frozen=True)
class APerson:
    id: int
    badge: str
    pin: str


async def a_person(where: Where, *, roles: Sequence[str] = ("picker",), name: str = "Anna Zając") -> APerson:
    """Somebody with a badge and a PIN (hashing it costs some 30 ms: use ``signed_in`` where nobody types it)."""
    async with opened(where) as tx:
        badge = unique("B-")
        person_id = await create_person(tx, badge=badge, name=name, roles=list(roles), pin="4711")
        return APerson(id=person_id, badge=badge, pin="4711")


@dataclass(frozen=True)
class SignedInPerson:
    id: int
    token: str
    headers: dict[str, str] = field(repr=False)


async def signed_in_person(where: Where, *, roles: Sequence[str]) -> SignedInPerson:
    """A new person with an open session."""
    async with opened(where) as tx:
        person_id = await create_person(tx, badge=unique("B-"), name="Łucja Żak", roles=list(roles))
        token = f"wms_se_{new_token('se').secret}"
        await tx.run(
            "insert into session (token_hash, person_id, floor, expires_at) values ($1, $2, true, $3)",
            hash_token(token),
            person_id,
            tx.now + timedelta(hours=12),
        )
        return SignedInPerson(id=person_id, token=token, headers=bearer(token))


async def signed_in(where: Where, *, roles: Sequence[str]) -> str:
    """The bearer token of a new person's open session."""
    return (await signed_in_person(where, roles=roles)).token


def bearer(token: str) -> dict[str, str]:
    """The header to send a token in."""
    return {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True)
class ACarrier:
    """``range_code``: the number range that its labels take their numbers from."""

    id: int
    code: str
    range_code: str
    cage: int


async def a_carrier(
    where: Where,
    *,
    pickup: str = "16:00",
    services: Sequence[str] = ("standard",),
    warehouse: AWarehouse | None = None,
    adapter: str = "own_range",
) -> ACarrier:
    """A carrier with numbers of its own (a million), a car on every day at ``pickup``, and a cage in the warehouse.

    With another ``adapter`` its labels are bought by the worker."""
    warehouse = warehouse or await a_warehouse(where)
    async with opened(where) as tx:
        code = unique("c").lower()
        carrier_id: int = await tx.value(
            """with c as (
                 insert into carrier (code, name, adapter, services, settings)
                 values ($1, 'Kurier ' || $1, $4, $2::text::jsonb, jsonb_build_object('range', $1)) returning id
               ), p as (
                 insert into carrier_pickup (carrier_id, weekday, at)
                 select c.id, d, $3::text::time from c, generate_series(0, 6) as d
               ) select id from c""",
            code,
            "[" + ",".join(f'"{s}"' for s in services) + "]",
            pickup,
            adapter,
        )
        first = next(_numbers) * 1_000_000 + uuid4().int % 10**6 * 10**9
        await create_number_range(
            tx, code, "plain", first, first + 999_999, prefix="PX", carrier_id=carrier_id
        )
        cage = LocationIn(code=f"CAGE-{code.upper()}", kind="cage")
        ids = await create_locations(tx, warehouse.id, [cage])
        return ACarrier(id=carrier_id, code=code, range_code=code, cage=ids[cage.code])


@dataclass(frozen=True)
class ASku:
    shop_id: int
    id: int
    code: str
    barcodes: tuple[str, ...]

    @property
    def barcode(self) -> str:
        return self.barcodes[0]


async def a_sku(
    where: Where,
    *,
    shop: AShop,
    code: str | None = None,
    name: str = "Kubek z żabą",
    barcodes: Sequence[str] | None = None,
    lot_policy: LotPolicy = "none",
    serial: bool = False,
    components: "Sequence[tuple[ASku, int]]" = (),
    weight_g: int | None = 250,
    size_mm: tuple[int, int, int] | None = (120, 90, 90),
) -> ASku:
    """A SKU with an EAN of its own, or with the bar codes given; with ``components`` (SKU, quantity) a kit."""
    async with opened(where) as tx:
        code = code or unique("SKU-")
        codes = tuple(barcodes) if barcodes is not None else (an_ean(),)
        sides = size_mm or (None, None, None)
        line = SkuIn(
            code=code, name=name, weight_g=weight_g, length_mm=sides[0], width_mm=sides[1], height_mm=sides[2],
            lot_policy=lot_policy, serial_tracked=serial, barcodes=[BarcodeLine(code=c) for c in codes],
            components=[ComponentLine(sku=part.code, quantity=n) for part, n in components] or None,
        )  # fmt: skip
        for failure in (await upsert_skus(tx, shop.id, [line])).failed:
            raise failure.refusal
        sku_id: int = await tx.value("select id from sku where shop_id = $1 and code = $2", shop.id, code)
        return ASku(shop_id=shop.id, id=sku_id, code=code, barcodes=codes)


@dataclass(frozen=True)
class ABin:
    """``label`` is what a scanner reads off the shelf."""

    id: int
    code: str
    warehouse_id: int

    @property
    def label(self) -> str:
        return f"L-{self.code}"


async def a_bin(
    where: Where,
    *,
    warehouse: AWarehouse | None = None,
    kind: Kind = "bin",
    aisle: str | None = None,
    x: int = 0,
    y: int = 0,
    z: int = 0,
    walk: int | None = None,
    capacity_ml: int | None = 150_000,
    zone: str | None = None,
    pickable: bool | None = None,
) -> ABin:
    """A shelf location with a code of its own; ``walk`` follows the order in which bins are made."""
    warehouse = warehouse or await a_warehouse(where)
    place = LocationIn(
        code=unique("A-"), kind=kind, zone=zone, aisle=aisle, x=x, y=y, z=z, capacity_ml=capacity_ml, pickable=pickable,
        walk=next(_numbers) if walk is None else walk,
    )  # fmt: skip
    async with opened(where) as tx:
        ids = await create_locations(tx, warehouse.id, [place])
    return ABin(id=ids[place.code], code=place.code, warehouse_id=warehouse.id)


async def a_lot(
    where: Where,
    *,
    sku: ASku,
    code: str | None = None,
    expires_on: date | None = None,
    serial: str | None = None,
) -> int:
    """The id of a lot of this SKU, made where it is not there."""
    async with opened(where) as tx:
        lot_id: int = await tx.value(
            """insert into lot (shop_id, sku_id, code, expires_on, serial) values ($1, $2, $3, $4, $5)
               on conflict (shop_id, sku_id, code, serial) do update set code = excluded.code returning id""",
            sku.shop_id,
            sku.id,
            code or "",
            expires_on,
            serial,
        )
        return lot_id


async def stock_up(
    where: Where,
    *,
    sku: ASku,
    bin: ABin,
    quantity: int,
    lot: int = 0,
    hu: int = 0,
    status: Status = "sellable",
) -> int:
    """Goods from the supplier straight into the bin; returns the move's id. ``lot``: see ``a_lot``."""
    async with opened(where) as tx:
        supplier = await system_location(tx, bin.warehouse_id, "supplier")
        (move_id,) = await post(
            tx,
            [
                Move(
                    shop_id=sku.shop_id, sku_id=sku.id, quantity=quantity, from_location=supplier, to_location=bin.id,
                    to_hu=hu, lot_id=lot, status=status, reason="receiving",
                )
            ],
        )  # fmt: skip
        return move_id


@dataclass(frozen=True)
class ATote:
    id: int
    code: str


async def a_tote(where: Where, *, warehouse: AWarehouse | None = None, code: str | None = None) -> ATote:
    """A tote with the label ``T-...``."""
    warehouse = warehouse or await a_warehouse(where)
    code = code or unique("T-")
    async with opened(where) as tx:
        return ATote(id=(await create_handling_unit(tx, warehouse.id, "tote", code)).id, code=code)


async def on_hand(where: Where, *, sku: ASku, location_id: int, hu: int | None = None) -> int:
    """Units of this SKU in a place, of any lot and status; in all handling units or in one."""
    async with opened(where) as tx:
        found: int = await tx.value(
            """select coalesce(sum(on_hand), 0) from balance
               where shop_id = $1 and sku_id = $2 and location_id = $3 and ($4::bigint is null or hu_id = $4)""",
            sku.shop_id,
            sku.id,
            location_id,
            hu,
        )
        return int(found)

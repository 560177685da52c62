"""Reading the catalog, and the shape of a SKU as shops write and read it."""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound

LotPolicy = Literal["none", "lot", "expiry"]


class BarcodeLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """``quantity``: how many units one scan of this code stands for (12 on a case of twelve)."""

    code: Annotated[str, Meta(min_length=1, max_length=100, examples=["5901234123457"])]
    quantity: Annotated[int, Meta(ge=1, le=100_000, examples=[1])] = 1


class ComponentLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """``sku`` is the code of what lies in the kit."""

    sku: Annotated[str, Meta(min_length=1, max_length=64, examples=["MUG-RED"])]
    quantity: Annotated[int, Meta(ge=1, le=10_000, examples=[2])] = 1


class SkuIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole SKU: what is left out goes back to its default, save ``barcodes`` and ``components``, which stay.

    Weights in grams, lengths in millimetres, one sales unit with its wrapping. ``lot_policy``: ``none``, ``lot`` (a lot
    number is captured) or ``expiry`` (its date too). A SKU with ``components`` is a kit: sold as one, stored as its
    parts. A code with a slash fits no address: such a SKU is read with ``GET /skus?search=`` and changed with
    ``PUT /skus``.
    """

    code: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^\S(.*\S)?$", examples=["MUG-RED"])]
    name: Annotated[str, Meta(min_length=1, max_length=200, examples=["Kubek czerwony 300 ml"])]
    weight_g: Annotated[int, Meta(ge=0, le=10_000_000, examples=[310])] | None = None
    length_mm: Annotated[int, Meta(ge=0, le=100_000, examples=[120])] | None = None
    width_mm: Annotated[int, Meta(ge=0, le=100_000, examples=[90])] | None = None
    height_mm: Annotated[int, Meta(ge=0, le=100_000, examples=[95])] | None = None
    lot_policy: LotPolicy = "none"
    serial_tracked: bool = False
    price: Annotated[Decimal, Meta(examples=["24.90"])] | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", examples=["PLN"])] = "PLN"
    picture_url: (
        Annotated[str, Meta(max_length=1000, pattern="^https?://", examples=["https://example.com/mug.jpg"])]
        | None
    ) = None
    active: bool = True
    barcodes: Annotated[list[BarcodeLine], Meta(max_length=50)] | None = None
    components: Annotated[list[ComponentLine], Meta(max_length=50)] | None = None


class SkuRow(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU with its bar codes and, where it is a ``kit``, its components."""

    id: int
    code: str
    name: str
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    lot_policy: LotPolicy
    serial_tracked: bool
    kit: bool
    price: Decimal | None
    currency: str
    picture_url: str | None
    active: bool
    version: int
    barcodes: list[BarcodeLine]
    components: list[ComponentLine]


SKU = """select s.id, s.code, s.name, s.weight_g, s.length_mm, s.width_mm, s.height_mm, s.lot_policy, s.serial_tracked, s.kit,
  s.price, s.currency, s.picture_url, s.active, s.version,
  coalesce((select jsonb_agg(jsonb_build_object('code', b.code, 'quantity', b.quantity) order by b.code)
            from barcode b where (b.shop_id, b.sku_id) = (s.shop_id, s.id)), '[]') as barcodes,
  coalesce((select jsonb_agg(jsonb_build_object('sku', c.code, 'quantity', k.quantity) order by c.code)
            from kit_component k join sku c on (c.shop_id, c.id) = (k.shop_id, k.sku_id)
            where (k.shop_id, k.kit_sku_id) = (s.shop_id, s.id)), '[]') as components
from sku s"""


async def sku(tx: Tx, shop_id: int, code: str) -> SkuRow:
    """One SKU of the shop. Raises ``NotFound``."""
    found = await tx.one(SkuRow, f"{SKU} where s.shop_id = $1 and s.code = $2", shop_id, code)
    if found is None:
        raise NotFound(what="SKU", ref=code)
    return found


async def skus(
    tx: Tx, shop_id: int, *, search: str | None, active: bool | None, kit: bool | None, after: int, limit: int
) -> list[SkuRow]:
    """The shop's SKUs by id from behind ``after``; ``search`` is part of a code or name, or a whole bar code."""
    return await tx.all(
        SkuRow,
        rf"""{SKU} where s.shop_id = $1 and s.id > $2 and ($3::bool is null or s.active = $3)
            and ($4::bool is null or s.kit = $4)
            and ($5::text is null or s.code ilike '%' || $5 || '%' or s.name ilike '%' || $5 || '%'
                 or exists (select from barcode b where (b.shop_id, b.sku_id) = (s.shop_id, s.id) and b.code = $6))
            order by s.id limit $7""",
        shop_id,
        after,
        active,
        kit,
        None if search is None else search.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_"),
        search,
        limit,
    )


class LockedSku(msgspec.Struct, frozen=True):
    id: int
    version: int
    used_in_kit: bool


async def lock_skus(tx: Tx, shop_id: int, codes: list[str]) -> dict[str, LockedSku]:
    """Locks the SKUs against other editors (not against stock movements), in the order of their ids."""
    rows = await tx.rows(
        """select s.code, s.id, s.version, exists (select from kit_component k
             where (k.shop_id, k.sku_id) = (s.shop_id, s.id)) as used_in_kit
           from sku s where s.shop_id = $1 and s.code = any($2) order by s.id for no key update of s""",
        shop_id,
        codes,
    )
    return {r["code"]: LockedSku(r["id"], r["version"], r["used_in_kit"]) for r in rows}


async def stocked(tx: Tx, shop_id: int, sku_ids: list[int]) -> set[int]:
    """Which of these SKUs are in stock; locked so that no first piece of them arrives until the transaction ends."""
    if not sku_ids:
        return set()
    await tx.rows(
        "select from sku where shop_id = $1 and id = any($2) order by id for update", shop_id, sku_ids
    )
    rows = await tx.rows(
        "select distinct sku_id from balance where shop_id = $1 and sku_id = any($2) and real and on_hand > 0",
        shop_id,
        sku_ids,
    )
    return {r["sku_id"] for r in rows}


class Owner(msgspec.Struct, frozen=True):
    code: str
    gtin: str | None
    sku: str


async def barcode_owners(tx: Tx, shop_id: int, codes: list[str], gtins: list[str]) -> list[Owner]:
    """Who in the shop has these bar codes, in whatever spelling."""
    return await tx.all(
        Owner,
        """select b.code, b.gtin, s.code as sku from barcode b join sku s on (s.shop_id, s.id) = (b.shop_id, b.sku_id)
           where b.shop_id = $1 and (b.code = any($2) or b.gtin = any($3))""",
        shop_id,
        codes,
        gtins,
    )

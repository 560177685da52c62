"""The carton proposal: always an answer, nothing overlaps, nothing sticks out, nothing is left behind."""

from collections import Counter
from itertools import combinations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.packing.cartons import (
    VOLUME_SHARE,
    Carton,
    CartonProposal,
    ItemToPack,
    ProposedParcel,
    propose_cartons,
)
from wms.packing.fill_carton import Block

S = Carton(1, 200, 150, 100, 90, 10_000)
M = Carton(2, 400, 300, 200, 250, 20_000)
L = Carton(3, 600, 400, 400, 600, 30_000)
TUBE = Carton(4, 900, 100, 100, 150, 5_000)
CARTONS = (L, S, TUBE, M)
BY_ID = {carton.carton_id: carton for carton in CARTONS}


def an_item(
    sku: str,
    length: int | None,
    width: int | None,
    height: int | None,
    quantity: int = 1,
    weight: int | None = 100,
) -> ItemToPack:
    return ItemToPack(sku, length, width, height, weight, quantity)


def cartons_of(proposal: CartonProposal) -> list[int]:
    return [parcel.carton_id for parcel in proposal.parcels]


def test_the_smallest_carton_that_holds_everything() -> None:
    proposal = propose_cartons([an_item("BOOK", 190, 140, 45, 2)], CARTONS)
    (parcel,) = proposal.parcels
    assert (parcel.carton_id, parcel.contents, parcel.weight_g) == (1, (("BOOK", 2),), 290)
    assert parcel.fill_percent == 79
    assert proposal.method == "packed"


def test_a_long_thing_goes_into_the_tube_although_a_smaller_carton_has_the_volume() -> None:
    assert cartons_of(propose_cartons([an_item("POSTER", 60, 850, 60)], CARTONS)) == [4]


def test_the_weight_limit_takes_a_second_carton() -> None:
    proposal = propose_cartons([an_item("DUMBBELL", 180, 90, 90, 8, 5000)], CARTONS)
    assert [parcel.weight_g <= BY_ID[parcel.carton_id].max_weight_g for parcel in proposal.parcels] == [
        True,
        True,
    ]
    assert sum(dict(parcel.contents)["DUMBBELL"] for parcel in proposal.parcels) == 8


def test_different_things_share_a_carton() -> None:
    items = [
        an_item("MUG", 120, 100, 95, 6),
        an_item("BOOK", 210, 140, 30, 4),
        an_item("PEN", 140, 10, 10, 20),
    ]
    assert cartons_of(propose_cartons(items, CARTONS)) == [2]


def test_unknown_and_too_large_things_are_named_and_the_rest_is_packed() -> None:
    items = [
        an_item("NEW", None, 10, 10, 3),
        an_item("FLAT", 100, 0, 10),
        an_item("WARDROBE", 2000, 600, 600),
        an_item("ANVIL", 100, 100, 100, weight=40_000),
        an_item("FEATHER", 100, 20, 20, weight=None),
    ]
    proposal = propose_cartons(items, CARTONS)
    assert proposal.unknown == (("FLAT", 1), ("NEW", 3))
    assert proposal.too_large == (("ANVIL", 1), ("WARDROBE", 1))
    assert proposal.unweighed == ("FEATHER",)
    assert cartons_of(proposal) == [1]


def test_nothing_to_pack_and_no_cartons_are_answered_too() -> None:
    assert propose_cartons([], CARTONS).parcels == ()
    assert propose_cartons([an_item("MUG", 1, 1, 1)], []).too_large == (("MUG", 1),)


def test_thousands_of_identical_pieces_are_a_few_blocks() -> None:
    proposal = propose_cartons([an_item("TIN", 80, 80, 100, 5000, 150)], CARTONS)
    assert proposal.method == "packed"
    # Laid on the side, 6 x 5 x 5 fill the large carton to the last millimetre.
    assert len(proposal.parcels) == 34
    assert (proposal.parcels[0].fill_percent, len(proposal.parcels[0].blocks)) == (100, 1)


def test_out_of_steps_the_proposal_goes_by_volume() -> None:
    items = [an_item(f"SKU-{n:04}", 20 + n % 90, 30 + n % 50, 15 + n % 30) for n in range(3000)]
    proposal = propose_cartons(items, CARTONS)
    assert proposal.method == "volume"
    assert sum(quantity for parcel in proposal.parcels for _, quantity in parcel.contents) == 3000
    assert all(parcel.fill_percent <= VOLUME_SHARE for parcel in proposal.parcels)


def test_lines_of_one_sku_are_added_up_but_must_agree() -> None:
    assert propose_cartons([an_item("MUG", 9, 9, 9, 1), an_item("MUG", 9, 9, 9, 2)], CARTONS).parcels[
        0
    ].contents == (("MUG", 3),)
    with pytest.raises(ValueError, match="two sizes"):
        propose_cartons([an_item("MUG", 9, 9, 9), an_item("MUG", 9, 9, 8)], CARTONS)
    with pytest.raises(ValueError, match="cannot be packed"):
        propose_cartons([an_item("MUG", 9, 9, 9, -1)], CARTONS)


def cells(block: Block) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    return (
        (block.x, block.x + block.nx * block.length),
        (block.y, block.y + block.ny * block.width),
        (block.z, block.z + block.nz * block.height),
    )


def overlap(one: Block, other: Block) -> bool:
    return all(a < d and c < b for (a, b), (c, d) in zip(cells(one), cells(other), strict=True))


def check_parcel(parcel: ProposedParcel, items: dict[str, ItemToPack], method: str) -> None:
    carton = BY_ID[parcel.carton_id]
    assert parcel.weight_g <= carton.max_weight_g
    assert 0 <= parcel.fill_percent <= 100
    assert parcel.contents
    if method == "volume":
        return
    assert Counter(dict(parcel.contents)) == sum(
        (Counter({block.sku: block.pieces}) for block in parcel.blocks), Counter()
    )
    for block in parcel.blocks:
        item = items[block.sku]
        assert block.pieces > 0
        assert sorted((block.length, block.width, block.height)) == sorted(
            (item.length_mm or 0, item.width_mm or 0, item.height_mm or 0)
        )
        for (low, high), most in zip(cells(block), carton.inner, strict=True):
            assert 0 <= low < high <= most
    assert not any(overlap(one, other) for one, other in combinations(parcel.blocks, 2))


some_items = st.lists(
    st.builds(
        ItemToPack,
        sku=st.sampled_from([f"SKU-{n}" for n in range(12)]),
        length_mm=st.integers(5, 700),
        width_mm=st.integers(5, 350),
        height_mm=st.none() | st.integers(5, 250),
        weight_g=st.none() | st.integers(1, 9000),
        quantity=st.integers(1, 40),
    ),
    max_size=8,
    unique_by=lambda item: item.sku,
)


@settings(max_examples=200, deadline=None)
@given(some_items, st.sampled_from([0, 200, 60_000]))
def test_every_piece_is_in_exactly_one_parcel_inside_it_and_alone_in_its_place(
    items: list[ItemToPack], steps: int
) -> None:
    proposal = propose_cartons(items, CARTONS, steps=steps)
    by_sku = {item.sku: item for item in items}
    placed: Counter[str] = Counter(dict(proposal.unknown)) + Counter(dict(proposal.too_large))
    for parcel in proposal.parcels:
        placed += Counter(dict(parcel.contents))
    for distinct in set(proposal.parcels):
        check_parcel(distinct, by_sku, proposal.method)
    assert placed == Counter({item.sku: item.quantity for item in items})
    assert propose_cartons(items[::-1], CARTONS[::-1], steps=steps) == proposal


@settings(deadline=None)
@given(st.integers(5, 390), st.integers(5, 290), st.integers(5, 190))
def test_one_piece_gets_the_smallest_carton_it_fits(length: int, width: int, height: int) -> None:
    piece = sorted((length, width, height))
    fitting = [
        carton for carton in CARTONS if all(a <= b for a, b in zip(piece, sorted(carton.inner), strict=True))
    ]
    (parcel,) = propose_cartons([an_item("THING", length, width, height)], CARTONS).parcels
    assert parcel.carton_id == min(fitting, key=lambda carton: carton.volume).carton_id


def test_a_proposal_can_be_kept_as_json() -> None:
    proposal = propose_cartons([an_item("MUG", 120, 100, 95, 6)], CARTONS)
    assert msgspec.json.decode(msgspec.json.encode(proposal), type=CartonProposal) == proposal

"""Labels: only for what is packed, never two, and no way to get stuck."""

import asyncio
from collections.abc import Callable

import pypdfium2
import pytest
import zxingcpp

from tests.builders import ACarrier, a_carrier, a_shop, a_sku, unique
from tests.conftest import Server
from tests.shipping.faulty import Courier, OneCourier
from tests.shipping.flow import (
    CARTON_G,
    PickedOrder,
    Wanted,
    a_bench,
    a_picked_order,
    labelled,
    ok,
    order_state,
    packed,
    person,
    refused,
)
from wms.db.tx import Database
from wms.orders.cancel_order import cancel_order
from wms.shipping.adapters import Carriers
from wms.shipping.buy_label import buy_label, wait_after
from wms.shipping.request_label import label_key
from wms.shipping.sweep_labels import cancel_booking, sweep_labels


async def a_packed_parcel(
    db: Database, server: Server, carrier: ACarrier | None = None, **order: object
) -> tuple[PickedOrder, int]:
    shop = await a_shop(db)
    mug = await a_sku(db, shop=shop)
    picked = await a_picked_order(
        db,
        shop=shop,
        carrier=carrier or await a_carrier(db),
        lines=[Wanted(mug, 2)],
        **order,  # type: ignore[arg-type]
    )
    async with a_bench(db, server) as bench:
        return picked, await packed(bench, picked, [(mug, 2)])


async def a_networked(db: Database) -> ACarrier:
    """A carrier that must be asked over the network; the tests' own courier answers for it."""
    return await a_carrier(db, adapter="dpd_pl")


async def requested(db: Database, server: Server, shop: int, parcel: int) -> int:
    async with person(db, server, "packer") as api:
        label_id: int = ok(await api.post(f"/shops/{shop}/parcels/{parcel}/label"))["label_id"]
        return label_id


async def label_row(db: Database, shop: int, label: int) -> dict[str, object]:
    async with db.begin() as tx:
        row = await tx.row("select * from label where shop_id = $1 and id = $2", shop, label)
        assert row is not None
        return dict(row)


async def test_a_label_as_pdf_and_as_zpl(db: Database, server: Server) -> None:
    order, parcel = await a_packed_parcel(db, server)
    async with person(db, server, "packer") as api:
        path = f"/shops/{order.shop.id}/parcels/{parcel}/label"
        refused(await api.get(f"{path}/file"), "no-label-yet")
        number = await labelled(db, api, order.shop.id, parcel)
        assert number.startswith("PX")
        pdf = (await api.get(f"{path}/file")).content
        assert pdf == (await api.get(f"{path}/file?format=pdf")).content
        page = pypdfium2.PdfDocument(pdf)[0].render(scale=203.2 / 72, grayscale=True).to_numpy()
        assert number in {r.text for r in zxingcpp.read_barcodes(page)}
        zpl = await api.get(f"{path}/file?format=zpl")
        assert zpl.content.startswith(b"^XA")
        assert "Łucja Świątek" in zpl.text
        again = ok(await api.post(path))
        assert (again["state"], again["parcel_id"]) == ("ready", parcel)
        refused(await api.post(f"{path}/confirm", json={"scan": "PX1"}), "wrong-label")
        assert ok(await api.post(f"{path}/confirm", json={"scan": number}))["tracking_number"] == number
        assert ok(await api.get(path))["state"] == "printed"
    assert await order_state(db, order) == "labelled"


async def test_no_label_before_packing(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2)])
    async with a_bench(db, server) as bench:
        station = await bench.open(ok(await bench.start(order.tote.code))["station"])
        path = f"/shops/{shop.id}/parcels/{station['parcel_id']}/label"
        refused(await bench.api.post(path), "label-before-packing")
        ok(await bench.scan(station, mug.barcode, quantity=2))
        refused(await bench.api.post(path), "label-before-packing")
        ok(await bench.close(shop.id, station["parcel_id"], CARTON_G + 500))
        assert ok(await bench.api.post(path))["state"] == "ready"
        refused(
            await bench.api.post(f"/shops/{shop.id}/parcels/{station['parcel_id']}/reopen"),
            "parcel-has-label",
        )
        refused(await bench.api.post(f"/shops/{shop.id}/parcels/999999999/label"), "not-found", 404)


async def test_a_number_of_ours_needs_no_worker(db: Database, server: Server) -> None:
    order, parcel = await a_packed_parcel(db, server)
    async with person(db, server, "packer") as api:
        path = f"/shops/{order.shop.id}/parcels/{parcel}/label"
        asked = ok(await api.post(path))
        assert asked["state"] == "ready"
        row = ok(await api.get(path))
        assert (row["state"], row["tracking_number"][:2], row["error"]) == ("ready", "PX", None)
        assert ok(await api.post(path))["label_id"] == asked["label_id"]
    assert await order_state(db, order) == "labelled"
    assert await jobs_of(db, order.shop.id, asked["label_id"]) == 0
    async with db.begin() as tx:
        told = await tx.rows(
            """select kind from event where shop_id = $1 and (subject_id = $2 and subject = 'parcel'
                 or subject_id = $3 and subject = 'order') and kind like '%label%' order by id""",
            order.shop.id,
            parcel,
            order.id,
        )
    assert [e["kind"] for e in told] == ["label.requested", "label.ready", "order.labelled"]


async def test_a_number_that_somebody_has_typed_for_another_parcel_is_left_out(
    db: Database, server: Server
) -> None:
    carrier = await a_carrier(db)
    (one, first), (two, second) = [await a_packed_parcel(db, server, carrier) for _ in range(2)]
    async with person(db, server, "packer") as api:
        number = await labelled(db, api, one.shop.id, first)
        following = f"PX{int(number.removeprefix('PX')) + 1}"
        async with db.begin() as tx:
            await tx.run(
                "update parcel set tracking_number = $3 where shop_id = $1 and id = $2",
                one.shop.id,
                first,
                following,
            )
        path = f"/shops/{two.shop.id}/parcels/{second}/label"
        asked = ok(await api.post(path))
        assert asked["state"] == "requested"
        assert await jobs_of(db, two.shop.id, asked["label_id"]) == 1
        assert ok(await api.get(path))["tracking_number"] is None
        other = await labelled(db, api, two.shop.id, second)
    assert other not in (number, following)


async def jobs_of(db: Database, shop: int, label: int) -> int:
    """How many jobs wait for this label."""
    async with db.begin() as tx:
        return int(
            await tx.value(
                "select count(*) from procrastinate_jobs where queueing_lock = $1 and status = 'todo'",
                label_key(shop, label),
            )
        )


async def test_the_carrier_refuses_and_says_why(db: Database, server: Server) -> None:
    order, parcel = await a_packed_parcel(db, server, country="DE")
    label = await requested(db, server, order.shop.id, parcel)
    assert await buy_label(db, Carriers(db), order.shop.id, label) is None
    async with person(db, server, "packer") as api:
        row = ok(await api.get(f"/shops/{order.shop.id}/parcels/{parcel}/label"))
        assert (row["state"], row["error_code"], row["retry_at"]) == ("failed", "rejected", None)
        assert "DE" in row["error"]
        waiting = ok(await api.get("/labels/waiting?limit=500"))["items"]
        assert label in {x["id"] for x in waiting if x["shop_id"] == order.shop.id}
        async with db.begin() as tx:
            await tx.run(
                "update orders set country = 'PL' where shop_id = $1 and id = $2", order.shop.id, order.id
            )
        await labelled(db, api, order.shop.id, parcel)


async def test_numbers_used_up_wait_for_the_range_to_be_extended(db: Database, server: Server) -> None:
    carrier = await a_carrier(db)
    async with db.begin() as tx:
        await tx.run("update number_range set last = next - 1 where code = $1", carrier.range_code)
        last = await tx.value("select last from number_range where code = $1", carrier.range_code)
    order, parcel = await a_packed_parcel(db, server, carrier)
    label = await requested(db, server, order.shop.id, parcel)
    carriers = Carriers(db)
    assert await buy_label(db, carriers, order.shop.id, label) == wait_after(1)
    async with person(db, server, "admin", "packer") as api:
        row = ok(await api.get(f"/shops/{order.shop.id}/parcels/{parcel}/label"))
        assert (row["state"], row["error_code"]) == ("failed", "numbers-used-up")
        refused(
            await api.post(f"/number-ranges/{carrier.range_code}/extend", json={"last": last}),
            "range-cannot-shrink",
        )
        extended = ok(await api.post(f"/number-ranges/{carrier.range_code}/extend", json={"last": last + 5}))
        assert (extended["left"], extended["retried"]) == (5, 1)
    assert await buy_label(db, carriers, order.shop.id, label) is None
    assert (await label_row(db, order.shop.id, label))["state"] == "ready"


async def test_a_cancelled_order_gets_no_label(db: Database, server: Server) -> None:
    order, parcel = await a_packed_parcel(db, server, await a_networked(db))
    label = await requested(db, server, order.shop.id, parcel)
    async with db.begin() as tx:
        await cancel_order(tx, order.shop.id, order.id)
    assert await buy_label(db, Carriers(db), order.shop.id, label) is None
    assert (await label_row(db, order.shop.id, label))["state"] == "void"
    async with person(db, server, "packer") as api:
        refused(await api.post(f"/shops/{order.shop.id}/parcels/{parcel}/label"), "order-cancelled")


async def test_cancelled_while_the_carrier_books_is_given_back(db: Database, server: Server) -> None:
    order, parcel = await a_packed_parcel(db, server, await a_networked(db))
    label = await requested(db, server, order.shop.id, parcel)
    courier = Courier(lambda: unique("N"))
    carriers = OneCourier(db, courier)

    async def cancel() -> None:
        async with db.begin() as tx:
            await cancel_order(tx, order.shop.id, order.id)

    courier.meanwhile = cancel
    assert await buy_label(db, carriers, order.shop.id, label) is None
    row = await label_row(db, order.shop.id, label)
    assert (row["state"], row["tracking_number"]) == ("void", None)
    async with db.begin() as tx:
        assert await sweep_labels(tx) >= 1
    assert await cancel_booking(db, carriers, order.shop.id, label)
    assert courier.cancelled == [row["carrier_ref"]]
    assert (await label_row(db, order.shop.id, label))["cancelled_at"] is not None


@pytest.mark.parametrize(
    ("moods", "retried"),
    [
        (["down"], True), (["busy"], True), (["timeout"], True), (["pending"], True), (["timeout", "timeout"], True),
        (["down", "timeout", "busy"], True), (["auth"], False), (["rejected"], False),
    ],
)  # fmt: skip
async def test_every_fault_of_a_carrier_and_never_two_bookings(
    db: Database, server: Server, moods: list[object], retried: bool
) -> None:
    order, parcel = await a_packed_parcel(db, server, await a_networked(db))
    label = await requested(db, server, order.shop.id, parcel)
    courier = Courier(lambda: unique("N"))
    courier.moods = list(moods)
    carriers = OneCourier(db, courier)
    waits = 0
    while await buy_label(db, carriers, order.shop.id, label) is not None:
        waits += 1
        assert waits < 10
    row = await label_row(db, order.shop.id, label)
    assert sum(len(b) for b in courier.booked.values()) == (1 if retried else 0)
    assert row["state"] == ("ready" if retried else "failed")
    if not retried:  # a person says: again
        await requested(db, server, order.shop.id, parcel)
        assert await buy_label(db, carriers, order.shop.id, label) is None
        assert (await label_row(db, order.shop.id, label))["state"] == "ready"


async def test_dying_at_each_step_leaves_nothing_stuck_and_no_second_number(
    db: Database, server: Server
) -> None:
    courier = Courier(lambda: unique("N"))

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    class DiesBeforeTheCall(OneCourier):
        adapter = dies  # type: ignore[assignment]

    class DiesWhileRecording(Courier):
        """The transaction that records the result is torn down by the server."""

    steps: list[Callable[[OneCourier], OneCourier]] = [
        lambda c: DiesBeforeTheCall(db, courier),
        lambda c: (courier.moods.append("killed"), c)[1],  # type: ignore[func-returns-value]
    ]
    del DiesWhileRecording
    for step in steps:
        order, parcel = await a_packed_parcel(db, server, await a_networked(db))
        label = await requested(db, server, order.shop.id, parcel)
        before = sum(len(b) for b in courier.booked.values())
        carriers = OneCourier(db, courier)
        with pytest.raises(KeyboardInterrupt):
            await buy_label(db, step(carriers), order.shop.id, label)
        assert (await label_row(db, order.shop.id, label))["state"] == "requested"
        async with db.begin() as tx:  # nobody heard of it again: the sweep does
            await tx.run(
                "update label set retry_at = now() - interval '1 s' where shop_id = $1 and id = $2",
                order.shop.id,
                label,
            )
            assert await sweep_labels(tx) >= 1
        assert await buy_label(db, carriers, order.shop.id, label) is None
        assert await buy_label(db, carriers, order.shop.id, label) is None  # and once more, for nothing
        assert sum(len(b) for b in courier.booked.values()) == before + 1
        assert (await label_row(db, order.shop.id, label))["state"] == "ready"


async def test_a_number_that_is_in_use_is_not_given_to_a_second_parcel(db: Database, server: Server) -> None:
    carrier = await a_networked(db)
    numbers = iter(["N-SAME", "N-SAME", unique("N")])
    courier = Courier(lambda: next(numbers))
    carriers = OneCourier(db, courier)
    (one, first), (two, second) = [await a_packed_parcel(db, server, carrier) for _ in range(2)]
    label = await requested(db, server, one.shop.id, first)
    assert await buy_label(db, carriers, one.shop.id, label) is None
    label = await requested(db, server, two.shop.id, second)
    assert await buy_label(db, carriers, two.shop.id, label) is not None
    assert (await label_row(db, two.shop.id, label))["error_code"] == "number-used-twice"


async def test_the_same_label_bought_by_many_at_once(db: Database, server: Server) -> None:
    order, parcel = await a_packed_parcel(db, server, await a_networked(db))
    label = await requested(db, server, order.shop.id, parcel)
    carriers = OneCourier(db, Courier(lambda: unique("N")))
    await asyncio.gather(*[buy_label(db, carriers, order.shop.id, label) for _ in range(4)])
    async with db.begin() as tx:
        numbers = await tx.rows(
            "select ref, data from event where shop_id = $1 and kind = 'label.ready' and subject_id = $2",
            order.shop.id,
            parcel,
        )
    assert len(numbers) == 1


async def test_void_and_label_again(db: Database, server: Server) -> None:
    order, parcel = await a_packed_parcel(db, server)
    async with person(db, server, "packer") as api:
        path = f"/shops/{order.shop.id}/parcels/{parcel}"
        first = await labelled(db, api, order.shop.id, parcel)
        ok(await api.delete(f"{path}/label?reason=smudged"))
        assert await order_state(db, order) == "packed"
        second = await labelled(db, api, order.shop.id, parcel)
        assert first != second
        ok(await api.delete(f"{path}/label"))
        station = ok(await api.post(f"{path}/reopen"))
        assert station["parcel_id"] == parcel

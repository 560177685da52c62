"""Manifests at a desk and on the courier's tablet."""

import base64
import io

import pytest
from PIL import Image, ImageDraw

from tests.builders import ACarrier, AShop, a_carrier, a_shop, a_sku, a_warehouse
from tests.conftest import Server
from tests.desk import Desk, at_desk
from tests.shipping.flow import PickedOrder, Wanted, a_bench, a_picked_order, labelled, order_state, packed
from wms.db.tx import Database
from wms.kernel.refusals import Refusal
from wms.orders.cancel_order import cancel_order
from wms.shipping.sign_handover import clean_signature

LIST = "/desk/manifests"


def a_signature(stroke: bool = True, mode: str = "RGB") -> bytes:
    picture = Image.new(mode, (640, 260), "white")
    if stroke:
        ImageDraw.Draw(picture).line([(40, 200), (200, 60), (360, 220), (600, 80)], fill="black", width=4)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def data_address(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


async def ready(
    db: Database, server: Server, shop: AShop, carrier: ACarrier, n: int
) -> list[tuple[PickedOrder, int, str]]:
    """``n`` labelled parcels: order, parcel id, tracking number."""
    mug = await a_sku(db, shop=shop)
    found = []
    async with a_bench(db, server) as bench:
        for _ in range(n):
            order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
            parcel = await packed(bench, order, [(mug, 1)])
            found.append((order, parcel, await labelled(db, bench.api, shop.id, parcel)))
    return found


async def the_manifest(db: Database, carrier: ACarrier) -> int:
    async with db.begin() as tx:
        found: int = await tx.value("select max(id) from manifest where carrier_id = $1", carrier.id)
    return found


async def test_load_count_close_send(db: Database, server: Server) -> None:
    shop, carrier, warehouse = await a_shop(db), await a_carrier(db), await a_warehouse(db)
    async with db.begin() as tx:
        await tx.run("update carrier set email = 'kurier@example.com' where id = $1", carrier.id)
    parcels = await ready(db, server, shop, carrier, 2)
    here = {"wms_warehouse": str(warehouse.id)}
    async with (
        at_desk(db, server, "supervisor", **here) as boss,
        at_desk(db, server, "packer", **here) as packer,
    ):
        assert f"Kurier {carrier.code}" in await boss.open(LIST)
        assert "Load all that is ready" in boss.page
        r = await boss.http.get(LIST, params={"part": "today"}, headers={"HX-Request": "true"})
        assert (r.text.lstrip().startswith("<table"), carrier.code in r.text) == (True, True)
        await packer.send(f"{LIST}/load", carrier_id=str(carrier.id))
        one = f"{LIST}/{await the_manifest(db, carrier)}"
        page = await packer.open(one)
        assert parcels[0][2] in page
        assert "Close the list" not in page
        await packer.send(f"{one}/close")
        assert packer.status == 403
        r = await boss.http.get(f"{one}/preview")
        assert r.content.startswith(b"%PDF")
        await boss.send(f"{one}/recount", counted="many")
        assert boss.status == 422
        await boss.send(f"{one}/recount", counted="3")
        assert "1 too many" in await boss.open(one)
        assert "Find the difference first" in await boss.open(one, confirm="close")
        await boss.send(f"{one}/send")
        assert boss.code == "manifest-open"
        await boss.send(f"{one}/close")
        page = await boss.open(one)
        assert "SHA-256" in page
        assert "kurier@example.com" in page
        papers = [p for p in page.split('"') if p.startswith(f"{one}/papers/")]
        heads = [(await boss.http.get(p)).content[:8] for p in papers]
        assert sorted(h[:5] for h in heads) == [b"%PDF-", b"manif", b'{"man']
        assert any(h.startswith(b"%PDF") for h in heads)
        r = await boss.http.get(papers[0].replace(one, f"{LIST}/999999"))
        assert r.status_code == 404
        await boss.send(f"{one}/recount", counted="2")
        assert "Counted at" in await boss.open(one)
        async with db.begin() as tx:
            await tx.run(
                "update mail set state = 'sent', sent_at = now() where recipient = 'kurier@example.com'"
            )
        await boss.send(f"{one}/send")
        async with db.begin() as tx:
            mails = await tx.value(
                "select count(*) from mail where about = 'manifest' and recipient = 'kurier@example.com'"
            )
        assert mails == 2
        r = await boss.http.get(LIST, params={"format": "csv", "carrier": carrier.id})
        assert r.headers["content-type"].startswith("text/csv")
        assert len(r.text.strip().splitlines()) == 2


async def closed(
    db: Database, server: Server, boss: Desk, shop: AShop, carrier: ACarrier, n: int
) -> tuple[str, list[tuple[PickedOrder, int, str]]]:
    parcels = await ready(db, server, shop, carrier, n)
    await boss.send(f"{LIST}/load", carrier_id=str(carrier.id))
    one = f"{LIST}/{await the_manifest(db, carrier)}"
    await boss.send(f"{one}/close")
    return one, parcels


async def test_the_courier_signs_and_what_is_not_ticked_stays(db: Database, server: Server) -> None:
    shop, carrier, warehouse = await a_shop(db), await a_carrier(db), await a_warehouse(db)
    async with at_desk(db, server, "supervisor", wms_warehouse=str(warehouse.id)) as boss:
        one, parcels = await closed(db, server, boss, shop, carrier, 3)
        cancelled = parcels[2][0]
        async with db.begin() as tx:
            await cancel_order(tx, shop.id, cancelled.id)
        page = await boss.open(f"{one}/handover")
        assert all(number in page for _, _, number in parcels)
        assert "cancelled, stays here" in page
        keys = " ".join(f"{shop.id}-{p}" for _, p, _ in parcels[:1])
        good = {
            "driver": "Jan Kowalczyk",
            "vehicle": "WGM 4F210",
            "collected": keys,
            "signature": data_address(a_signature()),
        }
        for wrong, code in (
            ({"driver": " "}, "driver-missing"),
            ({"signature": ""}, "signature-missing"),
            ({"signature": data_address(a_signature(stroke=False))}, "signature-missing"),
            ({"signature": data_address(b"no picture")}, "signature-missing"),
            ({"signature": "data:text/html;base64,PHNjcmlwdD4="}, "signature-missing"),
            ({"collected": "1;drop"}, "invalid"),
            ({"collected": ""}, "empty-manifest"),
            ({"collected": " ".join(f"{shop.id}-{p}" for _, p, _ in parcels)}, "cancelled-on-board"),
        ):
            await boss.send(f"{one}/handover", **(good | wrong))
            assert boss.code == code, (wrong, boss.page[-600:])
        await boss.send(f"{one}/handover", **good)
        assert boss.went == one
        await boss.send(f"{one}/handover", **(good | {"driver": "Somebody Else"}))
        page = await boss.open(one)
        assert "Jan Kowalczyk, WGM 4F210" in page
        assert page.count(">left behind<") == 2
        assert "left behind: 2" in page
        assert page.count("signature.png") == 1
        signed = next(
            p
            for p in page.split('"')
            if p.startswith(f"{one}/papers/")
            and p.endswith(
                max((q.rsplit("/", 1)[1] for q in page.split('"') if q.startswith(f"{one}/papers/")), key=int)
            )
        )
        r = await boss.http.get(signed)
        assert r.headers["content-type"] == "image/png"
        r = await boss.http.get(f"{one}/handover")
        assert (r.status_code, r.headers["location"]) == (303, one)
    assert [await order_state(db, o) for o, _, _ in parcels] == ["handed_over", "labelled", "cancelled"]
    async with db.begin() as tx:
        confirmed = await tx.value(
            "select count(confirmed_at) from manifest_parcel where manifest_id = $1",
            int(one.rsplit("/", 1)[1]),
        )
    assert confirmed == 1


async def test_an_open_list_is_not_handed_over(db: Database, server: Server) -> None:
    shop, carrier, warehouse = await a_shop(db), await a_carrier(db), await a_warehouse(db)
    await ready(db, server, shop, carrier, 1)
    async with at_desk(db, server, "packer", wms_warehouse=str(warehouse.id)) as packer:
        await packer.send(f"{LIST}/load", carrier_id=str(carrier.id))
        r = await packer.http.get(f"{LIST}/{await the_manifest(db, carrier)}/handover")
        assert (r.status_code, "still open" in r.text) == (409, True)
        r = await packer.http.get(f"{LIST}/999999/handover")
        assert r.status_code == 404


def test_a_signature_is_strokes_and_nothing_else() -> None:
    kept = clean_signature(a_signature(mode="RGBA"))
    picture = Image.open(io.BytesIO(kept))
    assert (picture.mode, picture.format, max(picture.size) <= 900) == ("L", "PNG", True)
    huge = io.BytesIO()
    Image.new("L", (4000, 10)).save(huge, "PNG")
    for bad in (b"", b"x", huge.getvalue(), b"\x89PNG\r\n\x1a\n" + b"\0" * 100):
        with pytest.raises(Refusal):
            clean_signature(bad)

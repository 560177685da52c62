"""Parcels that nobody knows: kept, matched later, never a dead end."""

import base64
import io

from PIL import Image

from tests.builders import a_key, a_shop, a_sku, bearer, signed_in, unique
from tests.returns.world import World


def a_photo() -> str:
    raw = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(raw, "PNG")
    return base64.b64encode(raw.getvalue()).decode()


async def test_an_unknown_parcel_waits_with_its_photo_until_its_return_is_announced(w: World) -> None:
    code = unique("UFO")
    assert (await w.post("/returns/triage", w.bench, {"code": code}))["stray"]
    body = {
        "warehouse_id": w.warehouse.id,
        "note": "biały karton, w środku kubek",
        "code": code,
        "photo": a_photo(),
    }
    kept = await w.post("/stray-parcels", w.bench, body)
    assert (kept["state"], kept["has_photo"]) == ("open", True)
    photo = await w.api.get(f"/stray-parcels/{kept['id']}/photo", headers=w.care)
    assert photo.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(photo.content)).size == (40, 30)
    listed = await w.api.get(
        "/stray-parcels",
        headers=w.care,
        params={"warehouse_id": w.warehouse.id, "state": "open", "limit": 500},
    )
    assert kept["id"] in [n["id"] for n in listed.json()["items"]]

    mug = await a_sku(w.db, shop=w.shop)
    made = await w.announce((mug, 1))
    match = {"shop_id": w.shop.id, "rma_id": made["id"]}
    matched = await w.post(f"/stray-parcels/{kept['id']}/match", w.care, match)
    assert (matched["state"], matched["matched_rma_id"]) == ("matched", made["id"])
    found = (await w.api.get(f"/returns/{made['id']}", headers=w.shop_headers)).json()
    assert found["state"] == "received"
    assert await w.kinds_of_events(made["id"]) == ["return.announced", "return.received", "return.found"]
    assert (await w.refused(f"/stray-parcels/{kept['id']}/match", w.care, match))["code"] == "stray-closed"


async def test_it_may_also_become_a_return_that_nobody_announced(w: World) -> None:
    kept = await w.post("/stray-parcels", w.bench, {"warehouse_id": w.warehouse.id, "note": "kubek"})
    opened = await w.post(
        "/returns/unannounced",
        w.bench,
        {"shop_id": w.shop.id, "warehouse_id": w.warehouse.id, "note": "kubek"},
    )
    await w.post(
        f"/stray-parcels/{kept['id']}/match", w.bench, {"shop_id": w.shop.id, "rma_id": opened["id"]}
    )
    mug = await a_sku(w.db, shop=w.shop)
    seen = await w.inspect(opened["id"], mug)
    assert seen["warnings"] == [], "nothing was announced, so nothing differs from it"
    done = await w.post(f"/returns/{opened['id']}/finish", w.bench, shop_id=w.shop.id)
    assert (done["state"], done["kind"], done["announced"]) == ("inspected", "unknown", False)
    assert done["advice"]["complete"] is False


async def test_a_supervisor_gives_up_what_nobody_claims(w: World) -> None:
    kept = await w.post("/stray-parcels", w.bench, {"warehouse_id": w.warehouse.id, "note": "śmieci"})
    path, reason = f"/stray-parcels/{kept['id']}/dispose", {"reason": "nikt nie pytał"}
    await w.refused(path, w.bench, reason, status=403)
    boss = bearer(await signed_in(w.db, roles=["supervisor"]))
    assert (await w.post(path, boss, reason))["state"] == "disposed"
    assert (await w.refused(path, boss, reason))["code"] == "stray-closed"


async def test_what_is_refused(w: World) -> None:
    body = {"warehouse_id": w.warehouse.id, "note": "x"}
    await w.refused("/stray-parcels", w.shop_headers, body, status=403)
    await w.refused("/stray-parcels", w.bench, body | {"warehouse_id": 10**9}, status=404)
    await w.refused("/stray-parcels", w.bench, body | {"note": ""}, status=400)
    bad = body | {"photo": base64.b64encode(b"GIF89a").decode()}
    assert (await w.refused("/stray-parcels", w.bench, bad, status=422))["code"] == "bad-photo"
    kept = await w.post("/stray-parcels", w.bench, body)
    assert not kept["has_photo"]
    assert (await w.api.get(f"/stray-parcels/{kept['id']}/photo", headers=w.bench)).status_code == 404
    nowhere = {"shop_id": w.shop.id, "rma_id": 10**9}
    await w.refused(f"/stray-parcels/{kept['id']}/match", w.bench, nowhere, status=404)
    mug = await a_sku(w.db, shop=w.shop)
    mine = await w.announce((mug, 1))
    foreign = {"shop_id": (await a_shop(w.db)).id, "rma_id": mine["id"]}
    await w.refused(f"/stray-parcels/{kept['id']}/match", w.bench, foreign, status=404)
    reader = bearer(await a_key(w.db, shop=w.shop, scopes=["returns.read"]))
    await w.refused(f"/returns/{mine['id']}/close", reader, status=403)

"""Kept files: the same bytes back, each to those whose they are."""

import hashlib

from tests.builders import a_carrier, a_courier_key, a_key, a_shop, a_warehouse, bearer, signed_in
from tests.conftest import Api
from wms.db.tx import Database
from wms.events.documents import keep_document
from wms.events.log import OPERATOR

CONTENT = b"%PDF-1.7 " + bytes(range(256))


async def test_a_shop_gets_its_own_file_and_no_other(anonymous: Api, db: Database) -> None:
    shop, other = await a_shop(db), await a_shop(db)
    async with db.begin() as tx:
        mine = await keep_document(tx, shop.id, "photo", "return", 4, "zdjęcie 1.jpg", "image/jpeg", CONTENT)
    own = bearer(await a_key(db, shop=shop, scopes=["events.read"]))
    r = await anonymous.get(f"/documents/{mine}", headers=own)
    assert r.status_code == 200
    assert r.content == CONTENT
    assert r.headers["content-type"] == "image/jpeg"
    assert r.headers["etag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    assert "zdj%C4%99cie%201.jpg" in r.headers["content-disposition"]
    assert r.headers["x-content-type-options"] == "nosniff"
    listed = await anonymous.get("/documents", headers=own, params={"subject": "return", "subject_id": 4})
    assert [(d["id"], d["size"]) for d in listed.json()] == [(mine, len(CONTENT))]

    foreign = bearer(await a_key(db, shop=other, scopes=["events.read"]))
    assert (await anonymous.get(f"/documents/{mine}", headers=foreign)).status_code == 404
    r = await anonymous.get(f"/documents/{mine}", headers=foreign, params={"shop_id": shop.id})
    assert r.status_code == 404
    care = bearer(await signed_in(db, roles=["care"]))
    assert (await anonymous.get(f"/documents/{mine}", headers=care)).status_code == 404, "not the operator's"
    r = await anonymous.get(f"/documents/{mine}", headers=care, params={"shop_id": shop.id})
    assert r.content == CONTENT


async def test_a_courier_gets_the_papers_of_its_own_closed_manifests(anonymous: Api, db: Database) -> None:
    warehouse = await a_warehouse(db)
    carrier, rival = await a_carrier(db), await a_carrier(db)
    async with db.begin() as tx:
        manifest = await tx.value(
            """insert into manifest (warehouse_id, carrier_id, pickup_at, state, number, sha256)
               values ($1, $2, now(), 'closed', $3, 'x') returning id""",
            warehouse.id,
            carrier.id,
            f"M-{carrier.code}",
        )
        paper = await keep_document(
            tx, OPERATOR, "manifest", "manifest", manifest, "protokół.pdf", "application/pdf", CONTENT
        )
        photo = await keep_document(
            tx, OPERATOR, "photo", "manifest", manifest, "x.jpg", "image/jpeg", CONTENT
        )
    own = bearer(await a_courier_key(db, carrier_id=carrier.id))
    assert (await anonymous.get(f"/documents/{paper}", headers=own)).content == CONTENT
    assert (await anonymous.get(f"/documents/{photo}", headers=own)).status_code == 404
    foreign = bearer(await a_courier_key(db, carrier_id=rival.id))
    assert (await anonymous.get(f"/documents/{paper}", headers=foreign)).status_code == 404
    assert (
        await anonymous.get("/documents", headers=own, params={"subject": "manifest", "subject_id": 1})
    ).status_code == 403

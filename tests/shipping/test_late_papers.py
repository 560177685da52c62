"""Papers of a manifest that come late, and several of one kind: each goes once by every way, when it is there."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_courier_key
from tests.conftest import Server
from tests.desk import at_desk
from tests.shipping.bought import Scene, at_carrier
from tests.shipping.flow import ok, person, refused, with_key
from tests.shipping.sftp_server import PASSWORD, USER, sftp_server
from tests.shipping.test_many_parcels import prepared
from tests.shipping.test_own_protocol import again, frozen
from wms.config import Settings
from wms.db.tx import Database
from wms.shipping.close_manifest import close_manifest
from wms.shipping.deliver import deliver, papers_ready
from wms.shipping.fetch_protocol import fetch_protocol
from wms.shipping.load_parcel import load_all

MAILS = """
select m.id, m.body, array(select d.kind from unnest(m.document_ids) u(id) join document d on (d.shop_id, d.id) = (0, u.id)
  order by d.kind) as kinds
from mail m where m.about = 'manifest' and m.about_id = $1 order by m.id
"""


@pytest.fixture
async def dpd(db: Database, server: Server, settings: Settings) -> AsyncIterator[Scene]:
    async with at_carrier(db, server, "dpd_pl", home=settings.home) as found:
        yield found


async def mails(db: Database, manifest_id: int) -> list[dict[str, Any]]:
    async with db.begin() as tx:
        return [dict(r) for r in await tx.rows(MAILS, manifest_id)]


async def in_two_parts(dpd: Scene, manifest_id: int) -> None:
    """As if the carrier took one booking at a time for its protocol; the first call for one fails."""
    async with dpd.db.begin() as tx:
        await tx.run(
            """insert into manifest_protocol (manifest_id, for_shop_id, part, bookings, retry_at)
               select manifest_id, for_shop_id, 2, bookings[2:2], retry_at from manifest_protocol where manifest_id = $1""",
            manifest_id,
        )
        await tx.run(
            "update manifest_protocol set bookings = bookings[1:1] where manifest_id = $1 and part = 1",
            manifest_id,
        )
    await dpd.control("faults", {"kind": "error_before", "call": "protocol", "times": 1, "status": 503})


async def test_each_of_several_protocols_goes_when_it_comes_and_once(
    dpd: Scene, server: Server, settings: Settings, tmp_path: Path
) -> None:
    async with dpd.db.begin() as tx:
        await tx.run("update carrier set email = 'lists@example.com' where id = $1", dpd.carrier.id)
    async with sftp_server(tmp_path / "drop") as served:
        server_in = {
            "host": "127.0.0.1", "port": served.port, "user": USER, "host_key": served.host_key, "folder": "in",
            "formats": ["carrier"],
        }  # fmt: skip
        at = f"/carriers/{dpd.carrier.id}"
        ok(await dpd.api.put(f"{at}/papers", json={"mail": ["pdf", "carrier"], "sftp": server_in}))
        ok(await dpd.api.put(f"{at}/delivery-credentials", json={"password": PASSWORD}))
        manifest_id = await frozen(dpd, 2)
        await in_two_parts(dpd, manifest_id)
        assert await fetch_protocol(dpd.db, dpd.carriers, manifest_id) == 1
        assert [m["kinds"] for m in await mails(dpd.db, manifest_id)] == [["manifest", "manifest_carrier"]]
        assert await deliver(dpd.db, settings.home, manifest_id) == 1

        assert await again(dpd, manifest_id) == 1
        found = await mails(dpd.db, manifest_id)
        assert [m["kinds"] for m in found] == [["manifest", "manifest_carrier"], ["manifest_carrier"]]
        assert "dopiero po wysłaniu pierwszej" in found[1]["body"]
        assert "dopiero po wysłaniu pierwszej" not in found[0]["body"]
        assert await deliver(dpd.db, settings.home, manifest_id) == 1
        assert len(served.files()) == 2
        async with dpd.db.begin() as tx:
            await papers_ready(tx, manifest_id)
        assert len(await mails(dpd.db, manifest_id)) == 2, "once"
        assert await deliver(dpd.db, settings.home, manifest_id) == 0

    path = f"/manifests/{manifest_id}"
    papers = ok(await dpd.api.get(path))["documents"]
    own = [d for d in papers if d["kind"] == "manifest_carrier"]
    async with with_key(server, await a_courier_key(dpd.db, carrier_id=dpd.carrier.id)) as courier:
        for d in own:
            got = await courier.get(f"/courier{path}/files/carrier", params={"document_id": d["id"]})
            assert got.headers["etag"] == f'"{d["sha256"]}"'
            for _ in range(2):
                ok(
                    await courier.post(
                        f"/courier{path}/acknowledge", json={"format": "carrier", "sha256": d["sha256"]}
                    )
                )
        other = next(d for d in papers if d["kind"] == "manifest")
        r = await courier.get(f"/courier{path}/files/carrier", params={"document_id": other["id"]})
        refused(r, "not-found", 404)
    rows = ok(await dpd.api.get(f"{path}/deliveries"))
    ways = sorted((r["channel"], r["name"]) for r in rows if r["format"] == "carrier")
    assert ways == sorted((c, d["name"]) for c in ("mail", "pull", "sftp") for d in own)
    assert len(await dpd.events("manifest.acknowledged", manifest_id)) == 2, "what is said twice is one event"
    async with at_desk(dpd.db, server, "supervisor") as boss:
        page = await boss.open(f"/desk/manifests/{manifest_id}")
        sent = page.split("Sent to the carrier")[1]
        assert all(sent.count(d["name"]) == 3 for d in own)
        link = next(w for w in page.split('"') if w.startswith(f"/courier/{manifest_id}/"))
        for d in own:
            r = await boss.http.get(f"{link}/files/carrier", params={"document_id": d["id"]})
            assert r.headers["etag"] == f'"{d["sha256"]}"'
        page = await boss.open(link)
        assert all(f"document_id={d['id']}" in page for d in own)


async def closed(db: Database, **carrier: str) -> tuple[int, int]:
    """Manifest and carrier; ``carrier`` are its columns."""
    warehouse_id, carrier_id = await prepared(db, 2)
    async with db.begin() as tx:
        for column, value in carrier.items():
            await tx.run(
                f"update carrier set {column} = $2{'::jsonb' if column == 'papers' else ''} where id = $1",
                carrier_id,
                value,
            )
        loaded = await load_all(tx, warehouse_id, carrier_id)
        assert loaded.manifest_id is not None
        await close_manifest(tx, loaded.manifest_id)
    return loaded.manifest_id, carrier_id


async def test_where_no_papers_go_by_mail_nobody_is_told_that_they_do(db: Database, server: Server) -> None:
    manifest_id, _ = await closed(db, email="lists@example.com", papers='{"mail": []}')
    assert await mails(db, manifest_id) == []
    async with person(db, server, "supervisor") as api:
        refused(await api.post(f"/manifests/{manifest_id}/deliveries"), "no-way-to-carrier")
    for lang, words in (
        ("en", "No papers go by mail to this carrier"),
        ("pl", "Do tego przewoźnika dokumenty nie"),
    ):
        async with at_desk(db, server, "supervisor", lang=lang) as boss:
            page = await boss.open(f"/desk/manifests/{manifest_id}")
            assert words in page
            assert f'action="/desk/manifests/{manifest_id}/send"' not in page


async def test_sending_again_doubles_nothing_that_is_still_on_its_way(db: Database, server: Server) -> None:
    manifest_id, _ = await closed(db, email="lists@example.com")
    async with person(db, server, "supervisor") as api:
        rows = ok(await api.post(f"/manifests/{manifest_id}/deliveries"))
        assert {r["status"] for r in rows} == {"waiting"}
        assert len(await mails(db, manifest_id)) == 1, "it has not left yet"
        async with db.begin() as tx:
            await tx.run(
                "update mail set state = 'sent', sent_at = now(), retry_at = null where about = 'manifest' and about_id = $1",
                manifest_id,
            )
        ok(await api.post(f"/manifests/{manifest_id}/deliveries"))
        async with db.begin() as tx:
            await papers_ready(tx, manifest_id)
    assert [m["kinds"] for m in await mails(db, manifest_id)] == [["manifest", "manifest_csv"]] * 2

"""Files on their way to the carrier: a real SFTP server with every trouble, the courier's key, and sending again."""

import asyncio
import gc
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
import msgspec
import pytest

from tests.builders import ACarrier, a_carrier, a_courier_key
from tests.conftest import Api, Server
from tests.shipping.flow import ok, person, refused, with_key
from tests.shipping.sftp_server import PASSWORD, USER, Served, sftp_server
from tests.shipping.test_many_parcels import prepared
from wms.config import Settings
from wms.db.tx import Database
from wms.shipping import sftp
from wms.shipping.close_manifest import close_manifest
from wms.shipping.deliver import TRIES, deliver, sweep_deliveries
from wms.shipping.load_parcel import load_all
from wms.shipping.papers import Sftp
from wms.shipping.sftp import DropFailed, open_drop


@dataclass
class Way:
    """A carrier with an SFTP server, and an administrator who sets it up."""

    db: Database
    settings: Settings
    api: Api
    carrier_id: int
    warehouse_id: int
    served: Served

    async def set_up(self, *, formats: Sequence[str] = ("pdf", "csv"), **more: Any) -> None:
        server = {
            "host": "127.0.0.1", "port": self.served.port, "user": USER, "host_key": self.served.host_key, "folder": "in",
            "formats": list(formats),
        }  # fmt: skip
        ok(await self.api.put(f"/carriers/{self.carrier_id}/papers", json={"sftp": server | more}))

    async def secret(self, **values: str) -> None:
        found = ok(await self.api.put(f"/carriers/{self.carrier_id}/delivery-credentials", json=values))
        assert found["secret_since"] is not None
        assert not any(v in msgspec.json.encode(found).decode() for v in values.values())

    async def closed(self) -> int:
        async with self.db.begin() as tx:
            loaded = await load_all(tx, self.warehouse_id, self.carrier_id)
            assert loaded.manifest_id is not None
            await close_manifest(tx, loaded.manifest_id)
        return loaded.manifest_id

    async def work(self, manifest_id: int, *, now: bool = True) -> int:
        async with self.db.begin() as tx:
            if now:
                await tx.run(
                    "update manifest_delivery set retry_at = now() where status = 'waiting' and channel = 'sftp'"
                )
            await sweep_deliveries(tx)
        return await deliver(self.db, self.settings.home, manifest_id)

    async def rows(self, manifest_id: int) -> dict[str, dict[str, Any]]:
        found = ok(await self.api.get(f"/manifests/{manifest_id}/deliveries"))
        return {r["format"]: r for r in found if r["channel"] == "sftp"}


@pytest.fixture
async def way(db: Database, server: Server, settings: Settings, tmp_path: Path) -> AsyncIterator[Way]:
    warehouse_id, carrier_id = await prepared(db, 3)
    async with sftp_server(tmp_path / "drop") as served, person(db, server, "admin", "supervisor") as api:
        yield Way(db, settings, api, carrier_id, warehouse_id, served)


async def test_files_arrive_whole_and_under_their_names(way: Way) -> None:
    await way.set_up()
    await way.secret(password=PASSWORD)
    manifest_id = await way.closed()
    assert await way.work(manifest_id) == 2
    documents = ok(await way.api.get(f"/manifests/{manifest_id}"))["documents"]
    sent = {d["name"]: d["sha256"] for d in documents if d["kind"] in ("manifest", "manifest_csv")}
    assert {n: hashlib.sha256(c).hexdigest() for n, c in way.served.files().items()} == sent
    assert sorted(way.served.seen) == sorted(f"{n}.tmp > {n}" for n in sent)
    rows = await way.rows(manifest_id)
    assert {r["status"] for r in rows.values()} == {"sent"}
    assert await way.work(manifest_id) == 0
    again = ok(await way.api.post(f"/manifests/{manifest_id}/deliveries"))
    assert {r["status"] for r in again} == {"waiting"}
    assert await way.work(manifest_id) == 2
    assert len(way.served.files()) == 2


async def test_a_private_key_and_an_old_server(way: Way) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    way.served.user_key = key.export_public_key().decode()
    way.served.trouble = "old"
    await way.set_up(formats=["json"])
    await way.secret(private_key=key.export_private_key().decode())
    manifest_id = await way.closed()
    assert await way.work(manifest_id) == 1
    ok(await way.api.post(f"/manifests/{manifest_id}/deliveries"))
    assert await way.work(manifest_id) == 1, "over the one that is there"
    assert [n.endswith(".json") for n in way.served.files()] == [True]


@pytest.mark.parametrize(
    ("trouble", "code", "person"),
    [
        ("password", "sftp-auth", True),
        ("no secret", "sftp-auth", True),
        ("host key", "sftp-host-key", True),
        ("folder", "sftp-folder", True),
        ("full", "sftp-refused", False),
        ("cut", "sftp-unreachable", False),
        ("gone", "sftp-unreachable", False),
        ("user key", "sftp-settings", True),
    ],
)
async def test_trouble_waits_is_shown_and_heals(way: Way, trouble: str, code: str, person: bool) -> None:
    strange = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    changes: dict[str, dict[str, Any]] = {
        "host key": {"host_key": strange},
        "folder": {"folder": "nowhere"},
        "gone": {"port": 9},
    }
    await way.set_up(**changes.get(trouble, {}))
    if trouble == "user key":
        await way.secret(private_key="-----BEGIN OPENSSH PRIVATE KEY-----\nnonsense")
    elif trouble != "no secret":
        await way.secret(password="false" if trouble == "password" else PASSWORD)
    way.served.trouble = trouble if trouble in ("full", "cut") else ""
    manifest_id = await way.closed()
    assert await way.work(manifest_id) == 0
    rows = await way.rows(manifest_id)
    assert {(r["status"], r["error_code"], r["tries"]) for r in rows.values()} == {("waiting", code, 1)}
    assert PASSWORD not in msgspec.json.encode(rows).decode()
    if trouble != "gone":
        assert not any(n.endswith((".csv", ".pdf")) for n in way.served.files())
    async with way.db.begin() as tx:
        wait = await tx.value(
            "select min(retry_at - now()) from manifest_delivery where manifest_id = $1 and channel = 'sftp'",
            manifest_id,
        )
        told = await tx.value(
            "select count(*) from event where kind = 'manifest.delivery_failed' and subject_id = $1",
            manifest_id,
        )
    assert (wait.total_seconds() > 3000) is person
    assert told == 1
    assert await way.work(manifest_id, now=False) == 0
    way.served.trouble = ""
    await way.set_up()
    await way.secret(password=PASSWORD)
    if trouble in ("folder", "gone"):  # another target: a person sends it again
        ok(await way.api.post(f"/manifests/{manifest_id}/deliveries"))
    assert await way.work(manifest_id) == 2
    assert sorted(n[-4:] for n in way.served.files() if not n.endswith(".tmp")) == [".csv", ".pdf"]


async def test_a_wrong_login_is_not_tried_on_and_on(way: Way) -> None:
    await way.set_up(formats=["csv", "json", "pdf"])
    await way.secret(password="false")
    manifest_id = await way.closed()
    await way.work(manifest_id)
    assert len(way.served.logins) == 1


async def test_each_file_waits_by_its_own_tries(way: Way) -> None:
    await way.set_up(formats=["csv", "json"], port=9)
    await way.secret(password=PASSWORD)
    manifest_id = await way.closed()
    async with way.db.begin() as tx:
        await tx.run(
            "update manifest_delivery set tries = $2 where manifest_id = $1 and format = 'csv'",
            manifest_id,
            TRIES - 1,
        )
    assert await way.work(manifest_id) == 0
    rows = await way.rows(manifest_id)
    assert (rows["csv"]["status"], rows["csv"]["retry_at"]) == ("failed", None), "given up"
    assert (rows["json"]["status"], rows["json"]["tries"]) == ("waiting", 1)
    assert rows["json"]["retry_at"] is not None


@pytest.mark.parametrize("trouble", ["hangs", "stuck", "deaf"])
async def test_a_server_that_falls_silent_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    for name in ("START_S", "SEND_S", "TIDY_S"):
        monkeypatch.setattr(sftp, name, 0.3, raising=False)
    async with sftp_server(tmp_path / "drop", deaf=trouble == "deaf") as served:
        served.trouble = trouble
        where = Sftp(host="127.0.0.1", port=served.port, user=USER, host_key=served.host_key, folder="in")

        async def laid_down() -> None:
            async with open_drop(where, {"password": PASSWORD}) as drop:
                await drop.put("list.csv", b"1" * 100_000)

        with pytest.raises(DropFailed) as e:
            await asyncio.wait_for(laid_down(), 3)
        assert e.value.code == "sftp-unreachable"
    del e
    gc.collect()  # a task that nobody waited for says so now, to whoever runs this test
    await asyncio.sleep(0)


async def test_what_may_be_set(way: Way) -> None:
    path = f"/carriers/{way.carrier_id}/papers"
    server = {"host": "h", "user": "u", "host_key": "no key at all, sorry"}
    assert (
        refused(await way.api.put(path, json={"sftp": server}), "invalid", 422)["pointer"] == "/sftp/host_key"
    )
    layout = {"record": [["{tracking_number}", "{nobody}"]]}
    said = refused(await way.api.put(path, json={"columns": layout}), "layout-wrong", 422)
    assert said["pointer"] == "/columns/record/0/1"
    assert "record[0][1]" in said["detail"]
    r = await way.api.put(path, json={"edifact": {"sender": "", "receiver": "x"}})
    assert r.status_code in (400, 422)
    refused(await way.api.put("/carriers/999999/papers", json={}), "not-found", 404)
    secret = f"/carriers/{way.carrier_id}/delivery-credentials"
    refused(await way.api.put(secret, json={}), "credentials-unfit", 422)
    refused(await way.api.put(secret, json={"password": "x", "private_key": "y"}), "credentials-unfit", 422)
    ok(await way.api.put(secret, json={"password": "x"}))
    assert ok(await way.api.get(path))["secret_since"] is not None
    assert (await way.api.delete(secret)).status_code == 204
    assert ok(await way.api.get(path))["secret_since"] is None
    ok(await way.api.put(path, json={"scan_within_h": None}))
    manifest_id = await way.closed()
    refused(await way.api.post(f"/manifests/{manifest_id}/deliveries"), "no-way-to-carrier")


async def test_every_format_that_was_described(way: Way) -> None:
    papers = {
        "edifact": {"sender": "5907732000008", "receiver": "5909999000005"},
        "columns": {
            "record": [["{tracking_number}", "{receiver.city}"]],
            "file_name": "X_{manifest.number|dashes}.txt",
        },
    }
    ok(await way.api.put(f"/carriers/{way.carrier_id}/papers", json=papers))
    manifest_id = await way.closed()
    kinds = {d["kind"]: d["name"] for d in ok(await way.api.get(f"/manifests/{manifest_id}"))["documents"]}
    assert set(kinds) == {"manifest", "manifest_csv", "manifest_json", "manifest_edifact", "manifest_columns"}
    assert kinds["manifest_columns"].startswith("X_")


async def test_a_value_that_no_file_can_carry_stops_the_closing(way: Way) -> None:
    papers = {"columns": {"record": [["{tracking_number}", "{receiver.name}"]], "encoding": "ascii"}}
    ok(await way.api.put(f"/carriers/{way.carrier_id}/papers", json=papers))
    async with way.db.begin() as tx:
        loaded = await load_all(tx, way.warehouse_id, way.carrier_id)
        await tx.run(
            """update orders set name = case id when (select min(id) from orders where carrier_id = $1) then 'Żaneta'
                 else 'Anna' end where carrier_id = $1""",
            way.carrier_id,
        )
    said = refused(await way.api.post(f"/manifests/{loaded.manifest_id}/close"), "file-unfit", 422)
    assert said["values"]["field"] == "receiver.name"
    parcel = said["values"]["parcel"]
    ok(await way.api.post(f"/manifests/{loaded.manifest_id}/unload", json={"scan": parcel}))
    closed = ok(await way.api.post(f"/manifests/{loaded.manifest_id}/close"))
    assert closed["manifest"]["parcels"] == 2


async def test_the_couriers_key_fetches_and_acknowledges(db: Database, server: Server, way: Way) -> None:
    manifest_id = await way.closed()
    other: ACarrier = await a_carrier(db)
    key, stranger = (
        await a_courier_key(db, carrier_id=way.carrier_id),
        await a_courier_key(db, carrier_id=other.id),
    )
    path = f"/courier/manifests/{manifest_id}"
    async with with_key(server, key) as courier, with_key(server, stranger) as nobody:
        got = await courier.get(f"{path}/files/csv")
        digest = hashlib.sha256(got.content).hexdigest()
        assert got.headers["etag"] == f'"{digest}"'
        assert got.headers["content-disposition"].endswith('.csv"')
        assert (await courier.get(f"{path}/files/pdf")).content.startswith(b"%PDF")
        refused(await courier.get(f"{path}/files/edifact"), "not-found", 404)
        assert (await courier.get(f"{path}/files/docx")).status_code in (400, 404)
        refused(
            await courier.post(f"{path}/acknowledge", json={"format": "csv", "sha256": "0" * 64}),
            "hash-differs",
        )
        said = {"format": "csv", "sha256": digest}
        assert ok(await courier.post(f"{path}/acknowledge", json=said)) == said | {"manifest_id": manifest_id}
        for ask in (
            nobody.get(f"{path}/files/csv"), nobody.post(f"{path}/acknowledge", json=said),
            nobody.post(f"{path}/counter", json={"tracking_numbers": ["x"]}), nobody.get(path),
        ):  # fmt: skip
            refused(await ask, "not-found", 404)
    rows = {r["format"]: r for r in ok(await way.api.get(f"/manifests/{manifest_id}/deliveries"))}
    assert {f: r["status"] for f, r in rows.items()} == {"csv": "fetched"}, "what it says that it has"
    assert rows["csv"]["remote_ack"] == digest

"""After the handover: what the carrier has scanned, its own list of what came in, what a person settles."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.builders import a_carrier, a_courier_key, unique
from tests.conftest import Api, Server
from tests.desk import at_desk
from tests.shipping.flow import ok, person, refused, with_key
from tests.shipping.test_many_parcels import prepared
from wms.db.tx import Database
from wms.shipping.close_manifest import close_manifest
from wms.shipping.compare_list import numbers_of_csv, numbers_of_text
from wms.shipping.confirm_pickup import confirm_pickup
from wms.shipping.hand_over import hand_over
from wms.shipping.load_parcel import load_all
from wms.shipping.reconcile import reconcile, settle_parcels
from wms.shipping.record_tracking import TrackingIn, follow_parcel, record_tracking

TRUCK = {"driver": "Jan Kowalczyk", "vehicle": "WGM 4F210"}


@dataclass
class Gone:
    """A manifest of three parcels that has left. ``api``: a supervisor's, ``courier``: its carrier's key."""

    db: Database
    api: Api
    courier: Api
    warehouse_id: int
    carrier_id: int
    id: int
    numbers: list[str]

    @property
    def path(self) -> str:
        return f"/manifests/{self.id}"

    async def row(self) -> dict[str, Any]:
        found: dict[str, Any] = ok(await self.api.get(self.path))["manifest"]
        return found

    async def track(self, number: str, status: str, api: Api | None = None) -> None:
        event = {"tracking_number": number, "status": status, "at": datetime.now(UTC).isoformat(), "raw": "R"}
        if api is self.courier:
            ok(await api.post("/courier/tracking", json={"events": [event]}))
        else:
            ok(await self.api.post("/tracking", json={"carrier_id": self.carrier_id, "events": [event]}))

    async def exceptions(self, kind: str) -> list[dict[str, Any]]:
        asked: dict[str, str | int] = {"warehouse_id": self.warehouse_id, "kind": kind}
        found: list[dict[str, Any]] = ok(await self.api.get("/exceptions", params=asked))["items"]
        return found

    async def hours_pass(self, hours: int) -> None:
        async with self.db.begin() as tx:
            await tx.run(
                "update manifest set handed_over_at = handed_over_at - make_interval(hours => $2) where id = $1",
                self.id,
                hours,
            )


async def link_of(db: Database, manifest_id: int) -> str:
    """The courier's page of it."""
    async with db.begin() as tx:
        found = await tx.value("select link_key from manifest where id = $1", manifest_id)
    return f"/courier/{manifest_id}/{found}"


@pytest.fixture
async def gone(db: Database, server: Server) -> AsyncIterator[Gone]:
    warehouse_id, carrier_id = await prepared(db, 3)
    async with db.begin() as tx:
        loaded = await load_all(tx, warehouse_id, carrier_id)
        assert loaded.manifest_id is not None
        await close_manifest(tx, loaded.manifest_id)
        await hand_over(tx, loaded.manifest_id, **TRUCK)
        rows = await tx.rows(
            "select tracking_number from parcel where carrier_id = $1 order by 1", carrier_id
        )
    key = await a_courier_key(db, carrier_id=carrier_id)
    async with person(db, server, "supervisor") as api, with_key(server, key) as courier:
        numbers = [r["tracking_number"] for r in rows]
        yield Gone(db, api, courier, warehouse_id, carrier_id, loaded.manifest_id, numbers)


async def test_the_carriers_scans_reconcile_it(gone: Gone) -> None:
    one, two, three = gone.numbers
    for status in ("registered", "ready", "problem", "cancelled"):
        await gone.track(one, status)
    assert (await gone.row())["scanned"] == 0
    await gone.track(one, "handed_over")
    await gone.track(two, "delivered")
    found = await gone.row()
    assert (found["scanned"], found["state"]) == (2, "handed_over")
    await gone.track(three, "in_transit", gone.courier)
    async with gone.db.begin() as tx:  # the courier's own events are followed by a job
        shop, parcel = await tx.row("select shop_id, id from parcel where tracking_number = $1", three)  # type: ignore[misc]
        await follow_parcel(tx, shop, parcel)
    found = await gone.row()
    assert (found["scanned"], found["state"]) == (3, "reconciled")
    assert found["reconciled_at"] is not None
    again = ok(await gone.api.post(f"{gone.path}/handover", json=TRUCK))
    assert (again["handed_over"], again["manifest"]["state"]) == (3, "reconciled")
    async with gone.db.begin() as tx:
        assert (
            await tx.value(
                "select count(*) from event where kind = 'manifest.reconciled' and subject_id = $1", gone.id
            )
            == 1
        )


async def test_what_it_never_scanned_is_an_exception_until_it_is_settled(gone: Gone) -> None:
    one, two, three = gone.numbers
    await gone.track(one, "handed_over")
    assert await gone.exceptions("unseen") == []
    await gone.hours_pass(25)
    left = await gone.exceptions("unseen")
    assert [e["ref"] for e in left] == [two, three]
    assert {e["manifest_id"] for e in left} == {gone.id}
    keys = [{"shop_id": e["shop_id"], "parcel_id": e["id"]} for e in left]
    settled = ok(
        await gone.api.post(f"{gone.path}/settle", json={"reason": "found in the cage", "parcels": keys[:1]})
    )
    assert (settled["settled"], settled["state"]) == (1, "handed_over")
    refused(
        await gone.api.post(f"{gone.path}/settle", json={"reason": "again", "parcels": keys[:1]}),
        "nothing-to-settle",
    )
    assert [e["ref"] for e in await gone.exceptions("unseen")] == [three]
    settled = ok(await gone.api.post(f"{gone.path}/settle", json={"reason": "claimed from the carrier"}))
    assert (settled["settled"], settled["state"]) == (1, "reconciled")
    assert await gone.exceptions("unseen") == []
    parcels = ok(await gone.api.get(f"{gone.path}/parcels"))["items"]
    assert [p["settled_at"] is not None for p in sorted(parcels, key=lambda p: p["tracking_number"])] == [
        False,
        True,
        True,
    ]


async def test_a_carrier_that_tells_nothing_is_done_with_the_drivers_word(gone: Gone) -> None:
    async with gone.db.begin() as tx:
        await tx.run("update carrier set scan_within_h = null where id = $1", gone.carrier_id)
        assert await reconcile(tx, [gone.id]) == 0
    await gone.hours_pass(1000)
    assert await gone.exceptions("unseen") == []
    ok(await gone.courier.post(f"/courier{gone.path}/confirm", json={}))
    async with gone.db.begin() as tx:
        assert await reconcile(tx, None) >= 1
    assert (await gone.row())["state"] == "reconciled"


async def test_what_is_scanned_but_on_no_manifest(gone: Gone) -> None:
    """A parcel left behind on paper that the carrier has all the same."""
    warehouse_id, carrier_id = await prepared(gone.db, 2)
    async with gone.db.begin() as tx:
        rows = await tx.rows(
            "select tracking_number from parcel where carrier_id = $1 order by 1", carrier_id
        )
    stolen, other = (r["tracking_number"] for r in rows)
    event = {
        "tracking_number": stolen,
        "status": "in_transit",
        "at": datetime.now(UTC).isoformat(),
        "raw": "R",
    }
    ok(await gone.api.post("/tracking", json={"carrier_id": carrier_id, "events": [event]}))
    asked: dict[str, str | int] = {"warehouse_id": warehouse_id, "kind": "unlisted"}
    found = ok(await gone.api.get("/exceptions", params=asked))["items"]
    assert [e["ref"] for e in found] == [stolen]
    async with gone.db.begin() as tx:
        loaded = await load_all(tx, warehouse_id, carrier_id)
        assert loaded.manifest_id is not None
        await close_manifest(tx, loaded.manifest_id)
    assert ok(await gone.api.get("/exceptions", params=asked))["items"] == []
    ok(
        await gone.api.post(
            f"/manifests/{loaded.manifest_id}/handover", json=TRUCK | {"left_behind": [other]}
        )
    )
    row = ok(await gone.api.get(f"/manifests/{loaded.manifest_id}"))["manifest"]
    assert (row["scanned"], row["left_behind"]) == (1, 1)


async def test_the_couriers_own_list(gone: Gone) -> None:
    one, two, three = gone.numbers
    path = f"/courier{gone.path}/counter"
    stranger = unique("X")
    said = ok(await gone.courier.post(path, json={"tracking_numbers": [one, f" {two} ", one, stranger]}))
    assert (said["listed"], said["matched"], said["missing"], said["extra"]) == (3, 2, [three], [stranger])
    assert (await gone.row())["scanned"] == 2
    file = f"lp;tracking_number;kg\n1;{one};1\n2;{two};2\n3;{three};3\n".encode("cp1250")
    raw = await gone.courier.post(f"{path}.csv", content=file, headers={"Content-Type": "text/csv"})
    said = ok(raw)
    assert (said["listed"], said["matched"], said["missing"], said["extra"]) == (3, 3, [], [])
    async with gone.db.begin() as tx:
        await reconcile(tx, [gone.id])
    assert (await gone.row())["state"] == "reconciled"
    r = await gone.courier.post(path, json={"tracking_numbers": []})
    assert r.status_code == 400
    refused(
        await gone.courier.post(f"{path}.csv", content=b"", headers={"Content-Type": "text/csv"}),
        "invalid",
        422,
    )
    refused(await gone.api.post(f"{gone.path}/counter", json={"tracking_numbers": ["a\nb"]}), "invalid", 422)


async def test_another_couriers_key_learns_nothing(gone: Gone, server: Server) -> None:
    other = await a_carrier(gone.db)
    async with with_key(server, await a_courier_key(gone.db, carrier_id=other.id)) as nobody:
        for what in ("counter", "counter.csv", "confirm"):
            refused(
                await nobody.post(f"/courier{gone.path}/{what}", json={"tracking_numbers": gone.numbers}),
                "not-found",
                404,
            )
    assert (await gone.row())["scanned"] == 0


def test_numbers_in_a_couriers_file() -> None:
    for text, expected in (
        ("A1\nA2\n", ["A1", "A2"]),
        ("Numer przesyłki,waga\nA1,2\n", ["A1"]),
        ("\ufeffwaybill\tkg\nA1\t2\n", ["A1"]),
        ("x|tracking_number\n1|A1\n2\n", ["A1"]),
        ('"A;1";x\n', ["A;1"]),
    ):
        assert numbers_of_csv(text.encode()) == expected
    assert numbers_of_text(" A1, A2;A3\n\tA4 ") == ["A1", "A2", "A3", "A4"]


async def test_recount_in_the_cage_and_at_the_truck(db: Database, server: Server) -> None:
    warehouse_id, carrier_id = await prepared(db, 3)
    async with db.begin() as tx:
        loaded = await load_all(tx, warehouse_id, carrier_id)
    path = f"/manifests/{loaded.manifest_id}"
    async with person(db, server, "supervisor") as api:
        assert ok(await api.post(f"{path}/recount", json={"counted": 2})) == {
            "counted": 2,
            "listed": 3,
            "difference": -1,
        }
        ok(await api.post(f"{path}/close"))
        assert ok(await api.post(f"{path}/recount", json={"counted": 3}))["difference"] == 0
        refused(await api.post(f"{path}/settle", json={"reason": "too early"}), "manifest-not-gone")
        ok(await api.post(f"{path}/handover", json=TRUCK))
        refused(await api.post(f"{path}/recount", json={"counted": 3}), "manifest-gone")


async def test_late_parcels_go_on_the_next_list_and_the_same_set_is_the_same_list(
    db: Database, server: Server
) -> None:
    warehouse_id, carrier_id = await prepared(db, 2)
    async with db.begin() as tx:
        numbers = [
            r["tracking_number"]
            for r in await tx.rows("select tracking_number from parcel where carrier_id = $1", carrier_id)
        ]
    body = {"warehouse_id": warehouse_id, "carrier_id": carrier_id}
    async with person(db, server, "supervisor") as api:
        first = ok(await api.post("/loading", json=body | {"scan": numbers[0]}))["manifest_id"]
        closed = ok(await api.post(f"/manifests/{first}/close"))
        late = ok(await api.post("/loading", json=body | {"scan": numbers[1]}))["manifest_id"]
        assert late != first
        assert ok(await api.post(f"/manifests/{first}/close")) == closed


async def test_counts_are_of_what_left(db: Database, server: Server) -> None:
    """Neither what the carrier had scanned of a parcel that stayed, nor one that was settled and scanned later, counts twice."""
    warehouse_id, carrier_id = await prepared(db, 4)
    async with db.begin() as tx:
        loaded = await load_all(tx, warehouse_id, carrier_id)
        assert loaded.manifest_id is not None
        await close_manifest(tx, loaded.manifest_id)
        rows = await tx.rows(
            "select shop_id, id, tracking_number from parcel where carrier_id = $1 order by 3", carrier_id
        )
        stays, settled, _, _ = (r["tracking_number"] for r in rows)
        await confirm_pickup(tx, loaded.manifest_id, [stays])
        await tx.run(
            "update manifest_parcel set scanned_at = now() where manifest_id = $1 and parcel_id = $2",
            loaded.manifest_id,
            rows[0]["id"],
        )
        await hand_over(tx, loaded.manifest_id, **TRUCK, left_behind=[stays])
        await settle_parcels(tx, loaded.manifest_id, [(rows[1]["shop_id"], rows[1]["id"])], "on its way")
        event = TrackingIn(tracking_number=settled, status="in_transit", at=tx.now, raw="R", place=None)
        await record_tracking(tx, carrier_id, [event])
    async with at_desk(db, server, "supervisor", wms_warehouse=str(warehouse_id)) as boss:
        page = await boss.open(f"/desk/manifests/{loaded.manifest_id}")
        assert "<h2>3 parcels <" in page
        assert "1 of 4 on the list" in page
        assert "2 parcels not scanned by the carrier" in page
        assert "<dd>0/3</dd>" in page, "confirmed"
        assert "<dd>1/3</dd>" in page, "scanned, and not settled besides"
        page = await boss.open(await link_of(db, loaded.manifest_id))
        assert "3 parcels to collect" in page
        assert "Collected: 0" in page
    async with person(db, server, "supervisor") as api:
        row = ok(await api.get(f"/manifests/{loaded.manifest_id}"))["manifest"]
    assert (row["parcels"], row["going"], row["left_behind"], row["scanned"], row["settled"]) == (
        4,
        3,
        1,
        1,
        0,
    )
    assert row["going_g"] * 4 == row["weight_g"] * 3


async def test_the_page_compares_and_settles(gone: Gone, server: Server) -> None:
    one, two, three = gone.numbers
    async with at_desk(gone.db, server, "supervisor", wms_warehouse=str(gone.warehouse_id)) as boss:
        at = f"/desk/manifests/{gone.id}"
        page = await boss.open(at)
        assert "3 parcels not scanned by the carrier" in page
        await boss.send(f"{at}/counter", numbers=f"{one}, {two} X-99")
        page = await boss.open(at)
        assert "1 is missing there" in page
        assert "X-99" in page
        assert "1 parcel not scanned" in page
        async with gone.db.begin() as tx:
            key = await tx.row("select shop_id, id from parcel where tracking_number = $1", three)
        assert key is not None
        await boss.send(f"{at}/settle", parcel=f"{key[0]}-{key[1]}", reason="")
        assert boss.code == "reason-missing"
        await boss.send(f"{at}/settle", parcel="", reason="lost at the dock")
        assert boss.code == "nothing-ticked"
        await boss.send(f"{at}/settle", parcel=f"{key[0]}-{key[1]}", reason="lost at the dock")
        assert "Reconciled" in await boss.open(at)
        r = await boss.http.get("/desk/exceptions", params={"kind": "unseen", "format": "csv"})
        assert len(list(csv.reader(io.StringIO(r.text), delimiter=";"))) == 1

"""Secrets at rest: sealed in the database, opened only with the key file and only in their own place."""

import stat
from pathlib import Path

import psycopg
import pytest

from tests.builders import a_carrier, a_shop
from tests.conftest import Server
from tests.shipping.flow import ok, person, refused
from wms.carriers.credentials import read_credentials, remove_credentials, seal_anew, store_credentials
from wms.carriers.errors import AuthFailed
from wms.carriers.vault import Vault, VaultError, key_file, load_vault, renew_key
from wms.config import Settings
from wms.db.tx import Database
from wms.kernel.refusals import NotFound

CANARY = "kanarek-7f3a-tajne"


def test_the_key_is_random_private_and_made_once(tmp_path: Path) -> None:
    first = load_vault(tmp_path)
    assert stat.S_IMODE(key_file(tmp_path).stat().st_mode) == 0o600
    assert load_vault(tmp_path).newest == first.newest
    assert load_vault(tmp_path / "other").newest != first.newest
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["carriers.key"]
    assert "keys" in repr(first)


def test_what_is_sealed_opens_in_its_own_place_only(tmp_path: Path) -> None:
    vault = load_vault(tmp_path)
    sealed = vault.seal({"token": CANARY}, "carrier 1 shop any")
    assert CANARY.encode() not in sealed
    assert vault.seal({"token": CANARY}, "carrier 1 shop any") != sealed
    assert vault.open(sealed, "carrier 1 shop any") == {"token": CANARY}
    for place in ("carrier 2 shop any", "carrier 1 shop 1"):
        with pytest.raises(VaultError, match="altered"):
            vault.open(sealed, place)
    for at in range(len(sealed)):
        altered = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(VaultError):
            vault.open(altered, "carrier 1 shop any")
    with pytest.raises(VaultError, match="another key"):
        Vault([bytes(32)]).open(sealed, "carrier 1 shop any")
    with pytest.raises(VaultError):
        vault.open(b"", "carrier 1 shop any")


def test_a_damaged_key_file_is_a_sentence(tmp_path: Path) -> None:
    for text in ("", "AAAA\n", "no key\n", "żółć\n"):
        key_file(tmp_path).write_text(text)
        with pytest.raises(VaultError, match="restore it from your backup"):
            load_vault(tmp_path)


async def test_a_shops_own_come_before_the_operators(db: Database, tmp_path: Path) -> None:
    vault, carrier = load_vault(tmp_path), await a_carrier(db)
    mine, other = await a_shop(db), await a_shop(db)
    async with db.begin() as tx:
        with pytest.raises(AuthFailed, match="wms carriers credentials"):
            await read_credentials(tx, vault, carrier.id, mine.id)
        await store_credentials(tx, vault, carrier.id, {"token": "operator"})
        await store_credentials(tx, vault, carrier.id, {"token": "old"}, shop_id=mine.id)
        await store_credentials(tx, vault, carrier.id, {"token": "mine"}, shop_id=mine.id)
        assert await read_credentials(tx, vault, carrier.id, mine.id) == {"token": "mine"}
        assert await read_credentials(tx, vault, carrier.id, other.id) == {"token": "operator"}
        assert await read_credentials(tx, vault, carrier.id, None) == {"token": "operator"}
        with pytest.raises(NotFound):
            await store_credentials(tx, vault, 999_999_999, {"token": "x"})
        assert await remove_credentials(tx, carrier.id, shop_id=mine.id)
        assert not await remove_credentials(tx, carrier.id, shop_id=mine.id)
        assert await read_credentials(tx, vault, carrier.id, mine.id) == {"token": "operator"}


async def test_a_new_key_takes_over_without_a_gap(db: Database, tmp_path: Path) -> None:
    old, carrier = load_vault(tmp_path), await a_carrier(db)
    async with db.begin() as tx:
        await tx.run("delete from carrier_credential")
        await store_credentials(tx, old, carrier.id, {"token": "mine"})
        new = renew_key(tmp_path)
        assert new.newest != old.newest
        assert await read_credentials(tx, new, carrier.id, None) == {"token": "mine"}
        assert await seal_anew(tx, new) == 1
        assert await read_credentials(tx, new, carrier.id, None) == {"token": "mine"}
        with pytest.raises(AuthFailed, match="another key"):
            await read_credentials(tx, old, carrier.id, None)


async def test_the_database_and_its_events_never_hold_a_secret(
    db: Database, settings: Settings, tmp_path: Path
) -> None:
    carrier = await a_carrier(db)
    async with db.begin() as tx:
        await store_credentials(tx, load_vault(tmp_path), carrier.id, {"token": CANARY, "user": CANARY})
        found = await tx.value(
            "select data::text from event where kind = 'carrier.credentials_stored' order by id desc limit 1"
        )
        assert '"token"' in found
        assert CANARY not in found
        rows = await tx.rows("select sealed from carrier_credential")
        assert rows
        assert not any(CANARY.encode() in r["sealed"] for r in rows)
    url = settings.owner_url.render_as_string(hide_password=False)
    with psycopg.connect(url) as c:
        for role in ("wms_shop", "wms_courier", "wms_auth"):
            may = c.execute(
                "select has_table_privilege(%s, 'carrier_credential', 'select')", (role,)
            ).fetchone()
            assert may == (False,), role


async def test_over_http_they_go_in_and_never_come_out(
    db: Database, server: Server, settings: Settings
) -> None:
    carrier, shop = await a_carrier(db), await a_shop(db)
    async with db.begin() as tx:
        await tx.run(
            """update carrier set adapter = 'inpost', settings = '{"mode": "test"}' where id = $1""",
            carrier.id,
        )
    path, good = f"/carriers/{carrier.id}/credentials", {"token": CANARY, "organization_id": "7"}
    async with person(db, server, "admin") as api, person(db, server, "supervisor") as other:
        refused(await other.put(path, json={"values": good}), "not-allowed", 403)
        refused(await other.get(path), "not-allowed", 403)
        refused(await api.put("/carriers/999999999/credentials", json={"values": good}), "not-found", 404)
        refused(await api.put(path, json={"values": good, "shop_id": 999999999}), "not-found", 404)
        for wrong in ({"token": CANARY}, good | {"password": CANARY}):
            answer = await api.put(path, json={"values": wrong})
            refused(answer, "credentials-unfit", 422)
            assert CANARY not in answer.text
        assert [r["shop_id"] for r in ok(await api.put(path, json={"values": good}))] == [None]
        both = await api.put(path, json={"values": good, "shop_id": shop.id})
        assert [r["shop_id"] for r in ok(both)] == [None, shop.id]
        assert (
            CANARY not in both.text + (await api.get(path)).text + (await api.get("/carriers?limit=500")).text
        )
        async with db.begin() as tx:
            assert await read_credentials(tx, load_vault(settings.home), carrier.id, shop.id) == good
        assert (await api.delete(f"{path}?shop_id={shop.id}")).status_code == 204
        assert (await api.delete(f"{path}?shop_id={shop.id}")).status_code == 204
        refused(await api.delete("/carriers/999999999/credentials"), "not-found", 404)
        assert [r["shop_id"] for r in ok(await api.get(path))] == [None]
    assert CANARY not in server.log.read_text()

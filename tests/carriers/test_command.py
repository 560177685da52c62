"""``wms carriers`` as an administrator uses it: a carrier, its secrets, a simulator to rehearse with."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.builders import a_shop, unique
from tests.carriers.rig import a_shipment, an_account
from wms.carriers.credentials import read_credentials
from wms.carriers.registry import make_adapter
from wms.carriers.vault import load_vault
from wms.carriers.wire import open_http
from wms.config import Settings
from wms.db.tx import Database

Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "WMS_HOME": str(settings.home),
        "WMS_DATABASE_URL": settings.owner_url.render_as_string(hide_password=False),
        "WMS_APP_DATABASE_URL": settings.app_url.render_as_string(hide_password=False),
    }


@pytest.fixture
def wms(settings: Settings) -> Run:
    def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "wms.cli", "carriers", *arguments],
            env=environment(settings), input=given, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


async def test_a_carrier_and_its_secrets(db: Database, settings: Settings, wms: Run) -> None:
    code, shop = unique("ip").lower(), await a_shop(db)
    assert "mode" in wms("add", code, "InPost", "--adapter", "inpost").stderr
    known = ("add", code, "InPost", "--adapter", "inpost", "--settings", '{"mode": "test"}')
    assert "png: choose from pdf, zpl" in wms(*known, "--label-formats", "zpl,png").stderr
    made = wms(*known, "--label-formats", "pdf, ZPL")
    carrier_id = int(re.findall(r"number (\d+)", made.stdout)[0])
    async with db.begin() as tx:
        assert await tx.value("select label_formats from carrier where id = $1", carrier_id) == ["pdf", "zpl"]
    for given in (
        "",
        "[]",
        '{"token": 1}',
        '{"token": "kanarek"}',
        '{"token": "kanarek", "organization_id": "7", "x": ""}',
    ):
        refused = wms("credentials", code, given=given)
        assert refused.returncode == 1
        assert "kanarek" not in refused.stdout + refused.stderr
    assert wms("credentials", code, "--shop", "nobody", given="{}").returncode == 1
    for token, more in (("operators", ()), ("shops", ("--shop", shop.code))):
        secrets = json.dumps({"token": token, "organization_id": "7"})
        said = wms("credentials", code, *more, given=secrets).stdout
        assert "organization_id, token" in said
        assert token not in said.replace("shop ", "")
    assert "1 sets" not in wms("new-key").stdout
    vault = load_vault(settings.home)
    async with db.begin() as tx:
        assert (await read_credentials(tx, vault, carrier_id, shop.id))["token"] == "shops"
        assert (await read_credentials(tx, vault, carrier_id, None))["token"] == "operators"
    assert wms("credentials", code, "--shop", shop.code, "--forget").stdout == "Removed.\n"


@pytest.mark.parametrize("name", ["inpost", "gls_pl"])
async def test_a_simulator_of_its_own(name: str) -> None:
    """What it prints at its start is all that an account needs; a signal ends it with status 0."""
    command = [sys.executable, "-m", "wms.cli", "carriers", "simulate", name, "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    try:
        assert process.stdout is not None
        _, told, secrets = (process.stdout.readline() for _ in range(3))
        settings = json.loads(told.partition(":")[2])
        async with open_http() as http:
            account = an_account(name, settings["base_url"], json.loads(secrets.partition(":")[2]), http)
            adapter = make_adapter(name, account)
            made = await adapter.create(a_shipment())
            assert (await adapter.poll([made.id]))[0].numbers
            busy = await http.post(f"{settings['base_url']}/__sim/faults", json={"kind": "nonsense"})
            assert busy.status_code == 400
            assert "create" in (await http.get(f"{settings['base_url']}/__sim/calls")).json()
            assert (await http.get(f"{settings['base_url']}/nowhere")).status_code == 404
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        if process.poll() is None:
            process.kill()
        if process.stdout is not None:
            process.stdout.close()
        process.wait(10)


def test_the_adapters_and_what_they_can_do(wms: Run) -> None:
    said = wms("adapters").stdout
    assert re.search(r"^dpd_pl +create, label, multi_parcel, pickup, protocol, track, typed$", said, re.M)
    assert "BROKEN" not in said

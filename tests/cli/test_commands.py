"""The command line as an administrator uses it, on an embedded database of its own."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from wms.cli import COMMANDS


class Shell:
    """Runs ``wms`` in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: str, status: int = 0) -> str:
        env = {k: v for k, v in os.environ.items() if not k.startswith("WMS_")} | {"WMS_HOME": str(self.home)}
        done = subprocess.run(
            [sys.executable, "-m", "wms.cli", *arguments],
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
        )
        said = done.stdout + done.stderr
        assert done.returncode == status, said
        assert "Traceback" not in said, said
        return said


@pytest.fixture(scope="module")
def wms() -> Iterator[Shell]:
    # the embedded server does not run as root, so the home is where every account can get in
    with tempfile.TemporaryDirectory(prefix="wms-cli-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Shell(Path(folder) / "home")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_itself(wms: Shell, command: str) -> None:
    said = wms(command, "--help")
    assert said.startswith("Usage:")
    assert len(said.split()) > 12


def test_an_installation_from_nothing_to_its_backup(wms: Shell, tmp_path: Path) -> None:
    said = wms("init", "--admin-email", "admin@example.com")
    assert re.search(r"Password \(shown once\): \S{12,}", said)
    assert (wms.home / "secrets.json").stat().st_mode & 0o777 == 0o600

    assert "number 1" in wms("shop", "add", "chatka", "Chatka z Prezentami")
    assert "chatka" in wms("shop", "list")
    assert re.search(r"\nwms_sk_\S{30,}", wms("key", "add", "chatka", "--days", "30"))
    assert "Revoked" in wms("key", "revoke", "1")
    assert "PIN" in wms("user", "add", "B-1", "Anna Zając", "--role", "picker")
    assert "Anna Zając" in wms("user", "list")
    assert "opens nothing" in wms("user", "dismiss", "B-1")
    assert "number 1" in wms("carrier", "add", "kurier", "Kurier", "--prefix", "0501")

    bins = tmp_path / "bins.csv"
    bins.write_text(
        "code;kind;zone;walk;pickable\nA-01;bin;A;1;true\nA-02;bin;A;two;true\nA-03;bin;A;3;true\n"
    )
    said = wms("location", "import", str(bins))
    assert "2 locations created, 1 bad lines left out" in said
    assert "line 3" in said
    assert "A-01" in wms("location", "list")

    assert "0 deviations" in wms("verify", "--chain")
    dump = tmp_path / "wms.dump"
    assert "bytes" in wms("backup", str(dump))
    assert dump.stat().st_mode & 0o777 == 0o600
    assert "not empty" in wms("restore", str(dump), status=1).lower() or "holds" in wms(
        "restore", str(dump), status=1
    )


def test_trouble_is_a_sentence_not_a_trace(wms: Shell) -> None:
    assert "There is no shop nosuch" in wms("key", "add", "nosuch", status=1)
    assert "There is no number 0815" in wms("explain", "0815", status=1)
    assert "already in use" in wms("user", "add", "B-ADMIN", "Zweiter", "--role", "picker", status=1)
    assert "choose from" in wms("user", "add", "B-9", "X Y", "--role", "king", status=1)


@pytest.mark.parametrize("command", ["verify", "migrate"])
def test_a_database_that_is_not_there_is_a_sentence(command: str, tmp_path: Path) -> None:
    env = os.environ | {"WMS_HOME": str(tmp_path), "WMS_DATABASE_URL": "postgresql://x:y@127.0.0.1:1/wms"}
    done = subprocess.run([sys.executable, "-m", "wms.cli", command], env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert "The database cannot be reached" in done.stderr
    assert "WMS_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr

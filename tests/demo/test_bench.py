"""The benchmark runs and prints its table; how fast anything is, is not for a test to say."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("bench")
    if os.geteuid() == 0:  # PostgreSQL runs under another account then, which must be able to pass through
        for folder in (base, *base.parents):
            if folder == Path("/tmp") or folder == folder.parent:
                break
            folder.chmod(folder.stat().st_mode | 0o011)
    return base


def bench(home: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    env = {k: v for k, v in os.environ.items() if k != "WMS_DATABASE_URL"} | {
        "WMS_HOME": str(home),
        "COLUMNS": "200",
    }
    return subprocess.run(
        [sys.executable, "-m", "wms.cli", "bench", *args], env=env, capture_output=True, text=True, check=False
    )  # fmt: skip


def test_an_unknown_part_is_named(home: Path) -> None:
    done = bench(home, "--only", "coffee")
    assert done.returncode == 2
    assert "coffee: choose from intake, allocation" in done.stderr


def test_intake_as_json(home: Path) -> None:
    done = bench(home, "--quick", "--json", "--only", "intake")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["machine"]["cores"] == os.cpu_count()
    assert [r["what"] for r in told["rows"]] == [
        "one order, 1 client",
        "one order, 8 clients",
        "500 orders in a request",
    ]
    assert not [r["figure"] for r in told["rows"] if "REFUSED" in r["figure"]]

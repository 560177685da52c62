"""The demo day itself, on a small slice: interrupted in the middle, continued to its end with clean books."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def home() -> Iterator[Path]:
    # the embedded server does not run as root, so the home is where every account can get in
    with tempfile.TemporaryDirectory(prefix="wms-day-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def start(home: Path) -> "subprocess.Popen[str]":
    env = {k: v for k, v in os.environ.items() if not k.startswith("WMS_")} | {"WMS_HOME": str(home)}
    command = [sys.executable, "-m", "wms.cli", "demo", "--exit", "--orders-limit", "4", "--port", "8799"]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_a_day_that_is_interrupted_goes_on_where_it_was(home: Path) -> None:
    first = start(home)
    log = home / "demo" / "server.log"
    until = time.monotonic() + 120
    while time.monotonic() < until and (not log.exists() or "/putaway" not in log.read_text()):
        time.sleep(0.1)
    first.send_signal(signal.SIGINT)
    said, _ = first.communicate(timeout=60)
    assert first.returncode == 1, said
    assert "continues here" in said
    assert not json.loads((home / "demo" / "demo.json").read_text())["finished"]

    second = start(home)
    said, _ = second.communicate(timeout=300)
    assert second.returncode == 0, said[-3000:]
    assert "Continuing the day" in said
    assert "0 deviations" in said
    assert json.loads((home / "demo" / "demo.json").read_text())["finished"]
    (day,) = (home / "demo" / "files").iterdir()
    assert list((day / "labels").glob("*.pdf"))
    assert list((day / "labels").glob("*.zpl"))
    assert list((day / "slips").glob("*.pdf"))
    assert {p.suffix for p in (day / "manifests").iterdir()} == {".pdf", ".csv", ".json"}
    for pdf in day.rglob("*.pdf"):
        assert pdf.read_bytes().startswith(b"%PDF-"), pdf

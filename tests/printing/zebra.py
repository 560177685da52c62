"""ZPL as a Zebra prints it: drawn by ``zpl-renderer-js`` (Zebrash as WebAssembly), offline once it is set up.

``python -m tests.printing.zebra`` sets it up with npm, in the user's cache folder; so does the first test that needs it.
"""

import base64
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from PIL import Image

from tests.printing.reading import Pixels

PACKAGE = "zpl-renderer-js@3.4.0"
DRAW = """
import {ready} from "zpl-renderer-js";
import fs from "node:fs";
const {api} = await ready;
const {labels, width, height, dots} = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const out = [];
for (const label of labels) out.push(await api.zplToBase64Async(label, width, height, dots));
fs.writeFileSync(process.argv[3], JSON.stringify(out));
process.exit(0);
"""


class NotHere(Exception):
    """The renderer cannot be had; says why."""


@cache
def _drawer() -> tuple[str, Path]:
    """node and our script beside the installed renderer. Raises `NotHere`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NotHere("there is no node and npm on this machine")
    place = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wms" / PACKAGE
    place.mkdir(parents=True, exist_ok=True)
    with FileLock(place / "lock", timeout=300):
        if not (place / "ready").is_file():
            command = [
                npm,
                "install",
                "--prefix",
                str(place),
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                PACKAGE,
            ]
            try:
                subprocess.run(command, check=True, capture_output=True, timeout=240)
            except (subprocess.SubprocessError, OSError) as failed:
                raise NotHere(f"{PACKAGE} cannot be installed with npm: {failed}") from failed
            (place / "ready").touch()
        script = place / "draw.mjs"
        if not script.is_file() or script.read_text() != DRAW:
            script.write_text(DRAW)
    return node, script


def zebra(labels: Sequence[bytes], width: int, height: int, dots_per_mm: int = 8) -> list[Pixels]:
    """Each label, ``^XA ... ^XZ``, on a page of ``width`` by ``height`` dots, as rows of grey pixels.

    Skips the test, loudly, where there is no renderer.
    """
    try:
        node, script = _drawer()
    except NotHere as why:
        loud = f"NOT CHECKED: no ZPL was drawn and scanned, {why}"
        print(f"\n{'!' * len(loud)}\n{loud}\n{'!' * len(loud)}", file=sys.__stderr__, flush=True)
        pytest.skip(loud)
    with tempfile.TemporaryDirectory() as folder:
        asked, answer = Path(folder) / "labels.json", Path(folder) / "pictures.json"
        page = {"width": width / dots_per_mm, "height": height / dots_per_mm, "dots": dots_per_mm}
        asked.write_text(json.dumps({"labels": [label.decode() for label in labels], **page}))
        command = [node, str(script), str(asked), str(answer)]
        subprocess.run(command, check=True, capture_output=True, timeout=60 + 5 * len(labels))
        pictures = json.loads(answer.read_text())
    shown = []
    for picture in pictures:
        with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
            shown.append(np.array(image.convert("L"), dtype=np.uint8))
    return shown


if __name__ == "__main__":
    try:
        print("ZPL is drawn by", PACKAGE, "in", _drawer()[1].parent)
    except NotHere as why:
        print(f"NOT SET UP: {why}; tests that draw and scan ZPL will be skipped", file=sys.stderr)

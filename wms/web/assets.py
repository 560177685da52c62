"""Scripts and styles: served by us, because a warehouse may have no internet, under names that hold their content."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}  # fmt: skip


@cache
def contents() -> dict[str, tuple[bytes, bytes, str]]:
    """Name with the content's hash in it -> bytes, the same compressed, media type."""
    found = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in TYPES:
            raw = path.read_bytes()
            found[hashed(path)] = (raw, gzip.compress(raw, 9, mtime=0), TYPES[path.suffix])
    return found


def hashed(path: Path) -> str:
    return f"{path.stem}.{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}{path.suffix}"


@cache
def asset(file: str) -> str:
    """The address of a file of ``static/``. Raises ``FileNotFoundError`` for one that is not there."""
    return f"/static/{hashed(FOLDER / file)}"


@get("/static/{name:str}", public=True, sync_to_thread=False, include_in_schema=False)
def static_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """A file that never changes under its name, so it may be kept for ever."""
    if name not in contents():
        raise NotFoundException
    raw, small, media_type = contents()[name]
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(small, media_type=media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(raw, media_type=media_type, headers=headers)

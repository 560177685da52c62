"""Where things lie: the files that the product ships, and the folder that holds an installation's own data."""

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def share(name: str) -> Path:
    """A folder that is shipped beside the code (``migrations``, ``label_templates``).

    It lies inside the package when installed from a wheel and beside it in a checkout. Raises
    ``FileNotFoundError`` when there is neither. A real folder, never a zip: Alembic needs paths.
    """
    for place in (_PACKAGE / "_share" / name, _PACKAGE.parent / name):
        in_checkout = (_PACKAGE.parent / "pyproject.toml").is_file()
        if place.is_dir() and (place.parent.name == "_share" or in_checkout):
            return place
    raise FileNotFoundError(name)


def public_url() -> str:
    """Where people outside reach the server (``WMS_PUBLIC_URL``), without a slash at its end; empty when it was not said."""
    given = os.environ.get("WMS_PUBLIC_URL", "").strip().rstrip("/")
    return given if given.startswith(("https://", "http://")) else ""


def home() -> Path:
    """The folder of this installation: database, overrides of label templates, backups, photos.

    ``WMS_HOME``, else ``/var/lib/wms`` for root and ``~/.local/share/wms`` for everybody else. Made if missing,
    for its owner only. (The embedded server, when root starts it under another account, opens the folder for
    passing through, not for listing.)
    """
    given = os.environ.get("WMS_HOME")
    if given:
        folder = Path(given).expanduser().absolute()
    elif hasattr(os, "geteuid") and os.geteuid() == 0:
        folder = Path("/var/lib/wms")
    else:
        folder = Path.home() / ".local" / "share" / "wms"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder

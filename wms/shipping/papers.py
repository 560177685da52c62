"""Which papers of its manifests a carrier gets, and by which way: read from ``carrier.papers``, checked when it is stored."""

from typing import Any

import msgspec

from wms.printing.columns import Columns
from wms.printing.manifest_files import Files, PaperFormat


class Sftp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A server that takes the files. ``host_key`` is its public key, as ``ssh-keyscan`` prints it without the host's name:
    it is pinned, and another key is refused. ``folder`` must be there."""

    host: str
    user: str
    host_key: str
    port: int = 22
    folder: str = ""
    formats: list[PaperFormat] = msgspec.field(default_factory=lambda: ["csv"])

    @property
    def target(self) -> str:
        """Without a secret in it: it is shown and logged."""
        port = "" if self.port == 22 else f":{self.port}"
        return f"sftp://{self.user}@{self.host}{port}/{self.folder.strip('/')}".rstrip("/")


class Papers(Files, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``mail``: what is attached, where the carrier has an address. CSV, JSON and the protocol are made for everybody."""

    mail: list[PaperFormat] = msgspec.field(default_factory=lambda: ["pdf", "csv"])
    sftp: Sftp | None = None


def read_papers(stored: Any) -> Papers:
    """The column ``papers``; what it holds was checked when it was stored. Raises ``LayoutWrong``."""
    papers = msgspec.convert(stored or {}, Papers)
    if papers.columns is not None:
        Columns(papers.columns, "/columns")
    return papers

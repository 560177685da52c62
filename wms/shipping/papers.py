"""Which papers of its manifests a carrier gets, and by which way: read from ``carrier.papers``, checked when it is stored."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from wms.printing.columns import Columns
from wms.printing.manifest_files import KINDS, Files, PaperFormat

Way = Literal["mail", "sftp"]
EXAMPLE_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG0Y2V7mM6nT5o0k3o0m3b2cVQ2m0xFJ2b6p7f1sJ8aK"


class Sftp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A server that takes the files. ``host_key`` is its public key, as ``ssh-keyscan`` prints it without the host's name:
    it is pinned, and another key is refused. ``folder`` must be there."""

    host: Annotated[str, Meta(pattern="^[A-Za-z0-9.:_-]{1,253}$", examples=["sftp.example.com"])]
    user: Annotated[str, Meta(min_length=1, max_length=100, examples=["wms"])]
    host_key: Annotated[str, Meta(min_length=20, max_length=4000, examples=[EXAMPLE_KEY])]
    port: Annotated[int, Meta(ge=1, le=65535)] = 22
    folder: Annotated[str, Meta(max_length=200, pattern="^[^\\\\\\x00-\\x1f]*$", examples=["in"])] = ""
    formats: Annotated[list[PaperFormat], Meta(min_length=1, max_length=6)] = msgspec.field(
        default_factory=lambda: ["csv"]
    )

    @property
    def target(self) -> str:
        """Without a secret in it: it is shown and logged."""
        port = "" if self.port == 22 else f":{self.port}"
        return f"sftp://{self.user}@{self.host}{port}/{self.folder.strip('/')}".rstrip("/")


class Papers(Files, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``mail``: what goes by mail, where the carrier has an address; empty: nothing does. CSV, JSON and the protocol are made
    for everybody."""

    mail: Annotated[list[PaperFormat], Meta(max_length=6)] = msgspec.field(
        default_factory=lambda: ["pdf", "csv"]
    )
    sftp: Sftp | None = None

    def kinds(self, channel: Way) -> list[str]:
        """Kinds of the documents that go this way."""
        formats = self.mail if channel == "mail" else self.sftp.formats if self.sftp else []
        return [KINDS[f] for f in formats]


def read_papers(stored: Any) -> Papers:
    """The column ``papers``; what it holds was checked when it was stored. Raises ``LayoutWrong``."""
    papers = msgspec.convert(stored or {}, Papers)
    if papers.columns is not None:
        Columns(papers.columns, "/columns")
    return papers

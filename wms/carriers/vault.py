"""Secrets at rest: AES-256-GCM under a key that lies in ``WMS_HOME``, never in the database.

A copy of the database alone opens nothing, and a sealed value is bound to its place: moved to another carrier's or
another shop's row it does not open.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES, NONCE_BYTES, MARK_BYTES = 32, 12, 4
VERSION = b"\x01"


class VaultError(Exception):
    """The key file is missing or damaged, or a sealed value does not open with it; the sentence says what to do."""


class Vault:
    """Keys, newest first: it seals with the first and opens with any, so a key can be changed without a gap."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self.keys = {sha256(b"wms carrier key" + k).digest()[:MARK_BYTES]: AESGCM(k) for k in keys}
        self.newest = next(iter(self.keys))

    def __repr__(self) -> str:
        return f"<Vault with {len(self.keys)} keys>"

    def seal(self, values: Mapping[str, str], place: str) -> bytes:
        """``place`` names the row: ``carrier 7 shop 3``."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = msgspec.json.encode(dict(values))
        return VERSION + self.newest + nonce + self.keys[self.newest].encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> dict[str, str]:
        """Raises ``VaultError``."""
        mark, rest = sealed[1 : 1 + MARK_BYTES], sealed[1 + MARK_BYTES :]
        key = self.keys.get(mark) if sealed[:1] == VERSION else None
        if key is None:
            raise VaultError(
                "The credentials were sealed with another key; restore carriers.key, or store them anew."
            )
        try:
            plain = key.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], place.encode())
        except InvalidTag:
            raise VaultError("The stored credentials were altered; store them anew.") from None
        return msgspec.json.decode(plain, type=dict[str, str])


def key_file(home: Path) -> Path:
    return home / "carriers.key"


def load_vault(home: Path) -> Vault:
    """The installation's vault; its key is made at random when there is none yet. Raises ``VaultError``."""
    path = key_file(home)
    if not path.exists():
        _write_first(path, secrets.token_bytes(KEY_BYTES))
    try:
        keys = [base64.b64decode(line, validate=True) for line in path.read_text("ascii").split()]
    except (OSError, ValueError, binascii.Error) as e:
        raise VaultError(
            f"{path} cannot be read ({type(e).__name__}); restore it from your backup."
        ) from None
    if not keys or any(len(k) != KEY_BYTES for k in keys):
        raise VaultError(f"{path} holds no key of {KEY_BYTES} bytes; restore it from your backup.")
    return Vault(keys)


def renew_key(home: Path) -> Vault:
    """A new key in front; the old ones stay until everything is sealed anew."""
    load_vault(home)
    path = key_file(home)
    lines = [base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(), *path.read_text("ascii").split()]
    new = _private(path.with_name(f".{path.name}.{os.getpid()}"), "\n".join(lines) + "\n")
    new.replace(path)
    return load_vault(home)


def _write_first(path: Path, key: bytes) -> None:
    """Whoever links first wins, so that two first starts agree on one key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = _private(path.with_name(f".{path.name}.{os.getpid()}"), base64.b64encode(key).decode() + "\n")
    try:
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink()


def _private(path: Path, text: str) -> Path:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w", encoding="ascii") as f:
        f.write(text)
    return path

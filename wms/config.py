"""Settings of one installation: where it lives, which database, which random secrets.

Everything comes from the environment with a working default. Secrets are made on first use, random, and kept in
``WMS_HOME/secrets.json`` (mode 0600); nothing secret has a default value.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy.engine import URL, make_url

from wms.db.roles import app_login
from wms.kernel.mail import MailServer, parse_mail_server
from wms.paths import home


class Secrets(msgspec.Struct, frozen=True):
    """``app_password`` is the database password of the application's login role; ``cursor_key`` signs cursors."""

    app_password: str
    cursor_key: str


class Settings(msgspec.Struct, frozen=True):
    home: Path
    owner_url: URL
    """Migrations, backups and the CLI's administration log in here."""
    app_url: URL
    """The server and the worker log in here: a role that owns nothing."""
    embedded: bool
    host: str
    port: int
    workers: int
    pool_size: int
    secrets: Secrets
    mail: MailServer | None = None
    """None: mails are written and wait."""


class ConfigError(Exception):
    """A setting that cannot work; the sentence says what to set instead."""


def load_secrets(folder: Path) -> Secrets:
    """The installation's secrets; made and stored when there are none yet."""
    path = folder / "secrets.json"
    if not path.exists():
        made = Secrets(app_password=secrets.token_urlsafe(32), cursor_key=secrets.token_urlsafe(32))
        folder.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".secrets.{os.getpid()}")
        fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "wb") as f:
            f.write(msgspec.json.encode(made))
        try:
            os.link(new, path)  # whoever links first wins; two first starts agree on one set
        except FileExistsError:
            pass
        finally:
            new.unlink()
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Secrets)
    except (msgspec.DecodeError, OSError) as e:
        raise ConfigError(f"{path} cannot be read ({e}); restore it from your backup.") from e
    if min(len(found.app_password), len(found.cursor_key)) < 32:
        raise ConfigError(
            f"A secret in {path} is too short to be random; delete the file and run `wms migrate`."
        )
    return found


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment.

    ``WMS_DATABASE_URL`` names an external PostgreSQL (its login owns the tables); without it the embedded server
    in ``WMS_HOME`` is used. ``WMS_APP_DATABASE_URL`` is needed only where the application's login cannot be
    derived from it (a managed database with its own users, PgBouncer).
    """
    folder = Path(overrides.get("home") or home())
    kept = load_secrets(folder)
    external = overrides.get("database_url") or os.environ.get("WMS_DATABASE_URL")
    if external:
        owner = make_url(external).set(drivername="postgresql")
        if not owner.database:
            raise ConfigError("WMS_DATABASE_URL names no database: end it with /wms.")
        own_app_url = os.environ.get("WMS_APP_DATABASE_URL")
        app = (
            make_url(own_app_url).set(drivername="postgresql")
            if own_app_url
            else owner.set(username=app_login(owner.database), password=kept.app_password)
        )
    else:
        from wms.db.embedded import EmbeddedServer

        server = EmbeddedServer(folder)
        owner = make_url(server.dsn("wms_owner"))
        app = make_url(server.dsn(app_login("wms")))
    return Settings(
        home=folder,
        owner_url=owner,
        app_url=app,
        embedded=not external,
        host=os.environ.get("WMS_HOST", "127.0.0.1"),
        port=int(overrides.get("port") or os.environ.get("WMS_PORT", "8780")),
        workers=int(os.environ.get("WMS_WORKERS", "1")),
        pool_size=int(os.environ.get("WMS_POOL_SIZE", "16")),
        secrets=kept,
        mail=mail_server(),
    )


def mail_server() -> MailServer | None:
    """``WMS_SMTP_URL`` and ``WMS_MAIL_FROM``; None when no server is named. Raises ``ConfigError``."""
    url = os.environ.get("WMS_SMTP_URL")
    if not url:
        return None
    try:
        return parse_mail_server(url, os.environ.get("WMS_MAIL_FROM", ""))
    except ValueError as e:
        raise ConfigError(str(e)) from e


def dump_json(value: Any) -> str:
    """Plain JSON for the CLI's machine-readable output."""
    return json.dumps(value, default=str, ensure_ascii=False)

"""Runs the migrations: one runner at a time, with limits on what they may lock."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL

from wms.db.roles import ensure_roles
from wms.paths import share


def alembic_config(url: URL | str) -> Config:
    """Alembic's settings without an ini file: they work from a checkout and from an installed wheel."""
    config = Config()
    config.set_main_option("script_location", str(share("migrations")).replace("%", "%%"))
    text = url if isinstance(url, str) else url.render_as_string(hide_password=False)
    config.attributes["url"] = text
    return config


def migrate(owner_url: URL, app_password: str, revision: str = "head") -> None:
    """Roles, then the schema. Safe to run again, and from several nodes at once."""
    ensure_roles(owner_url, app_password)
    command.upgrade(alembic_config(owner_url), revision)


def head() -> str:
    """The newest revision that this version of the program knows."""
    found = ScriptDirectory.from_config(alembic_config("postgresql://")).get_current_head()
    assert found is not None
    return found

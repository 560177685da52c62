"""The ``wms`` command. Each command imports what it needs when it runs, so that ``--help`` is quick."""

import sys

import click

from wms.paths import home


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wms")
def main() -> None:
    """A warehouse management system for fulfilment operators.

    \b
    First steps:
      wms demo       see a whole warehouse day, from dock to courier and back
      wms init       set up a warehouse of your own
      wms run        serve it; run `wms worker` beside it
    """


@main.command()
def migrate() -> None:
    """Create or upgrade the database's schema and roles. Safe to run again."""
    from wms.config import load_settings
    from wms.db.migrate import migrate as run

    with _database() as _:
        settings = load_settings()
        run(settings.owner_url, settings.secrets.app_password)
    click.echo("The schema is up to date.")


@main.command()
@click.option("--port", type=int, help="Port to listen on (WMS_PORT, default 8780).")
def run(port: int | None) -> None:
    """Serve the API (production server). The schema must be up to date (`wms migrate`)."""
    from granian.constants import Interfaces
    from granian.server import Server

    from wms.config import load_settings

    with _database() as _:
        settings = load_settings(port=port)
        Server(
            "wms.app:create_app",
            factory=True,
            interface=Interfaces.ASGI,
            address=settings.host,
            port=settings.port,
            workers=settings.workers,
            workers_kill_timeout=3,
            log_access=False,
        ).serve()


def _database():  # type: ignore[no-untyped-def]
    """The embedded server while a command runs, unless an external database is named."""
    import contextlib
    import os

    from wms.db.embedded import EmbeddedServer

    return contextlib.nullcontext() if os.environ.get("WMS_DATABASE_URL") else EmbeddedServer(home())


if __name__ == "__main__":
    sys.exit(main())

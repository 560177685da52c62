"""Set up and serve: init, migrate, run, worker."""

import asyncio
import secrets

import click


@click.command()
def migrate() -> None:
    """Create or upgrade the schema and the database roles. Safe to run again, and on several nodes at once."""
    from wms.cli.common import installation
    from wms.db.migrate import migrate as upgrade

    with installation() as settings:
        upgrade(settings.owner_url, settings.secrets.app_password)
    click.echo("The schema is up to date.")


@click.command()
@click.option("--warehouse", default="MAIN", show_default=True, help="Code of the first warehouse.")
@click.option("--name", default="Main warehouse", show_default=True, help="Its name.")
@click.option("--admin-email", prompt="E-mail of the administrator", help="Who signs in first.")
@click.option("--admin-name", default="Administrator", show_default=True)
def init(warehouse: str, name: str, admin_email: str, admin_name: str) -> None:
    """Set up an installation: schema, random secrets, a warehouse with its system places, an administrator.

    The administrator's password is made here, shown once, and stored only as a hash.
    """
    from wms.carriers.vault import load_vault
    from wms.cli.common import in_transaction, installation
    from wms.db.migrate import migrate as upgrade
    from wms.db.tx import Tx
    from wms.locations.create_warehouse import create_warehouse
    from wms.people.manage import create_person

    password = secrets.token_urlsafe(12)
    with installation() as settings:
        upgrade(settings.owner_url, settings.secrets.app_password)
        load_vault(settings.home)

        async def work(tx: Tx) -> None:
            await create_warehouse(tx, warehouse, name, docks=2, stations=4)
            await create_person(
                tx, badge="B-ADMIN", name=admin_name, roles=["admin"], email=admin_email, password=password
            )

        in_transaction(work, settings)
    click.echo(f"Warehouse {warehouse} and administrator {admin_email} are set up.")
    click.echo(f"Password (shown once): {password}")
    click.echo(
        "Next: `wms shop add`, `wms carrier add`, `wms location import`, then `wms run` and `wms worker`."
    )


@click.command()
@click.option("--port", type=int, help="Port to listen on (WMS_PORT, default 8780).")
def run(port: int | None) -> None:
    """Serve the API. The schema must be up to date (`wms migrate`); stops within 5 s of SIGTERM."""
    from granian.constants import Interfaces, Loops
    from granian.server import Server

    from wms.cli.common import installation
    from wms.db.roles import refuse_to_serve_as_owner
    from wms.db.tx import connect

    async def check() -> None:
        """Before there are workers, which would be respawned for ever with a login that cannot do."""
        driver = await connect(settings.app_url)
        try:
            await refuse_to_serve_as_owner(driver)
        finally:
            await driver.close()

    with installation(port=port) as settings:
        asyncio.run(check())
        Server(
            "wms.app:create_app",
            factory=True,
            interface=Interfaces.ASGI,
            address=settings.host,
            port=settings.port,
            workers=settings.workers,
            workers_kill_timeout=3,
            respawn_failed_workers=True,
            loop=Loops.auto,
            log_access=False,
        ).serve()


@click.command()
def worker() -> None:
    """Do the jobs: labels, protocols, mail, sealing of the ledger, rescue of stalled jobs. Run one per node, beside `wms run`."""
    from wms.cli.common import installation
    from wms.worker import run_worker

    with installation() as settings:
        run_worker(settings)

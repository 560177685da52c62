"""Look after an installation: verify, explain, backup, restore, bench."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from wms.events.mail import Unsent


@click.command()
@click.option("--chain", is_flag=True, help="Also recompute the hash chain of every shop's moves.")
def verify(chain: bool) -> None:
    """Recompute every balance and law from the ledger; name each deviation. Status 0 only if there is none."""
    from wms.cli.common import in_transaction, installation
    from wms.events.mail import unsent
    from wms.reporting.verify import verify_all

    with installation() as settings:
        report = in_transaction(lambda tx: verify_all(tx, chain=chain), settings)
        left = in_transaction(unsent, settings)
    for d in report.deviations:
        click.echo(f"{d.law}: shop {d.shop_id}: {d.what}: {d.detail}")
    word = "chain, balances and laws" if chain else "balances and laws"
    for line in mail_lines(left, settings.mail is not None):
        click.echo(line)
    click.echo(
        f"{report.moves} moves, {report.orders} orders: {word} checked, {len(report.deviations)} deviations."
    )
    sys.exit(1 if report.deviations else 0)


def mail_lines(left: "Unsent", server: bool) -> list[str]:
    """What a person should know about mail that has not left; it is no deviation."""
    lines = []
    if left.queued:
        why = "the worker sends them" if server else "no mail server is set: WMS_SMTP_URL and WMS_MAIL_FROM"
        lines.append(f"Mails that wait: {left.queued} ({why}).")
    if left.failed:
        lines.append(
            f"Mails that could not be sent: {left.failed} (GET /api/v1/mails?state=failed says why)."
        )
    return lines


@click.command()
@click.argument("what")
@click.option("--shop", "shop_code", help="Code of the shop, where the same number exists in several.")
def explain(what: str, shop_code: str | None) -> None:
    """Tell the story of WHAT (an SKU, order, parcel, tracking number, location or handling unit) from the ledger."""
    from wms.cli.common import in_transaction, installation, language
    from wms.reporting.explain import explain as tell

    with installation() as settings:
        stories = in_transaction(lambda tx: tell(tx, what, shop_code, language()), settings)
    for story in stories:
        click.secho(story.title, bold=True)
        for line in story.lines:
            click.echo(f"  {line.at:%Y-%m-%d %H:%M:%S}  {line.who:<20}  {line.text}")


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def backup(target: Path) -> None:
    """Write the whole database to TARGET, while everybody works. Keep secrets.json and carriers.key of WMS_HOME with it."""
    from wms.cli.common import installation
    from wms.db.backup import BackupError
    from wms.db.backup import backup as write

    with installation() as settings:
        try:
            done = write(settings.owner_url.render_as_string(hide_password=False), target)
        except BackupError as e:
            raise click.ClickException(str(e)) from e
    click.echo(f"{done.path}: {done.size:,} bytes.")


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(source: Path) -> None:
    """Fill an empty database from SOURCE, then verify the ledger. A database with tables is refused."""
    from wms.cli.common import in_transaction, installation
    from wms.db.backup import BackupError
    from wms.db.backup import restore as read
    from wms.db.migrate import migrate as upgrade
    from wms.db.roles import ensure_roles
    from wms.reporting.verify import verify_all

    with installation() as settings:
        ensure_roles(settings.owner_url, settings.secrets.app_password)
        try:
            read(settings.owner_url.render_as_string(hide_password=False), source)
        except BackupError as e:
            raise click.ClickException(str(e)) from e
        upgrade(settings.owner_url, settings.secrets.app_password)
        report = in_transaction(lambda tx: verify_all(tx, chain=True), settings)
    click.echo(f"Restored; {report.moves} moves verified, {len(report.deviations)} deviations.")
    sys.exit(1 if report.deviations else 0)


@click.command()
@click.option("--quick", is_flag=True, help="A tenth of the work: to see that it runs, not to quote.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option(
    "--only",
    multiple=True,
    help="Run only these parts (intake, allocation, scan, cycle, labels, printing, manifest, verify, growth).",
)
def bench(quick: bool, as_json: bool, only: tuple[str, ...]) -> None:
    """Measure the hot paths on this machine, each beside its limit (pgbench, the bare driver, the bare drawing)."""
    from wms.cli.common import sentences
    from wms.demo.bench import run_bench
    from wms.picking.post_pick import FINISH
    from wms.picking.screen import LOAD

    with sentences():
        run_bench(quick=quick, as_json=as_json, only=only, statements=(LOAD[False, "cart"], FINISH))

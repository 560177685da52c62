"""Couriers' interfaces: which there are, their credentials, and simulated ones to rehearse with."""

import asyncio
import json
import signal
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from wms.carriers.simulators.catalogue import Offer
    from wms.carriers.simulators.server import Simulator
    from wms.db.tx import Tx

SIMULATED = ("inpost", "dpd_pl", "dhl24", "gls_pl")


@click.group()
def carriers() -> None:
    """Couriers' interfaces: adapters, credentials, simulators."""


@carriers.command("adapters")
def list_adapters() -> None:
    """Every adapter that is installed, and what it can do. A broken plug-in is named with its error."""
    from wms.carriers.errors import CarrierError
    from wms.carriers.registry import adapter_names, capabilities

    for name in adapter_names():
        try:
            said = ", ".join(capabilities(name))
        except CarrierError as e:
            said = f"BROKEN: {e}"
        click.echo(f"{name:<12} {said}")


@carriers.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--adapter", required=True, help="One of `wms carriers adapters`.")
@click.option("--settings", "given", default="{}", help='A JSON object, as {"mode": "production"}.')
@click.option("--service", "services", multiple=True, default=("standard",), show_default=True)
@click.option("--max-weight-g", type=int, default=30_000, show_default=True)
@click.option(
    "--label-formats",
    "formats",
    default="pdf",
    show_default=True,
    help="In which of its own formats its labels are fetched: pdf, zpl or pdf,zpl; each is a call more.",
)
def add(
    code: str, name: str, adapter: str, given: str, services: tuple[str, ...], max_weight_g: int, formats: str
) -> None:
    """Create a carrier whose labels are made by its ADAPTER; the settings are tried on it at once.

    The mode is `production` or `test` and has no default. Secrets do not belong into the settings: store them with
    `wms carriers credentials`.
    """
    from wms.cli.common import in_transaction, installation
    from wms.shipping.create_carrier import create_carrier

    try:
        found = json.loads(given)
    except ValueError as e:
        raise click.ClickException(f"--settings is no JSON: {e}") from e
    if not isinstance(found, dict):
        raise click.ClickException("--settings must be a JSON object.")
    with installation() as settings:
        carrier_id = in_transaction(
            lambda tx: create_carrier(
                tx,
                code=code,
                name=name,
                adapter=adapter,
                services=services,
                settings=found,
                max_weight_g=max_weight_g,
                label_formats=[f for f in (part.strip().lower() for part in formats.split(",")) if f],
            ),
            settings,
        )
    click.echo(f"Carrier {code} has the number {carrier_id}.")


@carriers.command("credentials")
@click.argument("code")
@click.option("--shop", help="Code of a shop with an account of its own; without it, the operator's.")
@click.option("--forget", is_flag=True, help="Remove them instead.")
def credentials(code: str, shop: str | None, forget: bool) -> None:
    """Store the secrets of carrier CODE, encrypted. Asks for each, or reads one JSON object from standard input.

    They are never taken from the command line, where other users of the machine could read them.
    """
    from wms.carriers.credentials import remove_credentials, store_credentials
    from wms.carriers.vault import VaultError, load_vault
    from wms.cli.common import in_transaction, installation

    with installation() as settings:
        adapter, carrier_id, shop_id = in_transaction(lambda tx: _whose(tx, code, shop), settings)
        if forget:
            gone = in_transaction(lambda tx: remove_credentials(tx, carrier_id, shop_id=shop_id), settings)
            click.echo("Removed." if gone else "There were none.")
            return
        values = _asked(adapter)
        try:
            vault = load_vault(settings.home)
        except VaultError as e:
            raise click.ClickException(str(e)) from e
        in_transaction(lambda tx: store_credentials(tx, vault, carrier_id, values, shop_id=shop_id), settings)
    click.echo(f"Stored for {code}{f', shop {shop}' if shop else ''}: {', '.join(sorted(values))}.")


async def _whose(tx: "Tx", code: str, shop: str | None) -> tuple[str, int, int | None]:
    from wms.kernel.refusals import NotFound

    row = await tx.row("select id, adapter from carrier where code = $1", code)
    if row is None:
        raise NotFound(what="carrier", ref=code)
    shop_id = None if shop is None else await tx.value("select id from shop where code = $1", shop)
    if shop is not None and shop_id is None:
        raise NotFound(what="shop", ref=shop)
    return row["adapter"], row["id"], shop_id


def _asked(adapter: str) -> dict[str, str]:
    """The secrets as they are given; whether they fit is the use case's to say."""
    from wms.carriers.registry import credential_fields

    needed, optional = credential_fields(adapter)
    if sys.stdin.isatty() and (needed or optional):
        found = {f: click.prompt(f, hide_input=True) for f in needed}
        more = {
            f: click.prompt(f"{f} (optional)", hide_input=True, default="", show_default=False)
            for f in optional
        }
        return found | {k: v for k, v in more.items() if v}
    try:
        given = json.load(sys.stdin)
    except ValueError as e:
        raise click.ClickException("Standard input is no JSON object.") from e
    if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
        raise click.ClickException("Standard input must be one JSON object of texts.")
    return given


@carriers.command("new-key")
def new_key() -> None:
    """Encrypt all stored credentials with a new random key. The old key stays in the file for older backups."""
    from wms.carriers.credentials import seal_anew
    from wms.carriers.vault import VaultError, key_file, renew_key
    from wms.cli.common import in_transaction, installation

    with installation() as settings:
        try:
            vault = renew_key(settings.home)
            sealed = in_transaction(lambda tx: seal_anew(tx, vault), settings)
        except VaultError as e:
            raise click.ClickException(str(e)) from e
    click.echo(f"{sealed} sets of credentials are encrypted with the new key in {key_file(settings.home)}.")


@carriers.command("simulate")
@click.argument("name", type=click.Choice(SIMULATED))
@click.option("--port", type=int, help="Port on 127.0.0.1 (8791 to 8794 for the four).")
def simulate(name: str, port: int | None) -> None:
    """Serve a simulated courier NAME on this machine until it is stopped: same wire format, nobody is charged.

    \b
    What hurts is switched on over HTTP:
      POST   /__sim/faults    {"kind": "hang_after", "call": "create", "times": 3, "seconds": 30}
      DELETE /__sim/faults
      POST   /__sim/advance   {"number": "...", "status": "the carrier's own word"}
      GET    /__sim/state, /__sim/calls
    Kinds: hang_before hang_after reset_before reset_after reset_in_body error_before error_after junk junk_before slow
    twice limited expired denied. A call is create, find, poll, label, cancel, track, pickup, protocol or * for any.
    """
    from wms.carriers.simulators.catalogue import OFFERS
    from wms.carriers.simulators.server import Simulator

    offer = OFFERS[name]
    try:
        asyncio.run(_serve(Simulator(offer.make(), offer.port if port is None else port), offer))
    except OSError as e:
        raise click.ClickException(f"Cannot listen on 127.0.0.1:{port or offer.port}: {e.strerror}") from e


async def _serve(sim: "Simulator", offer: "Offer") -> None:
    from wms.carriers.simulators.catalogue import settings_for

    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    async with sim:
        click.echo(f"{sim.carrier.code}, simulated, at {sim.url}")
        click.echo(f"settings:    {json.dumps(settings_for(sim.url))}")
        click.echo(f"credentials: {json.dumps(dict(offer.credentials))}")
        await stop.wait()

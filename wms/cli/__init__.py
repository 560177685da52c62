"""The ``wms`` command: composition only. Each command imports what it needs when it runs, so ``--help`` is quick."""

import importlib
from collections.abc import Sequence

import click

# command -> (module, attribute); the order is the order in the help
COMMANDS = {
    "demo": ("wms.cli.demo", "demo"),
    "init": ("wms.cli.serve", "init"),
    "run": ("wms.cli.serve", "run"),
    "worker": ("wms.cli.serve", "worker"),
    "migrate": ("wms.cli.serve", "migrate"),
    "verify": ("wms.cli.check", "verify"),
    "explain": ("wms.cli.check", "explain"),
    "backup": ("wms.cli.check", "backup"),
    "restore": ("wms.cli.check", "restore"),
    "bench": ("wms.cli.check", "bench"),
    "shop": ("wms.cli.manage", "shop"),
    "user": ("wms.cli.manage", "user"),
    "key": ("wms.cli.manage", "key"),
    "location": ("wms.cli.manage", "location"),
    "carrier": ("wms.cli.manage", "carrier"),
    "carriers": ("wms.cli.carriers", "carriers"),
    "printers": ("wms.cli.printers", "printers"),
}


class Lazy(click.Group):
    """Loads a command's module only when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wms")
def main() -> None:
    """A warehouse management system for fulfilment operators.

    \b
    First steps:
      wms demo              a whole warehouse day, from dock to courier and back
      wms init              set up a warehouse of your own
      wms run               serve it; run `wms worker` beside it
      wms verify            recompute every balance and law from the ledger

    \b
    Settings come from the environment:
      WMS_DATABASE_URL      an external PostgreSQL 16 or newer (default: an embedded one)
      WMS_HOME              where data and secrets live
      WMS_HOST, WMS_PORT    where the server listens (127.0.0.1:8780)
    """


def run_command(arguments: Sequence[str] | None = None) -> None:
    main(args=arguments)

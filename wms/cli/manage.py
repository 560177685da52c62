"""Shops, users, keys, locations and carriers from the command line."""

import csv
import secrets
from datetime import time, timedelta
from pathlib import Path

import click
import msgspec


@click.group()
def shop() -> None:
    """Shops: the tenants whose goods are stored."""


@shop.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--language", type=click.Choice(["pl", "en"]), default="pl", show_default=True)
@click.option("--cut-off", default="14:00", show_default=True, help="Orders before it leave the same day.")
@click.option("--partial/--complete", default=False, help="Ship what is there, or wait for all (default).")
@click.option("--contact-email", help="Gets refund advice by mail.")
def add_shop(
    code: str, name: str, language: str, cut_off: str, partial: bool, contact_email: str | None
) -> None:
    """Create a shop."""
    from wms.cli.common import in_transaction, installation
    from wms.shops.create_shop import create_shop

    with installation() as settings:
        shop_id = in_transaction(
            lambda tx: create_shop(
                tx, code, name, language=language, cut_off=time.fromisoformat(cut_off),
                partial_policy="partial" if partial else "complete", contact_email=contact_email,
            ),
            settings,
        )  # fmt: skip
    click.echo(f"Shop {code} has the number {shop_id}. Next: `wms key add {code}`.")


@shop.command("list")
def list_shops() -> None:
    """All shops."""
    from wms.cli.common import in_transaction, installation

    with installation() as settings:
        rows = in_transaction(
            lambda tx: tx.rows("select id, code, name, active from shop order by id"), settings
        )
    for r in rows:
        click.echo(f"{r['id']:>4}  {r['code']:<20} {r['name']}{'' if r['active'] else '  (closed)'}")


@click.group()
def user() -> None:
    """People who work here."""


@user.command("add")
@click.argument("badge")
@click.argument("name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    help="receiver, picker, packer, inspector, supervisor, care, admin",
)
@click.option("--email", help="For the desk; a password is made and shown once.")
def add_user(badge: str, name: str, roles: tuple[str, ...], email: str | None) -> None:
    """Add a person; a PIN (and with --email a password) is made and shown once."""
    from wms.cli.common import in_transaction, installation
    from wms.people.manage import create_person
    from wms.people.secrets import new_pin

    pin = new_pin()
    password = secrets.token_urlsafe(12) if email else None
    with installation() as settings:
        in_transaction(
            lambda tx: create_person(
                tx, badge=badge, name=name, roles=roles, pin=pin, email=email, password=password
            ),
            settings,
        )
    click.echo(
        f"{name}: badge {badge}, PIN {pin}" + (f", password {password}" if password else "") + " (shown once)"
    )


@user.command("list")
def list_users() -> None:
    """Everybody, with roles."""
    from wms.cli.common import in_transaction, installation

    with installation() as settings:
        rows = in_transaction(
            lambda tx: tx.rows("select badge, name, roles, active from person order by id"), settings
        )
    for r in rows:
        click.echo(
            f"{r['badge']:<12} {r['name']:<30} {', '.join(r['roles'])}{'' if r['active'] else '  (left)'}"
        )


@user.command("dismiss")
@click.argument("badge")
def dismiss_user(badge: str) -> None:
    """Somebody has left: badge and sessions end at once."""
    from wms.cli.common import in_transaction, installation
    from wms.db.tx import Tx
    from wms.kernel.refusals import NotFound
    from wms.people.manage import dismiss

    async def work(tx: Tx) -> None:
        person_id = await tx.value("select id from person where badge = $1", badge)
        if person_id is None:
            raise NotFound(what="badge", ref=badge)
        await dismiss(tx, person_id)

    with installation() as settings:
        in_transaction(work, settings)
    click.echo(f"{badge} opens nothing any more.")


@click.group()
def key() -> None:
    """API keys of shops and couriers."""


@key.command("add")
@click.argument("owner")
@click.option("--name", default="API", show_default=True)
@click.option("--scope", "scopes", multiple=True, help="Default: everything a shop may do.")
@click.option("--courier", is_flag=True, help="OWNER is a carrier's code, not a shop's.")
@click.option("--days", type=int, help="Days until the key expires (default: never).")
@click.option(
    "--rate", type=click.IntRange(1, 1_000_000), default=600, show_default=True, help="Requests a minute."
)
def add_key(
    owner: str, name: str, scopes: tuple[str, ...], courier: bool, days: int | None, rate: int
) -> None:
    """Make a key for the shop (or courier) OWNER; it is shown once."""
    from wms.cli.common import in_transaction, installation
    from wms.db.tx import Tx
    from wms.kernel.refusals import NotFound
    from wms.people.manage import NewKey, create_key
    from wms.web.access import SCOPES

    async def work(tx: Tx) -> NewKey:
        table = "carrier" if courier else "shop"
        owner_id = await tx.value(f"select id from {table} where code = $1", owner)
        if owner_id is None:
            raise NotFound(what=table, ref=owner)
        return await create_key(
            tx,
            name=name,
            scopes=() if courier else (scopes or SCOPES),
            shop_id=None if courier else owner_id,
            carrier_id=owner_id if courier else None,
            expires_in=timedelta(days=days) if days else None,
            rate_per_min=rate,
        )

    with installation() as settings:
        made = in_transaction(work, settings)
    click.echo(f"Key {made.public_id} (number {made.id}), shown once:\n{made.key}")


@key.command("revoke")
@click.argument("key_id", type=int)
def revoke(key_id: int) -> None:
    """Revoke a key by its number."""
    from wms.cli.common import in_transaction, installation
    from wms.people.manage import revoke_key

    with installation() as settings:
        in_transaction(lambda tx: revoke_key(tx, key_id), settings)
    click.echo("Revoked.")


@click.group()
def location() -> None:
    """Bins and other places."""


@location.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--warehouse", default="MAIN", show_default=True)
def import_locations(file: Path, warehouse: str) -> None:
    """Create locations from a CSV with the columns code,kind,zone,aisle,x,y,z,walk,pickable (lengths in mm)."""
    from wms.cli.common import in_transaction, installation
    from wms.db.tx import Tx
    from wms.kernel.refusals import NotFound
    from wms.locations.create_locations import LocationIn, create_locations

    places, bad = [], []
    with file.open(encoding="utf-8-sig", newline="") as f:
        sample = f.read(2000)
        f.seek(0)
        separator = ";" if sample.count(";") > sample.count(",") else ","
        for no, row in enumerate(csv.DictReader(f, delimiter=separator), start=2):
            try:
                given = {k.strip(): v.strip() for k, v in row.items() if k and v}
                places.append(msgspec.convert(given, LocationIn, strict=False))
            except (msgspec.ValidationError, AttributeError) as e:
                bad.append(f"line {no}: {e}")

    async def work(tx: Tx) -> int:
        warehouse_id = await tx.value("select id from warehouse where code = $1", warehouse)
        if warehouse_id is None:
            raise NotFound(what="warehouse", ref=warehouse)
        return len(await create_locations(tx, warehouse_id, places)) if places else 0

    with installation() as settings:
        made = in_transaction(work, settings)
    for line in bad:
        click.echo(line, err=True)
    click.echo(f"{made} locations created, {len(bad)} bad lines left out.")


@location.command("list")
@click.option("--warehouse", default="MAIN", show_default=True)
def list_locations(warehouse: str) -> None:
    """All places of a warehouse, in walk order."""
    from wms.cli.common import in_transaction, installation

    sql = """select l.code, l.kind, l.walk, l.locked_at is not null as locked from location l
             join warehouse w on w.id = l.warehouse_id where w.code = $1 order by l.walk, l.code"""
    with installation() as settings:
        rows = in_transaction(lambda tx: tx.rows(sql, warehouse), settings)
    for r in rows:
        click.echo(f"{r['code']:<16} {r['kind']:<12} {r['walk']:>6}{'  LOCKED' if r['locked'] else ''}")


@click.group()
def carrier() -> None:
    """Carriers and their pickups."""


@carrier.command("add")
@click.argument("code")
@click.argument("name")
@click.option(
    "--pickup",
    "pickups",
    multiple=True,
    default=("17:00",),
    show_default=True,
    help="Local time, Monday to Friday.",
)
@click.option("--service", "services", multiple=True, default=("standard",), show_default=True)
@click.option("--prefix", default="", help="What every number of its own range begins with.")
@click.option("--first", type=int, default=1, show_default=True, help="First number of its own range.")
@click.option("--last", type=int, default=99_999_999, show_default=True, help="Last number of its own range.")
def add_carrier(
    code: str,
    name: str,
    pickups: tuple[str, ...],
    services: tuple[str, ...],
    prefix: str,
    first: int,
    last: int,
) -> None:
    """Create a carrier that has given us numbers in a block (adapter own_range)."""
    from wms.cli.common import in_transaction, installation
    from wms.db.tx import Tx
    from wms.locations.number_ranges import create_number_range
    from wms.shipping.create_carrier import create_carrier, set_pickups

    async def work(tx: Tx) -> int:
        settings = {"range": f"numbers-{code}"}
        carrier_id = await create_carrier(
            tx, code=code, name=name, adapter="own_range", services=services, settings=settings
        )
        await set_pickups(tx, carrier_id, [(d, time.fromisoformat(p)) for d in range(5) for p in pickups])
        await create_number_range(
            tx, settings["range"], "mod37_36", first, last, prefix=prefix, carrier_id=carrier_id
        )
        return carrier_id

    with installation() as settings:
        carrier_id = in_transaction(work, settings)
    click.echo(f"Carrier {code} has the number {carrier_id}.")

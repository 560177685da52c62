"""Store and read a carrier account's secrets: a shop's own before the operator's."""

from collections.abc import Mapping
from datetime import datetime

from wms.carriers.errors import AuthFailed
from wms.carriers.registry import credential_fields
from wms.carriers.vault import Vault, VaultError
from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound, Refusal
from wms.kernel.text import Text


class CredentialsUnfit(Refusal):
    """Names only: a secret is never said back."""

    code = "credentials-unfit"
    status = 422
    text = Text(
        en="These are not the credentials of {carrier}: it needs {needed} and may have {optional}. Store all that it needs.",
        pl="To nie są dane logowania przewoźnika {carrier}: potrzebne są {needed}, a dopuszczalne {optional}. "
        "Podaj wszystkie potrzebne.",
    )


DELIVERY = "delivery"
"""The purpose of what opens the server that takes a carrier's manifests."""
DELIVERY_FIELDS = ("password", "private_key")
"""One or the other."""


def place(carrier_id: int, shop_id: int | None, purpose: str = "account") -> str:
    whose = f"carrier {carrier_id} shop {shop_id or 'any'}"
    return whose if purpose == "account" else f"{whose} {purpose}"


async def store_credentials(
    tx: Tx, vault: Vault, carrier_id: int, values: Mapping[str, str], *, shop_id: int | None = None
) -> None:
    """Replaces what was there. The event names the keys, never the values.

    Raises ``NotFound`` for a carrier or shop that is not there, ``CredentialsUnfit``.
    """
    row = await tx.row("select code, adapter from carrier where id = $1", carrier_id)
    if row is None:
        raise NotFound(what="carrier", ref=carrier_id)
    if shop_id is not None and not await tx.value("select 1 from shop where id = $1", shop_id):
        raise NotFound(what="shop", ref=shop_id)
    needed, optional = credential_fields(row["adapter"])
    missing, strange = set(needed) - {k for k, v in values.items() if v}, set(values) - {*needed, *optional}
    if (needed or optional) and (missing or strange):
        raise CredentialsUnfit(
            carrier=row["code"],
            needed=", ".join(needed),
            optional=", ".join(optional) or "-",
            pointer="/values",
        )
    await tx.run(
        """insert into carrier_credential (carrier_id, for_shop_id, sealed) values ($1, $2, $3)
           on conflict (carrier_id, for_shop_id, purpose) do update set sealed = excluded.sealed, changed_at = now()""",
        carrier_id,
        shop_id,
        vault.seal(values, place(carrier_id, shop_id)),
    )
    event = Event(
        kind="carrier.credentials_stored", subject="carrier", subject_id=carrier_id, ref=row["code"],
        data={"keys": sorted(values), "for_shop_id": shop_id},
    )  # fmt: skip
    await record(tx, event)


async def remove_credentials(tx: Tx, carrier_id: int, *, shop_id: int | None = None) -> bool:
    """False when there were none."""
    code = await tx.value(
        """delete from carrier_credential d using carrier c where c.id = d.carrier_id and d.carrier_id = $1
           and d.for_shop_id is not distinct from $2 and d.purpose = 'account' returning c.code""",
        carrier_id,
        shop_id,
    )
    if code is None:
        return False
    event = Event(
        kind="carrier.credentials_removed", subject="carrier", subject_id=carrier_id, ref=code,
        data={"for_shop_id": shop_id},
    )  # fmt: skip
    await record(tx, event)
    return True


async def list_credentials(tx: Tx, carrier_id: int) -> list[tuple[int | None, datetime]]:
    """Shop (None: the operator) and time of the last change of what is stored for a carrier. Raises ``NotFound``."""
    if not await tx.value("select 1 from carrier where id = $1", carrier_id):
        raise NotFound(what="carrier", ref=carrier_id)
    rows = await tx.rows(
        """select for_shop_id, changed_at from carrier_credential where carrier_id = $1 and purpose = 'account'
           order by for_shop_id nulls first""",
        carrier_id,
    )
    return [(r["for_shop_id"], r["changed_at"]) for r in rows]


async def read_credentials(tx: Tx, vault: Vault, carrier_id: int, shop_id: int | None) -> dict[str, str]:
    """The shop's own, else the operator's. Raises ``AuthFailed`` when there are none or they do not open."""
    row = await tx.row(
        """select for_shop_id, sealed from carrier_credential
           where carrier_id = $1 and (for_shop_id = $2 or for_shop_id is null) and purpose = 'account'
           order by for_shop_id nulls last limit 1""",
        carrier_id,
        shop_id,
    )
    if row is None:
        raise AuthFailed(
            "no credentials are stored for this carrier; store them with `wms carriers credentials`"
        )
    try:
        return vault.open(row["sealed"], place(carrier_id, row["for_shop_id"]))
    except VaultError as e:
        raise AuthFailed(str(e)) from None


async def store_delivery_secret(tx: Tx, vault: Vault, carrier_id: int, values: Mapping[str, str]) -> None:
    """What opens the server that takes the carrier's manifests: a password, or a private key without a passphrase.

    Replaces what was there. Raises ``NotFound``, ``CredentialsUnfit``.
    """
    code = await tx.value("select code from carrier where id = $1", carrier_id)
    if code is None:
        raise NotFound(what="carrier", ref=carrier_id)
    if len(values) != 1 or not all(k in DELIVERY_FIELDS and v for k, v in values.items()):
        raise CredentialsUnfit(carrier=code, needed=" | ".join(DELIVERY_FIELDS), optional="-", pointer="/")
    await tx.run(
        """insert into carrier_credential (carrier_id, for_shop_id, purpose, sealed) values ($1, null, $2, $3)
           on conflict (carrier_id, for_shop_id, purpose) do update set sealed = excluded.sealed, changed_at = now()""",
        carrier_id,
        DELIVERY,
        vault.seal(values, place(carrier_id, None, DELIVERY)),
    )
    event = Event(
        kind="carrier.credentials_stored", subject="carrier", subject_id=carrier_id, ref=code,
        data={"keys": sorted(values), "purpose": DELIVERY},
    )  # fmt: skip
    await record(tx, event)


async def remove_delivery_secret(tx: Tx, carrier_id: int) -> bool:
    """False when there was none. Raises ``NotFound``."""
    code = await tx.value("select code from carrier where id = $1", carrier_id)
    if code is None:
        raise NotFound(what="carrier", ref=carrier_id)
    gone = await tx.run(
        "delete from carrier_credential where carrier_id = $1 and purpose = $2", carrier_id, DELIVERY
    )
    if gone:
        event = Event(
            kind="carrier.credentials_removed", subject="carrier", subject_id=carrier_id, ref=code,
            data={"purpose": DELIVERY},
        )  # fmt: skip
        await record(tx, event)
    return bool(gone)


async def read_delivery_secret(tx: Tx, vault: Vault, carrier_id: int) -> dict[str, str]:
    """Raises ``AuthFailed`` when there is none or it does not open."""
    sealed = await tx.value(
        "select sealed from carrier_credential where carrier_id = $1 and purpose = $2", carrier_id, DELIVERY
    )
    if sealed is None:
        raise AuthFailed("no credentials are stored for the server that takes this carrier's manifests")
    try:
        return vault.open(sealed, place(carrier_id, None, DELIVERY))
    except VaultError as e:
        raise AuthFailed(str(e)) from None


async def seal_anew(tx: Tx, vault: Vault) -> int:
    """Seals everything with the newest key, so that older ones can be thrown away; returns how many rows."""
    rows = await tx.rows(
        "select id, carrier_id, for_shop_id, purpose, sealed from carrier_credential order by id for update"
    )
    places = [place(r["carrier_id"], r["for_shop_id"], r["purpose"]) for r in rows]
    anew = [vault.seal(vault.open(r["sealed"], p), p) for r, p in zip(rows, places, strict=True)]
    return await tx.run(
        """update carrier_credential c set sealed = u.sealed
           from unnest($1::bigint[], $2::bytea[]) as u(id, sealed) where c.id = u.id""",
        [r["id"] for r in rows],
        anew,
    )

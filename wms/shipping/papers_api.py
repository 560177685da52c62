"""HTTP resources of manifests' papers: what a carrier gets, where it went, and sending it once more."""

from typing import Annotated

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from wms.carriers.credentials import remove_delivery_secret, store_delivery_secret
from wms.carriers.vault import load_vault
from wms.db.tx import Tx
from wms.paths import home
from wms.shipping.delivery_queries import DeliveryRow, deliveries_of
from wms.shipping.papers import Papers
from wms.shipping.send_again import send_again
from wms.shipping.set_papers import CarrierPapers, carrier_papers, set_papers
from wms.web.access import ADMIN, floor
from wms.web.pages import PathId

Secret = Annotated[str, Meta(min_length=1, max_length=16_000, examples=["s3cret"])]


class PapersIn(Papers, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``scan_within_h``: after so many hours a parcel that the carrier has not scanned is an exception; null for a carrier
    that tells nothing: then the driver's word at the door settles it."""

    scan_within_h: Annotated[int, Meta(ge=1, le=720, examples=[24])] | None = 24


class DeliverySecretIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A ``password``, or a ``private_key`` in OpenSSH's form without a passphrase: it is encrypted here."""

    password: Secret | None = None
    private_key: Secret | None = None


@get("/carriers/{carrier_id:int}/papers", allow=ADMIN | {"supervisor"}, tags=["carriers"])
async def get_papers(tx: NamedDependency[Tx], carrier_id: PathId) -> CarrierPapers:
    """Which files of its manifests the carrier gets, and where they go."""
    return await carrier_papers(tx, carrier_id)


@put("/carriers/{carrier_id:int}/papers", allow=ADMIN, tags=["carriers"])
async def put_papers(tx: NamedDependency[Tx], carrier_id: PathId, data: JSONBody[PapersIn]) -> CarrierPapers:
    """Replace what the carrier gets. A layout of columns is read at once; a mistake is named with its place.

    The protocol (PDF), CSV and JSON are made for every manifest; EDIFACT IFCSUM and the carrier's own columns where they
    are described here, for manifests that are closed from now on. ``mail`` and ``sftp`` say what goes which way, and count
    for everything that is sent from now on; a paper that comes later goes when it is there. ``sftp.host_key`` is pinned: a
    server that shows another one gets nothing.
    """
    given = {f: getattr(data, f) for f in Papers.__struct_fields__}
    return await set_papers(tx, carrier_id, Papers(**given), data.scan_within_h)


@put("/carriers/{carrier_id:int}/delivery-credentials", allow=ADMIN, tags=["carriers"])
async def put_delivery_secret(
    tx: NamedDependency[Tx], carrier_id: PathId, data: JSONBody[DeliverySecretIn]
) -> CarrierPapers:
    """Store what opens the carrier's SFTP server, encrypted under the installation's key; nothing gives it back."""
    values = {f: v for f in data.__struct_fields__ if (v := getattr(data, f)) is not None}
    await store_delivery_secret(tx, load_vault(home()), carrier_id, values)
    return await carrier_papers(tx, carrier_id)


@delete("/carriers/{carrier_id:int}/delivery-credentials", allow=ADMIN, tags=["carriers"], status_code=204)
async def delete_delivery_secret(tx: NamedDependency[Tx], carrier_id: PathId) -> None:
    """Forget what opens the server; a second call finds nothing to do."""
    await remove_delivery_secret(tx, carrier_id)


@get("/manifests/{manifest_id:int}/deliveries", allow=floor("packer"), tags=["manifests"])
async def get_deliveries(tx: NamedDependency[Tx], manifest_id: PathId) -> list[DeliveryRow]:
    """Where the files of a manifest went: mail, SFTP, what the courier's key fetched and acknowledged."""
    return await deliveries_of(tx, manifest_id)


@post(
    "/manifests/{manifest_id:int}/deliveries", allow=floor("supervisor"), tags=["manifests"], status_code=202
)
async def post_deliveries(tx: NamedDependency[Tx], manifest_id: PathId) -> list[DeliveryRow]:
    """Send everything once more, by mail and to the carrier's server; the files keep their names and their bytes."""
    await send_again(tx, manifest_id)
    return await deliveries_of(tx, manifest_id)


handlers: list[HTTPRouteHandler] = [
    get_papers,
    put_papers,
    put_delivery_secret,
    delete_delivery_secret,
    get_deliveries,
    post_deliveries,
]

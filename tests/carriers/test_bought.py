"""Labels bought from packed parcels with each carrier's simulator: once, whatever the line does."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.builders import a_carrier, a_shop, a_sku
from tests.conftest import Server
from tests.shipping.flow import Wanted, a_bench, a_picked_order, ok, packed
from wms.carriers.credentials import store_credentials
from wms.carriers.port import Finds
from wms.carriers.simulators.catalogue import OFFERS, settings_for
from wms.carriers.simulators.faults import Fault
from wms.carriers.simulators.server import Simulated, Simulator
from wms.carriers.vault import load_vault
from wms.db.tx import Database
from wms.shipping.adapters import Carriers
from wms.shipping.buy_label import buy_label
from wms.shipping.sweep_labels import retry_labels_of


def bookings(carrier: Simulated) -> int:
    """How many there are at the simulated carrier, each of which would be paid for."""
    held: Any = carrier
    return len(next(getattr(held, n) for n in ("shipments", "bookings", "box") if hasattr(held, n)))


async def label_of(db: Database, shop_id: int, label_id: int) -> dict[str, Any]:
    async with db.begin() as tx:
        row = await tx.row("select * from label where shop_id = $1 and id = $2", shop_id, label_id)
        assert row is not None
        return dict(row)


@pytest.mark.parametrize("name", OFFERS)
async def test_a_label_is_bought_once_though_its_answer_was_lost(
    name: str, db: Database, server: Server, tmp_path: Path
) -> None:
    """The operator's account does not work; the shop's own does, but the carrier's first answer never comes."""
    offer, vault = OFFERS[name], load_vault(tmp_path)
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
    async with Simulator(offer.make()) as sim:
        settings = msgspec.json.encode(settings_for(sim.url)).decode()
        async with db.begin() as tx:
            await tx.run(
                "update carrier set adapter = $2, settings = $3::jsonb where id = $1",
                carrier.id,
                name,
                settings,
            )
            await tx.run(
                """update warehouse set address = address || $2::jsonb where id = $1""",
                order.warehouse.id,
                '{"street": "Logistyczna 7", "postcode": "05-850", "city": "Ożarów", "country": "PL", "phone": "221002030"}',
            )
            wrong = dict.fromkeys(offer.credentials, "0")
            await store_credentials(tx, vault, carrier.id, wrong)
        async with a_bench(db, server) as bench:
            parcel = await packed(bench, order, [(mug, 1)])
            asked = ok(await bench.api.post(f"/shops/{shop.id}/parcels/{parcel}/label"))
        carriers = Carriers(db, tmp_path)
        try:
            assert await buy_label(db, carriers, shop.id, asked["label_id"]) is None
            assert (await label_of(db, shop.id, asked["label_id"]))["error_code"] == "auth-failed"
            async with db.begin() as tx:
                await store_credentials(tx, vault, carrier.id, offer.credentials, shop_id=shop.id)
                assert await retry_labels_of(tx, carrier.id, code="auth-failed") == 1
            sim.plan.add(Fault(kind="reset_after", call="create"))
            wait = await buy_label(db, carriers, shop.id, asked["label_id"])
            (adapter,) = [a for _, a in carriers.kept.values()]
            found = isinstance(adapter, Finds)
            assert (wait is not None) == found  # else a person has to decide
            trouble = (await label_of(db, shop.id, asked["label_id"]))["error_code"]
            assert trouble == ("ambiguous" if found else "unknown-outcome")
            for _ in range(3):
                await buy_label(db, carriers, shop.id, asked["label_id"])
            label = await label_of(db, shop.id, asked["label_id"])
        finally:
            await carriers.close()
        assert bookings(sim.carrier) == 1
    if found:
        assert (label["state"], len(label["tracking_number"]) > 7) == ("ready", True), label["error"]
    else:
        assert (label["state"], label["error_code"]) == ("unknown", "unknown-outcome")

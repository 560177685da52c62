"""Parcels and goods that nobody knows: kept with a note and a photo until somebody does."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.events.photos import clean_photo
from wms.kernel.refusals import NotFound
from wms.returns.errors import StrayClosed
from wms.returns.queries import StrayOut, get_stray
from wms.returns.receive_return import is_expected, receive_return
from wms.returns.states import lock_return, return_event


async def keep_stray(
    tx: Tx, warehouse_id: int, note: str, *, code: str | None = None, photo: bytes | None = None
) -> StrayOut:
    """A case for a parcel, or for goods that belong to somebody else. Raises ``BadPhoto``, ``NotFound`` (warehouse)."""
    if await tx.value("select 1 from warehouse where id = $1", warehouse_id) is None:
        raise NotFound(what="warehouse", ref=warehouse_id)
    stray_id: int = await tx.value(
        "insert into stray_parcel (warehouse_id, code, note, photo, person_id) values ($1, $2, $3, $4, $5) returning id",
        warehouse_id,
        code,
        note,
        None if photo is None else await clean_photo(photo),
        tx.actor.person_id,
    )
    data = {"code": code, "note": note, "warehouse_id": warehouse_id}
    await record(tx, Event(kind="stray.kept", subject="stray", subject_id=stray_id, ref=code, data=data))
    return await _stray(tx, stray_id)


async def match_stray(tx: Tx, stray_id: int, shop_id: int, rma_id: int) -> StrayOut:
    """Somebody knows it: it belongs to this return, which is received with it if it was still expected.

    Raises ``StrayClosed``, ``NotFound``.
    """
    rma = await lock_return(tx, shop_id, rma_id)
    warehouse_id = await _settle(tx, stray_id, "matched", shop_id, rma_id)
    if is_expected(rma):
        await receive_return(tx, shop_id, rma_id, warehouse_id)
    about = Event(
        kind="stray.matched", subject="stray", subject_id=stray_id, ref=rma.number, data={"shop_id": shop_id, "rma_id": rma_id}
    )  # fmt: skip
    await record(tx, about, return_event(rma, "found", {"stray_id": stray_id}))
    return await _stray(tx, stray_id)


async def dispose_stray(tx: Tx, stray_id: int, reason: str) -> StrayOut:
    """Nobody claimed it. It was never stock, so the ledger has nothing to move. Raises ``StrayClosed``, ``NotFound``."""
    await _settle(tx, stray_id, "disposed", None, None)
    event = Event(kind="stray.disposed", subject="stray", subject_id=stray_id, data={"reason": reason})
    await record(tx, event)
    return await _stray(tx, stray_id)


async def _settle(tx: Tx, stray_id: int, state: str, shop_id: int | None, rma_id: int | None) -> int:
    """Closes an open case; its warehouse."""
    old = await tx.row("select state, warehouse_id from stray_parcel where id = $1 for update", stray_id)
    if old is None:
        raise NotFound(what="stray parcel", ref=stray_id)
    if old["state"] != "open":
        raise StrayClosed(stray=stray_id, state=old["state"])
    await tx.run(
        """update stray_parcel set state = $2, matched_shop_id = $3, matched_rma_id = $4, closed_at = now() where id = $1""",
        stray_id,
        state,
        shop_id,
        rma_id,
    )
    warehouse_id: int = old["warehouse_id"]
    return warehouse_id


async def _stray(tx: Tx, stray_id: int) -> StrayOut:
    found = await get_stray(tx, stray_id)
    assert found is not None
    return found

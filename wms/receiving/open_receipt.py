"""A truck stands at a dock: open the receipt that its goods are counted on."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.receiving.errors import NotADock, ReceiptElsewhere
from wms.receiving.queries import ReceiptView, receipt_view
from wms.receiving.states import ASN, AsnState

INSERT = """
insert into receipt (shop_id, id, number, asn_id, location_id, person_id)
select $1, n.id, 'RC-' || lpad(n.id::text, 6, '0'), $2, $3, $4
from (select nextval(pg_get_serial_sequence('receipt', 'id')) as id) n
returning id, number
"""


async def open_receipt(tx: Tx, shop_id: int, dock_id: int, asn_id: int | None = None) -> ReceiptView:
    """Opens a receipt against an ASN, or a blind one for the shop.

    A second receiver who opens the same ASN at the same dock joins the receipt that is open. Raises ``NotFound``,
    ``NotADock``, ``ReceiptElsewhere`` when it is open at another dock, ``WrongState`` for an ASN that is received or
    cancelled.
    """
    dock = await tx.row("select id, warehouse_id, code, kind from location where id = $1", dock_id)
    if dock is None:
        raise NotFound(what="location", ref=dock_id)
    if dock["kind"] != "dock":
        raise NotADock(location=dock["code"])
    if asn_id is None:
        if await tx.value("select 1 from shop where id = $1", shop_id) is None:
            raise NotFound(what="shop", ref=shop_id)
        return await _open(tx, shop_id, dock_id, None)
    asn = await tx.row(
        "select id, number, state, warehouse_id from asn where shop_id = $1 and id = $2 for update",
        shop_id,
        asn_id,
    )
    if asn is None or asn["warehouse_id"] != dock["warehouse_id"]:
        raise NotFound(what="ASN", ref=asn_id)
    running = await tx.row(
        """select r.id, r.number, r.location_id, l.code as dock from receipt r join location l on l.id = r.location_id
           where r.shop_id = $1 and r.asn_id = $2 and r.state = 'open'""",
        shop_id,
        asn_id,
    )
    if running is not None:
        if running["location_id"] != dock_id:
            raise ReceiptElsewhere(asn=asn["number"], dock=running["dock"], receipt=running["number"])
        return await receipt_view(tx, shop_id, running["id"])
    ASN.check(asn["number"], AsnState(asn["state"]), AsnState.RECEIVING)
    await tx.run("update asn set state = 'receiving' where shop_id = $1 and id = $2", shop_id, asn_id)
    return await _open(tx, shop_id, dock_id, asn["number"], asn_id)


async def _open(
    tx: Tx, shop_id: int, dock_id: int, asn: str | None, asn_id: int | None = None
) -> ReceiptView:
    row = await tx.row(INSERT, shop_id, asn_id, dock_id, tx.actor.person_id)
    assert row is not None
    event = Event(
        kind="receipt.opened",
        subject="receipt",
        subject_id=row["id"],
        shop_id=shop_id,
        ref=row["number"],
        data={"asn": asn} if asn else {},
    )
    await record(tx, event)
    return await receipt_view(tx, shop_id, row["id"])

"""The refund advice of a return goes to the shop by mail, where the shop wants it so."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from wms.db.tx import Tx
from wms.events.mail import About, queue_mail
from wms.kernel.text import Lang, Text
from wms.returns.refund import RefundLine, Why
from wms.returns.states import LockedReturn

SUBJECT = Text(en="Return {number}: refund advice", pl="Zwrot {number}: propozycja zwrotu pieniędzy")
HEAD = Text(
    en="Return {number} of order {order} has been inspected.\n\nTo refund: {amount} {currency}.",
    pl="Zwrot {number} do zamówienia {order} został sprawdzony.\n\nDo zwrotu: {amount} {currency}.",
)
HEAD_NO_ORDER = Text(
    en="Return {number} has been inspected; it belongs to no order that we know.\n\nTo refund: {amount} {currency}.",
    pl="Zwrot {number} został sprawdzony; nie należy do żadnego znanego nam zamówienia.\n\nDo zwrotu: {amount} {currency}.",
)
DUE = Text(en="At the latest on: {due_on}.", pl="Najpóźniej: {due_on}.")
WAITS = Text(
    en="Goods wait in quarantine for your decision.",
    pl="Część towaru czeka w kwarantannie na Państwa decyzję.",
)
DIMINISHED = Text(en="used or damaged, you may refund less", pl="używany lub uszkodzony, można zwrócić mniej")
WHY: dict[Why, Text] = {
    "no-price": Text(
        en="no price on the order, you decide", pl="brak ceny w zamówieniu, decyzja należy do Państwa"
    ),
    "part-of-kit": Text(en="part of a kit, you decide", pl="część zestawu, decyzja należy do Państwa"),
    "not-ours": Text(en="not your product", pl="to nie Państwa towar"),
}
GRADES = {
    "new": Text(en="as new", pl="jak nowy"),
    "opened": Text(en="opened", pl="otwarty"),
    "used": Text(en="used", pl="używany"),
    "damaged": Text(en="damaged", pl="uszkodzony"),
    "not_ours": Text(en="another product", pl="obcy towar"),
}


async def mail_advice(
    tx: Tx,
    rma: LockedReturn,
    lines: Sequence[RefundLine],
    *,
    amount: Decimal,
    currency: str,
    due_on: date | None,
    waits: bool,
) -> int | None:
    """Queues the mail; None when the shop has no address for it, or it was queued before."""
    shop = await tx.row("select name, contact_email, language from shop where id = $1", rma.shop_id)
    assert shop is not None
    if not shop["contact_email"]:
        return None
    lang: Lang = "pl" if shop["language"] == "pl" else "en"
    head = HEAD if rma.order_number else HEAD_NO_ORDER
    text = [head.in_(lang, number=rma.number, order=rma.order_number, amount=amount, currency=currency)]
    if due_on is not None:
        text.append(DUE.in_(lang, due_on=due_on.isoformat()))
    text += ["", *(_line(n, currency, lang) for n in lines)]
    if waits:
        text += ["", WAITS.in_(lang)]
    return await queue_mail(
        tx,
        once=f"refund-advice-{rma.id}",
        to=shop["contact_email"],
        to_name=shop["name"],
        subject=SUBJECT.in_(lang, number=rma.number),
        body="\n".join(text) + "\n",
        about=About("return", rma.id, rma.number),
        shop_id=rma.shop_id,
    )


def _line(n: RefundLine, currency: str, lang: Lang) -> str:
    said = f"{n.quantity} x {n.sku} ({GRADES[n.grade].in_(lang)})"
    if n.amount is not None:
        said += f": {n.amount} {currency}"
    notes = [WHY[n.why].in_(lang)] if n.why else []
    if n.diminished and n.amount is not None:
        notes.append(DIMINISHED.in_(lang))
    return f"- {said}{'; ' if notes else ''}{'; '.join(notes)}"

"""What the log says of an order, its parcels and its returns, as sentences with who and from which device."""

from datetime import datetime
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.kernel.text import Lang, Text
from wms.orders.hold_words import HOLDS
from wms.orders.service_words import reason_in
from wms.orders.story import STATES


class Told(msgspec.Struct, frozen=True):
    """One line of the story. ``who`` is the person, with the device in brackets, or what did it."""

    at: datetime
    who: str
    text: str
    kind: str


TEXTS = {
    "order.priority_changed": Text(en="Priority changed from {old} to {new}.", pl="Zmieniono priorytet z {old} na {new}."),
    "order.pick_undone": Text(en="A pick was undone.", pl="Cofnięto pobranie."),
    "order.put_back": Text(en="Goods went back to the shelf.", pl="Towar wrócił na półkę."),
    "order.put_back_undone": Text(en="Goods came off the shelf again.", pl="Towar ponownie zdjęto z półki."),
    "return.inspection_undone": Text(en="An inspection of return {ref} was undone.", pl="Cofnięto oględziny sztuki ze zwrotu {ref}."),
    "parcel.opened": Text(en="Parcel {ref} was opened.", pl="Otwarto paczkę {ref}."),
    "parcel.closed": Text(en="Parcel {ref} was closed.", pl="Zamknięto paczkę {ref}."),
    "parcel.reopened": Text(en="Parcel {ref} was opened again.", pl="Ponownie otwarto paczkę {ref}."),
    "parcel.handed_over": Text(en="Parcel {ref} was handed over.", pl="Przekazano paczkę {ref}."),
    "parcel.left_behind": Text(en="Parcel {ref} stayed behind at the truck.", pl="Paczka {ref} nie została zabrana."),
    "parcel.in_transit": Text(en="Parcel {ref} is on its way.", pl="Paczka {ref} jest w drodze."),
    "parcel.out_for_delivery": Text(en="Parcel {ref} is out for delivery.", pl="Paczka {ref} jest w doręczeniu."),
    "parcel.at_point": Text(en="Parcel {ref} waits at the pickup point.", pl="Paczka {ref} czeka w punkcie."),
    "parcel.delivered": Text(en="Parcel {ref} was delivered.", pl="Doręczono paczkę {ref}."),
    "parcel.problem": Text(en="The carrier reports a problem with parcel {ref}.", pl="Przewoźnik zgłasza problem z paczką {ref}."),
    "parcel.returned": Text(en="Parcel {ref} comes back.", pl="Paczka {ref} wraca."),
    "parcel.service_changed": Text(en="Parcel {ref} goes with {carrier}, service {service}: {reason}.", pl="Paczka {ref} pojedzie z {carrier}, usługa {service}: {reason}."),
    "parcel.registered": Text(en="The carrier knows of parcel {ref}.", pl="Przewoźnik zarejestrował paczkę {ref}."),
    "parcel.ready": Text(en="Parcel {ref} is ready for the carrier.", pl="Paczka {ref} jest gotowa do odbioru przez przewoźnika."),
    "parcel.cancelled": Text(en="The carrier cancelled parcel {ref}.", pl="Przewoźnik anulował paczkę {ref}."),
    "parcel.settled": Text(en="Somebody settled what became of parcel {ref}.", pl="Wyjaśniono, co stało się z paczką {ref}."),
    "parcel.tracking_ended": Text(en="Parcel {ref} is not tracked any more.", pl="Zakończono śledzenie paczki {ref}."),
    "parcel.alarm": Text(en="Parcel {ref}: {alarm}.", pl="Paczka {ref}: {alarm}."),
    "parcel.alarm_over": Text(en="Parcel {ref}: over ({alarm}).", pl="Paczka {ref}: już po sprawie ({alarm})."),
    "label.requested": Text(en="A label was asked for: {ref}.", pl="Zamówiono etykietę: {ref}."),
    "label.ready": Text(en="The carrier gave the label: {ref}.", pl="Przewoźnik wydał etykietę: {ref}."),
    "label.failed": Text(en="The carrier refused the label: {ref}.", pl="Przewoźnik odmówił etykiety: {ref}."),
    "label.confirmed": Text(en="The label was scanned on the parcel: {ref}.", pl="Zeskanowano etykietę na paczce: {ref}."),
    "label.reprinted": Text(en="The label was printed once more: {ref}.", pl="Etykietę wydrukowano jeszcze raz: {ref}."),
    "label.sent_to_printer": Text(en="The label was sent to a printer: {ref}.", pl="Etykietę wysłano do drukarki: {ref}."),
    "print.unknown": Text(en="Nobody knows whether it came out of the printer: {ref}.", pl="Nie wiadomo, czy wyszło z drukarki: {ref}."),
    "print.failed": Text(en="The printer could not print it: {ref}.", pl="Drukarka nie mogła tego wydrukować: {ref}."),
    "print.settled": Text(en="Somebody looked: it had come out of the printer: {ref}.", pl="Ktoś sprawdził: wydruk wyszedł: {ref}."),
    "print.again": Text(en="It was printed once more: {ref}.", pl="Wydrukowano jeszcze raz: {ref}."),
    "print.cancelled": Text(en="It was taken out of the printer's queue: {ref}.", pl="Usunięto z kolejki drukarki: {ref}."),
    "label.voided": Text(en="The label was voided: {ref}.", pl="Unieważniono etykietę: {ref}."),
    "label.fell_back": Text(en="{carrier} is down, so {to} is asked for the label instead: {ref}.", pl="{carrier} nie działa, więc o etykietę poproszono {to}: {ref}."),
    "label.unknown": Text(en="Nobody knows whether the carrier has booked it: {ref}.", pl="Nie wiadomo, czy przewoźnik przyjął zlecenie: {ref}."),
    "label.booked_twice": Text(en="The carrier has booked it twice: {ref}.", pl="Przewoźnik przyjął to zlecenie dwa razy: {ref}."),
    "label.not_cancelled": Text(en="The carrier did not cancel the booking: {ref}.", pl="Przewoźnik nie anulował zlecenia: {ref}."),
    "label.number_given": Text(en="Its number was typed in: {ref}.", pl="Wpisano numer: {ref}."),
    "label.declared_unbooked": Text(en="Somebody has looked: it is not booked, and is bought again: {ref}.", pl="Sprawdzono: nie jest nadana, zostanie kupiona ponownie: {ref}."),
    "label.cancelled": Text(en="The carrier cancelled the booking: {ref}.", pl="Przewoźnik anulował zlecenie: {ref}."),
    "return.announced": Text(en="Return {ref} was announced.", pl="Zgłoszono zwrot {ref}."),
    "return.in_transit": Text(en="Return {ref} is on its way.", pl="Zwrot {ref} jest w drodze."),
    "return.received": Text(en="Return {ref} came in.", pl="Przyjęto zwrot {ref}."),
    "return.inspecting": Text(en="Inspection of return {ref} began.", pl="Rozpoczęto sprawdzanie zwrotu {ref}."),
    "return.found": Text(en="Return {ref} was found among unknown parcels.", pl="Zwrot {ref} odnaleziono wśród nieznanych paczek."),
    "return.item_inspected": Text(en="A piece of return {ref} was inspected.", pl="Sprawdzono sztukę ze zwrotu {ref}."),
    "return.goods_decided": Text(en="What becomes of the goods of return {ref} was decided.", pl="Zdecydowano o towarze ze zwrotu {ref}."),
    "return.refund_advised": Text(en="A refund was advised for return {ref}.", pl="Zalecono zwrot pieniędzy za zwrot {ref}."),
    "return.inspected": Text(en="Return {ref} is inspected.", pl="Sprawdzono zwrot {ref}."),
    "return.awaiting_shop": Text(en="Return {ref} waits for the shop.", pl="Zwrot {ref} czeka na decyzję sklepu."),
    "return.resolved": Text(en="Return {ref} is resolved.", pl="Rozstrzygnięto zwrot {ref}."),
    "return.closed": Text(en="Return {ref} is closed.", pl="Zamknięto zwrot {ref}."),
    "return.rejected": Text(en="Return {ref} was rejected.", pl="Odrzucono zwrot {ref}."),
    "mail.queued": Text(en="A mail was written: {ref}.", pl="Przygotowano wiadomość: {ref}."),
    "mail.sent": Text(en="A mail was sent: {ref}.", pl="Wysłano wiadomość: {ref}."),
    "mail.failed": Text(en="A mail could not be sent: {ref}.", pl="Nie udało się wysłać wiadomości: {ref}."),
}  # fmt: skip
ALARMS = {
    "silent": Text(en="no news for too long", pl="zbyt długo brak wieści"),
    "late": Text(en="the promised day is over", pl="minął obiecany dzień"),
    "stuck": Text(en="lies at the point for too long", pl="zbyt długo leży w punkcie"),
    "problem": Text(en="the carrier reports a problem", pl="przewoźnik zgłasza problem"),
}
ACTORS = {
    "system": Text(en="system", pl="system"),
    "shop": Text(en="shop", pl="sklep"),
    "courier": Text(en="courier", pl="kurier"),
}

EVENTS = """
select x.at, x.kind, x.ref, x.data, x.actor, p.name as person, d.code as device from (
  select e.* from event e where e.shop_id = $1 and e.subject = 'order' and e.subject_id = $2
  union all
  select e.* from event e where e.shop_id = $1 and e.subject = 'parcel' and e.subject_id = any($3::bigint[])
  union all
  select e.* from event e where e.shop_id = $1 and e.subject = 'return' and e.subject_id = any($4::bigint[])
) x left join person p on p.id = x.person_id left join device d on d.id = x.device_id
order by x.id desc limit $5
"""


async def told(
    tx: Tx, shop_id: int, order_id: int, parcel_ids: list[int], rma_ids: list[int], lang: Lang, limit: int
) -> list[Told]:
    """The newest ``limit`` events, in no order. A parcel's state of the order's own name is told once, by the order."""
    rows = await tx.rows(EVENTS, shop_id, order_id, parcel_ids, rma_ids, limit)
    return [Told(at=r["at"], who=_who(r, lang), text=_say(r, lang), kind=r["kind"]) for r in rows]


def _who(r: Any, lang: Lang) -> str:
    if r["person"]:
        return f"{r['person']} ({r['device']})" if r["device"] else str(r["person"])
    kind, _, name = r["actor"].partition(":")
    said = ACTORS[kind].in_(lang) if kind in ACTORS else kind
    return said if kind == "system" or not name else f"{said}: {name}"


def _say(r: Any, lang: Lang) -> str:
    text = TEXTS.get(r["kind"])
    if text is None and r["kind"].startswith("order."):
        text = STATES.get(r["kind"].partition(".")[2])
    if text is None:
        return " ".join(p for p in (r["kind"], r["ref"]) if p)
    values: dict[str, Any] = {
        "reason": "-",
        "missing": "?",
        "old": "?",
        "new": "?",
        "carrier": "?",
        "service": "?",
        "ref": r["ref"] or "",
    }
    values |= {k: v for k, v in r["data"].items() if isinstance(v, str | int)}
    if (alarm := ALARMS.get(str(r["data"].get("alarm", "")))) is not None:
        values["alarm"] = alarm.in_(lang)
    if (chosen := reason_in(r["data"], lang)) is not None:
        values["reason"] = chosen
    if (fault := HOLDS.get(str(values["reason"]))) is not None:
        values["reason"] = fault.in_(lang).rstrip(".")
    return text.in_(lang, **values)

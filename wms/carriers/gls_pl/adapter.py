"""The adapter: requests, the wire, answers, and a session that is renewed when it has run out."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import ClassVar, TypeVar

import msgspec

from wms.carriers.account import Account, access
from wms.carriers.errors import AuthFailed, Rejected, Unavailable, ours
from wms.carriers.gls_pl import answers, requests
from wms.carriers.gls_pl.answers import Missing, SessionOver
from wms.carriers.port import (
    CancelOutcome,
    Cap,
    Created,
    Document,
    LabelFile,
    LabelFormat,
    Party,
    PickupOrder,
    ShipmentIn,
    TrackEvent,
)
from wms.carriers.wire import Answer, Call, Wire, each

T = TypeVar("T")
MOST_IN_BOX = 500
"""More than so many bookings are not looked through for one reference; then a person has to."""
LAST_PICKUPS = 10


def make(account: Account) -> "GlsPl":
    return GlsPl(account, msgspec.convert(dict(account.settings), requests.Settings))


class GlsPl:
    code: ClassVar[str] = "gls_pl"
    capabilities: ClassVar[frozenset[Cap]] = frozenset({
        Cap.CREATE, Cap.FIND, Cap.LABEL, Cap.CANCEL, Cap.TRACK, Cap.PICKUP, Cap.PROTOCOL, Cap.MULTI_PARCEL,
    })  # fmt: skip

    def __init__(self, account: Account, settings: requests.Settings) -> None:
        self.account, self.ade = account, requests.Ade(settings)
        self.wire = Wire(account.carrier, account.http, settings)
        self.session: tuple[bytes, str] | None = None
        self.login = asyncio.Lock()

    async def _session(self, *, instead_of: str = "") -> str:
        """The session of the present credentials; a new one when there is none or only the one that is over."""
        who = await access(self.account, requests.Access)
        mark = sha256(f"{who.user}\0{who.password}".encode()).digest()
        async with self.login:
            if self.session is None or self.session[0] != mark or self.session[1] == instead_of:
                self.session = (mark, await self.wire.ask(self.ade.login(who), answers.session))
            return self.session[1]

    async def _ask(self, build: Callable[[str], Call], read: Callable[[Answer], T]) -> T:
        """``build`` takes the session. One that has run out is renewed once: a call refused for it did nothing."""
        session = await self._session()
        try:
            return await self.wire.ask(build(session), read)
        except SessionOver:
            session = await self._session(instead_of=session)
        try:
            return await self.wire.ask(build(session), read)
        except SessionOver:
            raise AuthFailed("GLS ends every session at once") from None

    async def create(self, s: ShipmentIn) -> Created:
        """Into the box; the numbers come with ``poll``."""
        try:
            id = await self._ask(lambda t: self.ade.create(s, t), answers.id_of)
        except Missing as e:
            raise Rejected(
                [
                    ours(
                        "",
                        str(e),
                        "GLS knows nothing of what the booking names",
                        "GLS nie zna danych z tego nadania",
                    )
                ]
            ) from None
        return Created(id=id, reference=s.reference)

    async def find_by_reference(self, ref: str) -> list[Created]:
        """Looks through the box, whence only our own handover takes anything. Raises ``Unavailable`` when it is too full."""
        ids = await self._box()
        found = await each(lambda id: self._read("find", id), ids)
        return [c for c in found if c is not None and c.reference == ref]

    async def _box(self) -> list[str]:
        ids: list[str] = []
        while len(ids) <= MOST_IN_BOX:
            start = ids[-1] if ids else "0"
            page = await self._ask(lambda t, start=start: self.ade.ids(start, t), answers.ids)  # type: ignore[misc]
            new = [i for i in page if i not in ids]
            ids += new
            if not new or len(page) < requests.PAGE:
                return ids
        raise Unavailable(f"there are more than {MOST_IN_BOX} bookings in the box of GLS to look through")

    async def _read(self, name: str, id: str) -> Created | None:
        try:
            return await self._ask(
                lambda t: self.ade.consignment(name, id, t), lambda a: answers.consignment(a, id)
            )
        except Missing:
            return None

    async def poll(self, ids: Sequence[str]) -> list[Created]:
        """Where the box has no number yet, the label is drawn once, because that gives it one."""

        async def one(id: str) -> Created | None:
            found = await self._read("poll", id)
            if found is not None and not found.numbers:
                await self._label(id, "pdf")
                found = await self._read("poll", id)
            return found

        return [c for c in await each(one, ids) if c is not None]

    async def _label(self, id: str, fmt: LabelFormat) -> LabelFile:
        try:
            return await self._ask(lambda t: self.ade.label(id, fmt, t), lambda a: answers.label(a, fmt))
        except Missing:
            raise Rejected(
                [
                    ours(
                        "id",
                        "not-found",
                        "GLS has no such booking in its box",
                        "GLS nie ma tego nadania w przygotowalni",
                    )
                ]
            ) from None

    async def labels(self, ids: Sequence[str], fmt: LabelFormat) -> list[LabelFile]:
        return await each(lambda id: self._label(id, fmt), ids)

    async def cancel(self, id: str) -> CancelOutcome:
        """Out of the box; what was handed over stays."""
        try:
            await self._ask(lambda t: self.ade.cancel(id, t), answers.id_of)
        except Missing:
            return CancelOutcome(False, "GLS has no such booking in its box")
        return CancelOutcome(True)

    async def track(self, numbers: Sequence[str]) -> dict[str, list[TrackEvent]]:
        who = await access(self.account, requests.Access)
        if not who.tracking_user:
            raise AuthFailed(
                "tracking at GLS needs tracking_user and tracking_password among the credentials"
            )

        async def one(number: str) -> list[TrackEvent]:
            return await self.wire.ask(self.ade.track(number, who), answers.events)

        return dict(zip(numbers, await each(one, numbers), strict=True))

    async def order_pickup(
        self, ids: Sequence[str], window: tuple[datetime, datetime], address: Party
    ) -> PickupOrder:
        """GLS wants to know how many parcels and on which day, and chooses the hour."""
        try:
            return await self._ask(lambda t: self.ade.courier(len(ids), window, address, t), answers.ordered)
        except Missing as e:
            raise Rejected([ours("window", str(e), "GLS sends no car", "GLS nie wyśle kuriera")]) from None

    async def protocol(self, ids: Sequence[str], day: date) -> Document:
        """Closes the pickup, which cannot be undone; a second call for the same bookings gives the same pickup's paper."""
        pickup = await self._closed(ids)
        try:
            if pickup is None:
                pickup = await self._ask(lambda t: self.ade.hand_over(ids, t), answers.id_of)
        except Missing:
            pickup = await self._closed(ids)  # a network that repeats has closed it with its first try
        if pickup is None:
            raise Rejected(
                [
                    ours(
                        "ids",
                        "not-found",
                        "GLS has not all of these in its box",
                        "GLS nie ma wszystkich tych nadań w przygotowalni",
                    )
                ]
            )
        closed = pickup
        return await self._ask(lambda t: self.ade.receipt(closed, t), answers.receipt)

    async def _closed(self, ids: Sequence[str]) -> str | None:
        """The pickup of these bookings, when it was closed before and its answer was lost."""
        newest = sorted(await self._ask(self.ade.pickups, answers.ids), key=lambda i: (len(i), i))
        for id in reversed(newest[-LAST_PICKUPS:]):
            said = await self._ask(lambda t, id=id: self.ade.pickup(id, t), answers.description)  # type: ignore[misc]
            if said == requests.mark(ids):
                return id
        return None

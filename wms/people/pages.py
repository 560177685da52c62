"""People at the desk: who works here with which roles, their devices, and what everybody did."""

import json
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.db.both_ways import order_of
from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.text import Text
from wms.people.change_person import (
    OVER_OTHERS,
    bring_back,
    change_person,
    end_sessions,
    give_password,
    give_pin,
    keep_an_admin,
    known,
)
from wms.people.desk_queries import (
    DEVICES_BY,
    PEOPLE_BY,
    Did,
    list_devices,
    list_events,
    list_people,
    names,
    one_person,
)
from wms.people.manage import ROLES, create_person, dismiss
from wms.people.secrets import new_pin
from wms.people.words import ROLE_NAMES, SUBJECTS, told
from wms.web.access import ADMIN, SUPERVISOR
from wms.web.forms import ZONE, a_day, asked, day_bounds, fields, like, query
from wms.web.html import Html, go, render, words_of
from wms.web.pages import After, PathId, after_id, behind, page
from wms.web.sheet import MOST_ROWS, sheet

Asked = Request[Any, Any, Any]
LIMIT = 50
DONE = {
    "changed": Text(en="Saved.", pl="Zapisano."),
    "password": Text(en="The new password is stored; every session has ended.", pl="Nowe hasło zapisane; wszystkie sesje zakończono."),
    "dismissed": Text(en="The badge opens nothing any more; every session has ended.", pl="Identyfikator już nic nie otwiera; wszystkie sesje zakończono."),
    "returned": Text(en="The badge opens again what it opened before.", pl="Identyfikator działa znowu jak wcześniej."),
    "ended": Text(en="Every session has ended.", pl="Wszystkie sesje zakończono."),
}  # fmt: skip


@get("/desk/people", allow=SUPERVISOR)
async def people(
    request: Asked,
    tx: NamedDependency[Tx],
    q: FromQuery[str] = "",
    role: FromQuery[str] = "",
    show: FromQuery[str] = "active",
    sort: FromQuery[str] = "",
    after: After = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """Everybody, by name unless asked otherwise."""
    q, role, sort = asked(q), role if role in ROLES else "", PEOPLE_BY.chosen(sort)
    show = show if show in ("active", "left", "all") else "active"
    csv = format == "csv"
    rows = await list_people(
        tx, pattern=like(q) if q else "", role=role, active={"active": True, "left": False, "all": None}[show],
        sort=sort, behind=behind(PEOPLE_BY, sort, "" if csv else after), limit=MOST_ROWS if csv else LIMIT + 1,
    )  # fmt: skip
    if csv:
        words = words_of(request)
        _ = words.gettext
        return sheet(
            "people",
            [_("Badge"), _("Full name"), _("Roles"), _("Works here"), _("Last seen"), _("Device")],
            (
                (p.badge, p.name, ", ".join(words.text(ROLE_NAMES[r]) for r in p.roles), _("yes") if p.active else _("no"),
                 p.seen_at.isoformat() if p.seen_at else "", p.device)
                for p in rows
            ),
        )  # fmt: skip
    return render(
        request, "people/desk_people.html", found=page(rows, LIMIT, lambda p: PEOPLE_BY.key(sort, p, p.id)), roles=ROLE_NAMES,
        q=q, role=role, show=show, sort=sort, base=query({"q": q, "role": role, "show": show, "sort": sort}), after=after,
        admin="admin" in tx.actor.roles,
    )  # fmt: skip


@post("/desk/people", allow=ADMIN, status_code=200, idempotent=False)
async def add_person(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """Somebody new. The PIN is in this answer and nowhere else, so the answer is not kept either."""
    form = await fields(request)
    pin = form.get("pin", "").strip() or new_pin()
    name, badge = form.word("name", 100), form.word("badge", 40)
    person_id = await create_person(
        tx,
        badge=badge,
        name=name,
        roles=form.many.get("roles", []) or [form.word("roles")],
        pin=pin,
        email=form.word("email", 200, needed=False) or None,
        password=form.get("password") or None,
        language="en" if form.get("language") == "en" else "pl",
    )
    return render(
        request, "people/desk_pin.html", person_id=person_id, name=name, badge=badge, pin=pin, new=True
    )


@get("/desk/people/{person_id:int}", allow=SUPERVISOR)
async def person(
    request: Asked, tx: NamedDependency[Tx], person_id: PathId, done: FromQuery[str] = ""
) -> Html:
    """One person, and what an administrator may change."""
    found = await one_person(tx, person_id)
    if found is None:
        raise NotFound(what="person", ref=person_id)
    admin = "admin" in tx.actor.roles
    return render(
        request, "people/desk_person.html", p=found, roles=ROLE_NAMES, admin=admin, done=DONE.get(done),
        may_pin=admin or not OVER_OTHERS & set(found.roles) or tx.actor.person_id == person_id,
    )  # fmt: skip


@post("/desk/people/{person_id:int}", allow=ADMIN, status_code=200)
async def post_person(request: Asked, tx: NamedDependency[Tx], person_id: PathId) -> Response[Any]:
    """Name, e-mail, language, roles; a password where one is typed."""
    form = await fields(request)
    changes = {
        "name": form.word("name", 100),
        "email": form.word("email", 200, needed=False),
        "language": "en" if form.get("language") == "en" else "pl",
        "roles": form.many.get("roles", []),
    }
    await change_person(tx, person_id, changes)
    if form.get("password"):
        await give_password(tx, person_id, form["password"])
        return go(request, f"/desk/people/{person_id}?done=password")
    return go(request, f"/desk/people/{person_id}?done=changed")


@post("/desk/people/{person_id:int}/pin", allow=SUPERVISOR, status_code=200, idempotent=False)
async def post_pin(request: Asked, tx: NamedDependency[Tx], person_id: PathId) -> Html:
    """A new PIN, shown once."""
    pin = await give_pin(tx, person_id, (await fields(request)).get("pin", "").strip() or None)
    found = await one_person(tx, person_id)
    assert found is not None
    return render(
        request,
        "people/desk_pin.html",
        person_id=person_id,
        name=found.name,
        badge=found.badge,
        pin=pin,
        new=False,
    )


@post("/desk/people/{person_id:int}/dismiss", allow=ADMIN, status_code=200)
async def post_dismiss(request: Asked, tx: NamedDependency[Tx], person_id: PathId) -> Response[Any]:
    """Somebody has left."""
    if "admin" in (await known(tx, person_id)).roles:
        await keep_an_admin(tx, person_id)
    await dismiss(tx, person_id)
    return go(request, f"/desk/people/{person_id}?done=dismissed")


@post("/desk/people/{person_id:int}/return", allow=ADMIN, status_code=200)
async def post_return(request: Asked, tx: NamedDependency[Tx], person_id: PathId) -> Response[Any]:
    """Somebody who had left works here again."""
    await bring_back(tx, person_id)
    return go(request, f"/desk/people/{person_id}?done=returned")


@post("/desk/people/{person_id:int}/sign-out", allow=SUPERVISOR, status_code=200)
async def post_sign_out(request: Asked, tx: NamedDependency[Tx], person_id: PathId) -> Response[Any]:
    """Ends every session of somebody, save the one that asks."""
    await known(tx, person_id)
    await end_sessions(tx, person_id=person_id)
    return go(request, f"/desk/people/{person_id}?done=ended")


@get("/desk/people/devices", allow=SUPERVISOR)
async def devices(
    request: Asked,
    tx: NamedDependency[Tx],
    q: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    after: After = "",
    done: FromQuery[str] = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """Every device that somebody has signed in on, with who used it last."""
    q, sort, csv = asked(q, 40), DEVICES_BY.chosen(sort), format == "csv"
    rows = await list_devices(
        tx, pattern=like(q) if q else "", sort=sort, behind=behind(DEVICES_BY, sort, "" if csv else after),
        limit=MOST_ROWS if csv else LIMIT + 1,
    )  # fmt: skip
    if csv:
        _ = words_of(request).gettext
        heads = [_("Device"), _("Last used by"), _("Last seen"), _("Open sessions"), _("Known since")]
        lines = (
            (d.code, d.person, d.seen_at.isoformat() if d.seen_at else "", d.sessions, d.created_at.isoformat())
            for d in rows
        )  # fmt: skip
        return sheet("devices", heads, lines)
    return render(
        request, "people/desk_devices.html", found=page(rows, LIMIT, lambda d: DEVICES_BY.key(sort, d, d.id)), q=q,
        sort=sort, base=query({"q": q, "sort": sort}), after=after, done=DONE.get(done),
    )  # fmt: skip


@post("/desk/people/devices/{device_id:int}/sign-out", allow=SUPERVISOR, status_code=200)
async def device_sign_out(request: Asked, tx: NamedDependency[Tx], device_id: PathId) -> Response[Any]:
    """A device was lost: nobody is signed in on it any more."""
    if await tx.value("select 1 from device where id = $1", device_id) is None:
        raise NotFound(what="device", ref=device_id)
    await end_sessions(tx, device_id=device_id)
    return go(request, "/desk/people/devices?done=ended")


@get("/desk/people/events", allow=SUPERVISOR)
async def events(
    request: Asked,
    tx: NamedDependency[Tx],
    day: FromQuery[str] = "",
    person: FromQuery[int] = 0,
    about: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    after: After = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """What was done on one day, by one person or by all; ``sort`` says from which end."""
    first = order_of(sort)
    on = a_day(day) or tx.now.astimezone(ZONE).date()
    about = about if about in SUBJECTS else ""
    begin, end = day_bounds(on)
    csv = format == "csv"
    rows = await list_events(
        tx, begin, end, person_id=max(0, min(person, 10**15)), subject=about, first=first, after=0 if csv else after_id(after),
        limit=MOST_ROWS if csv else 2 * LIMIT + 1,
    )  # fmt: skip
    if csv:
        return events_csv(request, rows)
    return render(
        request, "people/desk_events.html", found=page(rows, 2 * LIMIT, lambda e: e.id), day=on, person=person, about=about,
        base=query({"day": on.isoformat(), "person": person, "about": about, "sort": first}), after=after, sort=first,
        people=await names(tx), subjects=SUBJECTS, told=told, details=details,
    )  # fmt: skip


def details(event: Did) -> str:
    """What the log keeps beside it, on one line."""
    if event.kind == "refusal":
        return str(event.data.get("says", ""))[:300]
    return ", ".join(
        f"{k}: {v if isinstance(v, str | int | float) else json.dumps(v, ensure_ascii=False)}"
        for k, v in event.data.items()
        if v not in (None, "", [], {})
    )[:300]


def events_csv(request: Asked, rows: list[Did]) -> Response[Any]:
    words = words_of(request)
    _ = words.gettext
    heads = [_("When"), _("Who"), _("Device"), _("What"), _("About"), _("Shop"), _("Details"), _("Kind")]
    return sheet(
        "events",
        heads,
        (
            (
                e.at.isoformat(),
                e.person or e.actor,
                e.device,
                words.text(told(e.kind)),
                e.ref,
                e.shop,
                details(e),
                e.kind,
            )
            for e in rows
        ),
    )


handlers: list[HTTPRouteHandler] = [
    people, add_person, person, post_person, post_pin, post_dismiss, post_return, post_sign_out, devices, device_sign_out,
    events,
]  # fmt: skip

"""Places at the desk: the map with its heat, a list, new places by pattern, and what a lead changes."""

from datetime import timedelta
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, QueryParameter
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.refusals import Invalid
from wms.kernel.text import Text
from wms.kernel.whys import CHOOSE_ONE
from wms.locations.change_location import change_location
from wms.locations.create_locations import create_locations
from wms.locations.desk_queries import (
    PLACES_BY,
    bins_of_aisle,
    list_places,
    next_walk,
    stacks,
    taken_codes,
    zones,
)
from wms.locations.draw_map import draw_aisle, draw_map
from wms.locations.expand_pattern import Rack, expand_pattern
from wms.locations.lock_location import lock_location, unlock_location
from wms.locations.queries import Place, warehouses
from wms.locations.words import KINDS, LOCKS
from wms.web.access import SUPERVISOR
from wms.web.entrance import warehouse_of
from wms.web.forms import Fields, asked, fields, like, query
from wms.web.html import Html, go, render, words_of
from wms.web.i18n import Words
from wms.web.pages import After, PathId, behind, page
from wms.web.sheet import MOST_ROWS, sheet

Asked = Request[Any, Any, Any]
StateAsked = Annotated[str, QueryParameter(name="state", max_length=20)]
LIMIT = 100
DAYS = (7, 30)
STATES = {
    "": Text(en="Any", pl="Dowolny"),
    "locked": Text(en="Locked", pl="Zablokowane"),
    "unused": Text(en="Out of use", pl="Wyłączone z użytku"),
    "empty": Text(en="Empty", pl="Puste"),
}
DONE = {"created": Text(en="The places are created.", pl="Utworzono lokalizacje.")}
CREATABLE = ("bin", "reserve", "dock", "station", "cage", "quarantine", "returns", "work", "packed")


@get("/desk/locations", allow=SUPERVISOR)
async def locations(
    request: Asked,
    tx: NamedDependency[Tx],
    aisle: FromQuery[str] = "",
    days: FromQuery[int] = 7,
    done: FromQuery[str] = "",
) -> Html:
    """The map from above, with a table of its aisles; with ``aisle`` its shelves, with a table of its places."""
    days = days if days in DAYS else DAYS[0]
    house = await warehouse_of(request, tx)
    since = tx.now - timedelta(days=days)
    values: dict[str, Any] = {"days": days, "all_days": DAYS, "kinds": KINDS, "done": DONE.get(done)}
    if aisle := asked(aisle, 20):
        bins = await bins_of_aisle(tx, house, aisle, since)
        return render(
            request,
            "locations/desk_aisle.html",
            aisle=aisle,
            bins=bins,
            drawn=draw_aisle(bins),
            locks=LOCKS,
            **values,
        )
    found = await stacks(tx, house, since)
    return render(
        request, "locations/desk_map.html", map=draw_map(found), names=dict(await zones(tx, house)), **values
    )


@get("/desk/locations/list", allow=SUPERVISOR)
async def location_list(
    request: Asked,
    tx: NamedDependency[Tx],
    q: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    zone: FromQuery[str] = "",
    in_state: StateAsked = "",
    sort: FromQuery[str] = "",
    after: After = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """Places, by code unless asked otherwise."""
    q, zone, sort = asked(q, 40), asked(zone, 20), PLACES_BY.chosen(sort)
    kind, state = kind if kind in KINDS else "", in_state if in_state in STATES else ""
    house = await warehouse_of(request, tx)
    csv = format == "csv"
    rows = await list_places(
        tx, house, pattern=like(q) if q else "", kind=kind, zone=zone, state=state, sort=sort,
        behind=behind(PLACES_BY, sort, "" if csv else after), limit=MOST_ROWS if csv else LIMIT + 1,
    )  # fmt: skip
    if csv:
        return places_csv(request, rows)
    return render(
        request, "locations/desk_list.html", found=page(rows, LIMIT, lambda p: PLACES_BY.key(sort, p, p.id)),
        kinds=KINDS, locks=LOCKS, base=query({"q": q, "kind": kind, "zone": zone, "state": state, "sort": sort}), q=q,
        kind=kind, zone=zone, state=state, sort=sort, states=STATES, zones=await zones(tx, house), after=after,
    )  # fmt: skip


def lock_words(p: Place, words: Words) -> str | None:
    return words.text(LOCKS[p.lock_reason]) if p.lock_reason in LOCKS else p.lock_reason


def places_csv(request: Asked, rows: list[Place]) -> Response[Any]:
    words = words_of(request)
    _ = words.gettext
    heads = [_("Location"), _("Kind"), _("Zone"), _("Aisle"), "x mm", "y mm", "z mm", _("Rank on the walk"), _("Room (ml)"),
             _("Locked since"), _("Reason"), _("In use")]  # fmt: skip
    return sheet(
        "locations",
        heads,
        (
            (p.code, words.text(KINDS[p.kind]), p.zone, p.aisle, p.x, p.y, p.z, p.walk, p.capacity_ml,
             p.locked_at.isoformat() if p.locked_at else "", lock_words(p, words), _("yes") if p.active else _("no"))
            for p in rows
        ),
    )  # fmt: skip


@get("/desk/locations/new", allow=SUPERVISOR)
async def new_places(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """The form for a rack: one pattern for all its places."""
    return await draw_form(request, tx, Fields())


@post("/desk/locations/new", allow=SUPERVISOR, status_code=200)
async def post_places(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """Shows what the pattern gives; creates it when that was seen and asked for."""
    form = await fields(request)
    house = form.count("warehouse_id", 1, 10**15)
    places = expand_pattern(rack_of(form))
    if form.get("do") == "create":
        await create_locations(tx, house, places)
        return go(request, "/desk/locations?done=created")
    taken = await taken_codes(tx, house, [p.code for p in places])
    return await draw_form(request, tx, form, places=places, taken=taken)


def rack_of(form: Fields) -> Rack:
    far = 10_000_000

    def triple(name: str) -> tuple[int, int, int]:
        x, y, z = (form.number(f"{name}_{axis}", -far, far) or 0 for axis in "xyz")
        return x, y, z

    kind = form.get("kind", "bin")
    if kind not in CREATABLE:
        raise Invalid(field="kind", why=CHOOSE_ONE, pointer="/kind")
    litres = form.number("litres", 0, 10**9)
    return Rack(
        pattern=form.word("pattern", 60).upper(),
        kind=kind,
        zone=form.word("zone", 20, needed=False) or None,
        aisle=form.word("aisle", 40, needed=False),
        start=triple("start"),
        steps=(triple("step1"), triple("step2"), triple("step3")),
        walk=form.number("walk", 0, 100_000_000) or 0,
        serpentine="serpentine" in form,
        capacity_ml=None if litres is None else litres * 1000,
    )


async def draw_form(
    request: Asked, tx: Tx, form: Fields, places: list[Any] | None = None, taken: list[str] | None = None
) -> Html:
    house = await warehouse_of(request, tx)
    return render(
        request, "locations/desk_new.html", f=form, places=places, taken=taken or [], kinds=KINDS, creatable=CREATABLE,
        warehouses=await warehouses(tx), house=house, walk=await next_walk(tx, house), zones=await zones(tx, house),
        given=bool(form),
    )  # fmt: skip


@post("/desk/locations/{location_id:int}/change", allow=SUPERVISOR, status_code=200)
async def change(request: Asked, tx: NamedDependency[Tx], location_id: PathId) -> Response[Any]:
    """Coordinates, walk, zone, aisle, room."""
    form = await fields(request)
    far = 10_000_000
    changes = {
        "x": form.count("x", -far, far),
        "y": form.count("y", -far, far),
        "z": form.count("z", -far, far),
        "walk": form.count("walk", 0, 100_000_000),
        "zone": form.word("zone", 20, needed=False) or None,
        "aisle": form.word("aisle", 20, needed=False) or None,
        "capacity_ml": form.number("capacity_ml", 0, 10**12),
    }
    await change_location(tx, location_id, changes, form.count("version", 1, 2**31 - 1))
    return go(request, f"/desk/locations/{location_id}?done=changed")


@post("/desk/locations/{location_id:int}/use", allow=SUPERVISOR, status_code=200)
async def use(request: Asked, tx: NamedDependency[Tx], location_id: PathId) -> Response[Any]:
    """Takes an empty place out of use, or one into use again."""
    form = await fields(request)
    active = form.get("active") == "yes"
    await change_location(tx, location_id, {"active": active}, form.count("version", 1, 2**31 - 1))
    return go(request, f"/desk/locations/{location_id}?done=changed")


@post("/desk/locations/{location_id:int}/lock", allow=SUPERVISOR, status_code=200)
async def lock(request: Asked, tx: NamedDependency[Tx], location_id: PathId) -> Response[Any]:
    """Locks it for a reason that is told to whoever scans it."""
    await lock_location(tx, location_id, (await fields(request)).word("reason", 200))
    return go(request, f"/desk/locations/{location_id}?done=locked")


@post("/desk/locations/{location_id:int}/unlock", allow=SUPERVISOR, status_code=200)
async def unlock(request: Asked, tx: NamedDependency[Tx], location_id: PathId) -> Response[Any]:
    await unlock_location(tx, location_id)
    return go(request, f"/desk/locations/{location_id}?done=unlocked")


handlers: list[HTTPRouteHandler] = [
    locations, location_list, new_places, post_places, change, use, lock, unlock,
]  # fmt: skip

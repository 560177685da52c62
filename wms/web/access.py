"""Who may call what: the words that routes are marked with.

Every route names in ``allow`` who may use it: ``floor(...)`` roles of staff, ``shop("orders.read")`` a scope of a
shop's key, ``COURIER``, or it is marked ``public=True``. A route that says nothing keeps the server from starting.
"""

from collections.abc import Iterable
from typing import Any

from wms.db.tx import Actor, Tx
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.whys import WHICH_SHOP

STAFF_ROLES = ("receiver", "picker", "packer", "inspector", "supervisor", "care", "admin")
SCOPES = (
    "catalog.read", "catalog.write", "inbound.read", "inbound.write", "orders.read", "orders.write", "stock.read",
    "returns.read", "returns.write", "events.read",
)  # fmt: skip
COURIER = frozenset({"courier"})
ANY_STAFF = frozenset(STAFF_ROLES)
SUPERVISOR = frozenset({"supervisor"})
ADMIN = frozenset({"admin"})


def floor(*roles: str) -> frozenset[str]:
    """Staff with one of these roles; a supervisor may do everything that the floor does, an admin everything."""
    assert set(roles) <= set(STAFF_ROLES), roles
    return frozenset(roles) | {"supervisor"}


def shop(scope: str) -> frozenset[str]:
    """A shop's key with this scope; a key that may write a thing may read it."""
    assert scope in SCOPES, scope
    also = {f"shop:{scope[:-5]}.write"} if scope.endswith(".read") else set()
    return frozenset({f"shop:{scope}"} | also)


def allowed(actor: Actor, allow: Iterable[str]) -> bool:
    """Whether ``actor`` may use a route marked with ``allow``."""
    marks = frozenset(allow)
    if actor.kind == "staff":
        return ("admin" in actor.roles and bool(marks & ANY_STAFF)) or bool(actor.roles & marks)
    if actor.kind == "shop":
        return any(f"shop:{scope}" in marks for scope in actor.roles)
    return actor.kind == "courier" and "courier" in marks


def mark(opt: dict[str, Any]) -> frozenset[str] | None:
    """The route's mark; ``None`` when it is public."""
    if opt.get("public"):
        return None
    found: frozenset[str] = opt["allow"]
    return found


def shop_in_question(tx: Tx, shop_id: int | None) -> int:
    """The shop that a request is about: a shop's key speaks for its own, staff name one.

    Raises ``Invalid`` when staff name none, ``NotFound`` when a shop names another.
    """
    if tx.actor.kind == "shop":
        if shop_id not in (None, tx.actor.shop_id):
            raise NotFound(what="shop", ref=shop_id)
        return tx.actor.shop_id
    if shop_id is None:
        raise Invalid(field="shop_id", why=WHICH_SHOP, pointer="/shop_id")
    return shop_id

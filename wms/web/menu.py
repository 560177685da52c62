"""The desk's menu: every page that somebody may open, in the order of a day."""

from collections.abc import Iterable

import msgspec

from wms.kernel.text import Text

OFFICE = frozenset({"supervisor", "care", "admin"})
LEAD = frozenset({"supervisor", "admin"})


class Entry(msgspec.Struct, frozen=True):
    """``also``: where the pages begin that belong to it without lying below its own address."""

    address: str
    name: Text
    roles: frozenset[str]
    also: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Whether a page is one of this entry's."""
        if self.address == "/desk":
            return path == self.address
        return path.startswith((self.address, *self.also))


MENU = (
    Entry("/desk", Text(en="Board", pl="Tablica"), OFFICE),
    Entry("/desk/pack", Text(en="Pack station", pl="Pakowanie"), LEAD | {"packer"}),
    Entry("/desk/orders", Text(en="Orders", pl="Zamówienia"), OFFICE),
    Entry("/desk/exceptions", Text(en="Exceptions", pl="Wyjątki"), OFFICE),
    Entry("/desk/inbound", Text(en="Inbound", pl="Dostawy"), LEAD | {"receiver"}),
    Entry("/desk/stock", Text(en="Stock", pl="Zapasy"), OFFICE),
    Entry("/desk/manifests", Text(en="Manifests", pl="Listy przewozowe"), LEAD, ("/desk/pickups",)),
    Entry("/desk/returns", Text(en="Returns", pl="Zwroty"), OFFICE | {"inspector"}),
    Entry("/desk/locations", Text(en="Locations", pl="Lokalizacje"), LEAD),
    Entry("/desk/people", Text(en="People", pl="Ludzie"), LEAD),
    Entry("/desk/shops", Text(en="Shops", pl="Sklepy"), LEAD),
    Entry("/desk/printers", Text(en="Printers", pl="Drukarki"), LEAD),
    Entry("/desk/sheets", Text(en="Bar codes", pl="Kody kreskowe"), LEAD, ("/desk/labels",)),
)  # fmt: skip


def menu(roles: Iterable[str]) -> list[Entry]:
    """What somebody with ``roles`` sees."""
    mine = frozenset(roles)
    return [e for e in MENU if e.roles & mine]

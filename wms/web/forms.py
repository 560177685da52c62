"""Fields of plain forms and of addresses, read with care: what is no number, day or choice is refused by its name."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request

from wms.kernel.refusals import Invalid
from wms.kernel.shape_words import wrong_shape
from wms.kernel.text import Text
from wms.kernel.whys import AT_MOST_CHARACTERS, BETWEEN, FILL_IN, WHOLE_NUMBER

MOST_DIGITS = 15
ZONE = ZoneInfo("Europe/Warsaw")


class Fields(dict[str, str]):
    """The texts of one form; of a box that may be ticked several times, ``many`` has all values."""

    many: dict[str, list[str]]

    def word(self, name: str, most: int = 200, *, needed: bool = True) -> str:
        """A text without blanks at its ends. Raises ``Invalid`` for an empty one that is needed, or one too long."""
        text = " ".join(self.get(name, "").replace("\x00", "").split())
        if needed and not text:
            raise Invalid(field=name, why=FILL_IN, pointer=f"/{name}")
        if len(text) > most:
            raise Invalid(field=name, why=AT_MOST_CHARACTERS, most=most, pointer=f"/{name}")
        return text

    def lines(self, name: str, most: int) -> list[str]:
        """The lines of a text box that say something."""
        found = [" ".join(n.split()) for n in self.get(name, "").replace("\x00", "").splitlines()]
        found = [n for n in found if n]
        if len(found) > most:
            raise Invalid(
                field=name,
                why=Text(en="at most {most} lines", pl="najwyżej {most} wierszy"),
                most=most,
                pointer=f"/{name}",
            )
        return found

    def number(self, name: str, low: int, high: int) -> int | None:
        """A whole number, None for an empty field. Raises ``Invalid``."""
        text = self.get(name, "").strip()
        if not text:
            return None
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
            raise Invalid(field=name, why=WHOLE_NUMBER, pointer=f"/{name}")
        if not low <= int(text) <= high:
            raise Invalid(field=name, why=BETWEEN, low=low, high=high, pointer=f"/{name}")
        return int(text)

    def count(self, name: str, low: int, high: int) -> int:
        """The same where it must not be empty."""
        found = self.number(name, low, high)
        if found is None:
            raise Invalid(field=name, why=FILL_IN, pointer=f"/{name}")
        return found

    def day(self, name: str) -> date | None:
        text = self.get(name, "").strip()
        if not text:
            return None
        found = a_day(text)
        if found is None:
            raise Invalid(
                field=name,
                why=Text(en="a day like 2026-11-23", pl="data w postaci 2026-11-23"),
                pointer=f"/{name}",
            )
        return found


def checked(given: dict[str, Any], shape: Any) -> Any:
    """What the fields give, within the limits of the API's. Raises ``Invalid`` with the field that breaks one."""
    try:
        return msgspec.convert(given, shape)
    except msgspec.ValidationError as e:
        raise wrong_shape(e) from None


async def fields(request: Request[Any, Any, Any]) -> Fields:
    """The texts of the form that was sent."""
    form = await request.form()
    found = Fields({k: v for k, v in form.items() if isinstance(v, str)})
    found.many = {k: [v for v in form.getall(k) if isinstance(v, str)] for k in found}
    return found


def a_day(text: str) -> date | None:
    """A day out of an address; None for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def a_moment(text: str) -> datetime | None:
    """What a field for date and time sends, in the warehouse's own time; None for anything else."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.replace(tzinfo=ZONE) if found.tzinfo is None else found


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """From midnight to midnight, in the warehouse's own time."""
    begin = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    after = day + timedelta(days=1)
    return begin, datetime(after.year, after.month, after.day, tzinfo=ZONE)


def asked(text: str, most: int = 100) -> str:
    """What somebody searches for, without what no text has."""
    return " ".join(text.replace("\x00", "").split())[:most]


def query(values: Mapping[str, object]) -> dict[str, object]:
    """What belongs into an address: nothing that is empty."""
    return {k: v for k, v in values.items() if v not in ("", 0, None)}


def like(text: str) -> str:
    """A pattern for ``ilike`` that finds the text anywhere in a value."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"

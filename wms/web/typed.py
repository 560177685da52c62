"""What people type off a label."""

import re
from calendar import monthrange
from datetime import date

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


class DayUnreadable(Refusal):
    code = "day-unreadable"
    tone = "warn"
    status = 422
    text = Text(
        en="{said} is no date. Type day, month and year, for example 31.05.2028.",
        pl="{said} to nie data. Wpisz dzień, miesiąc i rok, na przykład 31.05.2028.",
    )


def read_day(said: str) -> date:
    """A date as it is printed: day first (also without dots), year first, or a month, whose last day it is.

    Raises ``DayUnreadable``.
    """
    text = said.strip()
    try:
        if m := re.fullmatch(r"(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})", text):
            return date(int(m[1]), int(m[2]), int(m[3]))
        if m := re.fullmatch(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4}|\d{2})", text) or re.fullmatch(
            r"(\d{2})(\d{2})(\d{4}|\d{2})", text
        ):
            return date(_year(m[3]), int(m[2]), int(m[1]))
        if m := re.fullmatch(r"(\d{1,2})[-./ ](\d{4})", text):
            return date(int(m[2]), int(m[1]), monthrange(int(m[2]), int(m[1]))[1])
    except ValueError:
        pass
    raise DayUnreadable(said=text[:40] or "–")


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)

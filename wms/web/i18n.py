"""The languages of the pages: one catalogue for each slice, read at the start, so that nothing has to be compiled.

Templates and page modules write English and mark it with ``_()``; ``wms/<slice>/locale/pl.po`` holds the Polish. A
further language is a further file.
"""

import gettext
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from litestar import Request

from wms.kernel.text import STRETCHED, Lang, Text, pick_lang, stretched

PACKAGE = Path(__file__).parent.parent
LANGUAGES: dict[Lang, str] = {"pl": "Polski", "en": "English"}


class Stretched(gettext.NullTranslations):
    """``xa``, made of the English."""

    def gettext(self, message: str) -> str:
        return stretched(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)


@cache
def translations(lang: Lang) -> gettext.NullTranslations:
    """The catalogue of ``lang``, put together of all slices'."""
    if lang == STRETCHED:
        return Stretched()
    whole = Catalog(locale=Locale.parse(lang))
    for path in sorted(PACKAGE.glob(f"*/locale/{lang}.po")):
        with path.open("rb") as f:
            for message in read_po(f, locale=lang):
                if message.id and message.string and not message.fuzzy:
                    whole.add(message.id, message.string, context=message.context)
    binary = BytesIO()
    write_mo(binary, whole)
    binary.seek(0)
    return gettext.GNUTranslations(binary)


def language(request: Request[Any, Any, Any]) -> Lang:
    """Whose page it is: what was chosen on this device, else the person's, else the browser's."""
    chosen = known(request.cookies.get("wms_lang", ""))
    if chosen is not None:
        return chosen
    actor = request.scope["state"].get("actor")
    if actor is not None and actor.language in LANGUAGES:
        return cast(Lang, actor.language)
    return pick_lang(request.headers.get("accept-language"), "pl")


def known(lang: str) -> Lang | None:
    """A language that a device may choose; None: there is none of this name."""
    return next((x for x in (*LANGUAGES, STRETCHED) if x == lang), None)


class Words:
    """What a template says and how it writes numbers and times, in one language and one time zone."""

    def __init__(self, lang: Lang, zone: str = "Europe/Warsaw") -> None:
        self.lang = lang
        self.catalogue = translations(lang)
        self.locale = Locale.parse("en_GB" if lang in ("en", STRETCHED) else lang)
        self.zone = ZoneInfo(zone)

    @property
    def gettext(self) -> Callable[[str], str]:
        return self.catalogue.gettext

    @property
    def ngettext(self) -> Callable[[str, str, int], str]:
        return self.catalogue.ngettext

    def text(self, text: Text, **values: object) -> str:
        """A ``wms.kernel.text.Text`` in this language."""
        return text.in_(self.lang, **values)

    def number(self, value: Any) -> str:
        return str(format_decimal(value, locale=self.locale))

    def time(self, at: datetime | None) -> str:
        """``14:05``"""
        return "" if at is None else format_time(at.astimezone(self.zone), "HH:mm", locale=self.locale)

    def moment(self, at: datetime | None) -> str:
        """``22 Nov, 14:05``"""
        return (
            ""
            if at is None
            else format_datetime(at.astimezone(self.zone), "d MMM, HH:mm", locale=self.locale)
        )

    def day(self, on: date | datetime | None) -> str:
        """``22 Nov 2026``"""
        if isinstance(on, datetime):
            on = on.astimezone(self.zone).date()
        return "" if on is None else format_date(on, "d MMM y", locale=self.locale)

    def ago(self, at: datetime | None, now: datetime) -> str:
        """An age in the two greatest units: ``2 d 3 h``, ``14 min``; of what is to come with a minus."""
        if at is None:
            return ""
        seconds = int((now - at).total_seconds())
        sign, seconds = ("−" if seconds < 0 else ""), abs(seconds)
        days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
        if days:
            return f"{sign}{days} d {hours} h"
        return f"{sign}{hours} h {minutes} min" if hours else f"{sign}{minutes} min"


@cache
def words(lang: Lang, zone: str = "Europe/Warsaw") -> Words:
    return Words(lang, zone)

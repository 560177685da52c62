"""The languages of the pages: one catalogue for each slice, read at the start, so that nothing has to be compiled.

Templates and page modules write English and mark it with ``_()``; ``wms/<slice>/locale/pl.po`` holds the Polish. A
further language is a further file. ``xa`` is English, accented and 40 % longer: what overflows in it will overflow in
somebody's language.
"""

import gettext
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from litestar import Request

PACKAGE = Path(__file__).parent.parent
LANGUAGES = {"pl": "Polski", "en": "English"}
STRETCHED = "xa"
ACCENTS = str.maketrans("aceinouyACEINOUY", "àçéîñöûýÀÇÉÎÑÖÛÝ")
KEPT = re.compile(r"(%\([a-z_]+\)[sd]|<[^>]*>|&[a-z]+;)")


class Stretched(gettext.NullTranslations):
    """English with accents and 40 % more of it; placeholders and markup stay whole."""

    def gettext(self, message: str) -> str:
        parts = KEPT.split(message)
        said = "".join(p if i % 2 else p.translate(ACCENTS) for i, p in enumerate(parts))
        more = -(-len(message) * 4 // 10)
        return said + " ~~~~~~~" * (more // 8) + "~" * (more % 8)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)


@cache
def translations(lang: str) -> gettext.NullTranslations:
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


def language(request: Request[Any, Any, Any]) -> str:
    """Whose page it is: what was chosen on this device, else the person's, else the browser's."""
    chosen = request.cookies.get("wms_lang", "")
    if chosen in LANGUAGES or chosen == STRETCHED:
        return chosen
    actor = request.scope["state"].get("actor")
    if actor is not None and actor.language in LANGUAGES:
        return str(actor.language)
    for part in request.headers.get("accept-language", "").lower().split(","):
        if part.strip()[:2] in LANGUAGES:
            return part.strip()[:2]
    return "pl"


class Words:
    """What a template says and how it writes numbers and times, in one language and one time zone."""

    def __init__(self, lang: str, zone: str = "Europe/Warsaw") -> None:
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

    def text(self, text: Any, **values: object) -> str:
        """A ``wms.kernel.text.Text`` in this language."""
        said = str(text.in_("pl" if self.lang == "pl" else "en", **values))
        return self.gettext(said) if self.lang == STRETCHED else said

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
def words(lang: str, zone: str = "Europe/Warsaw") -> Words:
    return Words(lang, zone)

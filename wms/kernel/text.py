"""Texts that people read, in every language that the product speaks.

A text is written once, beside the thing that it belongs to, in all languages at the same place, so that a
missing translation is a type error and not a surprise on a screen.
"""

from dataclasses import dataclass
from typing import Literal

Lang = Literal["pl", "en"]
LANGS: tuple[Lang, ...] = ("pl", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in each language; ``{name}`` marks a value."""

    en: str
    pl: str

    def in_(self, lang: Lang, **values: object) -> str:
        """The sentence in ``lang`` with its values set in."""
        return (self.pl if lang == "pl" else self.en).format(**values)


def pick_lang(accept: str | None, default: Lang = "en") -> Lang:
    """The first language of an ``Accept-Language`` header that we speak.

    >>> pick_lang("pl-PL,pl;q=0.9,en;q=0.8")
    'pl'
    """
    for part in (accept or "").lower().split(","):
        code = part.split(";")[0].strip()[:2]
        if code == "pl":
            return "pl"
        if code == "en":
            return "en"
    return default

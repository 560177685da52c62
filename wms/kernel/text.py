"""Texts that people read, in every language that the product speaks.

A text is written once, beside the thing that it belongs to, in all languages at the same place, so that a
missing translation is a type error and not a surprise on a screen.
"""

import re
from dataclasses import dataclass
from typing import Literal

Lang = Literal["pl", "en", "xa"]
"""``xa`` is English, accented and 40 % longer: what overflows in it will overflow in somebody's language."""
LANGS: tuple[Lang, ...] = ("pl", "en")
"""The languages that people speak."""
STRETCHED: Lang = "xa"
_ACCENTS = str.maketrans("aceinouyACEINOUY", "àçéîñöûýÀÇÉÎÑÖÛÝ")
_KEPT = re.compile(r"(%\([a-z_]+\)[sd]|\{[^}]*\}|<[^>]*>|&[a-z]+;)")


def stretched(english: str) -> str:
    """The text in ``xa``; the places of its values and its markup stay whole.

    >>> stretched("Scan {code}")
    'Sçàñ {code}~~~~~'
    """
    parts = _KEPT.split(english)
    said = "".join(p if i % 2 else p.translate(_ACCENTS) for i, p in enumerate(parts))
    more = -(-len(english) * 4 // 10)
    return said + " ~~~~~~~" * (more // 8) + "~" * (more % 8)


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in each language; ``{name}`` marks a value."""

    en: str
    pl: str

    def in_(self, lang: Lang, **values: object) -> str:
        """The sentence in ``lang`` with its values set in."""
        said = self.pl if lang == "pl" else stretched(self.en) if lang == "xa" else self.en
        return said.format(**values)


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

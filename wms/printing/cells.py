"""Cells of files that carriers' machines read, and that people open in a spreadsheet all the same.

A carrier compares numbers byte by byte, so a value cannot be defused with an apostrophe or a tab, as it may be in
a report for people: the parcel would not be found. A value that a spreadsheet would run is refused instead, at the
latest when the file is written; `risky` is what intake asks, so that the refusal comes while the order can still be
corrected.
"""

import unicodedata

_STARTERS = frozenset("=+-@＝＋－＠")


def is_control(char: str) -> bool:
    """A line break or another character that is not seen and changes what is around it."""
    return unicodedata.category(char) in ("Cc", "Zl", "Zp")


def carries(value: str, encoding: str) -> bool:
    """Whether a file in this encoding can hold every character of it."""
    try:
        value.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def risky(value: str) -> bool:
    """Whether a spreadsheet might run the value as a formula, or whether it would break its line."""
    if not value.isprintable() and any(is_control(char) for char in value):
        return True
    bare = value.lstrip()
    return bool(bare) and bare[0] in _STARTERS

"""What msgspec says of a value that does not have its shape, in words for people."""

import re
from typing import Any

import msgspec

from wms.kernel.refusals import Invalid
from wms.kernel.text import Text
from wms.kernel.whys import AT_MOST_CHARACTERS, SAID

_PLACE = re.compile(r" - at `\$(.*)`$")
_PATH = re.compile(r"\.|\[|\]\.?")
AT_LEAST = Text(en="at least {least}", pl="co najmniej {least}")
AT_MOST = Text(en="at most {most}", pl="najwyżej {most}")
_FORMS = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"Expected `str` of length >= (?P<least>\d+)", Text(en="at least {least} characters", pl="liczba znaków: co najmniej {least}")),
        (r"Expected `str` of length <= (?P<most>\d+)", AT_MOST_CHARACTERS),
        (r"Expected `\w+` of length >= (?P<least>\d+)", Text(en="at least {least} entries", pl="liczba pozycji: co najmniej {least}")),
        (r"Expected `\w+` of length <= (?P<most>\d+)", Text(en="at most {most} entries", pl="liczba pozycji: najwyżej {most}")),
        (r"Expected `str` matching regex (?P<form>.+)", Text(en="write it in the form {form}", pl="wpisz w postaci {form}")),
        (r"Expected `\w+` >= (?P<least>\S+)", AT_LEAST),
        (r"Expected `\w+` <= (?P<most>\S+)", AT_MOST),
        (r"Expected `(?P<wanted>.+)`, got `(?P<got>.+)`", Text(en="expected {wanted}, got {got}", pl="oczekiwano {wanted}, a jest {got}")),
        (r"Object missing required field `(?P<name>.+)`", Text(en="the field {name} is missing", pl="brakuje pola {name}")),
        (r"Object contains unknown field `(?P<name>.+)`", Text(en="there is no field {name}", pl="nie ma pola {name}")),
        (r"Invalid enum value '?(?P<wrong>.*?)'?", Text(en="{wrong} is none of those allowed", pl="{wrong} nie należy do dozwolonych")),
        (r"Invalid (?P<what>.+)", Text(en="this is no valid {what}", pl="nieprawidłowa wartość ({what})")),
    )
)  # fmt: skip


def say_shape(said: str) -> tuple[Text, dict[str, Any]]:
    """One message without its place, as a text with its values.

    >>> text, values = say_shape("Expected `str` of length <= 80")
    >>> text.in_("pl", **values)
    'najwyżej 80 znaków'
    """
    for pattern, text in _FORMS:
        if (found := pattern.fullmatch(said)) is not None:
            return text, found.groupdict()
    return SAID, {"said": said}


def wrong_shape(e: msgspec.ValidationError, at: str = "", form: str = "form") -> Invalid:
    """The refusal for an error of msgspec, with the field that it names; ``at`` is where the value lies, ``form`` what
    the whole is called."""
    said = str(e)
    place = _PLACE.search(said)
    inside = _PATH.sub("/", place[1]).rstrip("/") if place else ""
    why, values = say_shape(_PLACE.sub("", said))
    return Invalid(field=inside.strip("/") or form, why=why, pointer=f"{at}{inside}", **values)

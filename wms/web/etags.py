"""ETag and If-Match, where two people can edit the same thing."""

from wms.kernel.refusals import Invalid, Refusal
from wms.kernel.text import Text


class IfMatchNeeded(Refusal):
    code = "if-match-needed"
    status = 428
    text = Text(
        en="Send the If-Match header with the ETag that you read, so that nobody's change is overwritten.",
        pl="Wyślij nagłówek If-Match z odczytanym ETag, aby nie nadpisać cudzej zmiany.",
    )


def etag(version: int) -> dict[str, str]:
    """The header that tells a thing's version."""
    return {"ETag": f'"{version}"'}


def wanted_version(if_match: str | None) -> int | None:
    """The version that the caller read; None for ``*``, whatever it is. Raises ``IfMatchNeeded``, ``Invalid``."""
    if not if_match:
        raise IfMatchNeeded
    text = if_match.strip().removeprefix("W/").strip('"')
    if text == "*":
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise Invalid(
            field="If-Match",
            why=Text(
                en="not an ETag of ours; pass on the one that you read",
                pl="to nie nasz ETag; przekaż ten, który otrzymano",
            ),
        )
    return int(text)

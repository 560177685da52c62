"""What a screen says beside its next step, where nothing was refused."""

import msgspec

from wms.kernel.refusals import Refusal, Tone
from wms.kernel.text import Lang, Text


class Notice(msgspec.Struct, frozen=True):
    """``values`` fill the text; ``code`` is stable."""

    code: str
    text: Text
    tone: Tone = "info"
    values: dict[str, object] = {}

    def say(self, lang: Lang) -> str:
        """The sentence for a person, as a refusal says it."""
        return self.text.in_(lang, **self.values)


ALREADY_DONE = Notice(
    "already-done",
    Text(en="Already done. Go on with the screen.", pl="To już zrobione. Postępuj według ekranu."),
)


def told(said: Notice | Refusal | None, lang: Lang) -> tuple[Tone | None, str | None, str | None]:
    """Tone, code and sentence for a screen; three times None where there is nothing to say."""
    return (None, None, None) if said is None else (said.tone, said.code, said.say(lang))

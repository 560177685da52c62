"""The base of all refusals: what the system says when it will not do a thing.

A refusal is a class with a stable code, an HTTP status, a tone (how loudly a handheld says it) and one sentence
in each language that says what is wrong *and what to do*. The values that it is raised with fill the sentence
and travel in the problem document, so a program can act on them too.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from wms.kernel.field_names import field_name
from wms.kernel.state_words import BY_THING
from wms.kernel.text import Lang, Text
from wms.kernel.things import THINGS

Tone = Literal["info", "warn", "stop"]


class Refusal(Exception):
    """Raised by a use case; the edge rolls back and answers a problem document."""

    code: ClassVar[str]
    status: ClassVar[int] = 409
    tone: ClassVar[Tone] = "stop"
    text: ClassVar[Text]
    words: ClassVar[Mapping[str, Mapping[Any, Text]]] = {}
    """Of values that are codes, by their names: what people read instead."""

    def __init__(self, *, pointer: str | None = None, **values: Any) -> None:
        """``pointer`` is the JSON pointer of the offending field, where there is one."""
        self.pointer = pointer
        self.values = values
        super().__init__(self.say("en"))

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            other = REFUSALS.setdefault(cls.code, cls)
            if other is not cls and other.__qualname__ != cls.__qualname__:
                raise TypeError(f"refusal code {cls.code!r} is used by {other.__name__} and {cls.__name__}")

    def say(self, lang: Lang) -> str:
        """The sentence for a person."""
        told = {
            name: words[code].in_(lang)
            for name, words in self.words.items()
            if (code := self.values.get(name)) in words
        }
        return self.text.in_(lang, **self.values | told)


REFUSALS: dict[str, type[Refusal]] = {}
"""Every refusal that has been imported, by code: the catalogue behind the documentation and the tests."""


class OfThing(Refusal):
    """A refusal whose ``what`` is the kind of a thing, in English; Polish readers get the word of ``THINGS``."""

    def say(self, lang: Lang) -> str:
        return self.filled(lang, {})

    def filled(self, lang: Lang, told: dict[str, str]) -> str:
        """The sentence with these values in place of its own."""
        values = self.values | told
        if lang == "pl" and "what" in values:
            values["what"] = THINGS.get(values["what"], values["what"])
        return self.text.in_(lang, **values)


class NotFound(OfThing):
    """Also the answer for another shop's things: whether they exist is nobody else's business."""

    code = "not-found"
    status = 404
    text = Text(
        en="There is no {what} {ref}. Check the number.",
        pl="Nie ma takiego obiektu: {what} {ref}. Sprawdź numer.",
    )


class Invalid(Refusal):
    """A value that cannot be right, with the field that holds it."""

    code = "invalid"
    status = 422
    text = Text(en="{field}: {why}", pl="{field}: {why}")

    def __init__(self, *, field: str, why: Text, pointer: str | None = None, **values: Any) -> None:
        """``why`` is filled with ``values``; ``field`` is a name or a path of names."""
        self.why = why
        super().__init__(pointer=pointer, field=field, **values)
        self.values["why"] = why.in_("en", **values)

    def say(self, lang: Lang) -> str:
        return f"{field_name(self.values['field'], lang)}: {self.why.in_(lang, **self.values)}"


class NotAllowed(Refusal):
    code = "not-allowed"
    status = 403
    text = Text(
        en="Your role does not allow this. Ask a supervisor.",
        pl="Twoja rola na to nie pozwala. Poproś kierownika zmiany.",
    )


class WrongState(OfThing):
    """A state machine does not list the step that was asked for."""

    code = "wrong-state"
    text = Text(
        en="This is not possible: {what} {ref} is {state} and cannot become {wanted} from there.",
        pl="To niemożliwe: {what} {ref} ma stan: {state}, a z niego nie może przejść do stanu: {wanted}.",
    )

    def say(self, lang: Lang) -> str:
        words = BY_THING.get(self.values["what"], {})
        told = {k: words[v].in_(lang) for k in ("state", "wanted") if (v := self.values[k]) in words}
        return self.filled(lang, told)


class ChangedMeanwhile(OfThing):
    """Somebody else saved between a person's reading and their writing."""

    code = "changed-meanwhile"
    status = 412
    tone = "warn"
    text = Text(
        en="Somebody else has changed {what} {ref} since you opened it. Load it again and repeat your change.",
        pl="Ktoś inny zmienił w tym czasie: {what} {ref}. Wczytaj dane ponownie i powtórz zmianę.",
    )

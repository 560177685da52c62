"""What a look-up refuses."""

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


class NothingKnown(Refusal):
    code = "nothing-known"
    status = 404
    tone = "warn"
    text = Text(
        en="Nobody here knows {scanned}. Scan again, or scan another code on it; goods without a known code go to a supervisor.",
        pl="Nikt tu nie zna kodu {scanned}. Zeskanuj ponownie albo zeskanuj inny kod; towar bez znanego kodu oddaj kierownikowi.",
    )


class BadgeTellsNothing(Refusal):
    """A person is not looked up; whether the badge is anybody's is not said either."""

    code = "badge-tells-nothing"
    status = 422
    tone = "warn"
    text = Text(
        en="This looks like a badge. Badges are for signing in; scan a place, goods, a unit, a parcel or an order.",
        pl="To wygląda na identyfikator. Identyfikator służy do logowania; zeskanuj miejsce, towar, jednostkę, paczkę albo zamówienie.",
    )


class CommandTellsNothing(Refusal):
    code = "command-tells-nothing"
    status = 422
    tone = "warn"
    text = Text(
        en="{scanned} is a command and does nothing here. Scan what you want to know about.",
        pl="{scanned} to polecenie i tutaj nic nie robi. Zeskanuj to, o czym chcesz się dowiedzieć.",
    )

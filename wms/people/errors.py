"""What sign-in refuses."""

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


class SignInFailed(Refusal):
    """One answer for every wrong pair: it does not tell which half was wrong."""

    code = "sign-in-failed"
    status = 401
    text = Text(
        en="Badge and PIN (or e-mail and password) do not match. Try again, or ask a supervisor for a new PIN.",
        pl="Identyfikator i PIN (albo e-mail i hasło) nie pasują do siebie. Spróbuj ponownie albo poproś kierownika o nowy PIN.",
    )


class TooManyFailures(Refusal):
    code = "too-many-failures"
    status = 429
    text = Text(
        en="Too many wrong tries on this device. Wait {minutes} minutes, or ask a supervisor.",
        pl="Zbyt wiele błędnych prób na tym urządzeniu. Odczekaj {minutes} min albo poproś kierownika.",
    )


class WeakSecret(Refusal):
    code = "weak-secret"
    status = 422
    text = Text(
        en="Choose a PIN of 4 to 12 digits that is not one digit repeated or a run, or a password of 12 characters or more.",
        pl="Wybierz PIN z 4–12 cyfr, który nie jest jedną powtórzoną cyfrą ani ciągiem, albo hasło z co najmniej 12 znaków.",
    )


class LastAdmin(Refusal):
    code = "last-admin"
    text = Text(
        en="This is the only administrator. Make somebody else one first.",
        pl="To jedyny administrator. Najpierw nadaj tę rolę komuś innemu.",
    )

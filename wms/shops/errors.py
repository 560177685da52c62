"""What the shops refuse."""

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


class ShopCodeTaken(Refusal):
    code = "shop-code-taken"
    text = Text(
        en="The shop code {shop} is already in use. Choose another one.",
        pl="Kod sklepu {shop} jest już zajęty. Wybierz inny.",
    )


class ChangedMeanwhile(Refusal):
    """Also raised by the catalog: somebody else saved between our reading and our writing."""

    code = "changed-meanwhile"
    status = 412
    tone = "warn"
    text = Text(
        en="Somebody else has changed {what} {ref} since you opened it. Load it again and repeat your change.",
        pl="Ktoś inny zmienił w tym czasie: {what} {ref}. Wczytaj dane ponownie i powtórz zmianę.",
    )

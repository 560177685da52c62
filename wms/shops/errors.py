"""What the shops refuse."""

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


class ShopCodeTaken(Refusal):
    code = "shop-code-taken"
    text = Text(
        en="The shop code {shop} is already in use. Choose another one.",
        pl="Kod sklepu {shop} jest już zajęty. Wybierz inny.",
    )

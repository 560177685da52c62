"""What the keeping of files refuses."""

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


class BadPhoto(Refusal):
    code = "bad-photo"
    status = 422
    tone = "warn"
    text = Text(
        en="That is not a picture we can read: JPEG up to {megabytes} MB, or PNG or WebP up to {megapixels} megapixels."
        " Take the photo again.",
        pl="Nie udało się odczytać zdjęcia: JPEG do {megabytes} MB albo PNG lub WebP do {megapixels} megapikseli."
        " Zrób zdjęcie ponownie.",
    )

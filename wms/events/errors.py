"""What the keeping of files refuses."""

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


class BadPhoto(Refusal):
    code = "bad-photo"
    status = 422
    tone = "warn"
    text = Text(
        en="That is not a picture we can read (JPEG, PNG or WebP up to {megabytes} MB). Take the photo again.",
        pl="Nie udało się odczytać zdjęcia (JPEG, PNG albo WebP do {megabytes} MB). Zrób zdjęcie ponownie.",
    )

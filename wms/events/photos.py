"""Photos from the dock and the bench: made smaller, and freed of what a phone writes into them (place, time, owner).

What a picture takes while it is decoded is bounded: a JPEG is decoded at a fraction of its size, any other only if it is
small, and a process decodes one picture at a time.
"""

import asyncio
import io
import warnings
from concurrent.futures import ThreadPoolExecutor

from PIL import Image, ImageOps

from wms.events.errors import BadPhoto

MAX_BYTES = 8_000_000
MAX_PIXELS = 40_000_000
"""Of a JPEG that can be decoded at a fraction of its size."""
MAX_PROGRESSIVE = 12_500_000
"""Of a progressive JPEG: its coefficients are held at the full size, three bytes a pixel."""
MOST_DECODED = 4_800_000
"""Pixels of one picture in memory; a screenshot of a large phone has as many."""
SIDE = 1600
"""Pixels of the longer side that are kept: a scratch and a label can be read."""

_one = ThreadPoolExecutor(max_workers=1, thread_name_prefix="photo")
# Once and for the process: the filters of warnings belong to all threads. What only warns of its size is refused by it.
warnings.simplefilter("error", Image.DecompressionBombWarning)


async def clean_photo(content: bytes, side: int = SIDE) -> bytes:
    """The picture as a JPEG of at most ``side`` pixels without any metadata. Raises ``BadPhoto``."""
    if not 0 < len(content) <= MAX_BYTES:
        raise _bad()
    return await asyncio.get_running_loop().run_in_executor(_one, _clean, content, side)


def _clean(content: bytes, side: int) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            _shrink(picture, side)
            drawn = picture if picture.mode in ("RGB", "RGBA", "L") else picture.convert("RGB")
            drawn.thumbnail((side, side))
            upright = ImageOps.exif_transpose(drawn).convert("RGB")
            # a new picture: what is not a pixel stays behind
            plain = Image.new("RGB", upright.size)
            plain.paste(upright)
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as e:
        raise _bad() from e
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()


def _shrink(picture: Image.Image, side: int) -> None:
    """Has a JPEG decoded at a half, a quarter or an eighth; nothing is decoded yet. Raises ``BadPhoto``."""
    width, height = picture.size
    by = 1
    while by < 8 and (max(width, height) >= 2 * by * side or width * height > MOST_DECODED * by * by):
        by *= 2
    most = MAX_PROGRESSIVE if picture.info.get("progressive") else MAX_PIXELS
    picture.draft("RGB", (max(width // by, 1), max(height // by, 1)))
    if width * height > most or picture.width * picture.height > MOST_DECODED:
        raise _bad()


def _bad() -> BadPhoto:
    return BadPhoto(megabytes=MAX_BYTES // 1_000_000, megapixels=round(MOST_DECODED / 1_000_000, 1))

"""Photos from the dock and the bench: made smaller, and freed of what a phone writes into them (place, time, owner)."""

import asyncio
import io
import warnings

from PIL import Image, ImageOps

from wms.events.errors import BadPhoto

MAX_BYTES = 8_000_000
MAX_PIXELS = 40_000_000
SIDE = 1600
"""Pixels of the longer side that are kept: a scratch and a label can be read."""


async def clean_photo(content: bytes, side: int = SIDE) -> bytes:
    """The picture as a JPEG of at most ``side`` pixels without any metadata. Raises ``BadPhoto``."""
    return await asyncio.to_thread(_clean, content, side)


def _clean(content: bytes, side: int) -> bytes:
    if not 0 < len(content) <= MAX_BYTES:
        raise BadPhoto(megabytes=MAX_BYTES // 1_000_000)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise BadPhoto(megabytes=MAX_BYTES // 1_000_000)
                picture.draft("RGB", (side, side))
                upright = ImageOps.exif_transpose(picture).convert("RGB")
                upright.thumbnail((side, side))
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
        raise BadPhoto(megabytes=MAX_BYTES // 1_000_000) from e
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()

"""The courier signs on the tablet: what was ticked leaves, the rest waits for the next manifest."""

import asyncio
import io
import warnings
from collections.abc import Collection

from PIL import Image

from wms.db.tx import Tx
from wms.events.documents import keep_document
from wms.shipping.confirm_pickup import confirm_pickup
from wms.shipping.desk_queries import handover_parcels
from wms.shipping.hand_over import GONE, HandedOver, hand_over
from wms.shipping.manifest_errors import SignatureMissing
from wms.shipping.manifest_queries import manifest_row

MAX_BYTES = 1_000_000
MAX_SIDE = 3000
KEPT = (900, 360)
"""Pixels of the kept signature at most."""
INK = 60
"""Dark pixels that make a signature out of a slip of the hand."""


async def sign_handover(
    tx: Tx,
    manifest_id: int,
    *,
    driver: str,
    vehicle: str,
    collected: Collection[tuple[int, int]],
    signature: bytes,
) -> HandedOver:
    """``collected`` are keys (shop, parcel) of what the driver takes; ``signature`` a PNG. Once only: a second call
    answers the same and keeps no second signature.

    Raises ``SignatureMissing`` and the refusals of ``hand_over``.
    """
    if (await manifest_row(tx, manifest_id)).state in GONE:
        return await hand_over(tx, manifest_id, driver=driver, vehicle=vehicle)
    drawn = await asyncio.to_thread(clean_signature, signature)
    parcels = await handover_parcels(tx, manifest_id)
    stay = [p.hu for p in parcels if (p.shop_id, p.parcel_id) not in collected]
    done = await hand_over(tx, manifest_id, driver=driver, vehicle=vehicle, left_behind=stay)
    await confirm_pickup(tx, manifest_id, None)
    name = f"{(done.manifest.number or str(manifest_id)).replace('/', '-')}-signature.png"
    await keep_document(tx, 0, "manifest_signature", "manifest", manifest_id, name, "image/png", drawn)
    return done


def clean_signature(content: bytes) -> bytes:
    """The strokes as a small grey PNG and nothing else. Raises ``SignatureMissing`` for what shows none."""
    if not 0 < len(content) <= MAX_BYTES:
        raise SignatureMissing
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
                if max(picture.size) > MAX_SIDE:
                    raise SignatureMissing
                coloured = picture.convert("RGBA")
                white = Image.new("RGBA", coloured.size, "white")
                grey = Image.alpha_composite(white, coloured).convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise SignatureMissing from None
    if sum(grey.histogram()[:128]) < INK:
        raise SignatureMissing
    grey.thumbnail(KEPT)
    out = io.BytesIO()
    grey.save(out, "PNG", optimize=True)
    return out.getvalue()

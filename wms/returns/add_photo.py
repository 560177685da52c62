"""A picture of what lies on the bench, taken before it is said what becomes of it."""

from wms.db.tx import Tx
from wms.events.documents import keep_document
from wms.events.photos import clean_photo
from wms.returns.states import lock_return


async def add_photo(tx: Tx, shop_id: int, rma_id: int, content: bytes) -> int:
    """The document's id, for ``inspect_item``. Raises ``BadPhoto``, ``NotFound``."""
    clean = await clean_photo(content)  # before anything is locked: it takes a while
    rma = await lock_return(tx, shop_id, rma_id)
    return await keep_document(
        tx, shop_id, "photo", "return", rma_id, f"{rma.number}.jpg", "image/jpeg", clean
    )

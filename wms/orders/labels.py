"""How an activity before shipping asks for the label of a parcel that it has closed."""

from abc import ABC, abstractmethod

import msgspec

from wms.db.tx import Tx


class Asked(msgspec.Struct, frozen=True):
    """``state``: requested, or what has become of the label by now."""

    label_id: int
    parcel_id: int
    state: str


class Labels(ABC):
    """Where labels come from. The application gives packing the one of shipping."""

    @abstractmethod
    async def ask(self, tx: Tx, shop_id: int, parcel_id: int) -> Asked:
        """For the parcel that was closed in this transaction, so that its order is locked and it has no label yet.

        Whatever may be wrong with the carrier, the parcel stays closed: the label waits, and a person is told.
        """

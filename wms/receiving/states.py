"""The life of an ASN and of a receipt."""

from enum import StrEnum

from wms.kernel.states import StateTable


class AsnState(StrEnum):
    ANNOUNCED = "announced"
    RECEIVING = "receiving"
    RECEIVED = "received"
    CANCELLED = "cancelled"


ASN: StateTable[AsnState] = StateTable(
    "ASN",
    {
        AsnState.ANNOUNCED: {AsnState.RECEIVING, AsnState.CANCELLED},
        # a receipt that was opened by mistake and closed empty gives the ASN back
        AsnState.RECEIVING: {AsnState.RECEIVED, AsnState.ANNOUNCED},
        AsnState.RECEIVED: set(),
        AsnState.CANCELLED: set(),
    },
)


class ReceiptState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


RECEIPT: StateTable[ReceiptState] = StateTable(
    "receipt", {ReceiptState.OPEN: {ReceiptState.CLOSED}, ReceiptState.CLOSED: set()}
)

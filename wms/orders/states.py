"""The life of an order: every state, and every step that exists."""

from enum import StrEnum

from wms.kernel.states import StateTable


class OrderState(StrEnum):
    RECEIVED = "received"
    ON_HOLD = "on_hold"
    BACKORDERED = "backordered"
    ALLOCATED = "allocated"
    RELEASED = "released"
    PICKING = "picking"
    PICKED = "picked"
    PACKING = "packing"
    PACKED = "packed"
    LABELLED = "labelled"
    MANIFESTED = "manifested"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    RETURNED_TO_SENDER = "returned_to_sender"
    CANCELLED = "cancelled"


_S = OrderState

STEPS: StateTable[OrderState] = StateTable(
    "order",
    {
        _S.RECEIVED: {_S.ON_HOLD, _S.BACKORDERED, _S.ALLOCATED, _S.CANCELLED},
        _S.ON_HOLD: {_S.RECEIVED, _S.BACKORDERED, _S.ALLOCATED, _S.CANCELLED},
        _S.BACKORDERED: {_S.ALLOCATED, _S.ON_HOLD, _S.CANCELLED},
        _S.ALLOCATED: {_S.RELEASED, _S.BACKORDERED, _S.ON_HOLD, _S.CANCELLED},
        _S.RELEASED: {_S.PICKING, _S.ALLOCATED, _S.BACKORDERED, _S.CANCELLED},
        # a short pick that cannot be re-sourced sends the order back to wait
        _S.PICKING: {_S.PICKED, _S.BACKORDERED, _S.CANCELLED},
        _S.PICKED: {_S.PACKING, _S.CANCELLED},
        _S.PACKING: {_S.PACKED, _S.PICKED, _S.CANCELLED},
        _S.PACKED: {_S.LABELLED, _S.PACKING, _S.CANCELLED},
        _S.LABELLED: {_S.MANIFESTED, _S.PACKED, _S.CANCELLED},
        # left behind at the truck, a parcel waits for the next manifest
        _S.MANIFESTED: {_S.HANDED_OVER, _S.LABELLED, _S.CANCELLED},
        _S.HANDED_OVER: {_S.IN_TRANSIT, _S.DELIVERED, _S.RETURNED_TO_SENDER, _S.BACKORDERED, _S.ALLOCATED},
        _S.IN_TRANSIT: {_S.DELIVERED, _S.RETURNED_TO_SENDER},
        _S.DELIVERED: {_S.RETURNED_TO_SENDER},
        _S.RETURNED_TO_SENDER: set(),
        _S.CANCELLED: set(),
    },
)

BEFORE_HANDOVER = frozenset(_S) - {
    _S.HANDED_OVER, _S.IN_TRANSIT, _S.DELIVERED, _S.RETURNED_TO_SENDER, _S.CANCELLED,
}  # fmt: skip

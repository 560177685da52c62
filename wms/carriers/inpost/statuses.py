"""The 53 statuses of ShipX in ours."""

from wms.carriers.port import TrackStatus
from wms.carriers.shaping import Statuses

OURS: dict[TrackStatus, tuple[str, ...]] = {
    "registered": ("created", "offers_prepared", "offer_selected"),
    "ready": ("confirmed",),
    "handed_over": (
        "dispatched_by_sender", "dispatched_by_sender_to_pok", "collected_from_sender", "taken_by_courier",
        "taken_by_courier_from_pok",
    ),
    "in_transit": (
        "adopted_at_source_branch", "sent_from_source_branch", "adopted_at_sorting_center", "sent_from_sorting_center",
        "adopted_at_target_branch", "readdressed", "redirect_to_box", "canceled_redirect_to_box", "delay_in_delivery",
        "unstack_from_box_machine", "unstack_from_customer_service_point", "other",
    ),
    "out_for_delivery": ("out_for_delivery", "out_for_delivery_to_address"),
    "at_point": (
        "ready_to_pickup", "ready_to_pickup_from_pok", "ready_to_pickup_from_pok_registered", "ready_to_pickup_from_branch",
        "pickup_reminder_sent", "pickup_reminder_sent_address", "stack_in_box_machine", "stack_in_customer_service_point",
        "courier_avizo_in_customer_service_point", "avizo",
    ),
    "delivered": ("delivered",),
    "problem": (
        "undelivered", "undelivered_wrong_address", "undelivered_incomplete_address", "undelivered_unknown_receiver",
        "undelivered_cod_cash_receiver", "undelivered_no_mailbox", "undelivered_not_live_address",
        "undelivered_lack_of_access_letterbox", "rejected_by_receiver", "oversized", "missing", "claimed",
        "pickup_time_expired", "stack_parcel_pickup_time_expired", "stack_parcel_in_box_machine_pickup_time_expired",
        "taken_by_courier_from_customer_service_point",
    ),
    "returned": ("returned_to_sender", "return_pickup_confirmation_to_sender"),
    "cancelled": ("canceled",),
}  # fmt: skip

STATUSES = Statuses("inpost", {raw: ours for ours, raws in OURS.items() for raw in raws})
UNCONFIRMED = frozenset(OURS["registered"])
"""Before *confirmed* there is no label and no number."""

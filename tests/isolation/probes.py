"""How each route is asked about another shop's things. A route that is not here fails the probe by its name.

The request is made from the documented example, with every id in path, query and body replaced by the one of the shop
that is attacked (``shop_world``: ``ids``). A value ``$name`` is such an id.
"""

from dataclasses import dataclass, field
from typing import Any

LIST = frozenset({200})
"""A list, or one's own thing: answered, with nothing of the other shop's in it."""
UNRESOLVED = frozenset({404, 422})
"""A body with the other's codes, which mean nothing in one's own shop."""
GONE = frozenset({404})


@dataclass(frozen=True)
class Probe:
    """``foreign``: what whoever it does not belong to is told. ``body`` goes over the documented example.

    ``reads``: what its owner is told by a GET; 404 where the world has no such thing.
    """

    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    foreign: frozenset[int] = GONE
    reads: int = 200


STAFF = Probe()
"""Nobody but staff may call it, or it holds nothing of a shop's."""
SKU = {"code": "$sku_code"}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"
"""A picture of one pixel."""
LINES = [{"sku": "$sku_code", "quantity": 1}]

PROBES: dict[str, Probe] = {
    "GET /shops": STAFF,
    "POST /shops": STAFF,
    "GET /shops/current": Probe(foreign=LIST),
    "GET /shops/{shop_id}": STAFF,
    "PATCH /shops/{shop_id}": STAFF,
    "GET /sessions/current": STAFF,
    "DELETE /sessions/current": STAFF,
    "GET /people": STAFF,
    "POST /people": STAFF,
    "DELETE /people/{person_id}": STAFF,
    "POST /keys": STAFF,
    "DELETE /keys/{key_id}": STAFF,
    "GET /warehouses": STAFF,
    "POST /warehouses": STAFF,
    "GET /locations": STAFF,
    "POST /locations": STAFF,
    "GET /locations/{code}": Probe(path={"code": "$location_code"}),
    "PATCH /locations/{code}": Probe(path={"code": "$location_code"}),
    "POST /locations/{location_id}/lock": STAFF,
    "POST /locations/{location_id}/unlock": STAFF,
    "GET /handling-units": STAFF,
    "POST /handling-units": STAFF,
    "GET /handling-units/{code}": Probe(path={"code": "$unit_code"}),
    "GET /handling-units/{unit_id}/label": STAFF,
    "GET /handling-units/{unit_id}/label/file": Probe(reads=422),  # the tote of this world has no SSCC
    "GET /number-ranges": STAFF,
    "POST /number-ranges": STAFF,
    "POST /number-ranges/{code}/extend": Probe(path={"code": "$range_code"}),
    "PUT /skus": Probe(body={"skus": [{"code": "$sku_code", "name": "mine"}]}, foreign=LIST),
    "GET /skus": Probe(query={"search": "$sku_code"}, foreign=LIST),
    "PUT /skus/{code}": Probe(path=SKU, body={"code": "$sku_code", "name": "mine"}, foreign=LIST),
    "GET /skus/{code}": Probe(path=SKU),
    "PATCH /skus/{code}": Probe(path=SKU),
    "POST /skus/{code}/barcodes": Probe(path=SKU),
    "DELETE /skus/{code}/barcodes/{barcode}": Probe(path=SKU),
    "GET /stock": Probe(foreign=LIST),
    "GET /stock/{sku_code}": Probe(),
    "GET /stock-as-of": Probe(query={"at": "2026-01-31T23:59:59Z"}, foreign=LIST),
    "GET /moves": Probe(foreign=LIST),
    "GET /locations/{location_id}/stock": STAFF,
    "GET /orders": Probe(query={"number": "$order_number"}, foreign=LIST),
    "POST /orders": Probe(body={"lines": LINES, "number": "$order_number"}, foreign=UNRESOLVED),
    "POST /orders/bulk": Probe(foreign=LIST),
    "GET /orders/{order_id}": Probe(),
    "GET /orders/{order_id}/story": Probe(),
    "PUT /orders/{order_id}/recipient": Probe(),
    "POST /orders/{order_id}/cancel": Probe(),
    "POST /orders/{order_id}/hold": Probe(),
    "POST /orders/{order_id}/release": Probe(path={"order_id": "$held_order_id"}),
    "GET /asns": Probe(foreign=LIST),
    "POST /asns": Probe(body={"lines": LINES, "warehouse": None}, foreign=UNRESOLVED),
    "GET /asns/{asn_id}": Probe(),
    "POST /asns/{asn_id}/cancel": Probe(),
    "GET /receipts": Probe(query={"asn_id": "$received_asn_id"}, foreign=LIST),
    "POST /receipts": STAFF,
    "GET /receipts/{receipt_id}": Probe(),
    "POST /receipts/{receipt_id}/scans": Probe(body={"code": "$barcode", "handling_unit_id": None}),
    "POST /receipts/{receipt_id}/handling-units": Probe(body={"label": None}),
    "POST /receipts/{receipt_id}/close": Probe(),
    "POST /receipts/{receipt_id}/discrepancies/{discrepancy_id}/photos": Probe(body={"photos": [PIXEL]}),
    "GET /putaway/waiting": STAFF,
    "GET /putaway/suggestions": Probe(query={"shop_id": "$shop_id", "sku_id": "$sku_id"}, foreign=LIST),
    "POST /putaway": Probe(
        body={
            "from_location_id": "$dock_id",
            "code": "$barcode",
            "shop_id": "$shop_id",
            "lot": None,
            "to": "$location_label",
        },
        foreign=frozenset({404, 409, 422}),
    ),
    "POST /putaway/units": STAFF,
    "POST /goods-moves": Probe(
        body={
            "source": "$location_label",
            "code": "$barcode",
            "shop_id": "$shop_id",
            "quantity": 1,
            "to": "L-QUARANTINE",
            "becomes": "damaged",
        },
        foreign=frozenset({404, 409, 422}),
    ),
    "POST /goods-moves/units": STAFF,
    "POST /goods-moves/{move_id}/undo": STAFF,
    "PUT /pick-faces": Probe(body={"sku": "$sku_code", "location": "$location_label", "min": 0, "max": 5}),
    "GET /pick-faces": Probe(foreign=LIST),
    "DELETE /pick-faces/{face_id}": Probe(query={"shop_id": "$shop_id"}),
    "POST /replenishments/plan": STAFF,
    "GET /replenishments": STAFF,
    "POST /replenishments/claim": STAFF,
    "POST /replenishments/{replenishment_id}/scans": Probe(),
    "POST /replenishments/{replenishment_id}/confirm": Probe(),
    "POST /replenishments/{replenishment_id}/short": Probe(),
    "POST /replenishments/{replenishment_id}/release": Probe(),
    "POST /replenishments/{replenishment_id}/undo": Probe(),
    "POST /counts": STAFF,
    "GET /counts": STAFF,
    "GET /counts/{task_id}": Probe(path={"task_id": "$count_id"}),
    "POST /counts/{task_id}/start": Probe(path={"task_id": "$count_id"}),
    "POST /counts/{task_id}/lines": Probe(path={"task_id": "$count_id"}),
    "POST /counts/{task_id}/close": Probe(path={"task_id": "$count_id"}),
    "POST /waves": STAFF,
    "GET /waves": Probe(query={"warehouse_id": "$picked_warehouse_id"}),
    "GET /waves/{wave_id}/labels": Probe(reads=404),
    "POST /clusters/claim": STAFF,
    "GET /clusters/{cluster_id}": STAFF,
    "POST /clusters/{cluster_id}/totes": STAFF,
    "POST /clusters/{cluster_id}/scans": STAFF,
    "POST /clusters/{cluster_id}/park": STAFF,
    "POST /clusters/{cluster_id}/release": STAFF,
    "POST /clusters/{cluster_id}/picks": STAFF,
    "POST /picks/{task_id}/short": Probe(path={"task_id": "$pick_task_id"}),
    "GET /put-back": STAFF,
    "POST /put-back/{task_id}": Probe(path={"task_id": "$putback_id"}),
    "POST /pack-sessions": STAFF,
    "GET /shops/{shop_id}/pack-sessions/{session_id}": Probe(),
    "GET /shops/{shop_id}/pack-sessions/{session_id}/pieces": Probe(),
    "POST /shops/{shop_id}/pack-sessions/{session_id}/parcels": Probe(),
    "POST /shops/{shop_id}/pack-sessions/{session_id}/scans": Probe(body={"scan": "$barcode"}),
    "POST /shops/{shop_id}/pack-sessions/{session_id}/unpack": Probe(body={"scan": "$barcode"}),
    "GET /shops/{shop_id}/pack-sessions/{session_id}/proposal": Probe(),
    "POST /shops/{shop_id}/parcels/{parcel_id}/close": Probe(),
    "POST /pack-stations/{station_id}/parcels": STAFF,
    "POST /shops/{shop_id}/parcels/{parcel_id}/reopen": Probe(),
    "GET /shops/{shop_id}/parcels/{parcel_id}/packing-slip": Probe(),
    "GET /cartons": STAFF,
    "POST /cartons": STAFF,
    "GET /parcels": Probe(query={"order_id": "$gone_order_id"}, foreign=LIST),
    "GET /parcels/{parcel_id}": Probe(),
    "POST /shops/{shop_id}/parcels/{parcel_id}/label": Probe(),
    "GET /shops/{shop_id}/parcels/{parcel_id}/label": Probe(),
    "GET /shops/{shop_id}/parcels/{parcel_id}/label/file": Probe(),
    "DELETE /shops/{shop_id}/parcels/{parcel_id}/label": Probe(),
    "POST /shops/{shop_id}/parcels/{parcel_id}/label/confirm": Probe(body={"scan": "$labelled_tracking"}),
    "POST /shops/{shop_id}/parcels/{parcel_id}/label/number": Probe(),
    "POST /shops/{shop_id}/parcels/{parcel_id}/label/booked": Probe(),
    "POST /shops/{shop_id}/parcels/{parcel_id}/label/not-booked": Probe(),
    "POST /shops/{shop_id}/parcels/{parcel_id}/label/print": Probe(body={"station_id": "$station_id"}),
    "GET /printers": STAFF,
    "POST /printers": STAFF,
    "GET /printers/{printer_id}": STAFF,
    "PATCH /printers/{printer_id}": STAFF,
    "POST /printers/{printer_id}/test": STAFF,
    "POST /printers/{printer_id}/ask": STAFF,
    "PUT /printer-places": STAFF,
    "DELETE /printer-places/{location_id}": STAFF,
    "GET /print-jobs": Probe(foreign=LIST),
    "POST /print-jobs/{job_id}/came-out": STAFF,
    "POST /print-jobs/{job_id}/again": STAFF,
    "POST /print-jobs/{job_id}/cancel": STAFF,
    "GET /labels/waiting": STAFF,
    "GET /parcel-alarms": Probe(foreign=LIST),
    "GET /carriers/{carrier_id}/watch": STAFF,
    "PUT /carriers/{carrier_id}/watch": STAFF,
    "GET /service-prices": STAFF,
    "POST /service-prices": STAFF,
    "DELETE /service-prices/{price_id}": Probe(path={"price_id": "999999999"}),
    "GET /shops/{shop_id}/service-rules": Probe(foreign=LIST),
    "PUT /shops/{shop_id}/service-rules": Probe(body={"rules": []}, foreign=LIST),
    "GET /shops/{shop_id}/orders/{order_id}/service-choices": STAFF,
    "POST /shops/{shop_id}/orders/{order_id}/service/choose": STAFF,
    "PUT /shops/{shop_id}/orders/{order_id}/service": STAFF,
    "GET /carriers": STAFF,
    "POST /carriers": STAFF,
    "PUT /carriers/{carrier_id}/pickups": STAFF,
    "GET /carriers/{carrier_id}/credentials": STAFF,
    "PUT /carriers/{carrier_id}/credentials": STAFF,
    "DELETE /carriers/{carrier_id}/credentials": STAFF,
    "POST /tracking": STAFF,
    "POST /loading": STAFF,
    "POST /loading/all": STAFF,
    "GET /exceptions": Probe(foreign=LIST),
    "PUT /carriers/{carrier_id}/pickup-orders": STAFF,
    "GET /pickup-orders": STAFF,
    "GET /pickup-orders/{order_id}": Probe(path={"order_id": "$pickup_id"}),
    "POST /pickup-orders/{order_id}/settle": Probe(path={"order_id": "$pickup_id"}),
    "GET /manifests": STAFF,
    "GET /manifests/{manifest_id}": STAFF,
    "GET /manifests/{manifest_id}/parcels": STAFF,
    "POST /manifests/{manifest_id}/unload": STAFF,
    "POST /manifests/{manifest_id}/close": STAFF,
    "POST /manifests/{manifest_id}/handover": STAFF,
    "POST /manifests/{manifest_id}/recount": STAFF,
    "POST /manifests/{manifest_id}/protocol": STAFF,
    "POST /manifests/{manifest_id}/settle": STAFF,
    "POST /manifests/{manifest_id}/counter": STAFF,
    "GET /manifests/{manifest_id}/deliveries": STAFF,
    "POST /manifests/{manifest_id}/deliveries": STAFF,
    "GET /carriers/{carrier_id}/papers": STAFF,
    "PUT /carriers/{carrier_id}/papers": STAFF,
    "PUT /carriers/{carrier_id}/delivery-credentials": STAFF,
    "DELETE /carriers/{carrier_id}/delivery-credentials": STAFF,
    "GET /courier/manifests/{manifest_id}/files/{format}": Probe(path={"format": "csv"}),
    "POST /courier/manifests/{manifest_id}/acknowledge": Probe(body={"format": "csv"}),
    "POST /courier/manifests/{manifest_id}/counter": Probe(body={"tracking_numbers": ["$tracking_number"]}),
    "POST /courier/manifests/{manifest_id}/counter.csv": Probe(),
    "GET /courier/manifests": Probe(foreign=LIST),
    "GET /courier/manifests/{manifest_id}": Probe(),
    "GET /courier/manifests/{manifest_id}/parcels": Probe(),
    "POST /courier/manifests/{manifest_id}/confirm": Probe(body={"tracking_numbers": ["$tracking_number"]}),
    "POST /courier/tracking": Probe(
        body={
            "events": [
                {"tracking_number": "$tracking_number", "status": "delivered", "at": "2026-01-06T10:00:00Z"}
            ]
        }
    ),
    "GET /return-words": Probe(foreign=LIST),
    "GET /returns": Probe(query={"order_number": "$gone_order_number"}, foreign=LIST),
    "POST /returns": Probe(
        body={"order_number": "$gone_order_number", "lines": LINES, "kind": "withdrawal"}, foreign=UNRESOLVED
    ),
    "GET /returns/{rma_id}": Probe(path={"rma_id": "$inspected_rma_id"}),
    "GET /returns/{rma_id}/refund-advice": Probe(path={"rma_id": "$inspected_rma_id"}),
    "POST /returns/{rma_id}/sent": Probe(),
    "POST /returns/{rma_id}/resolve": Probe(path={"rma_id": "$inspected_rma_id"}),
    "POST /returns/{rma_id}/reject": Probe(),
    "POST /returns/{rma_id}/close": Probe(),
    "POST /returns/triage": STAFF,
    "POST /returns/{rma_id}/receive": Probe(),
    "POST /returns/unannounced": Probe(body={"order_id": "$gone_order_id"}),
    "POST /returns/undelivered": Probe(
        body={"code": "$tracking_number", "parcel_id": "$gone_parcel_id"}, foreign=frozenset({404, 409})
    ),
    "POST /returns/{rma_id}/inspections": Probe(
        body={"code": "$barcode", "grade": "new", "disposition": "restock"}
    ),
    "POST /returns/{rma_id}/inspections/{inspection_id}/decide": Probe(
        path={"rma_id": "$inspected_rma_id"}, body={"disposition": "quarantine"}
    ),
    "POST /returns/{rma_id}/finish": Probe(),
    "POST /stray-parcels": STAFF,
    "GET /stray-parcels": STAFF,
    "GET /stray-parcels/{stray_id}": STAFF,
    "GET /stray-parcels/{stray_id}/photo": Probe(reads=404),
    "POST /stray-parcels/{stray_id}/match": Probe(),
    "POST /stray-parcels/{stray_id}/dispose": STAFF,
    "GET /events": Probe(foreign=LIST),
    "GET /documents": Probe(query={"subject": "order", "subject_id": "$order_id"}, foreign=LIST),
    "GET /documents/{document_id}": Probe(),
    "GET /mails": STAFF,
    "POST /mails/{mail_id}/retry": STAFF,
    "GET /verify": STAFF,
    "GET /explain": Probe(query={"what": "$order_number"}),
    "GET /lookup": Probe(query={"scan": "$order_number"}),
    "GET /waiting": STAFF,
}
"""By method and path below /api/v1."""

PUBLIC = {
    "POST /api/v1/sessions",
    "POST /api/v1/carriers/{code}/webhooks",
    "GET /health",
    "GET /ready",
    "GET /metrics",
    "GET /static/{name}",
    "GET /docs",
    "GET /docs/openapi.json",
    "GET /docs/{path}",
}
"""Open to everybody. A new one is a decision: it is added here."""

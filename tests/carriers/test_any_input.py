"""Whatever people type and whatever carriers answer: a refusal by field, a call that reads back as it was meant, or a typed error."""

import contextlib
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.carriers.rig import a_shipment
from wms.carriers.dhl24 import answers as dhl_answers
from wms.carriers.dhl24 import requests as dhl
from wms.carriers.dpd_pl import answers as dpd_answers
from wms.carriers.dpd_pl import requests as dpd
from wms.carriers.errors import CarrierError, Rejected
from wms.carriers.gls_pl import answers as gls_answers
from wms.carriers.gls_pl import requests as gls
from wms.carriers.gls_pl.answers import Missing, SessionOver
from wms.carriers.inpost import answers as inpost_answers
from wms.carriers.inpost import requests as inpost
from wms.carriers.port import ShipmentIn
from wms.carriers.soap import envelope, tree, xml
from wms.carriers.wire import Answer, Call, understood

EVIL = [
    "^XZ~JR",
    "]]>",
    "<rstreet>",
    "&amp;",
    "\x00\x0b",
    "🎁📦",
    "Ź" * 200,
    "'; drop table",
    "\ufffe",
    "",
    " ",
    "-",
    "7",
]
TEXT = st.text(
    st.characters(exclude_categories=["Cs"]), max_size=60
)  # neither JSON nor the database holds half a letter
WORDS = st.one_of(st.sampled_from(EVIL), TEXT)

BUILDERS: dict[str, Callable[[ShipmentIn], Call]] = {
    "inpost": inpost.Shipx(
        inpost.Settings(mode="test"), inpost.Access(token="t", organization_id="7")
    ).create,
    "dpd_pl": dpd.Dpd(
        dpd.Settings(mode="test"), dpd.Access(login="l", password="p", master_fid="1495")
    ).create,
    "gls_pl": lambda s: gls.Ade(gls.Settings(mode="test")).create(s, "session"),
    "dhl24": dhl.Dhl24(
        dhl.Settings(mode="test"), dhl.Access(username="u", password="p", account_number="6")
    ).create,
}


@pytest.mark.parametrize("name", BUILDERS)
@settings(max_examples=60, deadline=None)
@given(
    address=st.fixed_dictionaries(
        dict.fromkeys(("name", "street", "postcode", "city", "phone", "email"), WORDS)
    ),
    comment=WORDS,
    service=st.sampled_from(["standard", "locker", "point", "<&>"]),
)
def test_any_address_is_refused_by_field_or_sent_as_it_stands(
    name: str, address: dict[str, str], comment: str, service: str
) -> None:
    s = a_shipment(receiver=address, comment=comment, service=service)
    call = built(name, s)
    if isinstance(call, Rejected):
        assert call.field_errors
        assert all(f.field and f.code and f.why for f in call.field_errors)
    elif name in ("gls_pl", "dhl24"):
        root = tree(call.body or b"")
        city = root.find(".//rcity") if name == "gls_pl" else root.find(".//receiver/city")
        assert city is not None
        assert (city.text or "") == in_xml(address["city"])
    else:
        sent = msgspec.json.decode(call.body or b"")
        receiver = (sent["packages"][0] if name == "dpd_pl" else sent).get("receiver", {})
        where = receiver.get("address", {}) if name == "inpost" else receiver
        assert where.get("city", address["city"]) == address["city"]


def built(name: str, s: ShipmentIn) -> Call | Rejected:
    try:
        return BUILDERS[name](s)
    except Rejected as e:
        return e


def in_xml(words: str) -> str:
    """What XML can hold of a text, and how it gives line ends back."""
    held = "".join(c for c in words if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    return held.replace("\r\n", "\n").replace("\r", "\n")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "status", "items", "parcels", "packages", "waybill", "details", "error", "errors", "tracking_details",
                 "datetime", "transactions", "count", "documentData", "session", "validationInfo", "errorCode", "events", "code",
                 "timestamp", "location", "name", "statusInfo", "orderNumber", "reference", "page", "per_page", "field"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=14,
)  # fmt: skip
XML = st.recursive(
    st.text(max_size=8),
    lambda inner: st.lists(
        st.tuples(
            st.sampled_from(
                ["return", "item", "items", "parcels", "id", "session", "labels", "Fault", "faultcode", "events", "status",
                 "timestamp", "eventsList", "businessCode", "eventTime", "shipmentId", "labelData", "result", "x"]
            ),
            inner,
        ),
        max_size=3,
    ),
    max_leaves=10,
)  # fmt: skip

JSON_READERS: list[Callable[[Answer], Any]] = [
    inpost_answers.one, inpost_answers.one_or_none, lambda a: inpost_answers.same_reference(a, "L1"), inpost_answers.cancelled,
    lambda a: inpost_answers.label(a, "pdf"), lambda a: inpost_answers.sheet(a, "zpl"), inpost_answers.pickup,
    inpost_answers.printout, inpost_answers.events, inpost_answers.points,
    lambda a: dpd_answers.created(a, "L1", domestic=True), lambda a: dpd_answers.label(a, "pdf"), dpd_answers.protocol,
    dpd_answers.pickup, gls_answers.events,
]  # fmt: skip
XML_READERS: list[Callable[[Answer], Any]] = [
    dpd_answers.events, gls_answers.session, gls_answers.id_of, gls_answers.ids, lambda a: gls_answers.consignment(a, "1"),
    gls_answers.description, lambda a: gls_answers.label(a, "pdf"), gls_answers.receipt, gls_answers.ordered,
    lambda a: dhl_answers.created(a, "L1"), lambda a: dhl_answers.listed(a, "L1"),
    lambda a: dhl_answers.labels(a, ["1"], "pdf"), dhl_answers.cancelled, dhl_answers.ordered, dhl_answers.protocol,
    dhl_answers.events,
]  # fmt: skip


def read(reader: Callable[[Answer], Any], status: int, body: bytes, reads: bool) -> None:
    a = Answer(status=status, media_type="", headers={}, body=body, reads=reads)
    with contextlib.suppress(CarrierError, SessionOver, Missing):
        understood(a, reader)


STATUS = st.sampled_from([200, 201, 204, 302, 400, 401, 404, 422, 429, 500, 503])


@settings(max_examples=250, deadline=None)
@given(which=st.sampled_from(JSON_READERS), status=STATUS, value=JSON, reads=st.booleans())
def test_any_json_is_read_or_a_typed_error(
    which: Callable[[Answer], Any], status: int, value: Any, reads: bool
) -> None:
    read(which, status, msgspec.json.encode(value), reads)


@settings(max_examples=250, deadline=None)
@given(which=st.sampled_from(XML_READERS), status=STATUS, value=XML, reads=st.booleans())
def test_any_soap_is_read_or_a_typed_error(
    which: Callable[[Answer], Any], status: int, value: Any, reads: bool
) -> None:
    read(which, status, envelope(xml("answer", value)), reads)
    read(which, status, envelope(xml("soapenv:Fault", value)), reads)


@settings(max_examples=100, deadline=None)
@given(
    which=st.sampled_from([*JSON_READERS, *XML_READERS]),
    status=STATUS,
    body=st.binary(max_size=60),
    reads=st.booleans(),
)
def test_any_bytes_are_a_typed_error(
    which: Callable[[Answer], Any], status: int, body: bytes, reads: bool
) -> None:
    read(which, status, body, reads)


@given(words=TEXT)
def test_text_comes_through_xml_as_it_went_in(words: str) -> None:
    assert (tree(envelope(xml("x", words))).findtext("Body/x") or "") == in_xml(words)

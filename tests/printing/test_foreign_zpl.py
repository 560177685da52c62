"""ZPL of others: what draws is let through, what would change the printer is named and never sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.printing.lint_zpl import MOST_BYTES, lint_profile, lint_zpl
from wms.printing.queue_errors import ForeignZpl
from wms.printing.templates import load_template
from wms.printing.zpl import render_zpl

PLAIN = b"^XA^CI28^PW800^LL1200^FO50,50^A0N,40,40^FH_^FDPaczka_5E^FS^BY3^BCN,100,N,N,N,A^FD123456^FS^XZ"


def test_a_label_that_draws_is_sent_as_it_came() -> None:
    assert lint_zpl(PLAIN) == PLAIN
    assert lint_zpl(b"\r\n" + PLAIN + b"\n") == b"\r\n" + PLAIN + b"\n"


def test_our_own_labels_pass() -> None:
    label = {"tracking_number": "0000075077001U", "receiver": {"name": "Łucja ^XZ~JR Żak"}}
    zpl = render_zpl(load_template("parcel"), [label])
    assert lint_zpl(zpl) == zpl


def test_what_the_station_decides_is_left_out() -> None:
    sent = b"^XA^MMT^MNW^MTD^PR6,6^MD30^LT0^LS0^PW800^FO1,1^FDx^FS^PQ1^XZ"
    assert lint_zpl(sent) == b"^XA^PW800^FO1,1^FDx^FS^PQ1^XZ"


HOSTILE = {
    "stored objects deleted": (b"^XA^IDR:*.*^FS^XZ", "^ID"),
    "a format stored": (b"^XA^DFR:X.ZPL^FS^XZ", "^DF"),
    "a picture stored": (b"~DGR:X.GRF,8,1,FF" + PLAIN, "~DG"),
    "reset": (b"~JR" + PLAIN, "~JR"),
    "factory settings": (b"^XA^JUF^XZ", "^JU"),
    "calibrated": (b"~JC" + PLAIN, "~JC"),
    "configuration printed": (b"~WC", "~WC"),
    "asked": (PLAIN + b"~HM", "~HM"),
    "downloaded": (b"~DEE:X.DAT,10,", "~DE"),
    "network": (b"^XA^ND2,P,10.0.0.9,255.255.255.0,10.0.0.1^XZ", "^ND"),
    "serial line": (b"^XA^SCA^XZ", "^SC"),
    "messages to elsewhere": (b"^XA^SXA,D,Y,Y,evil.example,25^XZ", "^SX"),
    "password": (b"^XA^KP1111^XZ", "^KP"),
    "wireless": (b"^XA^WAD,D^XZ", "^WA"),
    "prefix changed": (b"^XA^CC+^XZ", "^CC"),
    "tilde changed": (b"~CT!", "~CT"),
    "units": (b"^XA^MUM^FO1,1^FDx^FS^XZ", "^MU"),
    "within a text": (b"^XA^FO1,1^FDa~JRb^FS^XZ", "~JR"),
    "small letters": (b"^xa^idr:*.*^fs^xz", "^ID"),
    "a thousand copies": (b"^XA^FO1,1^FDx^FS^PQ1000^XZ", "^PQ1000"),
    "no end": (b"^XA^FO1,1^FDx^FS", "^XZ"),
    "nested": (b"^XA^XA^XZ^XZ", "^XA within"),
    "before the label": (b"^FO1,1^XA^XZ", "outside"),
    "text before it": (b"%!PS" + PLAIN, "outside"),
    "text behind it": (PLAIN + b"\n{}", "outside"),
    "a picture longer than it is": (b"^XA^GFB,10,999999,1,xx^FS^XZ", "longer"),
    "a picture without sizes": (b"^XA^GFQ^FS^XZ", "sizes"),
    "nothing": (b"", "no ^XA"),
    "a page of a web server": (b"<html>502</html>", "outside"),
    "a PDF": (b"%PDF-1.4 ...", "outside"),
    "too many labels": (PLAIN * 6, "labels"),
    "too long": (b"^XA^FX" + b"x" * MOST_BYTES + b"^XZ", "bytes"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_label_has_no_business_with_is_named(name: str) -> None:
    zpl, named = HOSTILE[name]
    with pytest.raises(ForeignZpl) as e:
        lint_zpl(zpl)
    assert named in e.value.say("en"), e.value.say("en")
    assert not {"at", "byte", "text", "than", "what"} & set(e.value.say("pl").split()), e.value.say("pl")


def test_binary_pictures_may_hold_any_byte() -> None:
    picture = b"^XZ~JR^IDR:*.*^FS"
    zpl = b"^XA^FO1,1^GFB,%d,%d,1," % (len(picture), len(picture)) + picture + b"^FS^XZ"
    assert lint_zpl(zpl) == zpl


@given(st.binary(max_size=200))
def test_no_command_slips_through(middle: bytes) -> None:
    """Whatever the bytes are: what passes holds no tilde command, and no caret command that is not on the list."""
    try:
        kept = lint_zpl(b"^XA^FO1,1^FD" + middle + b"^FS^XZ")
    except ForeignZpl:
        return
    if b"^GFB" not in kept.upper() and b"^GFC" not in kept.upper():
        assert b"~" not in kept
        assert kept.upper().count(b"^XA") == kept.upper().count(b"^XZ")
        assert not any(bad in kept.upper() for bad in (b"^ID", b"^JU", b"^ND", b"^CC", b"^DF", b"^SX"))


def test_a_profile_sets_up_and_draws_nothing() -> None:
    lint_profile("^MMT^MD5^PR4,4^MNW")
    for bad in ("^FO1,1^FDx^FS", "~JR", "^XZ^XA", "^JUS", "x", "^MD5" * 200, "^XA^MD5^XZ"):
        with pytest.raises(ForeignZpl):
            lint_profile(bad)

"""No text of a buyer, a shop or a picker ever becomes a command of the printer."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.printing.reading import template
from wms.printing.errors import CannotPrint
from wms.printing.fonts import printable
from wms.printing.values import look_up
from wms.printing.zpl import _fields, escape, render_zpl

LABEL = template(
    """
schema = 1
kind = "parcel"
size = [150, 60]
[[text]]
at = [2, 2]
size = 3
value = "{receiver.name}"
max_width = 140
[[text]]
at = [2, 8]
size = 3
value = "{receiver.street}"
max_width = 140
fit = "wrap"
lines = 2
[[text]]
at = [2, 17]
size = 3
value = "{note}"
max_width = 140
align = "right"
[[code128]]
at = [8, 24]
module = 2
height = 10
value = "{tracking_number}"
[[qr]]
at = [8, 38]
module = 3
max_width = 20
value = "{point}"
when = "point"
"""
)
COMMANDS = {"XA", "CI", "LH", "PW", "LL", "FT", "FO", "A0", "FB", "FH", "FD", "FS", "BY", "BC", "GF", "XZ"}
_FIELD = re.compile(r"\^FH_\^FD(.*?)\^FS", re.S)
_COMMAND = re.compile(r"[\^~](..)", re.S)
hostile = st.text(
    st.one_of(st.sampled_from("^~_\\>,\n\r\x00\x1b\x1d:;" + "XAZFDS"), st.characters()), max_size=60
)


def parsed(zpl: str) -> tuple[list[str], list[str]]:
    """The commands outside field data, and the field data as the printer prints it."""
    fields = [
        bytes(re.sub(rb"_([0-9A-F]{2})", lambda found: bytes([int(found[1], 16)]), field.encode())).decode()
        for field in _FIELD.findall(zpl)
    ]
    for field in _FIELD.findall(zpl):
        assert not set(field) & set("^~\\\n\r")
        assert all(re.match("_(5E|7E|5F|5C)", field[at:]) for at, char in enumerate(field) if char == "_")
    return _COMMAND.findall(_FIELD.sub("^FH_^FD^FS", zpl)), fields


@settings(max_examples=300, deadline=None)
@given(hostile, hostile, hostile, hostile.filter(lambda text: not re.search("[\ud800-\udfff]", text)))
def test_hostile_texts_stay_inside_their_fields(name: str, street: str, note: str, point: str) -> None:
    label = {
        "receiver": {"name": name, "street": street}, "note": note, "point": point, "tracking_number": "1Z999AA1",
    }  # fmt: skip
    commands, fields = parsed(render_zpl(LABEL, [label]).decode())
    assert set(commands) <= COMMANDS
    assert commands.count("XA") == commands.count("XZ") == 1
    assert commands[-1] == "XZ"
    shown = printable(name).strip()
    assert not shown or any(field == shown or field.endswith("…") for field in fields)


@given(hostile)
def test_hostile_bar_codes_are_refused_or_stay_inside(value: str) -> None:
    try:
        zpl = render_zpl(LABEL, [{"tracking_number": value}]).decode()
    except CannotPrint:
        return
    commands, fields = parsed(zpl)
    assert set(commands) <= COMMANDS
    if "BC" in commands:
        assert fields[-1][2:] == value


labels_of_one_call = st.lists(
    st.fixed_dictionaries(
        {"tracking_number": st.sampled_from(["52011301", "JJD0123", "64", "99", "123456789012", "PX-1"])},
        optional={
            "receiver": st.fixed_dictionaries(
                {}, optional={"name": hostile, "street": st.text(max_size=220)}
            ),
            "note": st.one_of(
                st.none(), st.sampled_from(["", " ", "Zażółć  gęślą", "W" * 90, "Dom\x00"]), hostile
            ),
            "point": st.sampled_from(["", "KRA01M"]),
        },
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(labels_of_one_call)
def test_the_short_ways_give_the_same_bytes_as_the_marks(labels: list[dict[str, object]]) -> None:
    """Together or one by one, and both as if each field were written from the marks that the PDF is drawn from."""
    together = render_zpl(LABEL, labels)
    assert together == b"".join([render_zpl(LABEL, [label]) for label in labels])
    begin = b"^XA^CI28^LH0,0^PW1200^LL480\n"
    for label, drawn in zip(labels, together.split(b"^XZ\n"), strict=False):
        shown = [item for item in LABEL.elements if item.when is None or look_up(label, item.when)]
        assert drawn == begin + b"".join([_fields(LABEL, item.draw(label)) for item in shown])


def test_the_four_characters_are_escaped_and_polish_is_not() -> None:
    assert escape("Ą^Ę~_Ż\\ źdźbło") == "Ą_5EĘ_7E_5FŻ_5C źdźbło"


def test_a_backslash_is_kept_away_from_the_printers_own_line_breaking() -> None:
    plain = render_zpl(LABEL, [{"tracking_number": "1", "note": "AB"}]).decode()
    slashed = render_zpl(LABEL, [{"tracking_number": "1", "note": "A\\&B"}]).decode()
    assert "^FB1120,1,0,R" in plain
    assert "^FB" not in slashed
    assert "^FDA_5C&B^FS" in slashed


def test_the_page_is_set_in_dots_and_utf_8_is_switched_on() -> None:
    zpl = render_zpl(LABEL, [{"tracking_number": "1"}])
    assert zpl.startswith(b"^XA^CI28^LH0,0^PW1200^LL480")
    assert zpl.endswith(b"^XZ\n")


def test_an_sscc_is_sent_in_the_form_of_the_manual() -> None:
    gs1 = template(
        'schema = 1\nkind = "parcel"\nsize = [100, 50]\n'
        '[[gs1_128]]\nat = [11, 5]\nmodule = 4\nheight = 32\nvalue = "(00){sscc}"\n'
    )
    zpl = render_zpl(gs1, [{"sscc": "359007730000000015"}])
    assert b"^BY4^BCN,256,N,N,N,N^FH_^FD>;>800359007730000000015^FS" in zpl


def test_a_font_of_the_printer_can_be_named_and_nothing_else() -> None:
    source = 'schema = 1\nkind = "tote"\nsize = [50, 30]\n[zpl]\nfont = "{font}"\n[[text]]\nat = [2, 2]\nsize = 4\nvalue = "{tote.code}"\n'
    unicode_font = template(source.replace("{font}", "E:TT0003M_.FNT"))
    assert b"^A@N,32,32,E:TT0003M_.FNT^FH_^FDT-1^FS" in render_zpl(unicode_font, [{"tote": {"code": "T-1"}}])
    from wms.printing.errors import TemplateError

    with pytest.raises(TemplateError, match=r"line 5, zpl\.font"):
        template(source.replace("{font}", "0^XZ"))


def test_no_labels_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least one label"):
        render_zpl(LABEL, [])

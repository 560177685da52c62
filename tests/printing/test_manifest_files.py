"""The files for carriers' machines: exact, read back by other readers, and what each of them refuses."""

import csv
import io
import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydifact.parser import Parser
from pydifact.segmentcollection import Interchange as ReadInterchange

from tests.printing.test_manifest import manifest, parcel
from wms.printing import edifact
from wms.printing.columns import ColumnLayout, Columns
from wms.printing.documents import ManifestDocument
from wms.printing.errors import FileUnfit, FormulaCell, LayoutWrong
from wms.printing.ifcsum import MOST, Interchange, ifcsum
from wms.printing.manifest_files import Files, manifest_files, manifest_json

pytestmark = pytest.mark.filterwarnings("ignore::pydifact.exceptions.MissingImplementationWarning")

GLN = "5907732000008"
WHO = Interchange(sender=GLN, receiver="5909999000005")
UTF8 = msgspec.structs.replace(WHO, charset="UNOY")
DPD = ColumnLayout(
    header=[
        ["#FILE", "{manifest.number|dashes}"],
        ["#DEF", "HEADER:NO:DATE"],
        ["#DEF", "PARCEL:NUMBER:NAME:KG"],
    ],
    record=[
        ["HEADER", "{no|zero:4}", "{manifest.closed_at|ymd}"],
        [
            "PARCEL",
            "{tracking_number}",
            "{receiver.name|max:40}",
            "{weight|decagrams}",
            "{cod.amount|cents|or:0}",
        ],
    ],
    trailer=[["#END", "{totals.parcels}", "{totals.weight|kg_comma}"]],
    encoding="cp1250",
    file_name="MPSEXPDATA_{manifest.number|dashes}.txt",
)


def a_list(*parcels: Any, **values: object) -> ManifestDocument:
    made = manifest(*(parcels or (parcel(1), parcel(2, cod=Decimal("12.50"), cod_currency="PLN"))), **values)
    return msgspec.structs.replace(made, serial=77, carrier_code="dpd", sha256="ab" * 32)


def read_back(content: bytes, charset: str = "iso8859-2") -> ReadInterchange:
    return ReadInterchange.from_str(content.decode(charset))


def test_json_says_it_all() -> None:
    data = a_list()
    found = json.loads(manifest_json(data))
    assert (found["manifest"], found["sha256"], found["serial"]) == (data.number, data.sha256, 77)
    assert found["totals"] == {
        "parcels": 2,
        "weight_g": 2500,
        "cod": [{"currency": "PLN", "amount": "12.50"}],
    }
    assert found["parcels"][0]["receiver"]["name"] == "Łucja Żółć"
    assert [p["cod"] for p in found["parcels"]] == [None, {"amount": "12.50", "currency": "PLN"}]
    assert manifest_json(data) == manifest_json(a_list())


def test_ifcsum_is_read_back_by_another_reader() -> None:
    data = a_list(
        parcel(1, street="ul. Świętokrzyska 1/1", point="KRA01M"),
        parcel(2, cod=Decimal("12.50"), cod_currency="PLN"),
    )
    content = ifcsum(data, WHO, "x.edi")
    interchange = read_back(content)
    assert interchange.control_reference == "77"
    (message,) = interchange.get_messages()
    tags = [s.tag for s in message.segments]
    assert tags[:7] == ["BGM", "DTM", "CNT", "CNT", "TDT", "NAD", "NAD"]
    assert tags[7:15] == ["CNI", "FTX", "LOC", "RFF", "NAD", "GID", "MEA", "PCI"]
    by_tag: dict[str, list[Any]] = {}
    for s in message.segments:
        by_tag.setdefault(s.tag, []).append(s.elements)
    assert by_tag["BGM"][0] == ["785", data.number, "9"]
    assert [e[1] for e in by_tag["CNI"]] == [p.tracking_number for p in data.parcels]
    assert ["11", "2"] in [e[0] for e in by_tag["CNT"]]
    assert by_tag["MOA"] == [[["22", "12.50", "PLN"]]]
    receivers = [e for e in by_tag["NAD"] if e[0] == "CN"]
    assert receivers[0][3:] == ["Łucja Żółć", "ul. Świętokrzyska 1/1", "Kraków", "", "31-864", "PL"]
    assert by_tag["GIN"][0] == ["BJ", "359007730000000015"]
    whole = content.decode("iso8859-2").split("'")
    assert whole[0] == "UNA:+.? "
    unt = next(s for s in whole if s.startswith("UNT"))
    assert unt == f"UNT+{len(message.segments) + 2}+1"


def test_utf_8_by_agreement() -> None:
    content = ifcsum(a_list(parcel(1, receiver_name="Nguyễn Thị 🎁 Жанна")), UTF8, "x.edi")
    assert content.startswith(b"UNA:+.? 'UNB+UNOY:4+")
    assert b"+20261121:1930+77'" in content
    assert "Nguyễn Thị 🎁 Жанна".encode() in content


def test_what_the_set_lacks_is_spelled_by_the_rule() -> None:
    said = {
        "Łódź": "Łódź", "Nguyễn": "Nguyen", "Smørrebrød": "Smorrebrod", "Æther – „x”": 'AEther - "x"', "Жанна": "_____",
        "a\tb\nc": "a b c", "🎁 gift": "_ gift", " x ": "x", "ﬁ": "fi", "Z\u0307": "Ż",
    }  # fmt: skip
    assert {k: edifact.text(k, "UNOD") for k in said} == said


def test_keys_are_never_altered() -> None:
    for field, value, why in (
        ("tracking_number", "A🎁1", "iso8859-2"),
        ("reference", "ZZ-ж", "iso8859-2"),
        ("reference", "a\nb", "line break"),
        ("sscc", "1" * 36, "room for 35"),
    ):
        with pytest.raises(FileUnfit, match=why) as e:
            ifcsum(a_list(parcel(1, **{field: value})), WHO, "x.edi")
        assert (e.value.values["field"], e.value.values["file"]) == (field, "x.edi")
    with pytest.raises(ValueError, match="sender"):
        Interchange(sender="", receiver="x")


def test_a_load_longer_than_a_message_may_be_is_two_messages() -> None:
    one = parcel(1)
    whole = ifcsum(a_list(*[one] * (MOST + 2)), WHO, "x.edi").decode("iso8859-2").split("'")
    assert [s for s in whole if s.startswith(("UNH", "UNZ"))] == [
        "UNH+1+IFCSUM:D:96A:UN:EAN003", "UNH+2+IFCSUM:D:96A:UN:EAN003", "UNZ+2+77",
    ]  # fmt: skip
    second = whole[whole.index("UNH+2+IFCSUM:D:96A:UN:EAN003") :]
    assert [s.split("+")[1] for s in second if s.startswith("CNI")] == ["1", "2"]
    assert "CNT+11:2" in second


LETTERS = st.text(
    alphabet=st.one_of(
        st.sampled_from("?+:'\\ \n\r\t~^;|\"_ŁłŻżéñøЖ–🎁"), st.characters(blacklist_categories=["Cs"])
    ),
    max_size=90,
)


@settings(max_examples=300)
@given(value=LETTERS, charset=st.sampled_from(["UNOD", "UNOY"]))
def test_any_text_comes_back_as_the_rule_says(value: str, charset: edifact.Charset) -> None:
    said = edifact.text(value, charset)
    raw = (edifact.UNA + edifact.segment("FTX", "A", ["b", said, "z"], "end")).encode(
        edifact.ENCODING[charset]
    )
    segments = [s for s in Parser().parse(raw.decode(edifact.ENCODING[charset])) if s.tag == "FTX"]
    assert segments[0].elements == ["A", ["b", said, "z"], "end"]
    assert edifact.text(said, charset) == said


@settings(max_examples=200)
@given(value=LETTERS, size=st.integers(1, 40), most=st.integers(1, 5))
def test_pieces_keep_the_words_and_their_room(value: str, size: int, most: int) -> None:
    found = edifact.pieces(value, size, most)
    assert len(found) <= most
    assert all(len(p) <= size for p in found)
    assert "".join("".join(found).split()) == "".join(value.split())[: len("".join("".join(found).split()))]


def test_a_carriers_own_columns() -> None:
    content = Columns(DPD).write(a_list(number="WAW/2026/000123"))
    assert content.decode("cp1250").split("\r\n") == [
        "#FILE;WAW-2026-000123", "#DEF;HEADER:NO:DATE", "#DEF;PARCEL:NUMBER:NAME:KG",
        "HEADER;0001;20261121", f"PARCEL;{parcel(1).tracking_number};Łucja Żółć;125;0",
        "HEADER;0002;20261121", f"PARCEL;{parcel(2).tracking_number};Łucja Żółć;125;1250",
        "#END;2;2,500", "",
    ]  # fmt: skip
    assert Columns(DPD).file_name(a_list(number="WAW/2026/000123")) == "MPSEXPDATA_WAW-2026-000123.txt"


def test_fixed_widths_have_no_delimiter() -> None:
    layout = ColumnLayout(
        record=[["{no|zero:5}", "{service|left:10}", "{weight|right:7}", "{point|left:3}"]],
        delimiter="",
        line_end="lf",
    )
    assert Columns(layout).write(a_list(parcel(1))) == b"00001Standard     1250   \n"


@pytest.mark.parametrize(
    ("change", "place", "why"),
    [
        ({"record": []}, "record", "at least one line"),
        ({"record": [["{nobody}"]]}, r"record\[0\]\[0\]", "no field 'nobody'"),
        ({"record": [["a", "{no|shout}"]]}, r"record\[0\]\[1\]", "no filter 'shout'"),
        ({"record": [["{receiver.name|kg}"]]}, r"record\[0\]\[0\]", "does not suit"),
        ({"record": [["{no"]]}, r"record\[0\]\[0\]", "curly bracket"),
        ({"record": [["x;y"]]}, r"record\[0\]\[0\]", "cannot stand"),
        ({"record": [["Ж"]]}, r"record\[0\]\[0\]", "cannot stand"),
        ({"header": [["{tracking_number}"]]}, r"header\[0\]\[0\]", "no field"),
        ({"delimiter": ";;"}, "delimiter", "one printable"),
        ({"delimiter": "\n"}, "delimiter", "one printable"),
        ({"file_name": "list.txt"}, "file_name", "manifest.number"),
        ({"file_name": "../{manifest.number|dashes}"}, "file_name", "manifest.number"),
        ({"header": [["x"]] * 51}, "header", "more than 50"),
        ({"header": [["x"] * 201]}, r"header\[0\]", "more than 200"),
        ({"header": [["x" * 401]]}, r"header\[0\]\[0\]", "more than 400"),
    ],
)  # fmt: skip
def test_a_wrong_layout_is_refused_with_its_place(change: dict[str, Any], place: str, why: str) -> None:
    with pytest.raises(LayoutWrong, match=f"{place}.*{why}") as e:
        Columns(msgspec.structs.replace(DPD, **change), "/files/columns")
    assert e.value.pointer is not None
    assert e.value.pointer.startswith("/files/columns/")


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("receiver_name", "A;B", "separates the cells"),
        ("receiver_name", "A\nB", "line break"),
        ("receiver_name", "Жанна", "cp1250"),
        ("receiver_name", "=1+1", "formula"),
        ("receiver_name", "x" * 41, "room for 40"),
    ],
)
def test_what_a_file_cannot_carry_is_refused_with_parcel_and_field(field: str, value: str, why: str) -> None:
    data = a_list(parcel(1), parcel(2, **{field: value}))
    with pytest.raises(FileUnfit, match=why) as e:
        Columns(DPD).write(data)
    said = e.value.values
    assert (said["parcel"], said["field"], said["value"]) == (
        parcel(2).tracking_number,
        "receiver.name",
        value,
    )
    assert "MPSEXPDATA" in e.value.say("pl")


def written(layout: ColumnLayout, data: ManifestDocument) -> bytes | None:
    """None where the file refuses a name."""
    with suppress(FileUnfit):
        return Columns(layout).write(data)
    return None


@settings(max_examples=200)
@given(
    names=st.lists(st.text(max_size=30), min_size=1, max_size=5),
    quoted=st.booleans(),
    delimiter=st.sampled_from(";,|\t"),
)
def test_a_file_holds_the_values_or_is_refused(names: list[str], quoted: bool, delimiter: str) -> None:
    layout = ColumnLayout(
        record=[["{no}", "{receiver.name}", "{tracking_number}"]],
        delimiter=delimiter,
        quote='"' if quoted else "",
        encoding="cp1250",
    )
    data = a_list(*(parcel(i, receiver_name=n) for i, n in enumerate(names, 1)))
    content = written(layout, data)
    if content is None:
        return
    reader = csv.reader(
        io.StringIO(content.decode("cp1250"), newline=""), delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE, strict=True,
    )  # fmt: skip
    assert [r[1] for r in reader] == names


def test_every_file_of_a_carrier() -> None:
    found = manifest_files(a_list(number="WAW/2026/000001"), Files(edifact=WHO, columns=DPD))
    assert [(f.format, f.kind, f.name) for f in found] == [
        ("csv", "manifest_csv", "WAW-2026-000001.csv"),
        ("json", "manifest_json", "WAW-2026-000001.json"),
        ("edifact", "manifest_edifact", "WAW-2026-000001.edi"),
        ("columns", "manifest_columns", "MPSEXPDATA_WAW-2026-000001.txt"),
    ]
    assert [f.format for f in manifest_files(a_list(), Files())] == ["csv", "json"]
    with pytest.raises(FormulaCell):
        manifest_files(a_list(parcel(1, receiver_name="=x")), Files())

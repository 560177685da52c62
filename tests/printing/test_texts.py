"""Texts that are too long, and letters that we have no glyph for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.printing.reading import pages, scan, template, texts
from wms.printing import fonts
from wms.printing.fields import sample
from wms.printing.layout import Line
from wms.printing.pdf import render_pdf
from wms.printing.templates import LabelTemplate, load_template
from wms.printing.zpl import render_zpl

ALPHABETS = (
    "AĄBCĆDEĘFGHIJKLŁMNŃOÓPQRSŚTUVWXYZŹŻ aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż",
    "ÄÖÜẞäöüß ÀÂÇÉÈÊËÎÏÔŒÙÛŸ ÅÆØåæø ČĎĚŇŘŠŤŮŽ ĐđŐőŰű ĂÂÎȘȚășț ĀĒĢĪĶĻŅŪ ĄĖĮŲ",
    "АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ абвгґдеєжзиіїйклмнопрстуфхцчшщьюя ъы",
    "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ αβγδεζηθικλμνξοπρσςτυφχψω άέήίόύώ",
    "„cudzysłów” ‚inny’ – — … • × € § № ° ½",
)


def one_text(**settings: object) -> LabelTemplate:
    lines = "\n".join(
        f"{key} = {str(value).lower() if isinstance(value, bool | int | float) else repr(value)}"
        for key, value in settings.items()
    )
    return template(
        f'schema = 1\nkind = "parcel"\nsize = [100, 50]\n[[text]]\nat = [4, 4]\nvalue = "{{receiver.street}}"\n{lines}\n'
    )


def lines_of(made: LabelTemplate, street: str) -> list[Line]:
    return [mark for mark in made.marks({"receiver": {"street": street}}) if isinstance(mark, Line)]


@pytest.mark.parametrize("letters", ALPHABETS)
@pytest.mark.parametrize("bold", [False, True])
def test_the_alphabets_of_our_buyers_have_glyphs(letters: str, bold: bool) -> None:
    assert fonts.printable(letters) == letters
    assert fonts.width(letters, bold=bold) > 0


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("Ewa 🎁 Nowak", "Ewa ? Nowak"),
        ("東京", "??"),
        ("👩‍👧", "??"),
        ("❤\ufe0f", "?"),
        ("x\u0302", "x?"),
        ("a\tb\nc\x00d\x1be", "a b c d e"),
        ("e\u0301", "é"),
        ("z\u0307o\u0301\u0142w", "żółw"),
        ("1\u00a0249,90", "1 249,90"),
        ("\u202eevil", "evil"),
        ("\ud800", "?"),
    ],
)
def test_what_cannot_be_set_is_seen(given_text: str, shown: str) -> None:
    assert fonts.printable(given_text) == shown


@given(st.text())
def test_any_text_can_be_measured_and_wrapped(text: str) -> None:
    shown = fonts.printable(text)
    assert fonts.printable(shown) == shown
    limit = 8 * fonts.UNIT
    for line in fonts.wrap(shown, limit):
        assert fonts.room(line) <= limit
        assert fonts.width(line) * fonts.UNIT <= fonts.room(line) + 1e-6
    assert "".join(fonts.wrap(shown, limit)).replace(" ", "") == shown.replace(" ", "")
    assert fonts.room(fonts.fit_one(shown, limit)) <= limit


def test_an_emoji_prints_a_question_mark_in_both_outputs() -> None:
    made = one_text(size=4)
    label = {"receiver": {"street": "ul. Różana 🌹 5"}}
    assert "ul. Różana ? 5" in texts(render_pdf(made, [label]))[0]
    assert "^FDul. Różana ? 5^FS" in render_zpl(made, [label]).decode()


def test_shrink_makes_it_smaller_then_cuts() -> None:
    made = one_text(size=5, max_width=60, min_size=3)
    [short], [longer], [longest] = (
        lines_of(made, text) for text in ("Wąska 1", "Długa ulica " * 4, "x" * 200)
    )
    assert short.size == 40
    assert 24 <= longer.size < 40
    assert longest.size == 24
    assert longest.text.endswith("x…")
    for line in (short, longer, longest):
        assert fonts.width(line.text) * line.size <= 60 * 8


def test_cut_keeps_the_size() -> None:
    [line] = lines_of(one_text(size=5, max_width=60, fit="cut"), "Bardzo długa ulica imienia Kogoś Ważnego")
    assert line.size == 40
    assert line.text.endswith("…")


def test_a_street_of_200_characters_wraps_shrinks_and_stays_in_its_place() -> None:
    made = one_text(size=4, max_width=92, fit="wrap", lines=2, min_size=2)
    street = "ul. Księdza Prałata Świętej Pamięci Wojciecha Żółkiewskiego " * 4
    lines = lines_of(made, street[:200])
    assert " ".join(line.text for line in lines) == street[:200].strip()
    top, bottom = 4 * 8, 4 * 8 + round(4 * 8 * (1.1 + 1.15))
    assert top < lines[0].baseline < lines[-1].baseline <= bottom
    assert all(fonts.width(line.text) * line.size <= 92 * 8 for line in lines)


def test_even_20_000_characters_stay_in_their_place() -> None:
    made = one_text(size=4, max_width=92, fit="wrap", lines=2, min_size=2)
    for street in ("x" * 20_000, "x " * 10_000):
        lines = lines_of(made, street)
        assert lines[-1].text.endswith("…")
        assert lines[-1].baseline <= 4 * 8 + round(4 * 8 * (1.1 + 1.15))


def test_the_parcel_label_is_scanned_with_the_worst_texts() -> None:
    label = sample("parcel")
    for group in ("receiver", "operator", "shop", "carrier", "order"):
        label[group] = dict.fromkeys(label[group], "Ź🎁W" * 70)
    label["note"] = label["service"] = label["point"] = "^~_\\ " * 40
    [page] = pages(render_pdf(load_template("parcel"), [label]))
    assert scan(page) == {("]C0", label["tracking_number"]), ("]C1", "00" + label["sscc"])}

"""Loading templates: whose file wins, what is refused and how the refusal names the place."""

import sys
from pathlib import Path

import pytest
import zxingcpp
from structlog.testing import capture_logs

from tests.printing.reading import template
from wms.printing.errors import CannotPrint, NoTemplate, TemplateError
from wms.printing.fields import sample
from wms.printing.templates import load_template

HEAD = 'schema = 1\nkind = "tote"\nsize = [100, 50]\n'
TEXT = '[[text]]\nat = [2, 2]\nsize = 3\nvalue = "{tote.code}"\n'
CODE = '[[code128]]\nat = [10, 20]\nmodule = 3\nheight = 15\nmax_width = 60\nvalue = "{barcode}"\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WMS_HOME", str(tmp_path))
    folder = tmp_path / "label_templates"
    folder.mkdir()
    return folder


def refused(source: str) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        template(source)
    return caught.value


@pytest.mark.parametrize(
    ("source", "line", "field", "words"),
    [
        (HEAD + "[[text]\n", 4, "-", "not TOML"),
        (HEAD.replace("tote", "crate"), 2, "kind", "no template kind 'crate'"),
        (HEAD.replace("schema = 1", "schema = 2"), 1, "schema", "wrong value"),
        (HEAD.replace("[100, 50]", "[100, 5000]"), 3, "size", "wrong value"),
        (HEAD + "colour = 1\n", 4, "colour", "unknown field"),
        (HEAD + TEXT + TEXT.replace("size = 3", 'size = "big"'), 10, "text.size", "wrong value"),
        (HEAD + TEXT + "colour = 1\n", 8, "text.colour", "unknown field"),
        (HEAD + TEXT.replace("tote.code", "order.total"), 7, "text.value", "no field 'order.total'"),
        (HEAD + TEXT.replace("{tote.code}", "{tote.code|shout}"), 7, "text.value", "no filter 'shout'"),
        (HEAD + TEXT.replace("{tote.code}", "{tote.code|money}"), 7, "text.value", "does not suit"),
        (HEAD + TEXT.replace("{tote.code}", "{tote.code|trim:0}"), 7, "text.value", "no filter"),
        (HEAD + TEXT.replace("{tote.code}", "{tote.code"), 7, "text.value", "curly bracket"),
        (HEAD + TEXT.replace("{tote.code}", "{tote.code.__class__}"), 7, "text.value", "no field"),
        (HEAD + TEXT.replace("{tote.code}", "{{ 7 * 7 }}"), 7, "text.value", "curly bracket"),
        (HEAD + TEXT + 'when = "weight > 3"\n', 8, "text.when", "no field"),
        (HEAD + TEXT.replace("[2, 2]", "[2, 49]"), 5, "text.at", "outside the label of 100 x 50 mm"),
        (HEAD + TEXT + 'align = "right"\n', 4, "text.max_width", "need max_width"),
        (HEAD + CODE.replace("[10, 20]", "[2, 20]"), 5, "code128.at", "outside the label"),
        (HEAD + CODE.replace("module = 3", "module = 1"), 6, "code128.module", "at least 2"),
        (HEAD + CODE + "min_module = 1\n", 10, "code128.min_module", "at least 2"),
        (HEAD + CODE.replace("height = 15", "height = 2"), 7, "code128.height", "at least 5 mm"),
        (HEAD + CODE.replace("max_width = 60", "max_width = 9"), 9, "code128.value", "wider than its place"),
        (HEAD + CODE.replace("code128", "gs1_128"), 9, "gs1_128.value", "in parentheses"),
        (HEAD + '[[text]]\nat = [2, 2]\nsize = 3\nvalue = """\nx"""\n', 7, "value", "one line"),
        (HEAD + '[[image]]\nat = [1, 1]\nfile = "../../etc/passwd"\n', 6, "image.file", "wrong value"),
        (HEAD + '[[image]]\nat = [1, 1]\nfile = "logo.png"\n', 6, "image.file", "cannot be used"),
        (HEAD + "[[text]]\nat = [nan, 2]\nsize = 3\nvalue = 'x'\n", 5, "text.at", ""),
        (HEAD + "#" * 70_000, 1, "-", "larger than"),
        (HEAD + TEXT + "max_width = 3\n", 7, "text.value", "'T-0417' does not fit 3 mm even in its smallest size"),
        (HEAD + TEXT.replace("{tote.code}", "Pojemnik " * 20) + 'fit = "cut"\n', 7, "text.value", "does not fit 98 mm"),
        (HEAD + TEXT.replace("{tote.code}", "Ala ma kota " * 9) + 'fit = "wrap"\nmax_width = 40\n', 7, "text.value", "does not fit 40 mm"),
    ],
)  # fmt: skip
def test_a_refusal_names_file_line_and_field(source: str, line: int, field: str, words: str) -> None:
    error = refused(source)
    assert (error.line, error.field) == (line, field)
    assert error.say("en").startswith(f"trial.toml, line {line}, {field}: ")
    assert words in error.say("en")
    assert error.say("pl").startswith(f"trial.toml, wiersz {line}, {field}: ")


def test_a_value_that_is_cut_on_purpose_may_be_any_length() -> None:
    assert template(HEAD + TEXT + 'max_width = 3\nfit = "cut"\n').elements


def test_a_code_that_a_scanner_misses_is_refused_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A decoder that sees nothing; no template that passes the other checks is known to fail this one."""
    qr = '[[qr]]\nat = [80, 10]\nmodule = 4\nvalue = "{barcode}"\n'
    assert len(template(HEAD + CODE + qr).elements) == 2
    real = zxingcpp.read_barcodes
    monkeypatch.setattr(
        zxingcpp,
        "read_barcodes",
        lambda *a, **k: [c for c in real(*a, **k) if c.symbology_identifier[1] != "Q"],
    )
    error = refused(HEAD + CODE + qr)
    assert (error.line, error.field) == (13, "qr.value")
    assert "a scanner does not read 'T-0417' from the sample label" in error.say("en")


def test_where_no_decoder_is_installed_the_other_checks_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    assert template(HEAD + CODE).elements
    assert "at least 2" in refused(HEAD + CODE.replace("module = 3", "module = 1")).say("en")


def test_text_in_the_quiet_zone_is_refused_with_both_lines() -> None:
    error = refused(HEAD + CODE + TEXT.replace("[2, 2]", "[4, 25]"))
    assert (error.line, error.field) == (5, "code128.at")
    assert "text (line 10) lies in the bar code or in its quiet zone; keep 3.75 mm free" in error.say("en")


def test_a_box_around_a_code_is_fine_outside_its_quiet_zone() -> None:
    box = "[[box]]\nat = [{x}, 18]\nsize = [80, 20]\n"
    assert template(HEAD + CODE + box.replace("{x}", "5")).fixed
    assert "quiet zone" in refused(HEAD + CODE + box.replace("{x}", "8")).say("en")


def test_a_gs1_label_in_distribution_needs_large_modules_and_high_bars() -> None:
    logistic = (
        'schema = 1\nkind = "handling_unit"\nsize = [100, 150]\n'
        '[[gs1_128]]\nat = [11, 60]\nmodule = {m}\nheight = {h}\nvalue = "(00){{sscc}}"\n'
    )
    assert template(logistic.format(m=4, h=32)).elements
    assert "at least 4" in refused(logistic.format(m=3, h=32)).say("en")
    assert "at least 31.75 mm" in refused(logistic.format(m=4, h=25)).say("en")


def test_not_utf_8_is_refused() -> None:
    from wms.printing.templates import parse_template

    with pytest.raises(TemplateError, match="line 2"):
        parse_template(b'schema = 1\nkind = "\xff"\n', name="x", file=Path("x.toml"))


def test_the_version_is_the_hash_of_the_content() -> None:
    one, same, other = template(HEAD + TEXT), template(HEAD + TEXT), template(HEAD + TEXT + "\n# changed\n")
    assert one.version == same.version != other.version
    assert len(one.version) == 16


def test_the_shops_own_file_wins_then_the_operators_then_ours(home: Path) -> None:
    shipped = load_template("tote")
    (home / "tote.toml").write_text(HEAD + TEXT)
    operators = load_template("tote", shop="ZZ")
    (home / "ZZ").mkdir()
    (home / "ZZ" / "tote.toml").write_text(HEAD + TEXT + TEXT.replace("[2, 2]", "[2, 9]"))
    shops = load_template("tote", shop="ZZ")
    assert len({shipped.version, operators.version, shops.version}) == 3
    assert load_template("tote", shop="OTHER").version == operators.version
    assert load_template("tote", shop="../ZZ").version == operators.version


@pytest.mark.parametrize("name", ["nothing", "../tote", "tote.toml", "", "a/b", "tote\n", "ZZ/tote"])
def test_a_name_that_is_no_template_is_refused(home: Path, name: str) -> None:
    with pytest.raises(NoTemplate):
        load_template(name)


def test_a_link_out_of_the_folder_is_not_followed(home: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.toml").write_text(HEAD + TEXT)
    (home / "secret.toml").symlink_to(tmp_path / "secret.toml")
    with pytest.raises(NoTemplate):
        load_template("secret")


def test_a_change_counts_at_once_and_a_broken_one_keeps_the_last_good(home: Path) -> None:
    file = home / "tote.toml"
    file.write_text(HEAD + TEXT)
    first = load_template("tote")
    file.write_text(HEAD + TEXT + "# newer\n")
    second = load_template("tote")
    assert second.version != first.version
    file.write_text(HEAD + TEXT.replace("tote.code", "tote.colour"))
    with capture_logs() as logs:
        assert load_template("tote") is second
        assert load_template("tote") is second
    assert [entry["log_level"] for entry in logs] == ["error"]
    assert "tote.toml, line 7" in logs[0]["why"]
    file.write_text(HEAD + TEXT)
    assert load_template("tote").version == first.version


def test_a_file_that_was_never_good_is_refused(home: Path) -> None:
    (home / "shelf.toml").write_text(HEAD + TEXT.replace("tote.code", "tote.colour"))
    with pytest.raises(TemplateError):
        load_template("shelf")


def test_a_label_may_only_give_published_fields() -> None:
    with pytest.raises(ValueError, match=r"a tote label has no field 'tote\.colour'"):
        template(HEAD + TEXT).marks({"tote": {"colour": "red"}})


def test_a_value_that_does_not_suit_its_filter_is_refused() -> None:
    dated = template(
        'schema = 1\nkind = "sku"\nsize = [50, 30]\n[[text]]\nat = [2, 2]\nsize = 3\nvalue = "{expiry|date}"\n'
    )
    assert dated.marks(sample("sku"))
    with pytest.raises(CannotPrint, match="does not suit the filter 'date'"):
        dated.marks({"expiry": "soon"})


def test_a_picture_lies_beside_its_template_and_is_part_of_the_version(home: Path) -> None:
    from PIL import Image

    (home / "logo.toml").write_text(HEAD + '[[image]]\nat = [1, 1]\nfile = "logo.png"\n')
    Image.new("1", (80, 40), 0).save(home / "logo.png")
    first = load_template("logo")
    assert first.fixed[0].squares.width == 80  # type: ignore[union-attr]
    Image.new("1", (60, 40), 0).save(home / "logo.png")
    assert load_template("logo").version != first.version

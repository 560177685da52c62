"""Codes to throw at the scan parser."""

from hypothesis import strategies as st

from wms.kernel.gs1 import GS
from wms.kernel.numbers import gs1_check_digit

_CHARSET = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

FRAGMENTS = [
    "]C1", "]d2", "]E0", "]E3", "]E4", "]Q3", "]C0", "]", GS, "00", "01", "02", "10", "15", "17", "21", "30", "37", "3103",
    "7003", "8005", "8020", "91", "5901234123457", "05901234123457", "159012341234567892", "96385074", "01234565", "280630",
    "WMS:", "WMS:OK", "L-", "T-", "A", "ABC", "0", "9", " ", "\r", "\n", "\0", "https://", "id.gs1.org", "/", "?", "=", "&",
    "%2F", "ł", "\u0301", "\ud800", "٥", "\u202e", "(", ")",
]  # fmt: skip


def with_check(body: str) -> str:
    return body + gs1_check_digit(body)


def _digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


_labels = st.builds(
    lambda prefix, ref: prefix + ref,
    st.sampled_from(["L-", "B-", "T-", "P-", "R-", "O-"]),
    st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=12),
)
legal_codes = st.one_of(
    st.sampled_from([12, 13, 17]).flatmap(_digits).filter(lambda body: bool(body.strip("0"))).map(with_check),
    _labels,
    st.sampled_from(["WMS:OK", "WMS:UNDO", "WMS:DAMAGED"]),
)

_values = {
    "01": _digits(13).filter(lambda body: bool(body.strip("0"))).map(with_check),
    "10": st.text(_CHARSET, min_size=1, max_size=20),
    "17": st.dates().map(lambda day: day.strftime("%y%m%d")),
    "21": st.text(_CHARSET, min_size=1, max_size=20),
    "37": st.integers(1, 99_999_999).map(str),
    "91": st.text(_CHARSET, min_size=1, max_size=30),
}


def element_lists() -> st.SearchStrategy[list[tuple[str, str]]]:
    """One to six elements in any order, no identifier twice."""
    element = st.sampled_from(sorted(_values)).flatmap(lambda ai: st.tuples(st.just(ai), _values[ai]))
    return st.lists(element, min_size=1, max_size=6, unique_by=lambda pair: pair[0])


_any_text = st.text(alphabet=st.characters(), max_size=600)  # also lone surrogates
_bytes = st.binary(max_size=600).map(lambda data: data.decode("latin-1"))
_joined = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)
_doubled = st.one_of(_joined, _any_text).map(lambda text: text * 2)
hostile = st.one_of(_any_text, _bytes, _joined, _doubled)

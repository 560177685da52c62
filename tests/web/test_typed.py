"""Dates as people type them off a label."""

from datetime import date

import pytest

from wms.web.typed import DayUnreadable, read_day


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("31.05.2028", date(2028, 5, 31)),
        (" 1.6.28 ", date(2028, 6, 1)),
        ("310528", date(2028, 5, 31)),
        ("31052028", date(2028, 5, 31)),
        ("2028-05-31", date(2028, 5, 31)),
        ("31/05/2028", date(2028, 5, 31)),
        ("02.2028", date(2028, 2, 29)),
    ],
)
def test_a_date_off_a_label(said: str, meant: date) -> None:
    assert read_day(said) == meant


@pytest.mark.parametrize(
    "said", ["", "soon", "31.02.2028", "32.01.2028", "13.2028", "1" * 9, "31.05", "0.0.0", "99999"]
)
def test_what_is_no_date_is_refused(said: str) -> None:
    with pytest.raises(DayUnreadable):
        read_day(said)

"""The two wire formats, byte by byte, and addresses."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.printing import ipp
from wms.printing.addresses import parse_address
from wms.printing.host_status import HostStatus, complete, read_status, write_status
from wms.printing.queue_errors import BadAddress

# As the ZPL II manual prints it, with the paper out and three formats in the buffer.
ANSWER = b"\x02030,1,0,1245,003,0,0,0,000,0,0,0\x03\r\n\x02001,0,0,0,1,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"


def test_an_answer_as_the_manual_has_it() -> None:
    assert complete(ANSWER)
    found = read_status(ANSWER)
    assert (found.trouble, found.formats, found.idle) == ("paper_out", 3, False)


@given(
    st.builds(
        HostStatus,
        paper_out=st.booleans(), paused=st.booleans(), formats=st.integers(0, 999), buffer_full=st.booleans(),
        partial=st.booleans(), too_cold=st.booleans(), too_hot=st.booleans(), head_open=st.booleans(),
        ribbon_out=st.booleans(), labels=st.integers(0, 99999999),
    )
)  # fmt: skip
def test_what_is_written_is_read(status: HostStatus) -> None:
    assert read_status(write_status(status)) == status


@given(st.binary(max_size=120))
def test_anything_else_is_no_answer(noise: bytes) -> None:
    for answer in (noise, b"\x02" + noise, ANSWER[:40] + noise):
        with suppress(ValueError):
            assert isinstance(read_status(answer), HostStatus)


def test_a_request_and_an_answer() -> None:
    about = ipp.attribute(ipp.NAME, "job-name", "Łódź") + ipp.attribute(
        ipp.MIME, "document-format", "application/pdf"
    )
    job = ipp.attribute(ipp.INTEGER, "copies", 2)
    raw = ipp.request(ipp.PRINT_JOB, "ipp://host/ipp/print", about, job, b"%PDF-1.4", request_id=7)
    assert raw[:8] == b"\x02\x00\x00\x02\x00\x00\x00\x07"
    asked = ipp.parse(raw)
    assert (asked.code, asked.request_id, asked.document) == (ipp.PRINT_JOB, 7, b"%PDF-1.4")
    assert asked.first("job-name") == "Łódź"
    assert asked.first("copies") == 2
    reasons = ipp.attribute(ipp.KEYWORD, "printer-state-reasons", "media-empty-error", "door-open-error")
    said = ipp.parse(ipp.answer(0, 7, [(ipp.PRINTER, reasons + ipp.attribute(ipp.BOOLEAN, "yes", True))]))
    assert said.all("printer-state-reasons") == ["media-empty-error", "door-open-error"]
    assert said.first("yes") is True
    assert said.first("nothing") is None


@given(st.binary(max_size=80))
def test_what_is_no_ipp_is_refused(noise: bytes) -> None:
    for raw in (noise, ipp.answer(0, 1, [])[:-1] + noise):
        with suppress(ValueError):
            ipp.parse(raw)


def test_addresses() -> None:
    assert parse_address("zpl", "socket://10.0.0.7").port == 9100
    assert parse_address("zpl", "socket://zebra.local:6101/").port == 6101
    assert parse_address("paper", "ipp://cups:631/printers/A4").url == "http://cups:631/printers/A4"
    assert parse_address("paper", "ipps://[::1]/x").url == "https://[::1]:631/x"
    for kind, address in [
        ("zpl", "ipp://cups/x"), ("zpl", "10.0.0.7:9100"), ("zpl", "socket://"), ("zpl", "socket://a:99999"),
        ("zpl", "socket://a/path"), ("zpl", "socket://user:pw@a"), ("paper", "http://a/x"), ("paper", "ipp://a b/x"),
        ("paper", "ipp://a/x?q=1"), ("paper", "socket://a:9100"), ("paper", "file:///etc/passwd"), ("zpl", "socket://a:0"),
    ]:  # fmt: skip
        with pytest.raises(BadAddress):
            parse_address(kind, address)

"""The one door to the network: what it refuses to send, how much it takes back, and what its log never says."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
import structlog

from tests.carriers.matrix import COURIERS, FAULTS, REF
from tests.carriers.rig import a_shipment, an_account
from wms.carriers import registry, shaping, wire
from wms.carriers.account import Account, Link, check_url
from wms.carriers.errors import Ambiguous, CarrierError, RateLimited, Unavailable
from wms.carriers.port import Tracks
from wms.carriers.registry import BUILT_IN, CarrierBroken, make_adapter
from wms.carriers.shaping import a_label, from_warsaw, kg, split_street, whole_kg
from wms.carriers.simulators.faults import Fault
from wms.carriers.simulators.server import Simulator
from wms.carriers.wire import Answer, Call, Wire, checked, open_http

CANARY = "kanarek-5c1d"


@pytest.fixture
def everything_logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that any logger says, down to the client's own."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(said),
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        cache_logger_on_first_use=False,
    )
    for module in (wire, registry, shaping):  # theirs may have been used, and kept as it was then
        monkeypatch.setattr(module, "log", structlog.get_logger("wms.carriers"))
    yield said
    structlog.configure(**before)
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize("name", COURIERS)
async def test_no_secret_and_no_name_is_ever_logged_or_said(
    name: str, everything_logged: io.StringIO
) -> None:
    """Right and wrong secrets, every fault: neither the log nor an error's words hold any of them, or the receiver."""
    courier, words = COURIERS[name], []
    secret = {k: v for k, v in courier.secrets.items() if "password" in k or "token" in k}
    person = {
        "name": f"Jan {CANARY}", "street": f"{CANARY} 7", "city": CANARY, "email": f"{CANARY}@x.pl", "phone": "700800900",
    }  # fmt: skip
    shipment = a_shipment(REF, receiver=person)
    wrong = dict.fromkeys(courier.secrets, f"{CANARY}-geheim")
    async with Simulator(courier.make()) as sim, open_http() as http:
        for secrets in (courier.secrets, wrong):
            account = an_account(name, sim.url, secrets, http, answer_s=0.5)
            adapter = make_adapter(name, account)
            assert isinstance(adapter, Tracks)
            for kind, more, _, _ in [*FAULTS.values(), ("denied", {}, "", "")]:
                sim.plan.add(Fault(kind=kind, **(more | ({"seconds": 1} if "seconds" in more else {}))))
                for work in (adapter.create(shipment), adapter.track(["600"])):
                    try:
                        await work
                    except CarrierError as e:
                        words.append(f"{e!r} {e} {e.__cause__}")
                sim.plan.faults.clear()
        assert adapter.__dict__
    said = everything_logged.getvalue()
    assert "carrier call" in said
    for hidden in (CANARY, "700800900", *secret.values()):
        assert hidden not in said
        assert not [w for w in words if hidden in w]


@asynccontextmanager
async def a_server(answer: bytes, drip_s: float = 0, times: int = 1) -> AsyncIterator[str]:
    """Says the same bytes to everybody, so many times over."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            for _ in range(times):
                writer.write(answer)
                await writer.drain()
                await asyncio.sleep(drip_s)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


async def get(url: str, *, reads: bool = False, answer_s: float = 0.3) -> Answer:
    async with open_http() as http:
        line = Wire("test", http, Link(mode="test", connect_s=0.3, answer_s=answer_s))
        return await line.send(Call(name="x", method="POST", url=url, reads=reads, body=b""))


async def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_BYTES", 100_000)
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    async with a_server(head + b"x" * 60_000, times=2) as url:
        with pytest.raises(Ambiguous, match="DecodingError"):
            await get(url)
    async with a_server(head + b"x" * 60_000) as url:
        assert len((await get(url)).body) == 60_000


async def test_an_answer_that_drips_is_given_up() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    async with a_server(b"x", drip_s=0.1, times=200) as url:
        with pytest.raises(Unavailable):
            await get(url, reads=True)
    async with a_server(head, drip_s=0.2, times=200) as url:
        with pytest.raises(Ambiguous, match="TimeoutError"):
            await get(url)


async def test_packed_answers_redirects_and_cookies_are_not_taken() -> None:
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"
    async with a_server(packed) as url:
        with pytest.raises(Unavailable, match="DecodingError"):
            await get(url, reads=True)
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    async with a_server(moved) as url:
        with pytest.raises(Ambiguous):
            checked(await get(url))
    cookie = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    async with a_server(cookie) as url, open_http() as http:
        await http.get(url)
        assert len(http.cookies.jar) == 0


def answer(status: int, **headers: str) -> Answer:
    return Answer(status=status, media_type="", headers=headers, body=b"", reads=False)


def test_how_long_to_wait_is_bounded() -> None:
    waits = {"7": 7, "0": 1, "999999": 3600, "soon": 30, "": 30, "Wed, 21 Oct 2015 07:28:00 GMT": 1}
    for text, seconds in waits.items():
        with pytest.raises(RateLimited) as e:
            checked(answer(429, **{"retry-after": text}))
        assert e.value.retry_after == seconds, text


@pytest.mark.parametrize(
    "url",
    ["http://example.com", "http://10.0.0.1", "ftp://127.0.0.1", "https://", "//x", "https://u:p@carrier.pl", "http://0x7f.1.pl",
     "https://carrier.pl/?a=b"],
)  # fmt: skip
def test_passwords_go_over_https_or_stay_in_this_machine(url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        check_url(url)


def test_the_mode_must_be_said_and_settings_are_checked_when_the_carrier_is_made() -> None:
    for good in (
        "https://gateway.example",
        "http://127.0.0.1:9100",
        "http://[::1]:9100",
        "http://localhost:9100",
    ):
        check_url(good)
    for name in set(BUILT_IN) - {"own_range", "manual"}:
        for settings in ({}, {"mode": "live"}, {"mode": "test", "base_url": "http://x.pl"}, {"mode": "test", "tpyo": 1},
                         {"mode": "test", "answer_s": 0}):  # fmt: skip
            with pytest.raises(CarrierBroken):
                make_adapter(name, Account("k", "", 30_000, settings))
        assert make_adapter(name, Account("k", "", 30_000, {"mode": "production"})).code == name


async def test_without_credentials_nothing_is_sent() -> None:
    for name, courier in COURIERS.items():
        async with Simulator(courier.make()) as sim:
            adapter = make_adapter(name, Account(name, "", 30_000, {"mode": "test", "base_url": sim.url}))
            with pytest.raises(CarrierError, match="wms carriers credentials"):
                await adapter.create(a_shipment())
            assert sim.calls == []


@pytest.mark.parametrize(
    ("line", "split"),
    [("Źródlana 7/3", ("Źródlana", "7/3")), ("3 Maja 12a", ("3 Maja", "12a")), ("ul. Długa, 5 m. 3", ("ul. Długa", "5 m. 3")),
     ("Rynek", ("Rynek", "")), ("al. Jana Pawła II 22", ("al. Jana Pawła II", "22")), ("1", ("1", ""))],
)  # fmt: skip
def test_street_and_number(line: str, split: tuple[str, str]) -> None:
    assert split_street(line) == split


def test_weights_times_and_labels() -> None:
    assert [str(kg(g)) for g in (1, 10, 1250, 30_000)] == ["0.01", "0.01", "1.25", "30"]
    assert [whole_kg(g) for g in (1, 1000, 1001)] == [1, 1, 2]
    assert from_warsaw("2026-07-01 12:00:00").isoformat() == "2026-07-01T10:00:00+00:00"
    assert from_warsaw("2026-10-25 02:30:00").isoformat() == "2026-10-25T00:30:00+00:00", (
        "the first of the two"
    )
    assert a_label("zpl", b"\x10CT~~CD,~CC^~CT~\n^XA^XZ\n").format == "zpl"
    for fmt, content in (
        ("zpl", b"^XA"),
        ("zpl", b"<html>^XA^XZ</html>"),
        ("pdf", b"%PDF-1.4"),
        ("pdf", b""),
    ):
        with pytest.raises(ValueError, match="no whole"):
            a_label(fmt, content)  # type: ignore[arg-type]


async def test_the_client_of_a_process_is_closed_with_it() -> None:
    http = open_http()
    assert isinstance(http, httpx.AsyncClient)
    await http.aclose()
    assert http.is_closed

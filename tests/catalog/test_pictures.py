"""Pictures of SKUs: fetched once, over TLS, from the open internet alone; served from our own address."""

import asyncio
import contextlib
import io
import ssl
import threading
import warnings
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PIL import Image
from structlog.testing import capture_logs

from tests.builders import a_carrier, a_shop, a_sku
from tests.conftest import Server
from tests.desk import at_desk
from tests.packing.test_pages import a_packer
from tests.shipping.flow import Wanted, a_picked_order
from wms.catalog.fetch_picture import Address, Internet, NoPicture, fetch_picture, is_public
from wms.catalog.fetch_pictures import MOST, fetch_pictures
from wms.db.tx import Database
from wms.events.errors import BadPhoto
from wms.events.photos import clean_photo


def a_picture(side: int = 900, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Phone of Anna"
    Image.new("RGB", (side, side // 2), "#aa3355").save(out, kind, exif=exif)
    return out.getvalue()


class Host:
    """A shop's web server: what it answers by path, and how often it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[str, bytes]] = {}
        self.asked: list[str] = []
        self.names: list[str] = []
        self.port = 0
        self.internet = Internet()

    def url(self, path: str) -> str:
        return f"https://localhost:{self.port}{path}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split(" ")[1]
            self.asked.append(path)
            self.names += [x[6:] for x in head.split("\r\n") if x.lower().startswith("host: ")]
            status, content = self.answers.get(path, ("404 Not Found", b""))
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode()
            )
            writer.write(content)
            await writer.drain()
        writer.close()


def a_certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For localhost: the server's side, and a client that trusts it alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "host.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[Host]:
    found = Host()
    server_tls, client_tls = a_certificate(tmp_path)
    server = await asyncio.start_server(found.answer, "127.0.0.1", 0, ssl=server_tls)
    found.port = server.sockets[0].getsockname()[1]
    found.internet = Internet(may=lambda a: a.is_loopback, port=found.port, tls=client_tls)
    yield found
    server.close()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1:248:1893:25c8:1946", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False),
        ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("fe80::1", False), ("fc00::1", False),
        ("64:ff9b:1::7f00:1", False), ("::a00:1", False), ("::ffff:0:a00:1", False), ("fec0::1", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False), ("4000::1", False), ("ff0e::1", False), ("2001:db8::1", False),
        ("::ffff:10.0.0.1", False), ("::ffff:93.184.216.34", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False),
    ],
)  # fmt: skip
def test_what_is_the_open_internet(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


async def test_a_picture_is_drawn_anew(host: Host) -> None:
    host.answers["/mug.png?w=9"] = ("200 OK", a_picture())
    content = await fetch_picture(host.url("/mug.png?w=9"), host.internet)
    drawn = Image.open(io.BytesIO(content))
    assert (drawn.format, drawn.size, dict(drawn.getexif())) == ("JPEG", (480, 240), {})
    assert b"Anna" not in content
    assert host.names == [f"localhost:{host.port}"]


async def test_what_is_no_picture_of_the_open_internet(host: Host) -> None:
    host.answers |= {
        "/moved": ("302 Found\r\nLocation: https://localhost/x", b""), "/text": ("200 OK", b"<svg onload=alert(1)>"),
        "/gone": ("410 Gone", b""), "/broken": ("503 Busy", b""), "/large": ("200 OK", b"x" * 8_100_000),
        "/bomb": ("200 OK", a_picture(12_000, "PNG")),
    }  # fmt: skip
    for path, why in (
        ("/moved", "elsewhere"), ("/text", "no-picture"), ("/gone", "not-there"), ("/broken", "no-answer"),
        ("/large", "too-large"), ("/bomb", "no-picture"), ("/nothing", "not-there"),
    ):  # fmt: skip
        with pytest.raises(NoPicture) as e:
            await fetch_picture(host.url(path), host.internet)
        assert e.value.why == why, path
    asked = len(host.asked)
    for url, why in (
        (host.url("/x").replace("https", "http"), "not-https"), ("https://user:secret@localhost/x", "not-https"),
        ("https://localhost:22/x", "not-https"), ("file:///etc/passwd", "not-https"), ("https://", "not-https"),
        ("https://[::1", "not-https"), ("https://localhost:99999/x", "not-https"),
        (host.url("/a\x01b"), "not-https"), (host.url("/" + "a" * 70_000), "not-https"),
    ):  # fmt: skip
        with pytest.raises(NoPicture) as e:
            await fetch_picture(url, host.internet)
        assert e.value.why == why, url
    closed = Internet(port=host.port, tls=host.internet.tls)  # as the product has it
    for name in ("localhost", "127.0.0.1", "[::1]"):
        with pytest.raises(NoPicture) as e:
            await fetch_picture(f"https://{name}:{host.port}/x", closed)
        assert e.value.why == "not-public", name
    with pytest.raises(NoPicture) as e:  # a certificate that nobody has signed
        await fetch_picture(host.url("/x"), Internet(may=lambda a: True, port=host.port))
    assert e.value.why == "no-answer"
    assert len(host.asked) == asked, "nothing of this was even asked for"


async def test_what_is_decoded_is_bounded_and_one_at_a_time() -> None:
    def drawn(width: int, height: int, kind: str, **how: bool) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", (width, height), "#aa3355").save(out, kind, **how)
        return out.getvalue()

    filters = list(warnings.filters)
    from_phone = drawn(4000, 3000, "JPEG")
    good = [
        from_phone,
        from_phone,
        drawn(3199, 2399, "JPEG"),
        drawn(1440, 3200, "PNG"),
        drawn(4000, 3000, "JPEG", progressive=True),
    ]
    came = await asyncio.gather(*(clean_photo(x) for x in good))
    assert [Image.open(io.BytesIO(x)).size for x in came] == [
        (1600, 1200), (1600, 1200), (1600, 1200), (720, 1600), (1600, 1200)
    ]  # fmt: skip
    assert sum(t.name.startswith("photo") for t in threading.enumerate()) == 1
    assert filters == list(warnings.filters)
    bad = [drawn(3000, 2500, "PNG"), drawn(3000, 2500, "WEBP"), drawn(5000, 4000, "JPEG", progressive=True)]
    for x in bad:
        with pytest.raises(BadPhoto):
            await clean_photo(x)


async def test_no_shop_waits_behind_the_pictures_of_another(db: Database, host: Host) -> None:
    many, few = await a_shop(db), await a_shop(db)
    mug = await a_sku(db, shop=few)
    async with db.begin() as tx:
        await tx.run(
            """insert into sku (shop_id, code, name, picture_url) select $1, 'N' || n, 'N', $2 || n
               from generate_series(1, $3) n""",
            many.id,
            host.url("/n"),
            2 * MOST,
        )
        await tx.run(
            "update sku set picture_url = $3 where shop_id = $1 and id = $2", few.id, mug.id, host.url("/mug")
        )
        # what other tests have left due would take places of this round
        await tx.run("update sku set picture_url = null where shop_id <> all($1::int[])", [many.id, few.id])
    await fetch_pictures(db, host.internet)
    assert "/mug" in host.asked
    assert len(host.asked) == MOST
    async with db.begin() as tx:
        await tx.run("update sku set picture_url = null where shop_id = $1", many.id)


async def test_pictures_come_once_and_go_with_their_address(db: Database, server: Server, host: Host) -> None:
    shop = await a_shop(db)
    mug, plate, lamp = [await a_sku(db, shop=shop) for _ in range(3)]
    host.answers |= {"/mug": ("200 OK", a_picture()), "/lamp": ("503 Busy", b"")}

    async def point(sku_id: int, url: str | None) -> None:
        async with db.begin() as tx:
            await tx.run(
                "update sku set picture_url = $3 where shop_id = $1 and id = $2", shop.id, sku_id, url
            )

    async def picture(sku_id: int) -> str | None:
        async with db.begin() as tx:
            found: str | None = await tx.value(
                "select picture from sku where shop_id = $1 and id = $2", shop.id, sku_id
            )
        return found

    for sku, path in ((mug, "/mug"), (plate, "/plate"), (lamp, "/lamp")):
        await point(sku.id, host.url(path))
    for _ in range(
        3
    ):  # what came, and what is refused for good, is not asked for again; what may come, later
        await fetch_pictures(db, host.internet)
    assert sorted(host.asked) == ["/lamp", "/mug", "/plate"]
    address = await picture(mug.id)
    assert address is not None
    assert (await picture(plate.id), await picture(lamp.id)) == (None, None)
    async with at_desk(db, server, "picker") as desk:
        r = await desk.http.get(address)
        assert (r.status_code, r.headers["content-type"]) == (200, "image/jpeg")
        assert "immutable" in r.headers["cache-control"]
        assert (await desk.http.get(f"/floor/picture/{shop.id}/{plate.id}")).status_code == 404
    host.answers["/lamp"] = ("200 OK", a_picture())
    async with db.begin() as tx:
        await tx.run("update sku_picture set next_at = now() where shop_id = $1", shop.id)
    await fetch_pictures(db, host.internet)
    assert await picture(lamp.id)
    host.answers["/mug2"] = ("200 OK", a_picture(300))
    await point(mug.id, host.url("/mug2"))
    await fetch_pictures(db, host.internet)
    assert await picture(mug.id) not in (None, address)
    await point(mug.id, None)
    await fetch_pictures(db, host.internet)
    assert await picture(mug.id) is None
    async with db.begin() as tx:
        assert (
            await tx.value(
                "select count(*) from sku_picture where shop_id = $1 and sku_id = $2", shop.id, mug.id
            )
            == 0
        )


async def test_one_bad_address_delays_only_itself(db: Database, host: Host) -> None:
    shop = await a_shop(db)
    skus = [await a_sku(db, shop=shop) for _ in range(3)]
    host.answers["/mug"] = ("200 OK", a_picture())
    urls = [host.url("/a\x01b"), f"https://127.0.0.2:{host.port}/mug", host.url("/mug")]
    async with db.begin() as tx:
        for sku, url in zip(skus, urls, strict=True):
            await tx.run(
                "update sku set picture_url = $3 where shop_id = $1 and id = $2", shop.id, sku.id, url
            )

    def may(address: Address) -> bool:
        if str(address) == "127.0.0.2":
            raise RuntimeError("what nobody has thought of")
        return address.is_loopback

    with capture_logs() as said:
        await fetch_pictures(db, msgspec.structs.replace(host.internet, may=may))
    assert [(x["log_level"], x["sku_id"]) for x in said] == [("error", skus[1].id)]
    async with db.begin() as tx:
        rows = await tx.rows(
            """select s.picture is not null as here, p.why, p.next_at > now() as later from sku s
               join sku_picture p on (p.shop_id, p.sku_id) = (s.shop_id, s.id)
               where s.shop_id = $1 order by s.id""",
            shop.id,
        )
    assert [tuple(r.values()) for r in rows] == [
        (False, "not-https", None), (False, "no-answer", True), (True, None, None)
    ]  # fmt: skip


async def test_the_old_picture_stays_until_the_new_one_is_here(
    db: Database, server: Server, host: Host
) -> None:
    shop = await a_shop(db)
    mug = await a_sku(db, shop=shop)
    host.answers |= {"/mug": ("200 OK", a_picture()), "/busy": ("503 Busy", b"")}
    for path in ("/mug", "/busy"):
        async with db.begin() as tx:
            await tx.run(
                "update sku set picture_url = $3 where shop_id = $1 and id = $2",
                shop.id,
                mug.id,
                host.url(path),
            )
        await fetch_pictures(db, host.internet)
    async with db.begin() as tx:
        address = await tx.value("select picture from sku where shop_id = $1 and id = $2", shop.id, mug.id)
    assert "/busy" in host.asked
    async with at_desk(db, server, "picker") as desk:
        assert (await desk.http.get(address)).status_code == 200, "screens still name it"


async def test_the_table_shows_what_was_fetched(db: Database, server: Server, host: Host) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
    host.answers["/mug"] = ("200 OK", a_picture())
    async with db.begin() as tx:
        await tx.run(
            "update sku set picture_url = $3 where shop_id = $1 and id = $2",
            shop.id,
            mug.id,
            host.url("/mug"),
        )
    async with a_packer(db, server) as desk:
        await desk.scan("/desk/pack", order.tote.code)
        assert "<img" not in desk.page, "no browser of ours asks a shop's host"
        await fetch_pictures(db, host.internet)
        page = await desk.open("/desk/pack")
        assert f'<img src="/floor/picture/{shop.id}/{mug.id}?v=' in page

"""Mail: what leaves, to whom, once; and what becomes of it when the mail server will not."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import ACarrier, a_carrier, a_shop, a_sku, bearer, signed_in, unique
from tests.conftest import Api, Server
from tests.events.smtp import a_post
from tests.returns.world import World, a_world, shipped
from tests.shipping.flow import Wanted, a_bench, a_picked_order, labelled, ok, packed, person, refused
from tests.shipping.test_worker import a_worker, until
from wms.cli.check import mail_lines
from wms.config import ConfigError, Settings, load_settings
from wms.db.tx import Database
from wms.events.mail import About, Unsent, queue_mail, sweep_mail
from wms.events.send_mail import TRIES, send_mail, wait_after
from wms.kernel.mail import is_mail_address, parse_mail_server
from wms.shipping import close_manifest


async def named(db: Database, carrier: ACarrier, name: str, email: str | None) -> ACarrier:
    async with db.begin() as tx:
        await tx.run("update carrier set name = $2, email = $3 where id = $1", carrier.id, name, email)
    return carrier


async def a_closed_manifest(db: Database, server: Server, carrier: ACarrier) -> dict[str, Any]:
    shop = await a_shop(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2)])
    async with a_bench(db, server) as bench:
        await labelled(db, bench.api, shop.id, await packed(bench, order, [(mug, 2)]))
    async with person(db, server, "supervisor") as api:
        body = {"warehouse_id": order.warehouse.id, "carrier_id": carrier.id}
        manifest = ok(await api.post("/loading/all", json=body))["manifest_id"]
        closed: dict[str, Any] = ok(await api.post(f"/manifests/{manifest}/close"))
        assert ok(await api.post(f"/manifests/{manifest}/close")) == closed
        return closed


async def a_mail(db: Database, **more: Any) -> int:
    what = {
        "to": "dock@kurier.example",
        "subject": "Próba",
        "body": "Żółć\n.\nend",
        "once": unique("m"),
    } | more
    async with db.begin() as tx:
        mail_id = await queue_mail(tx, about=About("manifest", 1, "M/1"), **what)
    assert mail_id is not None
    return mail_id


async def row(db: Database, mail_id: int) -> dict[str, Any]:
    async with db.begin() as tx:
        found = await tx.row("select * from mail where shop_id = 0 and id = $1", mail_id)
        assert found is not None
        return dict(found)


async def due(db: Database, mail_id: int) -> None:
    """The wait is over."""
    async with db.begin() as tx:
        await tx.run(
            "update mail set retry_at = now() - interval '1 s' where shop_id = 0 and id = $1", mail_id
        )


async def test_the_papers_of_a_manifest_reach_the_carrier(
    db: Database, server: Server, settings: Settings
) -> None:
    """The whole way: closed over HTTP, sent by the worker's process, told in the events."""
    carrier = await named(db, await a_carrier(db), 'Kurier Żółty, Spółka "Ślimak"', "dock@kurier.example")
    closed = await a_closed_manifest(db, server, carrier)
    number = closed["manifest"]["number"]

    async def sent() -> bool:
        async with db.begin() as tx:
            return bool(await tx.value("select state = 'sent' from mail where ref = $1", number))

    async with a_post() as post:
        with a_worker(settings, WMS_SMTP_URL=post.url, WMS_MAIL_FROM="Magazyn Błonie <wms@magazyn.example>"):
            await until(sent)
        (mail,) = [m for m in post.mails if number in m["Subject"]]
    assert mail["To"].addresses[0].display_name == 'Kurier Żółty, Spółka "Ślimak"'
    assert mail["To"].addresses[0].addr_spec == "dock@kurier.example"
    assert mail["From"].addresses[0].display_name == "Magazyn Błonie"
    body = mail.get_body()
    assert body is not None
    assert f"zestawienie {number}" in body.get_content()
    files = {a.get_filename(): a for a in mail.iter_attachments()}
    name = number.replace("/", "-")
    assert set(files) == {f"{name}.pdf", f"{name}.csv"}
    async with person(db, server, "supervisor") as api:
        papers = ok(await api.get(f"/manifests/{closed['manifest']['id']}"))["documents"]
        ids = {d["name"]: d["id"] for d in papers}
        assert set(ids) == {f"{name}.pdf", f"{name}.csv", f"{name}.json"}  # JSON is kept, and not mailed
        for file in files:
            kept = await api.get(f"/documents/{ids[file]}")
            assert files[file].get_payload(decode=True) == kept.content
        assert [
            m["state"] for m in ok(await api.get("/mails?state=sent"))["items"] if m["ref"] == number
        ] == ["sent"]
        told = ok(await api.get(f"/events?subject=manifest&subject_id={closed['manifest']['id']}&shop_id=0"))
        kinds = [e["kind"] for e in told["items"] if e["kind"].startswith("mail.")]
        assert kinds == ["mail.queued", "mail.sent"]
    text = files[f"{name}.csv"].get_payload(decode=True)
    assert isinstance(text, bytes)
    assert [r["manifest"] for r in csv.DictReader(io.StringIO(text.decode()), delimiter=";")] == [number]


async def test_without_an_address_nothing_is_written(db: Database, server: Server) -> None:
    closed = await a_closed_manifest(db, server, await a_carrier(db))
    async with db.begin() as tx:
        assert not await tx.value(
            "select count(*) from mail where shop_id = 0 and about_id = $1", closed["manifest"]["id"]
        )


async def test_a_long_protocol_is_mailed_once_it_is_drawn(db: Database, server: Server) -> None:
    carrier = await named(db, await a_carrier(db), "Kurier", "dock@kurier.example")
    shop = await a_shop(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2)])
    async with a_bench(db, server) as bench:
        await labelled(db, bench.api, shop.id, await packed(bench, order, [(mug, 2)]))
    async with person(db, server, "supervisor") as api:
        body = {"warehouse_id": order.warehouse.id, "carrier_id": carrier.id}
        manifest = ok(await api.post("/loading/all", json=body))["manifest_id"]
    count = "select coalesce(sum(cardinality(document_ids)), 0) from mail where shop_id = 0 and about_id = $1"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(close_manifest, "DRAWN_AT_ONCE", 0)
        async with db.begin() as tx:
            await close_manifest.close_manifest(tx, manifest)
            assert await tx.value(count, manifest) == 0, "its protocol is not there yet"
    assert await close_manifest.draw_protocol(db, manifest)
    assert not await close_manifest.draw_protocol(db, manifest)
    async with db.begin() as tx:
        assert await tx.value(count, manifest) == 2


async def test_refund_advice_reaches_the_shop(db: Database, anonymous: Api) -> None:
    w: World = await a_world(anonymous, db)
    admin = bearer(await signed_in(db, roles=["admin"]))
    read = await anonymous.get(f"/shops/{w.shop.id}", headers=admin)
    for wrong in ("a@b.c, d@e.f", "a@b.c\nBcc: d@e.f", "zażółć@example.com", "nobody"):
        r = await anonymous.patch(
            f"/shops/{w.shop.id}",
            headers=admin | {"If-Match": read.headers["etag"]},
            json={"contact_email": wrong},
        )
        refused(r, "invalid", 422)
    change = {"contact_email": "zwroty@sklep.example", "name": "Sklep Żółw"}
    r = await anonymous.patch(
        f"/shops/{w.shop.id}", headers=admin | {"If-Match": read.headers["etag"]}, json=change
    )
    assert ok(r)["contact_email"] == "zwroty@sklep.example"
    mug = await a_sku(db, shop=w.shop)
    order = await shipped(w, (mug, 2, "19.99"))
    made = await w.announce((mug, 2), order_number=order.number, declared_on="2026-11-20")
    await w.receive(made["id"])
    await w.inspect(made["id"], mug, 1)
    await w.inspect(made["id"], mug, 1, "damaged", "quarantine", note="pęknięty")
    await w.post(f"/returns/{made['id']}/finish", w.bench, shop_id=w.shop.id)
    async with db.begin() as tx:
        mail_id = await tx.value("select id from mail where shop_id = $1", w.shop.id)
    async with a_post() as post:
        assert await send_mail(db, post.server, w.shop.id, mail_id)
        (mail,) = post.mails
    assert mail["To"].addresses[0].display_name == "Sklep Żółw"
    assert made["number"] in mail["Subject"]
    body = mail.get_body()
    assert body is not None
    text = body.get_content()
    assert f"zamówienia {order.number}" in text
    assert "Do zwrotu: 39.98 PLN." in text
    assert "Najpóźniej: 2026-12-04." in text
    assert f"1 x {mug.code} (uszkodzony): 19.99 PLN; używany lub uszkodzony" in text
    assert "czeka w kwarantannie" in text
    assert (await w.kinds_of_events(made["id"]))[-2:] == ["return.awaiting_shop", "mail.sent"]


async def test_once_is_once(db: Database) -> None:
    """Neither queued nor sent a second time, however often the job runs."""
    mail_id = await a_mail(db, once="the-one")
    async with db.begin() as tx:
        again = await queue_mail(
            tx, once="the-one", to="x@y.example", subject="?", body="?", about=About("manifest", 1)
        )
    assert again is None
    async with a_post() as post:
        assert [await send_mail(db, post.server, 0, mail_id) for _ in range(3)] == [True, False, False]
        assert len(post.raw) == 1
    (mail,) = post.mails
    body = mail.get_body()
    assert body is not None
    assert body.get_content() == "Żółć\n.\nend\n"
    async with db.begin() as tx:
        await sweep_mail(tx)
    assert (await row(db, mail_id))["state"] == "sent"


async def test_nobody_sends_what_another_is_sending(db: Database) -> None:
    mail_id = await a_mail(db)
    async with db.begin() as tx:  # another worker has begun a moment ago, and may have died
        await tx.run(
            "update mail set attempts = 1, retry_at = now() + interval '5 min' where id = $1 and shop_id = 0",
            mail_id,
        )
    async with a_post() as post:
        assert not await send_mail(db, post.server, 0, mail_id)
        await due(db, mail_id)
        assert await send_mail(db, post.server, 0, mail_id)


async def test_a_header_cannot_be_smuggled_in(db: Database) -> None:
    evil = "Kurier\r\nBcc: victim@example.com\r\n\r\nHello"
    mail_id = await a_mail(db, subject=evil, to_name=evil, body="x\r\n.\r\nMAIL FROM:<evil@example.com>\r\n")
    async with a_post() as post:
        assert await send_mail(db, post.server, 0, mail_id)
    (mail,) = post.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Kurier Bcc: victim@example.com Hello"
    assert [a.addr_spec for a in mail["To"].addresses] == ["dock@kurier.example"]
    assert [c for c in post.commands if c.startswith(("MAIL", "RCPT"))] == [
        c for c in post.commands if "wms@magazyn.example" in c or "dock@kurier.example" in c
    ]
    for to in ("a@b.example\r\nRCPT TO:<c@d.example>", "a@b.example,c@d.example", "Anna <a@b.example>"):
        bad = await a_mail(db, to=to)
        assert (await row(db, bad))["state"] == "failed"


@pytest.mark.parametrize(
    ("says", "drop", "final"),
    [
        ({"RCPT": "550 no such user"}, "", True),
        ({"TAKEN": "554 looks like spam"}, "", True),
        ({"TAKEN": "552 too large"}, "", True),
        ({"RCPT": "451 greylisted"}, "", False),
        ({"MAIL": "553 you may not send as this"}, "", False),
        ({"EHLO": "421 busy", "HELO": "421 busy"}, "", False),
        ({}, "DATA", False),
        ({}, "TAKEN", None),
    ],
)
async def test_what_the_mail_server_refuses(
    db: Database, server: Server, says: dict[str, str], drop: str, final: bool | None
) -> None:
    mail_id = await a_mail(db)
    async with a_post() as post:
        post.says, post.drop = says, drop
        taken = await send_mail(db, post.server, 0, mail_id)
        found = await row(db, mail_id)
        if final is None:  # the line went dead after the yes: it is sent
            assert taken
            assert found["state"] == "sent"
            return
        assert not taken
        assert found["state"] == ("failed" if final else "queued")
        assert found["last_error"]
        post.says, post.drop = {}, ""
        async with person(db, server, "supervisor") as api:
            if final:
                listed = ok(await api.get("/mails?state=failed&limit=500"))["items"]
                assert [m["attempts"] for m in listed if m["id"] == mail_id] == [1]
                ok(await api.post(f"/mails/{mail_id}/retry"))
            else:
                assert not await send_mail(db, post.server, 0, mail_id), "its wait is not over"
                await due(db, mail_id)
            assert await send_mail(db, post.server, 0, mail_id)
            refused(await api.post(f"/mails/{mail_id}/retry"), "wrong-state")
            refused(await api.post("/mails/999999999/retry"), "not-found", 404)


async def test_given_up_after_some_days(db: Database) -> None:
    mail_id = await a_mail(db)
    async with db.begin() as tx:
        await tx.run("update mail set attempts = $2 where shop_id = 0 and id = $1", mail_id, TRIES - 1)
    nobody = parse_mail_server("smtp://127.0.0.1:1", "wms@magazyn.example")
    assert not await send_mail(db, nobody, 0, mail_id)
    assert (await row(db, mail_id))["state"] == "failed"
    waits = [wait_after(n) for n in range(1, TRIES)]
    assert waits[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert max(waits) == timedelta(hours=1)
    assert timedelta(days=2) < sum(waits, timedelta()) < timedelta(days=4)


async def test_without_a_mail_server_mail_waits(db: Database) -> None:
    mail_id = await a_mail(db)
    assert not await send_mail(db, None, 0, mail_id)
    found = await row(db, mail_id)
    assert (found["state"], found["attempts"]) == ("queued", 0)
    async with db.begin() as tx:
        assert await sweep_mail(tx) >= 1


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtps://wms:p%40ss@mail.example.com", "mail.example.com", 465, "implicit"),
        ("smtp://wms:secret@mail.example.com", "mail.example.com", 587, "required"),
        ("smtp://relay.internal", "relay.internal", 25, "offered"),
        ("smtp://localhost:2525", "localhost", 2525, "never"),
    ],
)
def test_the_address_of_a_mail_server(url: str, host: str, port: int, tls: str) -> None:
    found = parse_mail_server(url, "WMS <wms@example.com>")
    assert (found.host, found.port, found.tls, found.sender) == (host, port, tls, "wms@example.com")
    assert found.password in (None, "p@ss", "secret")


def test_settings_that_cannot_work_are_named(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setenv("WMS_DATABASE_URL", "postgresql://x@127.0.0.1/x")
    assert load_settings(home=settings.home).mail is None
    monkeypatch.setenv("WMS_SMTP_URL", "smtp://mail.example.com")
    with pytest.raises(ConfigError, match="WMS_MAIL_FROM"):
        load_settings(home=settings.home)
    monkeypatch.setenv("WMS_MAIL_FROM", "wms@example.com")
    assert load_settings(home=settings.home).mail is not None
    for wrong in ("mail.example.com:587", "http://mail.example.com", "smtp://:25", "smtp://h:notaport"):
        monkeypatch.setenv("WMS_SMTP_URL", wrong)
        with pytest.raises(ConfigError, match="WMS_SMTP_URL"):
            load_settings(home=settings.home)


def test_addresses() -> None:
    assert is_mail_address("jan.kowalski+wms@sub.example.co.uk")
    for wrong in (
        "",
        "a",
        "a@",
        "@b",
        "a b@c.example",
        "a@b..c",
        "a@-b.example",
        "a@b.example ",
        "a" * 65 + "@b.example",
    ):
        assert not is_mail_address(wrong)


def test_verify_says_what_has_not_left() -> None:
    assert mail_lines(Unsent(queued=0, failed=0), server=False) == []
    assert "WMS_SMTP_URL" in mail_lines(Unsent(queued=2, failed=0), server=False)[0]
    waits, failed = mail_lines(Unsent(queued=2, failed=3), server=True)
    assert "the worker sends them" in waits
    assert "3 (GET /api/v1/mails?state=failed" in failed

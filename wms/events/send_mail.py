"""The job that hands one mail to the mail server, with no transaction open while it talks.

A try is leased before the server is called, so two workers never send the same mail at the same moment, and a mail that
is recorded as sent is never sent again. Between the server's yes and our record there is a moment in which a worker can
die; then the mail goes out a second time under the same Message-ID, which mail programs show once. The other way round,
recorded first and sent afterwards, would lose it.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from email.utils import format_datetime
from typing import Any

import aiosmtplib
import structlog
from aiosmtplib.errors import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
)

from wms.db.tx import Database
from wms.events.log import record
from wms.events.mail import About, mail_event
from wms.kernel.backoff import backoff
from wms.kernel.mail import MailServer

log = structlog.get_logger("wms.mail")

LEASE = timedelta(minutes=5)
SEND_WITHIN_S, ANSWER_WITHIN_S = 120.0, 30.0
"""Far below the lease, so that a try is over before another may begin."""
FIRST_WAIT_S, LONGEST_WAIT_S, TRIES = 30, 3600, 80
"""30 s, a minute, two ... an hour; given up after some three days, as mail servers do."""
TOO_LARGE = 552

CLAIM = """
update mail set attempts = attempts + 1, retry_at = $3
where shop_id = $1 and id = $2 and state = 'queued' and retry_at <= $4
returning shop_id, id, recipient, recipient_name, subject, body, document_ids, about, about_id, ref, message_id, attempts
"""
FILES = """
select d.name, d.media_type, d.bytes from unnest($2::bigint[]) with ordinality as u(id, no)
join document d on d.shop_id = $1 and d.id = u.id order by u.no
"""


def wait_after(attempts: int) -> timedelta:
    """Until the next try: 30 s, a minute, two ... at most an hour."""
    return backoff(attempts, FIRST_WAIT_S, LONGEST_WAIT_S)


async def send_mail(database: Database, server: MailServer | None, shop_id: int, mail_id: int) -> bool:
    """Whether it was sent now. Without a server, or before its time, nothing happens: the sweep comes by again."""
    if server is None:
        return False
    async with database.begin() as tx:
        mail = await tx.row(CLAIM, shop_id, mail_id, tx.now + LEASE, tx.now)
        if mail is None:
            return False
        files = await tx.rows(FILES, shop_id, mail["document_ids"])
    error: Exception | None = None
    try:
        await _hand_in(server, compose(server, mail, files, datetime.now(UTC)))
    except (SMTPException, OSError, TimeoutError, ValueError) as e:
        error = e
    await _record(database, mail, error)
    return error is None


def compose(server: MailServer, mail: Any, files: Sequence[Any], at: datetime) -> EmailMessage:
    """The message. Headers are set as values, never pasted into lines; what is not ASCII is encoded (RFC 2047, 2231)."""
    message = EmailMessage(policy=SMTP_LINES)
    message["From"] = Address(server.sender_name, addr_spec=server.sender)
    message["To"] = Address(mail["recipient_name"], addr_spec=mail["recipient"])
    message["Subject"] = mail["subject"]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mail['message_id']}@{server.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail["body"])
    for f in files:
        kind, _, sub = f["media_type"].partition(";")[0].partition("/")
        message.add_attachment(f["bytes"], maintype=kind, subtype=sub, filename=f["name"])
    return message


async def _hand_in(server: MailServer, message: EmailMessage) -> None:
    start_tls = {"required": True, "offered": None}.get(server.tls, False)
    async with asyncio.timeout(SEND_WITHIN_S):
        await aiosmtplib.send(
            message,
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.tls == "implicit",
            start_tls=start_tls,
            timeout=ANSWER_WITHIN_S,
            local_hostname=server.sender.rpartition("@")[2],
        )


def is_final(e: Exception) -> bool:
    """Whether another try would be told the same about *this* mail.

    A wrong password or a sender that the server does not take stops every mail until somebody corrects the settings: then
    they all leave by themselves, so those are worth waiting for.
    """
    if isinstance(e, SMTPRecipientsRefused):
        return all(r.code >= 500 for r in e.recipients)
    if isinstance(e, SMTPSenderRefused):
        return e.code == TOO_LARGE
    if isinstance(e, SMTPDataError | SMTPRecipientRefused):
        return e.code >= 500
    return isinstance(e, ValueError)


def _words(e: Exception) -> str:
    if isinstance(e, SMTPRecipientsRefused):
        return "; ".join(f"{r.code} {r.message}" for r in e.recipients)
    code = getattr(e, "code", None)
    return f"{code} {getattr(e, 'message', e)}" if code is not None else f"{type(e).__name__}: {e}"


async def _record(database: Database, mail: Any, e: Exception | None) -> None:
    about = About(mail["about"], mail["about_id"], mail["ref"])
    key = mail["shop_id"], mail["id"]
    async with database.begin() as tx:
        if e is None:
            await tx.run(
                """update mail set state = 'sent', sent_at = $3, retry_at = null, last_error = null
                   where shop_id = $1 and id = $2 and state = 'queued'""",
                *key,
                tx.now,
            )
            await record(tx, mail_event("sent", *key, about))
            return
        final = is_final(e) or mail["attempts"] >= TRIES
        log.warning(
            "mail not taken", mail=mail["id"], attempts=mail["attempts"], final=final, error=type(e).__name__
        )
        await tx.run(
            """update mail set state = $3, last_error = $4, retry_at = $5
               where shop_id = $1 and id = $2 and state = 'queued'""",
            *key,
            "failed" if final else "queued",
            _words(e)[:500],
            None if final else tx.now + wait_after(mail["attempts"]),
        )
        if final:
            await record(tx, mail_event("failed", *key, about))

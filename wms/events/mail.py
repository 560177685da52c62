"""Mail leaves through an outbox: written with the change that it tells of, sent afterwards by the worker.

What a mail says is settled when it is queued, and the same ``once`` is queued once and never again: a job that runs a
second time adds nothing. One job at a time sends, so that a slow mail server takes one of the worker's places, not all.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

import msgspec

from wms.db.tx import Tx
from wms.events.log import OPERATOR, Event, enqueue, record
from wms.kernel.mail import is_mail_address, one_line
from wms.kernel.refusals import NotFound, WrongState

QUEUE = "mail"
MOST = 500
"""Mails taken up in one sweep; the next one is a minute away."""
MAX_SUBJECT = 200


class About(msgspec.Struct, frozen=True):
    """What the mail is about, as its events say it; ``ref`` is the number that people know it by."""

    subject: str
    subject_id: int
    ref: str | None = None


async def queue_mail(
    tx: Tx,
    *,
    once: str,
    to: str,
    subject: str,
    body: str,
    about: About,
    to_name: str = "",
    documents: Sequence[int] = (),
    shop_id: int = OPERATOR,
) -> int | None:
    """The mail's id; None when ``once`` was queued before. Never refuses: what it tells of has happened.

    ``documents`` are attached: ids of kept files of the same ``shop_id``. An address that cannot be written to makes a
    *failed* mail, which a person sees, instead of an error for somebody who can do nothing about it.
    """
    usable = is_mail_address(to)
    mail_id: int | None = await tx.value(
        """insert into mail (shop_id, once, recipient, recipient_name, subject, body, document_ids, about, about_id, ref,
             message_id, state, last_error, retry_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
           on conflict (shop_id, once) do nothing returning id""",
        shop_id,
        once,
        to,
        one_line(to_name)[:100],
        one_line(subject)[:MAX_SUBJECT],
        body,
        list(documents),
        about.subject,
        about.subject_id,
        about.ref,
        uuid4().hex,
        "queued" if usable else "failed",
        None if usable else "not an e-mail address",
        tx.now if usable else None,
    )
    if mail_id is None:
        return None
    await record(tx, mail_event("queued" if usable else "failed", shop_id, mail_id, about))
    if usable:
        await _enqueue(tx, shop_id, mail_id)
    return mail_id


def mail_event(what: str, shop_id: int, mail_id: int, about: About) -> Event:
    """``mail.<what>`` on the thing that the mail is about. Without the address: events are kept for ever."""
    return Event(
        kind=f"mail.{what}", subject=about.subject, subject_id=about.subject_id, shop_id=shop_id, ref=about.ref,
        data={"mail_id": mail_id},
    )  # fmt: skip


async def _enqueue(tx: Tx, shop_id: int, mail_id: int) -> None:
    once = f"mail-{shop_id}-{mail_id}"
    await enqueue(tx, QUEUE, "mail.send", lock="mail", once=once, shop_id=shop_id, mail_id=mail_id)


async def sweep_mail(tx: Tx) -> int:
    """Puts what is due into the queue: tries whose wait is over, and mails of a time without a mail server."""
    due = await tx.rows(
        "select shop_id, id from mail where state = 'queued' and retry_at <= $1 order by retry_at limit $2",
        tx.now,
        MOST,
    )
    for row in due:
        await _enqueue(tx, row["shop_id"], row["id"])
    return len(due)


class MailRow(msgspec.Struct, frozen=True):
    """``last_error``: the mail server's words. ``documents``: how many files are attached."""

    id: int
    shop_id: int
    state: str
    recipient: str
    subject: str
    about: str
    about_id: int
    ref: str | None
    documents: int
    attempts: int
    last_error: str | None
    queued_at: datetime
    retry_at: datetime | None
    sent_at: datetime | None


LIST = """
select id, shop_id, state, recipient, subject, about, about_id, ref, cardinality(document_ids) as documents, attempts,
       last_error, queued_at, retry_at, sent_at
from mail where id > $1 and ($2::text is null or state = $2) order by id limit $3
"""


async def mails(tx: Tx, *, state: str | None, after: int, limit: int) -> list[MailRow]:
    """Mails of every shop and of the operator, oldest first."""
    return await tx.all(MailRow, LIST, after, state, limit)


async def retry_mail(tx: Tx, shop_id: int, mail_id: int) -> MailRow:
    """A failed mail goes into the queue again. Raises ``NotFound``, ``WrongState``."""
    row = await tx.row(
        "select state, about, about_id, ref, recipient from mail where shop_id = $1 and id = $2 for update",
        shop_id,
        mail_id,
    )
    if row is None:
        raise NotFound(what="mail", ref=mail_id)
    if row["state"] != "failed" or not is_mail_address(row["recipient"]):
        raise WrongState(what="mail", ref=mail_id, state=row["state"], wanted="queued")
    await tx.run(
        """update mail set state = 'queued', attempts = 0, retry_at = $3, last_error = null
           where shop_id = $1 and id = $2""",
        shop_id,
        mail_id,
        tx.now,
    )
    about = About(row["about"], row["about_id"], row["ref"])
    await record(tx, mail_event("queued", shop_id, mail_id, about))
    await _enqueue(tx, shop_id, mail_id)
    return (await mails(tx, state=None, after=mail_id - 1, limit=1))[0]


class Unsent(msgspec.Struct, frozen=True):
    queued: int
    failed: int


async def unsent(tx: Tx) -> Unsent:
    """How much has not left."""
    sql = """select count(*) filter (where state = 'queued') as queued, count(*) filter (where state = 'failed') as failed
             from mail where state <> 'sent'"""
    found = await tx.one(Unsent, sql)
    assert found is not None
    return found

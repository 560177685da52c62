"""What has done its work and would only grow: the bodies of old answers, sign-ins that ended long ago, failed tries."""

from datetime import timedelta

from wms.db.tx import Tx

ANSWERS, SESSIONS, FAILURES = timedelta(days=7), timedelta(days=90), timedelta(days=1)
AT_ONCE = 20_000
"""Answers of one turn; a warehouse makes fewer between two turns."""


async def forget_answers(tx: Tx) -> int:
    """Empties answers that are a week old. Their ids stay: what was done once is never done again."""
    return await tx.run(
        """update idempotent_request set body = null where (principal, key) in (
             select principal, key from idempotent_request where body is not null and at < $1 order by at limit $2)""",
        tx.now - ANSWERS,
        AT_ONCE,
    )


async def forget_sign_ins(tx: Tx) -> int:
    """Sessions that ended ninety days ago, and failed tries that count no more."""
    gone = await tx.run("delete from session where expires_at < $1", tx.now - SESSIONS)
    return gone + await tx.run("delete from sign_in_failure where at < $1", tx.now - FAILURES)

"""Scans that mean the same in every flow of a handheld: another person's badge, the log-off code, the way home."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response

from wms.db.tx import Tx
from wms.kernel.scan import Command, Scan
from wms.web.entrance import end_session
from wms.web.html import go

BADGE = "select exists(select from person where lower(badge) = lower($1))"
"""A shop may sell goods whose bar code begins like a badge: those end nobody's work."""


async def leave(request: Request[Any, Any, Any], tx: Tx, read: Scan) -> Response[Any] | None:
    """Where such a scan leads; None for any other. A badge ends this sign-in and begins the next one."""
    if read.kind == "badge" and await tx.value(BADGE, read.code):
        await end_session(tx)
        return go(request, f"/floor/sign-in?badge={quote(read.code)}")
    if read.command is Command.LOGOFF:
        await end_session(tx)
        return go(request, "/floor/sign-in")
    return go(request, "/floor") if read.command is Command.HOME else None

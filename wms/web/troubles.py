"""What a failure of the database means to whoever waits for an answer."""

import asyncpg

from wms.db.tx import Clash

# Not reached, or cut off: the same request may succeed in a moment.
GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,  # the driver's confusion when the server's last word came between two statements
)
# Two transactions in each other's way, or a plan from before a migration: at once again, in a new transaction.
CLASH = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
    Clash,
)
# Waited long enough already.
SLOW = (
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    TimeoutError,
)
# Values that no column can hold: NUL in a text, half a surrogate pair, a number beyond 64 bits.
UNUSABLE = (
    asyncpg.CharacterNotInRepertoireError,
    asyncpg.UntranslatableCharacterError,
    asyncpg.NumericValueOutOfRangeError,
    UnicodeEncodeError,
)


def is_gone(e: BaseException) -> bool:
    """Whether the connection was lost, as opposed to the database having said no."""
    return isinstance(e, GONE) or (isinstance(e, asyncpg.InterfaceError) and "closed" in str(e))


def is_unreachable(e: BaseException) -> bool:
    """``is_gone`` for the edge's own calls, where an error of the operating system is one of connecting."""
    return is_gone(e) or (isinstance(e, OSError) and not is_slow(e))


def is_clash(e: BaseException) -> bool:
    return isinstance(e, CLASH)


def is_slow(e: BaseException) -> bool:
    return isinstance(e, SLOW)


def is_unusable(e: BaseException) -> bool:
    """Whether the request held a value that cannot be stored, as the server says or the driver, which says why."""
    beyond = isinstance(e, asyncpg.DataError) and isinstance(e.__cause__, OverflowError | UnicodeEncodeError)
    return isinstance(e, UNUSABLE) or beyond

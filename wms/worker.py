"""The worker: does the jobs (``wms.jobs``) and keeps the printers. Run any number of them.

A worker that is killed in a job leaves it *doing*; another one's rescue sees the missing heartbeat and puts it back. The
queue's own connections use the application's login in the staff role, so a worker can do no more than the server.
"""

import asyncio
import contextlib
import signal

import procrastinate
import psycopg
import psycopg_pool
import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition
from sqlalchemy.engine import URL

from wms.config import Settings, load_settings
from wms.db.roles import refuse_to_serve_as_owner
from wms.db.tx import Database
from wms.jobs import QUEUES, STALLED_S, declare_jobs, rescue
from wms.kernel.mail import MailServer
from wms.printing.run_printers import run_printers
from wms.shipping.adapters import Carriers
from wms.web.telemetry import setup_logging

log = structlog.get_logger("wms.worker")

CONCURRENCY = 24
"""Jobs at the same time. Nearly all of a label's time is the carrier's, so twenty stations that close a parcel in the same
second must not wait for each other's answers; on a CPU they are few."""
CONNECTIONS = 8
"""For all of them: none holds one while it waits for a carrier."""
PRINTING = 6
"""Connections of the printers' own: what waits for a carrier must not keep a label from the printer."""
HEARTBEAT_S = 5.0
TRY_AGAIN_S = 2.0
GRACE_S = 3.0
"""A job that is not done so long after the stop signal is put back for another worker."""


def connector(url: URL) -> procrastinate.PsycopgConnector:
    """The queue's connections: the application's login, which puts on the staff role.

    They take up and finish jobs, one after the other, and wait for no disk: after a crash of the server a job may be
    there once more, and each bears to run twice. Whoever leaves a job waits for it, in the transaction of what it is for.
    """
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return procrastinate.PsycopgConnector(
        pool_factory=psycopg_pool.AsyncConnectionPool,
        conninfo=conninfo,
        kwargs={
            "options": "-c role=wms_staff -c timezone=UTC -c synchronous_commit=off",
            "application_name": "wms-worker",
        },
        min_size=1,
        max_size=CONNECTIONS,
    )


def create_jobs(
    database: Database, url: URL, server: MailServer | None = None, carriers: Carriers | None = None
) -> procrastinate.App:
    """The tasks, bound to this process's database, its carriers' numbers and its mail server."""
    app = procrastinate.App(connector=connector(url))
    declare_jobs(app, database, server, carriers or Carriers(database))
    return app


async def serve_jobs(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT, then lets jobs finish for three seconds and puts the rest back.

    Jobs that a dead worker left behind are taken up at the start, so that a restart heals by itself. A database that
    goes away for a while stops nothing for good.
    """
    database = Database(settings.app_url, pool_size=CONNECTIONS)
    printing = Database(settings.app_url, pool_size=PRINTING)
    carriers = Carriers(database, settings.home)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    printers: asyncio.Task[None] | None = None
    try:
        async with database.begin() as tx:
            await refuse_to_serve_as_owner(tx.driver)
        printers = asyncio.create_task(_print(printing, stop))
        while not stop.is_set():
            try:
                await _work(create_jobs(database, settings.app_url, settings.mail, carriers), stop)
            except (ConnectorException, psycopg.Error, OSError) as e:
                log.warning(
                    "the worker lost the database and tries again",
                    error=type(e).__name__,
                    cause=type(e.__cause__).__name__,
                )
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), TRY_AGAIN_S)
    finally:
        if printers is not None:
            stop.set()
            await asyncio.gather(printers, return_exceptions=True)
        await carriers.close()
        await printing.close()
        await database.close()
    log.info("worker stopped")


async def _print(database: Database, stop: asyncio.Event) -> None:
    """The printers' part of the worker: a fault of ours in it is told and does not end it."""
    while not stop.is_set():
        try:
            await run_printers(database, stop, GRACE_S)
        except Exception as e:
            log.error("printing broke off and begins again", exc_info=e)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), TRY_AGAIN_S)


async def _work(app: procrastinate.App, stop: asyncio.Event) -> None:
    async with app.open_async():
        await rescue(app)
        work = asyncio.create_task(
            app.run_worker_async(
                queues=list(QUEUES),
                concurrency=CONCURRENCY,
                install_signal_handlers=False,
                shutdown_graceful_timeout=GRACE_S,
                update_heartbeat_interval=HEARTBEAT_S,
                stalled_worker_timeout=STALLED_S,
                delete_jobs=DeleteJobCondition.SUCCESSFUL,
            )
        )
        stopping = asyncio.create_task(stop.wait())
        log.info("worker ready")
        await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work


def run_worker(settings: Settings) -> None:
    """What ``wms worker`` runs; returns after a stop signal."""
    setup_logging()
    asyncio.run(serve_jobs(settings))


def main() -> None:
    run_worker(load_settings())


if __name__ == "__main__":
    main()

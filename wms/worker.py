"""The worker: jobs that requests left behind, and what happens by the clock. Run any number of them.

Jobs are ours to lose and to run twice: every task reads its intent from the database and bears both. A worker that is
killed in a job leaves it *doing*; another one's rescue sees the missing heartbeat and puts it back. The queue's own
connections use the application's login in the staff role, so a worker can do no more than the server.
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import procrastinate
import psycopg
import psycopg_pool
import structlog
from procrastinate import retry
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition, Job
from sqlalchemy.engine import URL

from wms.catalog.fetch_picture import Internet
from wms.catalog.fetch_pictures import fetch_pictures
from wms.config import Settings, load_settings
from wms.db.roles import refuse_to_serve_as_owner
from wms.db.tx import Database, Tx
from wms.events import mail, send_mail
from wms.kernel.mail import MailServer
from wms.orders.choose_for_waiting import choose_for_waiting, sweep_choices
from wms.orders.fill_backorders import sweep_backorders
from wms.packing.print_slip import print_slip
from wms.paths import home as default_home
from wms.people.forget import forget_answers, forget_sign_ins
from wms.picking.wave_rule import release_by_rule
from wms.printing.print_records import forget_prints
from wms.printing.run_printers import run_printers
from wms.replenishment.plan_replenishments import plan_replenishments
from wms.shipping.adapters import Carriers
from wms.shipping.buy_label import buy_label
from wms.shipping.close_manifest import draw_protocol
from wms.shipping.deliver import deliver, sweep_deliveries
from wms.shipping.fall_back import fall_back, sweep_fallbacks
from wms.shipping.fetch_protocol import fetch_protocol, sweep_protocols
from wms.shipping.hear_webhook import forget_webhooks
from wms.shipping.order_pickup import order_pickup, sweep_pickups
from wms.shipping.read_tracking import read_tracking, sweep_tracking
from wms.shipping.reconcile import reconcile
from wms.shipping.record_tracking import follow_parcel
from wms.shipping.request_label import QUEUE, ask_for_label
from wms.shipping.sweep_labels import cancel_booking, sweep_labels
from wms.shipping.watch_parcels import watch_parcels
from wms.stock.chain import seal_all
from wms.web.telemetry import setup_logging

log = structlog.get_logger("wms.worker")

EVERY_MINUTE = "* * * * *"
EVERY_TEN_MINUTES = "*/10 * * * *"
CONCURRENCY = 24
"""Jobs at the same time. Nearly all of a label's time is the carrier's, so twenty stations that close a parcel in the same
second must not wait for each other's answers; on a CPU they are few."""
CONNECTIONS = 8
"""For all of them: none holds one while it waits for a carrier."""
PRINTING = 6
"""Connections of the printers' own: what waits for a carrier must not keep a label from the printer."""
HEARTBEAT_S, STALLED_S = 5.0, 20.0
TRY_AGAIN_S = 2.0
GRACE_S = 3.0
"""A job that is not done so long after the stop signal is put back for another worker."""


class RunAgain(Exception):
    """A task's word that the job is to be run once more."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__(f"again in {wait.total_seconds():g} s")


class Again(retry.BaseRetryStrategy):
    """Waits as long as the task says. Any other error is ours: a few more tries with growing distance."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> retry.RetryDecision | None:
        if isinstance(exception, RunAgain):
            return retry.RetryDecision(retry_at=datetime.now(UTC) + exception.wait)
        if job.attempts >= 8:
            return None
        return retry.RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=2**job.attempts))


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
    carriers = carriers or Carriers(database)
    again = Again()

    @app.task(name="shipping.buy_label", queue=QUEUE, retry=again)
    async def _buy(shop_id: int, label_id: int) -> None:
        if (wait := await buy_label(database, carriers, shop_id, label_id)) is not None:
            raise RunAgain(wait)

    @app.task(name="shipping.request_label", queue=QUEUE, retry=again)
    async def _ask(shop_id: int, parcel_id: int) -> None:
        await ask_for_label(database, shop_id, parcel_id)

    @app.task(name="packing.print_slip", queue=QUEUE, retry=again)
    async def _slip(shop_id: int, parcel_id: int) -> None:
        await print_slip(database, shop_id, parcel_id)

    @app.task(name="shipping.cancel_booking", queue=QUEUE, retry=again)
    async def _cancel(shop_id: int, label_id: int) -> None:
        await cancel_booking(database, carriers, shop_id, label_id)

    @app.task(name="shipping.follow", queue=QUEUE, retry=again)
    async def _follow(shop_id: int, parcel_id: int) -> None:
        async with database.begin() as tx:
            await follow_parcel(tx, shop_id, parcel_id)

    @app.task(name="shipping.read_tracking", queue=QUEUE, retry=again)
    async def _read(carrier_id: int, shop_id: int) -> None:
        if (wait := await read_tracking(database, carriers, carrier_id, shop_id)) is not None:
            raise RunAgain(wait)

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name="shipping.sweep_tracking", queue="clock", queueing_lock="sweep_tracking", retry=again)
    async def _track(timestamp: int) -> None:
        async with database.begin() as tx:
            await sweep_tracking(tx)

    @app.periodic(cron=EVERY_TEN_MINUTES)
    @app.task(name="forget", queue="clock", queueing_lock="forget", retry=again)
    async def _forget(timestamp: int) -> None:
        await each_alone(database, forget_webhooks, forget_prints, forget_answers, forget_sign_ins)

    @app.task(name="shipping.fall_back", queue=QUEUE, retry=again)
    async def _back(shop_id: int, label_id: int) -> None:
        async with database.begin() as tx:
            await fall_back(tx, shop_id, label_id)

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name="shipping.sweep_fallbacks", queue="clock", queueing_lock="sweep_fallbacks", retry=again)
    async def _backs(timestamp: int) -> None:
        async with database.begin() as tx:
            await sweep_fallbacks(tx)

    @app.periodic(cron=EVERY_TEN_MINUTES)
    @app.task(name="shipping.watch_parcels", queue="clock", queueing_lock="watch_parcels", retry=again)
    async def _watch(timestamp: int) -> None:
        async with database.begin() as tx:
            await watch_parcels(tx)

    @app.task(name="orders.choose_again", queue=QUEUE, retry=again)
    async def _choose(shop_id: int) -> None:
        await choose_for_waiting(database, shop_id)

    @app.periodic(cron=EVERY_TEN_MINUTES)
    @app.task(name="orders.sweep_choices", queue="clock", queueing_lock="sweep_choices", retry=again)
    async def _choices(timestamp: int) -> None:
        async with database.begin() as tx:
            await sweep_choices(tx)

    @app.task(name="shipping.draw_protocol", queue=QUEUE, retry=again)
    async def _draw(manifest_id: int) -> None:
        await draw_protocol(database, manifest_id)

    @app.task(name="shipping.fetch_protocol", queue=QUEUE, retry=again)
    async def _fetch(manifest_id: int) -> None:
        await fetch_protocol(database, carriers, manifest_id)

    @app.task(name="shipping.order_pickup", queue=QUEUE, retry=again)
    async def _car(order_id: int) -> None:
        await order_pickup(database, carriers, order_id)

    @app.task(name="shipping.deliver", queue=QUEUE, retry=again)
    async def _deliver(manifest_id: int) -> None:
        await deliver(database, carriers.home or default_home(), manifest_id)

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name="shipping.sweep_manifests", queue="clock", queueing_lock="sweep_manifests", retry=again)
    async def _manifests(timestamp: int) -> None:
        await each_alone(database, sweep_protocols, sweep_deliveries, sweep_pickups, reconcile)

    @app.task(name="mail.send", queue=mail.QUEUE, retry=again)
    async def _mail(shop_id: int, mail_id: int) -> None:
        await send_mail.send_mail(database, server, shop_id, mail_id)

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name="mail.sweep", queue="clock", queueing_lock="sweep_mail", retry=again)
    async def _post(timestamp: int) -> None:
        if server is not None:  # without one they wait where they are
            async with database.begin() as tx:
                await mail.sweep_mail(tx)

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name="shipping.sweep_labels", queue="clock", queueing_lock="sweep_labels", retry=again)
    async def _sweep(timestamp: int) -> None:
        async with database.begin() as tx:
            await sweep_labels(tx)

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name="stock.seal", queue="clock", queueing_lock="seal", lock="seal", retry=again)
    async def _seal(timestamp: int) -> None:
        async with database.begin() as tx:
            await seal_all(tx)

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name="orders.sweep_backorders", queue="clock", queueing_lock="sweep_backorders", retry=again)
    async def _fill(timestamp: int) -> None:
        async with database.begin() as tx:
            await sweep_backorders(tx)

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name="replenishment.plan", queue="clock", queueing_lock="plan_replenishments", retry=again)
    async def _refill(timestamp: int) -> None:
        async with database.begin() as tx:
            await plan_replenishments(tx)

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(
        name="picking.release_by_rule", queue="clock", queueing_lock="release_by_rule", lock="release_by_rule",
        retry=again,
    )  # fmt: skip
    async def _waves(timestamp: int) -> None:
        async with database.begin() as tx:
            await release_by_rule(tx)

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(
        name="catalog.fetch_pictures",
        queue=QUEUE,
        queueing_lock="fetch_pictures",
        lock="fetch_pictures",
        retry=again,
    )
    async def _pictures(timestamp: int) -> None:
        await fetch_pictures(database, Internet())

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name="jobs.rescue", queue="clock", queueing_lock="rescue")
    async def _rescue(timestamp: int) -> None:
        await rescue(app)

    del (
        _buy,
        _ask,
        _slip,
        _cancel,
        _follow,
        _read,
        _track,
        _draw,
        _fetch,
        _deliver,
        _car,
        _manifests,
        _mail,
        _post,
        _sweep,
        _seal,
        _fill,
        _refill,
        _waves,
        _rescue,
        _choose,
        _choices,
        _back,
        _backs,
        _watch,
        _pictures,
    )  # the app knows them by name
    return app


async def each_alone(database: Database, *sweeps: Callable[[Tx], Awaitable[object]]) -> None:
    """Every sweep in a transaction of its own: one that fails keeps none of the others from its turn. Raises afterwards what
    they have raised."""
    faults: list[Exception] = []
    for sweep in sweeps:
        try:
            async with database.begin() as tx:
                await sweep(tx)
        except Exception as e:
            log.error("a sweep failed", sweep=sweep.__name__, exc_info=e)
            faults.append(e)
    if faults:
        raise ExceptionGroup("sweeps failed", faults)


async def rescue(app: procrastinate.App) -> int:
    """Puts the jobs of workers that died back into the queue; returns how many."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S))
    for job in stalled:
        log.warning("a worker died in a job; it runs again", job=job.id, task=job.task_name)
        await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))
    return len(stalled)


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
                log.warning("the worker lost the database and tries again", error=type(e).__name__)
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
                queues=[QUEUE, mail.QUEUE, "clock"],
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

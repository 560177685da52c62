"""The jobs of a worker: what requests leave behind, and what comes round by the clock.

Every task reads its intent from the database and bears to be lost and to be run twice.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import procrastinate
import structlog
from procrastinate import retry
from procrastinate.jobs import Job, Status

from wms.catalog.fetch_picture import Internet
from wms.catalog.fetch_pictures import fetch_pictures
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
from wms.shipping.request_label import QUEUE
from wms.shipping.sweep_labels import cancel_booking, sweep_labels
from wms.shipping.watch_parcels import watch_parcels
from wms.stock.chain import seal_all

log = structlog.get_logger("wms.jobs")

CLOCK = "clock"
QUEUES = (QUEUE, mail.QUEUE, CLOCK)
EVERY_MINUTE = "* * * * *"
EVERY_TEN_MINUTES = "*/10 * * * *"
TRIES = 8
STALLED_S = 20.0

Sweep = Callable[[Tx], Awaitable[object]]


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
        if job.attempts >= TRIES:
            return None
        return retry.RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=2**job.attempts))


class Jobs:
    """Puts tasks under their names, which stand in the queue and stay."""

    def __init__(self, app: procrastinate.App, database: Database) -> None:
        self.app, self.database = app, database

    def left(self, name: str, work: Callable[..., Awaitable[object]], queue: str = QUEUE) -> None:
        """What a request leaves behind, with the arguments of ``work``. A timedelta that it gives back means: once more,
        so much later."""

        async def run(**about: int) -> None:
            wait = await work(**about)
            if isinstance(wait, timedelta):
                raise RunAgain(wait)

        self.app.task(name=name, queue=queue, retry=Again())(run)

    def clock(
        self,
        name: str,
        work: Callable[[], Awaitable[object]],
        cron: str = EVERY_MINUTE,
        *,
        queue: str = CLOCK,
        alone: bool = False,
    ) -> None:
        """What comes round; one that waits is enough. ``alone``: two never run at the same time."""

        async def run(timestamp: int) -> None:
            await work()

        task = self.app.task(
            name=name, queue=queue, queueing_lock=name, lock=name if alone else None, retry=Again()
        )
        self.app.periodic(cron=cron)(task(run))

    def sweeps(self, name: str, *sweeps: Sweep, cron: str = EVERY_MINUTE, alone: bool = False) -> None:
        """Each in a transaction of its own."""
        self.clock(name, partial(each_alone, self.database, *sweeps), cron, alone=alone)


def declare_jobs(
    app: procrastinate.App, database: Database, server: MailServer | None, carriers: Carriers
) -> None:
    """All of them, bound to this process's database, its carriers' numbers and its mail server."""
    jobs = Jobs(app, database)
    jobs.left("shipping.buy_label", partial(buy_label, database, carriers))
    jobs.left("shipping.cancel_booking", partial(cancel_booking, database, carriers))
    jobs.left("shipping.follow", partial(in_one, database, follow_parcel))
    jobs.left("shipping.read_tracking", partial(read_tracking, database, carriers))
    jobs.left("shipping.fall_back", partial(in_one, database, fall_back))
    jobs.left("shipping.draw_protocol", partial(draw_protocol, database))
    jobs.left("shipping.fetch_protocol", partial(fetch_protocol, database, carriers))
    jobs.left("shipping.order_pickup", partial(order_pickup, database, carriers))
    jobs.left("shipping.deliver", partial(deliver, database, carriers.home or default_home()))
    jobs.left("orders.choose_again", partial(choose_for_waiting, database))
    jobs.left("packing.print_slip", partial(print_slip, database))
    jobs.left("mail.send", partial(send_mail.send_mail, database, server), queue=mail.QUEUE)

    jobs.sweeps("shipping.sweep_labels", sweep_labels)
    jobs.sweeps("shipping.sweep_fallbacks", sweep_fallbacks)
    jobs.sweeps("shipping.sweep_tracking", sweep_tracking)
    jobs.sweeps("shipping.sweep_manifests", sweep_protocols, sweep_deliveries, sweep_pickups, reconcile)
    jobs.sweeps("shipping.watch_parcels", watch_parcels, cron=EVERY_TEN_MINUTES)
    jobs.sweeps("orders.sweep_choices", sweep_choices, cron=EVERY_TEN_MINUTES)
    jobs.sweeps("orders.sweep_backorders", sweep_backorders)
    jobs.sweeps("replenishment.plan", plan_replenishments)
    jobs.sweeps("picking.release_by_rule", release_by_rule, alone=True)
    jobs.sweeps("stock.seal", seal_all, alone=True)
    jobs.sweeps(
        "forget", forget_webhooks, forget_prints, forget_answers, forget_sign_ins, cron=EVERY_TEN_MINUTES
    )
    jobs.sweeps(
        "mail.sweep", *(() if server is None else (mail.sweep_mail,))
    )  # without a server they wait where they are
    jobs.clock(
        "catalog.fetch_pictures", lambda: fetch_pictures(database, Internet()), queue=QUEUE, alone=True
    )
    jobs.clock("jobs.rescue", partial(rescue, app))


async def in_one(database: Database, work: Callable[..., Awaitable[object]], **about: int) -> None:
    """The work in a transaction."""
    async with database.begin() as tx:
        await work(tx, **about)


async def each_alone(database: Database, *sweeps: Sweep) -> None:
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
        try:
            await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))
        except procrastinate.exceptions.UniqueViolation:  # a twin that waits does the same work
            await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)
    return len(stalled)

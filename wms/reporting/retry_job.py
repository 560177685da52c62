"""A job that gave up: run it again, or drop it."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound

# A twin that waits already does the same work: then the failed one is only taken away.
AGAIN = """
with job as materialized (
  select id, task_name, queueing_lock from procrastinate_jobs where id = $1 and status = 'failed' for update
), gone as (
  delete from procrastinate_jobs j using job where j.id = job.id and exists (
    select from procrastinate_jobs t where t.queueing_lock = job.queueing_lock and t.status = 'todo')
  returning j.id
), again as (
  select procrastinate_retry_job_v2(job.id, now(), null, null, null) from job where not exists (select from gone)
)
select job.task_name, (select count(*) from again) as again from job
"""
DROP = "delete from procrastinate_jobs where id = $1 and status = 'failed' returning task_name"


async def retry_job(tx: Tx, job_id: int) -> None:
    """Raises ``NotFound`` for a job that is not there, or has not failed."""
    found = await tx.row(AGAIN, job_id)
    if found is None:
        raise NotFound(what="failed job", ref=job_id)
    await record(tx, Event(kind="job.retried", subject="job", subject_id=job_id, ref=found["task_name"]))


async def drop_job(tx: Tx, job_id: int) -> None:
    """Raises ``NotFound``."""
    task: str | None = await tx.value(DROP, job_id)
    if task is None:
        raise NotFound(what="failed job", ref=job_id)
    await record(tx, Event(kind="job.dropped", subject="job", subject_id=job_id, ref=task))

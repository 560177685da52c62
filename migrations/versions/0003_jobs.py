"""the job queue, and the one door through which a transaction puts a job into it"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    # Runs as its owner, so that a shop's request can leave a job without being able to read the queue.
    op.execute(
        """
        create function enqueue(queue text, task text, lock text, once text, args jsonb) returns bigint
        language plpgsql security definer set search_path = public, pg_temp as $$
        begin
          if once is not null and exists (
            select from procrastinate_jobs where queueing_lock = once and status = 'todo') then
            return null;
          end if;
          return (procrastinate_defer_jobs_v1(array[
            row(queue, task, 0, lock, once, args, null)::procrastinate_job_to_defer_v1]))[1];
        exception when unique_violation then
          return null;  -- another transaction left the same job a moment ago
        end $$
        """
    )
    op.execute("revoke all on function enqueue from public")
    op.execute("grant execute on function enqueue to wms_staff, wms_shop, wms_courier")
    op.execute(
        """
        do $$ declare t text; begin
          for t in select tablename from pg_tables where schemaname = 'public' and tablename like 'procrastinate%' loop
            execute format('grant select, insert, update, delete on %I to wms_staff', t);
          end loop;
        end $$
        """
    )
    op.execute("grant usage, select on all sequences in schema public to wms_staff")


def downgrade() -> None:
    op.execute("drop function enqueue")
    op.execute(
        """
        do $$ declare r record; begin
          for r in select tablename from pg_tables where schemaname = 'public' and tablename like 'procrastinate%' loop
            execute format('drop table %I cascade', r.tablename);
          end loop;
          for r in select p.oid::regprocedure as f from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                    where n.nspname = 'public' and p.proname like 'procrastinate%' loop
            execute format('drop function %s cascade', r.f);
          end loop;
          for r in select t.typname from pg_type t join pg_namespace n on n.oid = t.typnamespace
                    where n.nspname = 'public' and t.typname like 'procrastinate%' and t.typtype in ('e', 'c') loop
            execute format('drop type if exists %I cascade', r.typname);
          end loop;
        end $$
        """
    )

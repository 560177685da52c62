"""Runs migrations in one transaction, one runner at a time; the URL comes from the caller, never from a file."""

from alembic import context
from sqlalchemy import create_engine, pool, text
from sqlalchemy.engine import make_url

from wms.tables import metadata

LOCK = 7_319_420_001


def include(obj: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """The job queue's tables belong to its library; its own migrations make them."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def run() -> None:
    url = make_url(context.config.attributes["url"]).set(drivername="postgresql+psycopg")
    # NullPool: a pooled connection would keep the advisory lock after the run
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"select pg_advisory_lock({LOCK})"))
        connection.execute(text("set lock_timeout = '5s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            transaction_per_migration=True,
            include_object=include,
            compare_type=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()

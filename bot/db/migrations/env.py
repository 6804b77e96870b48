"""Alembic's entry point; `bot.db.migrate` passes the engine."""

from alembic import context
from sqlalchemy import text

from bot.db.tables.columns import metadata

# A transaction of another copy that is frozen ends sooner than that.
LOCK_TIMEOUT = "60s"
# Any number: copies that start together upgrade one after the other.
UPGRADE_LOCK = 4301

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    if engine.dialect.name == "postgresql":
        # Moving many rows takes its time, in which nothing else may end this transaction.
        for setting in ("idle_in_transaction_session_timeout", "lock_timeout"):
            connection.execute(text(f"SET LOCAL {setting} = 0"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})"))
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=engine.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()

"""Alembic's way in: the engine is handed over by `bot.db.migrate`."""

from alembic import context

# Whoever imports them knows all tables.
from bot.db import asking, calendars, debriefing, following, market, planning, tables, traffic  # noqa: F401

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=traffic.outbox.metadata,
        render_as_batch=engine.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()

"""Alembic's way in: the engine is handed over by `bot.db.migrate`."""

from alembic import context

from bot.db.tables import calendars  # noqa: F401
from bot.db.tables import customers as market  # noqa: F401
from bot.db.tables import debriefs as debriefing  # noqa: F401
from bot.db.tables import messaging as traffic
from bot.db.tables import staff as tables  # noqa: F401

# Whoever imports them knows all tables.
from bot.db.tables import surveys as asking  # noqa: F401
from bot.db.tables import visits as planning  # noqa: F401
from bot.db.tables import workarounds as following  # noqa: F401

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

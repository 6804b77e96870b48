"""Fill a database with the transcript's weeks and write it as the one that a version leaves."""

import json
import re
import sys
from collections.abc import Mapping, Sequence

from bot.db import migrate
from bot.log import configure
from tests.db.versions import last_days
from tests.db.versions.rows import Row, StoredDatabase, read_rows, write_version
from tests.transcript import weeks
from tests.transcript.helpers import Weeks
from tests.transcript.recorder import Recorder

# What is random, or of this machine; each is replaced by its number among its like.
REPLACEMENTS = (
    (r"\b[0-9a-f]{32}\b", "{:032x}"),
    (r"\bgAAAA[\w=-]+", "gAAAA-made-up-{}"),
    (r"http://127\.0\.0\.1:\d+", "http://slack.example/{}"),
)
# Their keys are random: they are numbered in this order.
OUTBOX_ORDER = ("created_at", "kind", "subject", "period")


def main() -> int:
    """Write the database of the version that is named, and print how many rows each table has."""
    (version,) = sys.argv[1:]
    configure("error")
    database = fill()
    path = write_version(version, database)
    sys.stdout.write("".join(f"{name}: {len(rows)}\n" for name, rows in database.tables.items()))
    sys.stdout.write(f"{path.name}: {path.stat().st_size // 1000} kB\n")
    return 0


def fill() -> StoredDatabase:
    """Return a database in which every table has rows, the same each time."""
    with weeks.opened() as (nihito, server):
        known = Weeks(nihito, Recorder(nihito, []))
        weeks.play(known, server)
        last_days.leave_half_done(known)
        engine = nihito.services.engine
        revision, _ = migrate.revisions(engine)
        with engine.connect() as connection:
            return StoredDatabase(str(revision), without_chance(read_rows(connection)))


def without_chance(tables: Mapping[str, Sequence[Row]]) -> Mapping[str, Sequence[Row]]:
    """Return the rows with everything random in them replaced by numbers."""
    # When something was typed goes by the sandbox's own clock.
    drafts = [{**row, "typed_at": row["since"]} for row in tables["unfinished"]]
    outbox = sorted(tables["outbox"], key=lambda row: [row[name] for name in OUTBOX_ORDER])
    text = json.dumps({**tables, "unfinished": drafts, "outbox": outbox}, ensure_ascii=False)
    for pattern, form in REPLACEMENTS:
        text = _numbered(text, pattern, form)
    keys = "|".join(re.escape(row["key"]) for row in tables["surveys"])
    replaced: dict[str, list[Row]] = json.loads(_numbered(text, keys, "{:022d}"))
    replaced["unfinished"].sort(key=lambda row: (row["author_id"], row["key"]))
    return replaced


def _numbered(text: str, pattern: str, form: str) -> str:
    names: dict[str, str] = {}
    return re.sub(
        pattern, lambda found: names.setdefault(found[0], form.format(len(names) + 1)), text
    )


if __name__ == "__main__":
    sys.exit(main())

"""Write the table of messages in the operator's page, from what each kind declares.

`python -m tests.checks.table_of_messages` rewrites it; a test compares.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from bot.operations.messages import MESSAGE_TYPES
from bot.operations.outbox.message_type import MessageType

PAGE = Path(__file__).parents[2] / "docs" / "running.md"
BEGIN, END = "<!-- messages -->\n", "<!-- end of messages -->\n"
HEAD = "| message | sent when | to | missed by the audit as |\n|---|---|---|---|\n"


def table() -> str:
    """Return the table, a row for each kind of message."""
    return HEAD + "".join(_rows())


def with_table(page: str) -> str:
    """Return the page with the table in its place."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _rows() -> Iterator[str]:
    for each in MESSAGE_TYPES.values():
        to = "a channel" if each.to_channel else "a person"
        yield f"| `{each.kind}` | {each.summary} | {to} | {_missed_as(each)} |\n"


def _missed_as(message_type: MessageType) -> str:
    audit = message_type.audit
    return f"`{audit.finding}`, for {audit.look_back.days} days" if audit else "not audited"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} is written\n")

"""Read the log for an explanation: its own lines, and of those only what names no one."""

import json
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.domain.explanations import LogLine
from bot.errors import NothingToExplain
from bot.log import OUR_PACKAGES

AROUND = timedelta(minutes=1)
# How many lines before a failure are remembered while the log streams by.
REMEMBERED = 5_000
# Of where an error was raised, the innermost of our own.
FRAMES = 3
SHOWN_FIELDS = (
    *("level", "kind", "name", "work", "job", "user", "id", "status", "reason", "code", "error"),
    *("attempts", "late_s", "took_ms", "finding", "count", "reference", "at"),
)


def find_failure(lines: Iterable[str], reference: str) -> tuple[LogLine, Sequence[LogLine]]:
    """Return the line with a reference, and those of the same person within a minute of it.

    Failed jobs and deliveries of that minute belong to it too. Raises `NothingToExplain`.
    """
    before: deque[LogLine] = deque(maxlen=REMEMBERED)
    parsed = parse_lines(lines)
    for line in parsed:
        if line.fields.get("reference") == reference:
            earlier = [each for each in before if _belongs(each, line)]
            return line, [*earlier, *_list_following(parsed, line)]
        before.append(line)
    raise NothingToExplain(
        f"No line of this log has the reference {reference}. It may be older than what the log "
        "keeps, or from another copy of the bot."
    )


def list_lines(
    lines: Iterable[str], about: Callable[[LogLine], bool], most: int = REMEMBERED
) -> Sequence[LogLine]:
    """Return the last lines that something is said about, in order."""
    return list(deque((each for each in parse_lines(lines) if about(each)), maxlen=most))


def is_about(
    ids: Collection[str], user_id: str, since: datetime, until: datetime
) -> Callable[[LogLine], bool]:
    """Return whether a line is about one of these messages, or this person's in that time."""

    def about(line: LogLine) -> bool:
        if line.fields.get("id") in ids:
            return True
        return line.fields.get("user") == user_id and since <= line.at < until

    return about


def parse_lines(lines: Iterable[str]) -> Iterator[LogLine]:
    """Yield the bot's own lines; anything else in the log is passed over."""
    for text in lines:
        try:
            written = json.loads(text)
            at = datetime.fromisoformat(str(written["timestamp"]))
            if at.tzinfo and str(written["logger"]).partition(".")[0] in OUR_PACKAGES:
                yield LogLine(at, _shown(written["event"]), _fields(written), _errors(written))
        except (ValueError, TypeError, KeyError, RecursionError):
            continue


def _list_following(parsed: Iterator[LogLine], failure: LogLine) -> Iterator[LogLine]:
    for line in parsed:
        if line.at > failure.at + AROUND:
            return
        if _belongs(line, failure):
            yield line


def _belongs(line: LogLine, failure: LogLine) -> bool:
    if abs(line.at - failure.at) > AROUND:
        return False
    user = failure.fields.get("user")
    same = user is not None and line.fields.get("user") == user
    return same or line.event in ("job_failed", "delivery_failed", "not_answered")


def _fields(written: Mapping[str, Any]) -> Mapping[str, str]:
    return {
        name: _shown(written[name]) for name in SHOWN_FIELDS if written.get(name) not in (None, "")
    }


def _errors(written: Mapping[str, Any]) -> Sequence[str]:
    errors = written.get("exception") or ()
    if not isinstance(errors, list):
        return ()
    return [_error_text(each) for each in errors if isinstance(each, dict)]


def _error_text(error: Mapping[str, Any]) -> str:
    frames = error.get("frames") or ["?"]
    ours = [each for each in frames if str(each).startswith(OUR_PACKAGES)]
    code = f" {_shown(error['code'])}" if error.get("code") else ""
    where = ", from ".join(_shown(each) for each in (ours or frames)[: -FRAMES - 1 : -1])
    return f"{_shown(error.get('type', '?'))}{code}, at {where}"


def _shown(value: object) -> str:
    """Return a value as text that can't steer a terminal."""
    return "".join(each for each in str(value) if each.isprintable())[:200]

"""Logs: one JSON line an event, without customers' words and without secrets."""

import logging
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, MutableMapping
from pathlib import Path
from threading import Lock
from typing import Any

import structlog

MAX_CAUSES = 8
# Errors whose messages are about code, and hold nothing that people typed.
PROGRAMMING_ERRORS = (NameError, AttributeError, TypeError, ImportError)
# From which level on a library is logged, where that isn't warning.
LIBRARY_LEVELS = {"uvicorn.error": logging.INFO, "apscheduler": logging.ERROR}
OUR_PACKAGES = ("bot", "handlers", "scheduler")
MINUTE = 60.0
# Of one kind. People outside can cause some of them as often as they like.
LINES_A_MINUTE = 100
# Where a library's message begins to quote its arguments, which may be payloads and tokens.
ARGUMENTS_START = re.compile(r"""[({\[<:'"\n]""")


def configure(level: str, monotonic: Callable[[], float] = time.monotonic) -> None:
    """Send the lines of all loggers, ours and the libraries', to standard error as JSON.

    `monotonic` gives seconds that only ever grow.
    """
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(sys.stderr)
    # On the handler, as Bolt gives its loggers the root's level, whatever is set for them.
    handler.addFilter(_is_logged)
    handler.addFilter(LineLimit(monotonic))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _strip_arguments],
            processors=[
                _add_left_out,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(_traceback),
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _is_logged(record: logging.LogRecord) -> bool:
    """Return whether a record is ours, or above its library's level."""
    if record.name.partition(".")[0] in OUR_PACKAGES:
        return True
    known = (level for name, level in LIBRARY_LEVELS.items() if record.name.startswith(name))
    return record.levelno >= next(known, logging.WARNING)


class LineLimit:
    """A limit to the lines of one kind in a minute; the next one says how many were left out.

    Our own lines that are no warnings are not limited, as each is one thing that the bot did; nor
    are those with a reference, which someone may look for.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._began = monotonic()
        self._lines: Counter[object] = Counter()
        self._left_out: Counter[object] = Counter()

    def __call__(self, record: logging.LogRecord) -> bool:
        ours = record.msg if isinstance(record.msg, dict) else {}
        if "reference" in ours or (ours and record.levelno < logging.WARNING):
            return True
        kind = record.name, ours.get("event") or _without_arguments(str(record.msg))
        with self._lock:
            self._start_minute()
            self._lines[kind] += 1
            if self._lines[kind] > LINES_A_MINUTE:
                self._left_out[kind] += 1
                return False
            record.left_out = self._left_out.pop(kind, 0)
            return True

    def _start_minute(self) -> None:
        now = self._monotonic()
        if now - self._began >= MINUTE:
            self._began = now
            self._lines.clear()


def _without_arguments(message: str) -> str:
    return ARGUMENTS_START.split(message, 1)[0].strip()


def _add_left_out(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Add how many lines of this kind were left out before this one, if any were."""
    left_out = getattr(event["_record"], "left_out", 0)
    return {**event, "left_out": left_out} if left_out else event


def _strip_arguments(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Cut a library's message before its arguments, and add where it was logged."""
    record: logging.LogRecord = event["_record"]
    if record.name.startswith(tuple(LIBRARY_LEVELS)):
        return event
    event["event"] = _without_arguments(str(event["event"]))
    event["at"] = f"{record.filename}:{record.lineno}"
    return event


def _traceback(exc_info: Any) -> list[dict[str, Any]]:
    """Return the types and frames of an error and its causes, the first cause last.

    Messages are left out, as they may hold a customer's words; see `PROGRAMMING_ERRORS`.
    """
    found: list[dict[str, Any]] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(found) < MAX_CAUSES:
        found.append(
            {
                "type": type(error).__name__,
                "code": str(error) if isinstance(error, PROGRAMMING_ERRORS) else _code(error),
                "frames": [
                    f"{_short_path(each.filename)}:{each.lineno} {each.name}"
                    for each in _frames(error)
                ],
            }
        )
        error = error.__cause__ or error.__context__
    return found


def _code(error: BaseException) -> str | None:
    """Return the code of an error of the database or the system, or None."""
    names = ("sqlstate", "sqlite_errorname", "errno")
    known = (getattr(error, name, None) for name in names)
    return next((str(each) for each in known if each is not None), None)


def error_location(error: Exception) -> str:
    """Return where an error was raised, as "bot/file.py:12", for lines that need no traceback."""
    frame = _frames(error)[-1]
    return f"{_short_path(frame.filename)}:{frame.lineno}"


def _short_path(filename: str) -> str:
    """Return a path from its package on: many modules share a file name, and none its path."""
    parts = Path(filename).parts
    ours = [at for at, part in enumerate(parts) if part in OUR_PACKAGES]
    if "site-packages" in parts or not ours:
        return parts[-1]
    return "/".join(parts[ours[-1] :])


def _frames(error: BaseException) -> traceback.StackSummary:
    # Without source lines: Python would cache the source of every file in any traceback.
    walked = traceback.walk_tb(error.__traceback__)
    return traceback.StackSummary.extract(walked, lookup_lines=False)


def get_logger(name: str) -> Any:
    """Return a logger that takes an event's name and its fields."""
    return structlog.get_logger(name)

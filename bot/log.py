"""Logs: one JSON line an event, without customers' words and without secrets."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

MAX_CAUSES = 8
# Errors whose messages are about code, and hold nothing that people typed.
PROGRAMMING_ERRORS = (NameError, AttributeError, TypeError, ImportError)
# From which level on a library is logged, where that isn't warning.
LIBRARY_LEVELS = {"uvicorn.error": logging.INFO, "apscheduler": logging.ERROR}
OUR_PACKAGES = ("bot", "handlers", "scheduler")
# Where a library's message begins to quote its arguments, which may be payloads and tokens.
ARGUMENTS_START = re.compile(r"""[({\[<:'"\n]""")


def configure(level: str) -> None:
    """Send the lines of all loggers, ours and the libraries', to standard error as JSON."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(sys.stderr)
    # On the handler, as Bolt gives its loggers the root's level, whatever is set for them.
    handler.addFilter(_is_logged)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _strip_arguments],
            processors=[
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


def _strip_arguments(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Cut a library's message before its arguments, and add where it was logged."""
    record: logging.LogRecord = event["_record"]
    if record.name.startswith(tuple(LIBRARY_LEVELS)):
        return event
    event["event"] = ARGUMENTS_START.split(str(event["event"]), 1)[0].strip()
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

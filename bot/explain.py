"""Answer `explain`: from what was typed to facts, and from facts to the lines of a screen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, time
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.domain.explanations import (
    DayHistory,
    LogLine,
    MessageTarget,
    PersonTarget,
    ReferenceTarget,
    parse_target,
)
from bot.domain.working_time import ONE_DAY, to_instant
from bot.errors import NothingToExplain
from bot.operations.doctor import explain as explaining
from bot.operations.doctor import log_lines
from bot.services import Services
from bot.views import explanations as views

Explanation = tuple[Sequence[str], Mapping[str, Any]]

UNCLEAR = (
    "That is no reference (8 letters and digits), person (@name or id, then a date such as "
    "2026-11-30) or message (its link in Slack, channel:timestamp, or its id in the outbox)."
)
NEEDS_LOG = (
    "A reference is only in the log. Give it: `journalctl -u nihito -o cat | "
    "python -m bot explain REFERENCE --log -`, or `--log FILE`."
)


def explain(
    services: Services, typed: str, day: str | None, log: Iterable[str] | None, now: datetime
) -> Explanation:
    """Return the lines to print and the facts behind them. Raises `NothingToExplain`."""
    target = parse_target(typed, day)
    if isinstance(target, ReferenceTarget):
        return _explain_reference(services, target, log, now)
    if isinstance(target, MessageTarget):
        return _explain_message(services, target, log, now)
    if isinstance(target, PersonTarget):
        return _explain_day(services, target, log, now)
    raise NothingToExplain(UNCLEAR)


def _explain_reference(
    services: Services, target: ReferenceTarget, log: Iterable[str] | None, now: datetime
) -> Explanation:
    if log is None:
        raise NothingToExplain(NEEDS_LOG)
    failure, around = log_lines.find_failure(log, target.reference)
    lines = list(views.render_failure(failure, around))
    facts: dict[str, Any] = {"failure": asdict(failure), "log": _as_json(around)}
    if user_id := failure.fields.get("user"):
        try:
            day = explaining.explain_day(services, PersonTarget(user_id), now, failure.at)
        except (NothingToExplain, SQLAlchemyError) as error:
            return [*lines, "", f"Their day isn't known: {type(error).__name__}."], facts
        return [*lines, "", *views.render_day(day)], {**facts, "day": asdict(day)}
    return lines, facts


def _explain_message(
    services: Services, target: MessageTarget, log: Iterable[str] | None, now: datetime
) -> Explanation:
    message, zone = explaining.explain_message(services, target, now)
    found = log_lines.list_lines(log or (), lambda line: line.fields.get("id") == message.id)
    lines = [*views.render_message(message, zone), *views.render_lines(found)]
    return lines, {"message": asdict(message), "zone": zone, "log": _as_json(found)}


def _explain_day(
    services: Services, target: PersonTarget, log: Iterable[str] | None, now: datetime
) -> Explanation:
    day = explaining.explain_day(services, target, now)
    found = _list_lines_of_day(log or (), day)
    lines = [*views.render_day(day), *views.render_lines(found)]
    return lines, {"day": asdict(day), "log": _as_json(found)}


def _list_lines_of_day(log: Iterable[str], day: DayHistory) -> Sequence[LogLine]:
    since, until = (to_instant(on, time(), day.zone) for on in (day.on, day.on + ONE_DAY))
    ids = {message.id for message in day.messages}
    return log_lines.list_lines(log, log_lines.is_about(ids, day.user_id, since, until))


def _as_json(lines: Sequence[LogLine]) -> Sequence[Mapping[str, Any]]:
    return [asdict(line) for line in lines]

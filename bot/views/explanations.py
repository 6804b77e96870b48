"""What `explain` prints: a message's history, a person's day, or a failure, at most a screen."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.domain.explanations import DayHistory, LogLine, MessageHistory, NudgeStanding
from bot.domain.nudges.away import AbsenceCause
from bot.domain.nudges.rules import NudgeReason, NudgeStep

MOST_MESSAGES = 5
MOST_LINES = 8

# Why a message waits or wasn't sent, by the code of the outbox; others are Slack's.
REASONS: Mapping[str, str] = {
    "answered": "it had been answered already",
    "back": "what it was about works again",
    "booked": "a visit was booked, and nudges are silent until it is over",
    "called_off": "the visit was called off",
    "changed": "what it was about had changed",
    "fine": "there was nothing left to talk about",
    "gone": "what it was about was no longer there",
    "halted": "Slack no longer knows the token",
    "joined_lately": "they had joined too lately",
    "kept": "the promise was kept already",
    "left": "they had left",
    "moved": "what it was about had moved to another date",
    "never_sent": "what it follows was never sent",
    "no_more": "they want no more of these",
    "nobody": "no one was left to name",
    "not_a_member": "they are no member of this workspace",
    "not_yet": "it is not time yet",
    "nothing_to_tell": "there was nothing to tell",
    "on_its_way": "what it follows is still on its way",
    "out_of_hours": "their hours, holidays, pause or status ask for quiet",
    "overtaken": "a later nudge was planned in its place",
    "question_stands": "they were asked how to go on, and have not answered",
    "rate_held": "Slack has asked the bot to wait",
    "redriven": "it was put back by `redrive`",
    "too_late": "it was too late for it",
    "visited": "a visit had been logged",
}
CAUSES: Mapping[AbsenceCause, str] = {
    AbsenceCause.PAUSE: "a pause that they asked for",
    AbsenceCause.VACATION: "a vacation status in Slack",
}
STEPS: Mapping[NudgeStep, str] = {
    NudgeStep.EARLY: "an early nudge",
    NudgeStep.DUE: "a nudge",
    NudgeStep.FOLLOW_UP: "a follow-up",
    NudgeStep.KEEP_GOING_QUESTION: "the question how to go on",
}
# The cause of a failure that an operator can do something about, by the error's name.
ADVICE: Mapping[str, str] = {
    "OperationalError": "The database did not do it: see docs/running.md#alert-nihitodatabaseaway.",
    "InterfaceError": "The database was away: see docs/running.md#alert-nihitodatabaseaway.",
    "SlackUnavailable": "Slack could not be reached just then. It goes on by itself.",
    "SlackHalted": "Slack no longer knows the token: see docs/running.md#halted.",
    "SlackRefused": "Slack refused it. `python -m bot doctor` knows most of its codes.",
    "TimeoutError": "It took too long: see docs/running.md#alert-nihitoslow.",
}
FAULT = "A fault in the code: report the type and the place above. Nothing else is affected."


def render_day(day: DayHistory) -> Sequence[str]:
    """Render a person's day: the decision on their nudge, each message, and what comes next."""
    lines = [
        f"{day.user_id} in {day.workspace_id}, {_date_text(day.on)}",
        f"Times are in {day.zone}, with UTC beside them.",
        "",
        f"Nudge: {_decision_text(day)}",
    ]
    if day.remedy:
        lines.append(f"  To do: {day.remedy}")
    if day.standing:
        lines += [_around_text(day), *_standing_lines(day.standing, day.zone)]
    shown = [each for each in day.messages if each.remedy or len(day.messages) <= MOST_MESSAGES]
    shown = (shown or list(day.messages))[:MOST_MESSAGES]
    lines += ["", f"Messages of that day: {len(day.messages) or 'none'}"]
    for each in shown:
        lines += [f"  {line}" for line in render_message(each, day.zone, heading=False)]
    if len(shown) < len(day.messages):
        lines.append(f"  and {len(day.messages) - len(shown)} more: --json has all of them")
    return lines


def render_message(message: MessageHistory, zone: str, *, heading: bool = True) -> Sequence[str]:
    """Render what has become of a message."""
    lines = [f"{message.kind}, id {message.id}: {_state_text(message, zone)}"]
    if heading:
        lines = [
            f"{message.kind}, id {message.id}",
            f"Times are in {zone}, with UTC beside them.",
            "",
            f"To {message.destination}, sent when {message.summary}.",
            f"Enqueued {format_time(message.created_at, zone)}, "
            f"due {format_time(message.due_at, zone)}.",
            f"It {_state_text(message, zone)}",
        ]
    if message.first_attempt_at and (heading or message.state != "sent"):
        first = format_time(message.first_attempt_at, zone)
        lines.append(f"  First tried {first}; attempts that failed: {message.attempts}.")
    if message.revision:
        times = "once" if message.revision == 1 else f"{message.revision} times"
        lines.append(f"  What it shows has changed {times} since; each change is edited in.")
    if message.remedy:
        lines.append(f"  To do: {message.remedy}")
    return lines


def render_failure(line: LogLine, around: Sequence[LogLine]) -> Sequence[str]:
    """Render what failed behind a reference, and what else was logged around it."""
    fields = line.fields
    what = " ".join(fields[name] for name in ("kind", "name") if name in fields) or line.event
    who = f", by {fields['user']}" if "user" in fields else ""
    lines = [
        f"{fields.get('reference', '')}: {what} failed at {line.at:%Y-%m-%d %H:%M:%S} UTC{who}"
    ]
    lines += [f"  {each}" for each in line.errors]
    names = [each.split(",")[0].split(" ")[0] for each in line.errors]
    advice = (ADVICE[name] for name in names if name in ADVICE)
    lines.append(f"To do: {next(advice, FAULT)}")
    return [*lines, *render_lines(around)]


def render_lines(log_lines: Sequence[LogLine]) -> Sequence[str]:
    """Render lines of the log, the last of them if there are many."""
    if not log_lines:
        return []
    shown = list(log_lines)[-MOST_LINES:]
    more = f", the last {len(shown)} of {len(log_lines)}" if len(shown) < len(log_lines) else ""
    return ["", f"In the log (UTC){more}:", *(f"  {_line_text(each)}" for each in shown)]


def _line_text(line: LogLine) -> str:
    fields = " ".join(f"{name}={value}" for name, value in line.fields.items() if name != "level")
    return f"{line.at.astimezone(UTC):%m-%d %H:%M:%S} {line.event} {fields}".rstrip()


def _decision_text(day: DayHistory) -> str:
    """Return why there was a nudge that day, or none."""
    if day.standing is None:
        return "none. They aren't a PM now: they never joined, or have left."
    if day.nudge is not None:
        kind = STEPS[day.step] if day.step else "a nudge"
        answer = f" Answer: {day.answer}." if day.answer else ""
        return f"{kind} was planned for that day; it {_state_text(day.nudge, day.zone)}{answer}"
    if day.is_missing:
        return "one was planned for that day, and none is in the outbox."
    if day.joined_on and day.on < day.joined_on:
        return f"none. They joined on {_date_text(day.joined_on)}; before, nothing was planned."
    if day.absence:
        return f"none. They were away: {CAUSES[day.absence]}."
    if day.on >= day.today and day.standing.next_nudge_at and _is_on(day):
        return f"planned for {format_time(day.standing.next_nudge_at, day.zone)}."
    if day.day_off:
        return "none. It isn't one of their working days, as their settings are now."
    return "none was planned for that day."


def _is_on(day: DayHistory) -> bool:
    at = day.standing.next_nudge_at if day.standing else None
    return at is not None and at.astimezone(ZoneInfo(day.zone)).date() == day.on


def _around_text(day: DayHistory) -> str:
    known = {
        "nudge before": day.nudged_before,
        "nudge after": day.nudged_after,
        "last visit up to then": day.visited_on,
        "next visit booked from then": day.booked_on,
    }
    listed = [f"{name} {_date_text(on) if on else 'none'}" for name, on in known.items()]
    return f"Around it: {', '.join(listed)}."


def _standing_lines(standing: NudgeStanding, zone: str) -> Iterator[str]:
    at = standing.next_nudge_at
    coming = f"{STEPS[standing.step]} {format_time(at, zone)}" if at else "none is to come"
    yield f"Now: the next visit is due {_date_text(standing.due_on)}; next, {coming}."
    if standing.away:
        back = f" until {_date_text(standing.back_on)}" if standing.back_on else ""
        yield f"  They are away{back}: {CAUSES[standing.away]}."
    if standing.reason is NudgeReason.VISIT_BOOKED and standing.booked_on:
        yield f"  Silent for now: a visit is booked on {_date_text(standing.booked_on)}."
    if standing.awaiting_debrief_of:
        yield f"  The visit of {_date_text(standing.awaiting_debrief_of)} awaits its debrief."


def _state_text(message: MessageHistory, zone: str) -> str:
    match message.state:
        case "dropped":
            return f"was not sent: {_reason_text(message.reason)}."
        case "dead":
            return f"was refused by Slack for good: {message.reason}."
        case "sending" if message.is_late:
            return "was left half-way, and no process has taken it up."
        case "sending":
            return "is being delivered right now."
    posted = ""
    if message.sent_at:
        where = f" in {message.channel}, ts {message.ts}" if message.ts else ""
        posted = f"was posted {format_time(message.sent_at, zone)}{where}"
    if message.state == "sent":
        return f"{posted or 'was sent'}."
    waits = f"waits until {format_time(message.next_at, zone)}{_because(message.reason)}"
    if message.is_late:
        waits = f"has waited since {format_time(message.next_at, zone)}{_because(message.reason)}"
    return f"{posted}, and its edit {waits}." if posted else f"{waits}."


def _because(reason: str) -> str:
    return f": {_reason_text(reason)}" if reason else ""


def _reason_text(reason: str) -> str:
    return REASONS.get(reason, f"Slack, or the way to it, said {reason or 'nothing'}")


def _date_text(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b %Y}"


def format_time(at: datetime, zone: str) -> str:
    """Format an instant in a zone, with UTC beside it."""
    local, utc = at.astimezone(ZoneInfo(zone)), at.astimezone(UTC)
    day = "" if local.date() == utc.date() else f"{_date_text(utc.date())} "
    return f"{_date_text(local.date())} {local:%H:%M} ({day}{utc:%H:%M} UTC)"

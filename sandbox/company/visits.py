"""When the PMs of the made-up company visited customers, and what they wrote down."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sandbox.company.data_files import from_file, read
from sandbox.company.model import Cell, CsvTable, Debrief
from sandbox.company.staff import MAIL
from sandbox.company.stories import Story, future_stories, stories_of

YEAR = timedelta(days=364)
COLUMNS = ("customer", "pm_email", "kind", "date", "minutes", "summary")


@dataclass(frozen=True)
class Habit:
    """How long ago a PM's last visit was, and how far apart the visits are, in days."""

    last: int
    gap: int


# Annika and Priya are diligent, Jonas less so, and Maya has not been out for five weeks.
HABITS: Mapping[str, Habit] = {
    "annika": Habit(last=9, gap=14),
    "jonas": Habit(last=5, gap=20),
    "maya": Habit(last=36, gap=33),
    "priya": Habit(last=14, gap=14),
}


@from_file
class _Visit:
    customer: str
    kind: str
    minutes: int
    summary: str = ""


def visit_days(today: date, random: Random) -> Mapping[str, tuple[date, ...]]:
    """Return the visit days of each PM within the year, latest first, none on a weekend."""
    return {pm: tuple(_days(habit, today, random)) for pm, habit in HABITS.items()}


def debriefs(days: Mapping[str, tuple[date, ...]]) -> tuple[Debrief, ...]:
    """Write the stories as debriefs on the latest of those days; oldest first."""
    written = [
        _debrief(pm, story, on)
        for pm in HABITS
        for story, on in zip(stories_of(pm), days[pm], strict=False)
    ]
    return tuple(sorted(written, key=lambda each: (each.on, each.pm)))


def future_debriefs(today: date) -> tuple[Debrief, ...]:
    """Write what is heard in the weeks after `today`; oldest first, none on a weekend."""
    written = [
        _debrief(story.pm, story, _next_working_day(today + timedelta(days=story.days_ahead)))
        for story in future_stories()
    ]
    return tuple(sorted(written, key=lambda each: each.on))


def earlier_visits(days: Mapping[str, tuple[date, ...]]) -> CsvTable:
    """List the visits without a story, as an importable table."""
    return CsvTable(COLUMNS, tuple(_earlier_rows(days)))


def _days(habit: Habit, today: date, random: Random) -> Iterator[date]:
    back = habit.last
    while back <= YEAR.days:
        yield _working_day(today - timedelta(days=back))
        back += habit.gap + random.choice((-1, 0, 0, 1))


def _debrief(pm: str, story: Story, on: date) -> Debrief:
    return Debrief(
        pm=pm,
        customer=story.customer,
        on=on,
        kind=story.kind,
        story=story.text,
        quote=story.quote,
        mood=story.mood,
        nps=story.nps,
        nps_why=story.nps_why,
        workarounds=story.workarounds,
        sharing=story.sharing,
    )


def _earlier_rows(days: Mapping[str, tuple[date, ...]]) -> Iterator[tuple[Cell, ...]]:
    for pm, visits in read("visits", dict[str, tuple[_Visit, ...]]).items():
        rest = days[pm][len(stories_of(pm)) :]
        for on, each in zip(rest, visits, strict=False):
            email = f"{pm}@{MAIL}"
            yield (each.customer, email, each.kind, on.isoformat(), each.minutes, each.summary)


def _working_day(on: date) -> date:
    return on - timedelta(days=max(0, on.weekday() - 4))


def _next_working_day(on: date) -> date:
    return on + timedelta(days=7 - on.weekday() if on.weekday() > 4 else 0)

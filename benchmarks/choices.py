"""Compare three ways to choose a year of visits, and how well each covers the market.

The ways are suggestions, each PM's own favourites, and chance. Each suggestion is checked against
the simulated year: whether the customer may be visited, and whether the reason given is true.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from operator import or_
from pathlib import Path
from random import Random

from bot.db import customers as customer_queries
from bot.db.contacts import flags
from bot.domain.contacts.flags import Flag, FlagState
from bot.domain.contacts.traits import Measure, Trait, TraitEvidence
from bot.domain.debriefs.rules import Draft, FormSession, Mood
from bot.domain.staff.access import Actor
from bot.domain.suggestions.rules import Suggestion
from bot.domain.visits.caps import OverCap
from bot.domain.visits.plans import PlanChoices
from bot.domain.visits.rules import VisitKind
from bot.errors import CustomerClaimed
from bot.log import configure
from bot.operations.debriefs import recording as debriefs
from bot.operations.suggestions import choosing as suggestions
from bot.operations.visits import booking as visits
from sandbox.server import Sandbox
from tests.conftest import MANIFEST, ManualClock
from tests.operations.operations_fixture import BotWorkspace, open_workspace
from tests.support.databases import SqliteFiles

PMS, DAYS, CUSTOMERS, VISIT_EVERY_DAYS = 40, 365, 600, 14
START = datetime(2026, 1, 5, 10, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
# Made-up market: the percentage of each category.
MARKET: Mapping[str, Mapping[str, int]] = {
    "stage": {"prospect": 45, "customer": 35, "lost": 10, "churned": 7, "internal": 3},
    "region": {"North": 30, "South": 25, "East": 20, "West": 15, "Isles": 10},
    "segment": {"paper": 40, "tiles": 30, "bread": 20, "boats": 10},
    "size": {"small": 50, "middle": 35, "large": 15},
}
STORY = "They count by hand. Nobody has said so."
DEALS_EVERY = 3
GREAT = 25
FAVOURITES = 12


@dataclass
class SimulatedCustomer:
    """A customer in the simulated year; `visited_on` holds the dates of its visits."""

    id: int
    categories: Mapping[str, str]
    revenue: int
    potential: int
    value_flags: Mapping[str, bool]
    great: bool
    visited_on: list[date] = field(default_factory=list)
    deals: list[tuple[str, date, date | None]] = field(default_factory=list)
    moods: list[tuple[date, Mood]] = field(default_factory=list)


@dataclass
class SimulatedPm:
    """A PM, with the visits they made."""

    actor: Actor
    random: Random
    favourites: Sequence[int] = ()
    visits: list[tuple[date, int]] = field(default_factory=list)


class SimulatedYear:
    """A year of visits chosen in one way."""

    def __init__(self, workspace: BotWorkspace, pms: int) -> None:
        self.workspace, self.random = workspace, Random(20260105)
        self.customers: dict[int, SimulatedCustomer] = {}
        for number in range(CUSTOMERS):
            account = self._add_customer(number)
            self.customers[account.id] = account
        self.pms = [self._add_pm(number) for number in range(pms)]
        self.checked: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.darts: dict[str, set[tuple[str, str]]] = {}

    def run(
        self, choose: Callable[["SimulatedYear", SimulatedPm, date], int | None], days: int
    ) -> None:
        """Let each PM make a visit every two weeks and save a debrief."""
        for day in range(days):
            now = START + day * ONE_DAY
            self.workspace.clock.at = now
            if day % DEALS_EVERY == 0:
                self._deal(now.date())
            for number, pm in enumerate(self.pms):
                if (day + number) % VISIT_EVERY_DAYS == 0:
                    chosen = choose(self, pm, now.date())
                    if chosen is not None:
                        self._visit(pm, self.customers[chosen], now)

    def by_suggestion(self, pm: SimulatedPm, today: date) -> int | None:
        """Pick one of the suggestions of a nudge; the next one where another PM was first."""
        actor, now = pm.actor, self.workspace.clock.at
        with self.workspace.services.reading(actor.workspace_id) as tx:
            seed = suggestions.stable_seed(actor.user_id, today)
            found = suggestions.choose_suggestions(tx, actor.user_id, actor.zone, now, seed)
        for each in found:
            self._check_suggestion(pm, each, today)
        named = list(found)
        pm.random.shuffle(named)
        return next((each.customer_id for each in named if self._plan(pm, each, today)), None)

    def by_favour(self, pm: SimulatedPm, _today: date) -> int:
        """Pick a nearby or friendly customer; now and then a great one."""
        return pm.random.choice(pm.favourites)

    def by_chance(self, pm: SimulatedPm, _today: date) -> int:
        """Pick any customer at random."""
        return pm.random.choice(list(self.customers))

    def distance(self, dimension: str, pms: Sequence[SimulatedPm]) -> float:
        """Return the percentage of visits that would have to move to match the market."""
        market = self._shares(dimension, [(date.min, each) for each in self.customers])
        visited = self._shares(dimension, [each for pm in pms for each in pm.visits])
        categories = market.keys() | visited.keys()
        return 50 * sum(abs(market.get(each, 0) - visited.get(each, 0)) for each in categories)

    def _shares(self, dimension: str, seen: Sequence[tuple[date, int]]) -> Mapping[str, float]:
        categories = Counter(
            self.customers[each].categories[dimension] for _, each in seen if self._outside(each)
        )
        return {category: count / categories.total() for category, count in categories.items()}

    def _outside(self, customer_id: int) -> bool:
        return self.customers[customer_id].categories["stage"] != "internal"

    def great_share(self) -> float:
        """Return the percentage of visits that went to great customers."""
        seen = [self.customers[each].great for pm in self.pms for _, each in pm.visits]
        return 100 * sum(seen) / len(seen)

    def over_caps(self) -> int:
        """Count visits less than three weeks after another, or a third in a quarter."""
        over = 0
        for account in self.customers.values():
            days = sorted(account.visited_on)
            soon = [(later - on).days < 21 for on, later in pairwise(days)]
            third = [(later - on).days < 91 for on, later in zip(days, days[2:], strict=False)]
            over += sum(map(or_, soon[1:], third)) + sum(soon[:1])
        return over

    def _add_customer(self, number: int) -> SimulatedCustomer:
        draw = self.random
        categories = {
            dimension: draw.choices(list(shares), list(shares.values()))[0]
            for dimension, shares in MARKET.items()
        }
        revenue, potential = draw.randrange(1, 10**6), draw.randrange(1, 10**6)
        marks = {each: draw.random() < 0.02 for each in ("brand", "new_market", "new_geography")}
        workspace = self.workspace
        with workspace.services.transaction(workspace.workspace_id) as tx:
            name = f"Made-up Mills {number}"
            known = {**categories, "revenue": revenue, "potential": potential, **marks}
            id = customer_queries.add(tx, name, known.pop("stage"), **known)
            great = number < GREAT
            if great:
                evidence = (TraitEvidence(1, Trait.MAIL, ((Measure.MAILS, 9),)),)
                flags.save(tx, "U1", Flag(id, FlagState.ACKNOWLEDGED, evidence, START, START))
        return SimulatedCustomer(id, categories, revenue, potential, marks, great)

    def _add_pm(self, number: int) -> SimulatedPm:
        person = self.workspace.add_pm(f"Person {number}", interval_days=VISIT_EVERY_DAYS)
        random = Random(number)
        home = random.choice(list(MARKET["region"]))
        near = [
            each
            for each in self.customers.values()
            if each.categories["region"] == home and each.categories["stage"] == "customer"
        ]
        glad = [each for each in self.customers.values() if each.great]
        known = [*random.sample(near, FAVOURITES - 4), *random.sample(glad, 4)]
        return SimulatedPm(self.workspace.actor(person), random, [each.id for each in known])

    def _deal(self, today: date) -> None:
        account = self.random.choice(list(self.customers.values()))
        outcome = self.random.choice(("won", "lost"))
        live = today + self.random.randrange(20, 90) * ONE_DAY if outcome == "won" else None
        workspace = self.workspace
        with workspace.services.transaction(workspace.workspace_id) as tx:
            customer_queries.add_deal(tx, account.id, outcome, today, live)
        account.deals.append((outcome, today, live))

    def _plan(self, pm: SimulatedPm, suggested: Suggestion, today: date) -> bool:
        choices = PlanChoices(
            suggested.customer_id, "", VisitKind.VIDEO, today, None, "", nudge_id=None
        )
        services, key, now = (
            self.workspace.services,
            self.workspace.next_key(),
            self.workspace.clock.at,
        )
        try:
            planned = visits.book(services, pm.actor, choices, key, now)
        except CustomerClaimed:
            return False
        self._check("a plan from a suggestion goes over no cap", not isinstance(planned, OverCap))
        return not isinstance(planned, OverCap)

    def _visit(self, pm: SimulatedPm, account: SimulatedCustomer, now: datetime) -> None:
        mood = pm.random.choice([None, *Mood])
        draft = Draft(account.id, now.date(), STORY, mood=mood)
        debriefs.record(
            self.workspace.services, pm.actor, draft, FormSession(self.workspace.next_key()), now
        )
        account.visited_on.append(now.date())
        pm.visits.append((now.date(), account.id))
        if mood:
            account.moods.append((now.date(), mood))

    def _check_suggestion(self, pm: SimulatedPm, each: Suggestion, today: date) -> None:
        """Check that the customer may be visited and that the reason is true."""
        account = self.customers[each.customer_id]
        last = max(account.visited_on, default=date.min)
        quarter = [on for on in account.visited_on if (today - on).days < 91]
        self._check("nobody within three weeks of a visit", (today - last).days >= 21)
        self._check("nobody a third time in a quarter", len(quarter) < 2)
        self._check("no great customer", not account.great)
        self.reasons[each.reason] += 1
        self._check(f"a true reason: {each.reason}", self._is_reason_true(pm, account, each, today))

    def _is_reason_true(
        self, pm: SimulatedPm, account: SimulatedCustomer, each: Suggestion, today: date
    ) -> bool:
        last = max(account.visited_on, default=None)
        stage = account.categories["stage"]
        match each.reason:
            case "deal_won" | "deal_lost":
                outcomes = [(out, on) for out, on, _ in account.deals if (today - on).days <= 14]
                return (each.reason.removeprefix("deal_"), each.on) in outcomes
            case "roll_out":
                live = [on for *_, on in account.deals if on and 0 <= (on - today).days <= 30]
                return each.on in live
            case "gap":
                return self._is_gap(pm, account, each, today)
            case "dart":
                return self._is_dart(account, each, today)
            case "happy":
                on, mood = account.moods[-1]
                return mood in (Mood.DELIGHTED, Mood.CONTENT) and on == each.on
            case "revenue" | "potential":
                rank = sum(
                    getattr(other, each.reason) >= getattr(account, each.reason)
                    for other in self.customers.values()
                )
                return rank <= len(self.customers) // 10
            case "brand" | "new_market" | "new_geography":
                return account.value_flags[each.reason]
            case "long_ago":
                return stage == "customer" and each.on == last is not None
            case "never_visited":
                return stage == "customer" and last is None
            case "prospect" | "internal":
                return stage == each.reason and each.on == last
            case "gone":
                return stage in ("lost", "churned") and each.on == last
        return False

    def _is_gap(
        self, pm: SimulatedPm, account: SimulatedCustomer, each: Suggestion, today: date
    ) -> bool:
        skew = each.skew
        if skew is None or account.categories[skew.aspect] != skew.sort:
            return False
        seen = [id for on, id in pm.visits if self._outside(id) and (today - on).days <= 365][-10:]
        there = sum(self.customers[id].categories[skew.aspect] == skew.sort for id in seen)
        share = self._shares(skew.aspect, [(today, id) for id in self.customers])[skew.sort]
        told = there == skew.seen and len(seen) == skew.visits
        return told and abs(share - skew.share) < 1e-9 and there < share * (len(seen) + 1)

    def _is_dart(self, account: SimulatedCustomer, each: Suggestion, today: date) -> bool:
        """Return whether all random picks of a month chose the same category."""
        if each.skew is None:
            return False
        hit = self.darts.setdefault(f"{today:%Y-%m}", set())
        hit.add((each.skew.aspect, each.skew.sort))
        return len(hit) == 1 and account.categories[each.skew.aspect] == each.skew.sort

    def _check(self, what: str, holds: bool) -> None:
        self.checked[what] += 1
        self.faults[what] += not holds


STRATEGIES: Mapping[str, Callable[[SimulatedYear, SimulatedPm, date], int | None]] = {
    "suggestions": SimulatedYear.by_suggestion,
    "favourites": SimulatedYear.by_favour,
    "chance": SimulatedYear.by_chance,
}


def main(pms: int, days: int) -> int:
    """Print how well each way covers the market; return 1 when a suggestion was wrong."""
    configure("critical")
    years = {strategy: _run_year(choose, pms, days) for strategy, choose in STRATEGIES.items()}
    out = sys.stdout.write
    out(
        f"{pms} PMs, a visit every {VISIT_EVERY_DAYS} days for {days} days, {CUSTOMERS} customers\n"
    )
    out("of a hundred visits, how many are elsewhere than the market is; all PMs (one PM)\n")
    for dimension in MARKET:
        out(
            f"  {dimension:8}"
            + "".join(_result_line(strategy, year, dimension) for strategy, year in years.items())
        )
        out("\n")
    for strategy, year in years.items():
        visits_made = sum(len(pm.visits) for pm in year.pms)
        seen = sum(bool(each.visited_on) for each in year.customers.values())
        out(
            f"  {strategy}: {visits_made:,} visits to {seen} customers, "
            f"{year.great_share():.0f} % to great ones, {year.over_caps()} over a cap\n"
        )
    return _print_faults(years["suggestions"], out)


def _run_year(
    choose: Callable[[SimulatedYear, SimulatedPm, date], int | None], pms: int, days: int
) -> SimulatedYear:
    clock = ManualClock(START)
    with (
        tempfile.TemporaryDirectory() as name,
        Sandbox(manifest=MANIFEST, now=clock.now) as slack,
    ):
        workspace = open_workspace(slack, clock, SqliteFiles(Path(name)).new_database())
        year = SimulatedYear(workspace, pms)
        year.run(choose, days)
        workspace.services.engine.dispose()
    return year


def _result_line(strategy: str, year: SimulatedYear, dimension: str) -> str:
    alone = [year.distance(dimension, [pm]) for pm in year.pms]
    mean = sum(alone) / len(alone)
    return f"  {strategy} {year.distance(dimension, year.pms):4.1f} ({mean:4.1f})"


def _print_faults(year: SimulatedYear, out: Callable[[str], int]) -> int:
    reasons = ", ".join(f"{count:,} {why}" for why, count in year.reasons.most_common())
    out(f"reasons: {reasons}\n")
    for what, count in sorted(year.checked.items()):
        out(f"{what}: {count:,} times looked at, {year.faults[what]} times not so\n")
    wrong = year.faults.total()
    out("NOT WELL\n" if wrong else "all well\n")
    return int(bool(wrong))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pms", type=int, default=PMS)
    parser.add_argument("--days", type=int, default=DAYS)
    given = parser.parse_args()
    sys.exit(main(given.pms, given.days))

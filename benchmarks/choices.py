"""A year of visits chosen in three ways, and how well each covers the market.

By the suggestions, by each PM's own favourites, and by chance. Each suggestion is held against what
the year remembers of itself: who may be seen, and whether the reason given is true.
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

from bot.db import customers as customer_rows
from bot.db.contacts import flags
from bot.domain.contacts.flags import Flag, FlagState
from bot.domain.contacts.traits import Evidence, Measure, Trait
from bot.domain.debriefs.rules import Draft, Mood, Sheet
from bot.domain.staff.access import Actor
from bot.domain.suggestions.rules import Suggestion
from bot.domain.visits.rules import VisitKind
from bot.errors import CustomerTaken
from bot.log import configure
from bot.operations.debriefs import recording as debriefs
from bot.operations.suggestions import choosing as suggestions
from bot.operations.visits import booking as visits
from bot.views.visits.caps import OverCap
from bot.views.visits.plan_form import PlanChoices
from sandbox.server import Sandbox
from tests.conftest import MANIFEST, HandClock
from tests.operations.operations_fixture import Office, open_office
from tests.support.databases import SqliteFiles

PMS, DAYS, CUSTOMERS, EVERY = 40, 365, 600, 14
START = datetime(2026, 1, 5, 10, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
# Made-up market: how many in a hundred are of each sort.
SORTS: Mapping[str, Mapping[str, int]] = {
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
class Account:
    """A customer as the year remembers it; `seen` holds the dates of its visits."""

    id: int
    sorts: Mapping[str, str]
    revenue: int
    potential: int
    marks: Mapping[str, bool]
    great: bool
    seen: list[date] = field(default_factory=list)
    deals: list[tuple[str, date, date | None]] = field(default_factory=list)
    moods: list[tuple[date, Mood]] = field(default_factory=list)


@dataclass
class Traveller:
    """A PM, and whom they saw."""

    actor: Actor
    random: Random
    favourites: Sequence[int] = ()
    seen: list[tuple[date, int]] = field(default_factory=list)


class Year:
    """One way to choose, through a year of its own."""

    def __init__(self, office: Office, pms: int) -> None:
        self.office, self.random = office, Random(20260105)
        self.accounts: dict[int, Account] = {}
        for number in range(CUSTOMERS):
            account = self._account(number)
            self.accounts[account.id] = account
        self.pms = [self._traveller(number) for number in range(pms)]
        self.checked: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.darts: dict[str, set[tuple[str, str]]] = {}

    def live(self, choose: Callable[["Year", Traveller, date], int | None], days: int) -> None:
        """Each PM makes a visit every two weeks, and writes a debrief."""
        for day in range(days):
            now = START + day * ONE_DAY
            self.office.clock.at = now
            if day % DEALS_EVERY == 0:
                self._deal(now.date())
            for number, pm in enumerate(self.pms):
                if (day + number) % EVERY == 0:
                    chosen = choose(self, pm, now.date())
                    if chosen is not None:
                        self._visit(pm, self.accounts[chosen], now)

    def by_suggestion(self, pm: Traveller, today: date) -> int | None:
        """One of the three that a nudge would name; the next one where another PM was first."""
        actor, now = pm.actor, self.office.clock.at
        with self.office.services.reading(actor.workspace_id) as tx:
            seed = suggestions.hash_of(actor.user_id, today)
            found = suggestions.chosen(tx, actor.user_id, actor.zone, now, seed)
        for each in found:
            self._look(pm, each, today)
        named = list(found)
        pm.random.shuffle(named)
        return next((each.customer_id for each in named if self._plan(pm, each, today)), None)

    def by_favour(self, pm: Traveller, _today: date) -> int:
        """Whoever is near and glad to see them; now and then somebody who calls all day."""
        return pm.random.choice(pm.favourites)

    def by_chance(self, pm: Traveller, _today: date) -> int:
        """Anybody at all."""
        return pm.random.choice(list(self.accounts))

    def distance(self, aspect: str, pms: Sequence[Traveller]) -> float:
        """How many in a hundred visits would have to go elsewhere to be as the market is."""
        market = self._shares(aspect, [(date.min, each) for each in self.accounts])
        visited = self._shares(aspect, [each for pm in pms for each in pm.seen])
        sorts = market.keys() | visited.keys()
        return 50 * sum(abs(market.get(each, 0) - visited.get(each, 0)) for each in sorts)

    def _shares(self, aspect: str, seen: Sequence[tuple[date, int]]) -> Mapping[str, float]:
        sorts = Counter(
            self.accounts[each].sorts[aspect] for _, each in seen if self._outside(each)
        )
        return {sort: count / sorts.total() for sort, count in sorts.items()}

    def _outside(self, customer_id: int) -> bool:
        return self.accounts[customer_id].sorts["stage"] != "internal"

    def great_share(self) -> float:
        """How many in a hundred visits were to great customers."""
        seen = [self.accounts[each].great for pm in self.pms for _, each in pm.seen]
        return 100 * sum(seen) / len(seen)

    def over_caps(self) -> int:
        """How many visits were less than three weeks after another, or a third in a quarter."""
        over = 0
        for account in self.accounts.values():
            days = sorted(account.seen)
            soon = [(later - on).days < 21 for on, later in pairwise(days)]
            third = [(later - on).days < 91 for on, later in zip(days, days[2:], strict=False)]
            over += sum(map(or_, soon[1:], third)) + sum(soon[:1])
        return over

    def _account(self, number: int) -> Account:
        draw = self.random
        sorts = {
            aspect: draw.choices(list(shares), list(shares.values()))[0]
            for aspect, shares in SORTS.items()
        }
        revenue, potential = draw.randrange(1, 10**6), draw.randrange(1, 10**6)
        marks = {each: draw.random() < 0.02 for each in ("brand", "new_market", "new_geography")}
        office = self.office
        with office.services.transaction(office.workspace_id) as tx:
            name = f"Made-up Mills {number}"
            known = {**sorts, "revenue": revenue, "potential": potential, **marks}
            id = customer_rows.add(tx, name, known.pop("stage"), **known)
            great = number < GREAT
            if great:
                evidence = (Evidence(1, Trait.MAIL, ((Measure.MAILS, 9),)),)
                flags.keep(tx, "U1", Flag(id, FlagState.ACKNOWLEDGED, evidence, START, START))
        return Account(id, sorts, revenue, potential, marks, great)

    def _traveller(self, number: int) -> Traveller:
        person = self.office.pm(f"Person {number}", interval_days=EVERY)
        random = Random(number)
        home = random.choice(list(SORTS["region"]))
        near = [
            each
            for each in self.accounts.values()
            if each.sorts["region"] == home and each.sorts["stage"] == "customer"
        ]
        glad = [each for each in self.accounts.values() if each.great]
        known = [*random.sample(near, FAVOURITES - 4), *random.sample(glad, 4)]
        return Traveller(self.office.actor(person), random, [each.id for each in known])

    def _deal(self, today: date) -> None:
        account = self.random.choice(list(self.accounts.values()))
        outcome = self.random.choice(("won", "lost"))
        live = today + self.random.randrange(20, 90) * ONE_DAY if outcome == "won" else None
        office = self.office
        with office.services.transaction(office.workspace_id) as tx:
            customer_rows.add_deal(tx, account.id, outcome, today, live)
        account.deals.append((outcome, today, live))

    def _plan(self, pm: Traveller, suggested: Suggestion, today: date) -> bool:
        choices = PlanChoices(
            suggested.customer_id, "", VisitKind.VIDEO, today, None, "", nudge_id=None
        )
        services, key, now = self.office.services, self.office.next_key(), self.office.clock.at
        try:
            planned = visits.plan(services, pm.actor, choices, key, now)
        except CustomerTaken:
            return False
        self._hold("a plan from a suggestion goes over no cap", not isinstance(planned, OverCap))
        return not isinstance(planned, OverCap)

    def _visit(self, pm: Traveller, account: Account, now: datetime) -> None:
        mood = pm.random.choice([None, *Mood])
        draft = Draft(account.id, now.date(), STORY, mood=mood)
        debriefs.record(self.office.services, pm.actor, draft, Sheet(self.office.next_key()), now)
        account.seen.append(now.date())
        pm.seen.append((now.date(), account.id))
        if mood:
            account.moods.append((now.date(), mood))

    def _look(self, pm: Traveller, each: Suggestion, today: date) -> None:
        """Whether they may be seen, and whether the reason is true."""
        account = self.accounts[each.customer_id]
        last = max(account.seen, default=date.min)
        quarter = [on for on in account.seen if (today - on).days < 91]
        self._hold("nobody within three weeks of a visit", (today - last).days >= 21)
        self._hold("nobody a third time in a quarter", len(quarter) < 2)
        self._hold("no great customer", not account.great)
        self.reasons[each.why] += 1
        self._hold(f"a true reason: {each.why}", self._true(pm, account, each, today))

    def _true(self, pm: Traveller, account: Account, each: Suggestion, today: date) -> bool:
        last = max(account.seen, default=None)
        stage = account.sorts["stage"]
        match each.why:
            case "deal_won" | "deal_lost":
                outcomes = [(out, on) for out, on, _ in account.deals if (today - on).days <= 14]
                return (each.why.removeprefix("deal_"), each.on) in outcomes
            case "roll_out":
                live = [on for *_, on in account.deals if on and 0 <= (on - today).days <= 30]
                return each.on in live
            case "gap":
                return self._gap(pm, account, each, today)
            case "dart":
                return self._dart(account, each, today)
            case "happy":
                on, mood = account.moods[-1]
                return mood in (Mood.DELIGHTED, Mood.CONTENT) and on == each.on
            case "revenue" | "potential":
                rank = sum(
                    getattr(other, each.why) >= getattr(account, each.why)
                    for other in self.accounts.values()
                )
                return rank <= len(self.accounts) // 10
            case "brand" | "new_market" | "new_geography":
                return account.marks[each.why]
            case "long_ago":
                return stage == "customer" and each.on == last is not None
            case "never_visited":
                return stage == "customer" and last is None
            case "prospect" | "internal":
                return stage == each.why and each.on == last
            case "gone":
                return stage in ("lost", "churned") and each.on == last
        return False

    def _gap(self, pm: Traveller, account: Account, each: Suggestion, today: date) -> bool:
        lean = each.lean
        if lean is None or account.sorts[lean.aspect] != lean.sort:
            return False
        seen = [id for on, id in pm.seen if self._outside(id) and (today - on).days <= 365][-10:]
        there = sum(self.accounts[id].sorts[lean.aspect] == lean.sort for id in seen)
        share = self._shares(lean.aspect, [(today, id) for id in self.accounts])[lean.sort]
        told = there == lean.seen and len(seen) == lean.visits
        return told and abs(share - lean.share) < 1e-9 and there < share * (len(seen) + 1)

    def _dart(self, account: Account, each: Suggestion, today: date) -> bool:
        """Everybody's dart of a month fell on the same place."""
        if each.lean is None:
            return False
        hit = self.darts.setdefault(f"{today:%Y-%m}", set())
        hit.add((each.lean.aspect, each.lean.sort))
        return len(hit) == 1 and account.sorts[each.lean.aspect] == each.lean.sort

    def _hold(self, what: str, holds: bool) -> None:
        self.checked[what] += 1
        self.faults[what] += not holds


WAYS: Mapping[str, Callable[[Year, Traveller, date], int | None]] = {
    "suggestions": Year.by_suggestion,
    "favourites": Year.by_favour,
    "chance": Year.by_chance,
}


def main(pms: int, days: int) -> int:
    """Print how well each way covers the market; 1 when a suggestion was not right."""
    configure("critical")
    lived = {way: _lived(choose, pms, days) for way, choose in WAYS.items()}
    out = sys.stdout.write
    out(f"{pms} PMs, a visit every {EVERY} days for {days} days, {CUSTOMERS} customers\n")
    out("of a hundred visits, how many are elsewhere than the market is; all PMs (one PM)\n")
    for aspect in SORTS:
        out(f"  {aspect:8}" + "".join(_told(way, year, aspect) for way, year in lived.items()))
        out("\n")
    for way, year in lived.items():
        visits_made = sum(len(pm.seen) for pm in year.pms)
        seen = sum(bool(each.seen) for each in year.accounts.values())
        out(
            f"  {way}: {visits_made:,} visits to {seen} customers, "
            f"{year.great_share():.0f} % to great ones, {year.over_caps()} over a cap\n"
        )
    return _faults(lived["suggestions"], out)


def _lived(choose: Callable[[Year, Traveller, date], int | None], pms: int, days: int) -> Year:
    clock = HandClock(START)
    with (
        tempfile.TemporaryDirectory() as name,
        Sandbox(manifest=MANIFEST, now=clock.now) as slack,
    ):
        office = open_office(slack, clock, SqliteFiles(Path(name)).fresh())
        year = Year(office, pms)
        year.live(choose, days)
        office.services.engine.dispose()
    return year


def _told(way: str, year: Year, aspect: str) -> str:
    alone = [year.distance(aspect, [pm]) for pm in year.pms]
    mean = sum(alone) / len(alone)
    return f"  {way} {year.distance(aspect, year.pms):4.1f} ({mean:4.1f})"


def _faults(year: Year, out: Callable[[str], int]) -> int:
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

"""The made-up company: complete, plausible, quick, and read by the real readers."""

import io
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.db import customers
from bot.db.tables.contacts import contacts
from bot.domain.contacts.traits import distinct_traits
from bot.domain.debriefs.rules import (
    Draft,
    Frequency,
    Mood,
    ReportedWorkaround,
    Sharing,
    count_sentences,
    find_faults,
)
from bot.domain.visits.rules import VisitKind
from bot.intake.files.csv_files import CsvRow, read
from bot.operations.contacts.evidence import list_evidence
from bot.operations.imports import files as imports
from bot.services import Services
from sandbox.company import Company, build_company, data_files
from sandbox.company.model import Debrief, SlackRole
from tests.intake.services_fixture import WORKSPACE, add_staff, count, open_services

TODAY = date(2026, 3, 2)
NOW = datetime.combine(TODAY, time(9), UTC)
ORDER = ("customers", "people", "contacts", "deals", "betas", "visits")


@data_files.from_file
class BetasOnly:
    betas: tuple[object, ...]


@pytest.fixture(scope="module")
def company() -> Company:
    return build_company(TODAY)


@pytest.fixture(scope="module")
def services(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder: Path = tmp_path_factory.mktemp("company")
    with open_services(folder) as services:
        for number, each in enumerate(company.staff):
            add_staff(services, f"U{number}", each.email, support=each.role is SlackRole.SUPPORT)
        for kind in ORDER:
            report = imports.run(services, WORKSPACE, kind, _file(company, kind), NOW)
            assert (report.bad, report.skipped_cells) == ((), ())
            assert report.added == len(company.tables[kind].rows)
        yield services


def _file(company: Company, kind: str) -> io.BytesIO:
    return io.BytesIO(company.csv(kind).encode())


def _draft(debrief: Debrief) -> Draft:
    around = tuple(
        ReportedWorkaround(
            each.what, each.why, Frequency(each.how_often) if each.how_often else None
        )
        for each in debrief.workarounds
    )
    return Draft(
        customer_id=1,
        on=debrief.on,
        story=debrief.story,
        kind=VisitKind(debrief.kind),
        workarounds=around,
        quote=debrief.quote,
        mood=Mood(debrief.mood) if debrief.mood else None,
        nps=debrief.nps,
        nps_why=debrief.nps_why,
        sharing=Sharing(debrief.sharing),
    )


def test_the_same_day_makes_the_same_company() -> None:
    assert build_company(TODAY) == build_company(TODAY)


def test_a_key_that_no_type_knows_is_an_error() -> None:
    with pytest.raises(ValidationError, match="deals"):
        data_files.read("deals", BetasOnly)


@pytest.mark.parametrize("day", range(7))
def test_every_file_can_be_read_on_any_day_of_the_week(day: int) -> None:
    company = build_company(TODAY + timedelta(days=day))
    for kind in ORDER:
        rows = read(kind, _file(company, kind))
        assert [row for row in rows if not isinstance(row, CsvRow)] == []


def test_the_company_says_that_it_is_made_up(company: Company) -> None:
    assert "made up" in company.name


def test_every_address_and_domain_is_an_example_s(company: Company) -> None:
    addresses = [each.email for each in company.people] + [each.email for each in company.staff]
    assert all(each.endswith(".example") for each in addresses)
    assert all(each.domain.endswith(".example") for each in company.customers)
    assert len(set(addresses)) == len(addresses)


def test_five_pms_in_three_zones_and_one_has_not_joined(company: Company) -> None:
    pms = [each for each in company.staff if each.role is SlackRole.PM]
    assert len(pms) == 5
    assert len({each.zone for each in pms}) == 3
    assert [each.key for each in pms if not each.joined] == ["theo"]
    assert {key for team in company.teams for key in team.pms} == {each.key for each in pms}


def test_everybody_that_a_bot_may_meet_is_there(company: Company) -> None:
    parts = Counter(each.role for each in company.staff)
    assert parts[SlackRole.SUPPORT] == 2
    assert all(parts[part] for part in SlackRole)


def test_channels_hold_known_people_and_every_sort_is_there(company: Company) -> None:
    keys = {each.key for each in company.staff}
    assert all(keys.issuperset(channel.members) for channel in company.channels)
    names = {channel.name for channel in company.channels}
    assert names.issuperset(team.channel for team in company.teams)
    assert any(channel.ext_shared for channel in company.channels)
    assert any(channel.archived for channel in company.channels)


def test_about_sixty_customers_of_every_stage_and_many_regions(company: Company) -> None:
    assert 55 <= len(company.customers) <= 70
    assert len({each.name for each in company.customers}) == len(company.customers)
    assert len({each.stage for each in company.customers}) == 5
    assert len({each.region for each in company.customers}) > 8
    assert len({each.segment for each in company.customers}) > 4


def test_at_least_sixty_stories_none_twice_each_in_two_sentences(company: Company) -> None:
    stories = [each.story for each in company.debriefs]
    assert len(set(stories)) == len(stories) >= 60
    assert {count_sentences(story) for story in stories} == {2}
    quotes = [each.quote for each in company.debriefs if each.quote]
    assert len(set(quotes)) == len(quotes) > 50


def test_every_debrief_could_be_recorded(company: Company) -> None:
    names = {each.name for each in company.customers}
    assert {each.customer for each in company.debriefs} <= names
    assert [find_faults(_draft(each), TODAY) for each in company.debriefs] == [{}] * len(
        company.debriefs
    )


def test_every_mood_and_way_of_sharing_is_heard(company: Company) -> None:
    assert {each.mood for each in company.debriefs} >= {mood.value for mood in Mood}
    assert {each.sharing for each in company.debriefs} == {way.value for way in Sharing}
    assert sum(bool(each.workarounds) for each in company.debriefs) >= 20
    assert sum(each.nps is not None for each in company.debriefs) >= 25


def _outings(company: Company, pm: str) -> list[tuple[date, str]]:
    rows = company.tables["visits"].rows
    told = [(each.on, each.customer) for each in company.debriefs if each.pm == pm]
    silent = [(date.fromisoformat(str(row[3])), str(row[0])) for row in rows if row[1] == _mail(pm)]
    return sorted(told + silent)


def _mail(pm: str) -> str:
    return f"{pm}@quillmere.example"


def test_nobody_is_out_more_than_every_two_weeks_or_at_a_weekend(company: Company) -> None:
    for pm in ("annika", "jonas", "maya", "priya"):
        days = [on for on, _ in _outings(company, pm)]
        assert len(days) <= 26
        assert all(on.weekday() < 5 for on in days)
        assert all(later > earlier for earlier, later in pairwise(days))


def test_two_are_diligent_one_is_late_and_one_is_new(company: Company) -> None:
    lasts = {pm: _outings(company, pm) for pm in ("annika", "priya", "maya", "theo")}
    assert len(lasts["annika"]) > 22
    assert len(lasts["priya"]) > 22
    assert TODAY - lasts["maya"][-1][0] > timedelta(days=30)
    assert lasts["theo"] == []


def test_one_pm_sees_a_single_city(company: Company) -> None:
    regions = {each.name: each.region for each in company.customers}
    assert {regions[name] for _, name in _outings(company, "jonas")} == {"Hamburg"}
    assert len({regions[name] for _, name in _outings(company, "annika")}) > 4


def test_no_customer_is_visited_twice_within_three_weeks(company: Company) -> None:
    days: dict[str, list[date]] = {}
    for pm in ("annika", "jonas", "maya", "priya"):
        for on, customer in _outings(company, pm):
            days.setdefault(customer, []).append(on)
    gaps = [b - a for each in days.values() for a, b in pairwise(sorted(each))]
    assert min(gaps) >= timedelta(days=21)


def test_a_win_or_loss_interview_follows_its_deal(company: Company) -> None:
    closed = {str(row[0]): date.fromisoformat(str(row[2])) for row in company.tables["deals"].rows}
    outcomes = {"win_interview": "won", "loss_interview": "lost"}
    told = {str(row[0]): row[1] for row in company.tables["deals"].rows}
    for debrief in company.debriefs:
        if debrief.kind in outcomes:
            assert told[debrief.customer] == outcomes[debrief.kind]
            assert timedelta(0) < debrief.on - closed[debrief.customer] < timedelta(days=40)


def test_a_deal_is_fresh_and_a_roll_out_is_near(company: Company) -> None:
    rows = company.tables["deals"].rows
    closed = {TODAY - date.fromisoformat(str(row[2])) for row in rows}
    live = {date.fromisoformat(str(row[3])) - TODAY for row in rows if row[3]}
    assert any(age <= timedelta(days=14) for age in closed)
    assert any(timedelta(0) < ahead <= timedelta(days=30) for ahead in live)


def test_contacts_lie_in_the_year_before_today(company: Company) -> None:
    days = [str(row[2]) for row in company.tables["contacts"].rows]
    assert days == sorted(days)
    assert max(days) < TODAY.isoformat()
    assert min(days) >= (TODAY - timedelta(days=365)).isoformat()


def test_the_great_customers_show_two_traits_and_nobody_else_does(
    company: Company, services: Services
) -> None:
    with services.reading(WORKSPACE) as tx:
        traits = {
            each.name: distinct_traits(list_evidence(tx, [each.id], NOW).get(each.id, ()))
            for each in customers.search(tx, "", 1000)
        }
    assert {name for name, found in traits.items() if len(found) >= 2} == set(company.great)
    assert {name for name, found in traits.items() if len(found) == 1} == set(company.nearly)
    assert traits["Harrow Street Biologics"] == {"mail", "cell"}
    assert traits["Alsterglas Labor"] == {"forum", "beta"}


def test_everything_of_the_company_is_loaded(company: Company, services: Services) -> None:
    assert count(services, contacts) == len(company.tables["contacts"].rows) > 1000


def test_loading_it_again_changes_nothing(company: Company, services: Services) -> None:
    for kind in ORDER:
        report = imports.run(services.dry_run(), WORKSPACE, kind, _file(company, kind), NOW)
        assert (report.added, report.changed, report.bad) == (0, 0, ())


@pytest.mark.parametrize("day", range(7))
def test_what_is_heard_later_comes_on_working_days_from_customers_of_the_company(day: int) -> None:
    company = build_company(TODAY + timedelta(days=day))
    names = {each.name for each in company.customers}
    assert company.future_debriefs
    for each in company.future_debriefs:
        assert each.customer in names
        assert each.on > company.today
        assert each.on.weekday() < 5
        assert not find_faults(_draft(each), each.on)

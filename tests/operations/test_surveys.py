"""Surveys: a person is asked once in 90 days, by any PM; answers are saved and reported."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, func, select

from bot.db import surveys as survey_queries
from bot.db.outbox.queries import MessageKind, get_status
from bot.db.suggestions import queries as suggestions
from bot.db.tables.customers import people as people_table
from bot.db.tables.surveys import surveys as table
from bot.domain.customers import VisitTrigger
from bot.domain.debriefs.rules import Sharing
from bot.domain.suggestions.rules import SuggestionReason, suggest
from bot.domain.surveys.nps import ScoreTally
from bot.domain.surveys.rules import (
    AlreadyAsked,
    Language,
    SurveyAnswer,
    SurveyDraft,
    SurveyLink,
)
from bot.domain.visits.briefs import Brief
from bot.domain.visits.caps import NoContactReason
from bot.errors import DoNotContact, NoSuchCustomer, NoSuchPerson, SurveysNotConfigured
from bot.operations.home import overview as home
from bot.operations.staff import pms
from bot.operations.surveys import links as surveys
from bot.operations.visits import briefs
from sandbox.person import Person
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T0, T, in_berlin

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
MILL, POST = "Brightwater Mill", "Fernleigh Post"
NINE = SurveyAnswer(9, "It is quick.", may_call=True)


@pytest.fixture
def ada(workspace: BotWorkspace) -> Person:
    return workspace.add_pm("Ada", interval_days=90)


@pytest.fixture
def mill(workspace: BotWorkspace) -> int:
    return workspace.add_customer(MILL)


@pytest.fixture
def mara(workspace: BotWorkspace, mill: int) -> int:
    return workspace.add_person(mill, "Mara Lind", phone="+49 40 1234")


def ask(
    workspace: BotWorkspace, pm: Person, customer_id: int, person_id: int | None, name: str = ""
) -> SurveyLink | AlreadyAsked:
    draft = SurveyDraft(customer_id, person_id, name, Language.ENGLISH)
    return surveys.create_link(workspace.services, workspace.actor(pm), draft, workspace.clock.at)


def link(asked: SurveyLink | AlreadyAsked) -> str:
    assert isinstance(asked, SurveyLink)
    (found,) = re.findall(r"https://nihito\.example\.org/survey/(\S+)", asked.link)
    return str(found)


def answer(
    workspace: BotWorkspace, asked: SurveyLink | AlreadyAsked, given: SurveyAnswer = NINE
) -> surveys.SurveyState:
    links = workspace.services.settings.link_signer
    assert links
    key = links.unsign(link(asked))
    assert key
    survey = surveys.save_answer(workspace.services, key, given, workspace.clock.at)
    assert survey
    return survey.state


def asked_so_far(workspace: BotWorkspace) -> int:
    with workspace.services.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def told(workspace: BotWorkspace) -> tuple[str, str]:
    with workspace.services.reading(workspace.workspace_id) as tx:
        found = get_status(tx, MessageKind.SURVEY_ANSWERED, "1", "")
    assert found
    return found.state, found.reason


@EVERY_DATABASE
def test_of_two_pms_who_ask_at_once_one_does(
    workspace: BotWorkspace, ada: Person, mill: int, mara: int
) -> None:
    bo, together = workspace.add_pm("Bo", interval_days=90), Barrier(2)
    actors = {each.id: workspace.actor(each) for each in (ada, bo)}

    def press(pm: Person) -> SurveyLink | AlreadyAsked:
        together.wait()
        draft = SurveyDraft(mill, mara, "", Language.ENGLISH)
        return surveys.create_link(workspace.services, actors[pm.id], draft, T0)

    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(press, (ada, bo)))
    assert sorted(type(each).__name__ for each in got) == ["AlreadyAsked", "SurveyLink"]
    (late,) = (each for each in got if isinstance(each, AlreadyAsked))
    assert late.asked_by == ("Ada" if got.index(late) else "Bo")
    assert asked_so_far(workspace) == 1


@EVERY_DATABASE
def test_of_two_who_add_the_same_person_at_once_one_asks(
    workspace: BotWorkspace, ada: Person, mill: int
) -> None:
    bo, together = workspace.add_pm("Bo", interval_days=90), Barrier(2)
    actors = {each.id: workspace.actor(each) for each in (ada, bo)}

    def press(pm: Person) -> SurveyLink | AlreadyAsked:
        together.wait()
        draft = SurveyDraft(mill, None, "Ines", Language.ENGLISH)
        return surveys.create_link(workspace.services, actors[pm.id], draft, T0)

    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(press, (ada, bo)))
    assert sorted(type(each).__name__ for each in got) == ["AlreadyAsked", "SurveyLink"]
    with workspace.services.engine.connect() as connection:
        found = connection.execute(select(func.count()).select_from(people_table))
        assert found.scalar_one() == 1


@EVERY_DATABASE
def test_nobody_is_asked_twice_in_ninety_days(
    workspace: BotWorkspace, ada: Person, mill: int, mara: int
) -> None:
    bo = workspace.add_pm("Bo", interval_days=90)
    answer(workspace, ask(workspace, ada, mill, mara))
    workspace.clock.at = T(days=90) - timedelta(seconds=1)
    for pm, who in ((bo, "Ada"), (ada, "")):
        before = ask(workspace, pm, mill, mara)
        assert isinstance(before, AlreadyAsked)
        assert (before.asked_by, before.on, before.answered) == (who, T0.date(), True)
        assert before.free_at == T(days=90)
    workspace.clock.at = T(days=90)
    assert isinstance(ask(workspace, bo, mill, mara), SurveyLink)
    assert asked_so_far(workspace) == 2
    workspace.clock.at = T(days=91)
    assert isinstance(ask(workspace, ada, mill, mara), AlreadyAsked)
    expect_all(workspace)


@EVERY_DATABASE
def test_whoever_asked_copies_the_same_link_again_while_it_is_good(
    workspace: BotWorkspace, ada: Person, mill: int, mara: int
) -> None:
    first = ask(workspace, ada, mill, mara)
    workspace.clock.at = T(days=30)
    again = ask(workspace, ada, mill, mara)
    assert isinstance(again, SurveyLink)
    assert again.repeated
    assert link(again) == link(first)
    workspace.clock.at = T(days=31)
    late = ask(workspace, ada, mill, mara)
    assert isinstance(late, AlreadyAsked)
    assert not late.answered
    assert asked_so_far(workspace) == 1


def test_another_pm_does_not_get_the_link(
    workspace: BotWorkspace, ada: Person, mill: int, mara: int
) -> None:
    ask(workspace, ada, mill, mara)
    assert isinstance(ask(workspace, workspace.add_pm("Bo"), mill, mara), AlreadyAsked)


def test_a_link_says_nothing_of_whoever_is_asked(
    workspace: BotWorkspace, ada: Person, mill: int, mara: int
) -> None:
    token = link(ask(workspace, ada, mill, mara))
    with workspace.services.reading(workspace.workspace_id) as tx:
        survey = survey_queries.get(tx, 1)
    assert survey
    assert token.startswith(f"{survey.key}.")
    assert len(survey.key) == 22


def test_a_link_outlives_a_change_of_keys(
    workspace: BotWorkspace, ada: Person, mill: int, mara: int
) -> None:
    from cryptography.fernet import Fernet

    token = link(ask(workspace, ada, mill, mara))
    settings = workspace.services.settings
    keys = f"{Fernet.generate_key().decode()},{settings.nihito_secret_key.get_secret_value()}"
    changed = settings.model_copy(update={"nihito_secret_key": SecretStr(keys)})
    assert changed.link_signer
    assert changed.link_signer.unsign(token)


def test_somebody_new_is_added_at_the_customer_once(
    workspace: BotWorkspace, ada: Person, mill: int
) -> None:
    assert isinstance(ask(workspace, ada, mill, None, "Ines Kolb"), SurveyLink)
    again = ask(workspace, ada, mill, None, "ines kolb")
    assert isinstance(again, SurveyLink)
    assert again.repeated
    found = surveys.search_people(workspace.services, workspace.actor(ada), mill, "KOLB")
    assert [name for _, name, _ in found] == ["Ines Kolb"]


def test_only_people_of_the_customer_are_found_and_asked(
    workspace: BotWorkspace, ada: Person, mara: int
) -> None:
    post = workspace.add_customer(POST)
    other = workspace.add_person(post, "Mara Post", role="buyer")
    found = surveys.search_people(workspace.services, workspace.actor(ada), post, "mara")
    assert found == [(other, "Mara Post", "buyer")]
    for person_id in (mara, 999):
        with pytest.raises(NoSuchPerson):
            ask(workspace, ada, post, person_id)
    with pytest.raises(NoSuchCustomer):
        ask(workspace, ada, 999, mara)
    assert asked_so_far(workspace) == 0


@pytest.mark.parametrize("why", NoContactReason)
def test_whoever_is_to_be_left_alone_is_not_asked(
    workspace: BotWorkspace, ada: Person, why: NoContactReason
) -> None:
    shut = workspace.add_customer(POST, closed=why, closed_by=ada.id)
    with pytest.raises(DoNotContact, match="Fernleigh Post is to be left alone, as Ada has said"):
        surveys.get_customer(workspace.services, workspace.actor(ada), shut)
    with pytest.raises(DoNotContact):
        ask(workspace, ada, shut, None, "Ines")
    assert asked_so_far(workspace) == 0


@pytest.mark.parametrize(
    ("settings", "lacking"),
    [
        ({"nihito_secret_key": SecretStr("")}, "is to set NIHITO_SECRET_KEY;"),
        ({"nihito_public_url": ""}, "is to set NIHITO_PUBLIC_URL, an https address;"),
        ({"nihito_public_url": "http://nihito.example.org"}, "NIHITO_PUBLIC_URL, an https"),
        ({"nihito_secret_key": SecretStr(""), "nihito_public_url": ""}, "_KEY and NIHITO_PUBLIC"),
    ],
)
def test_without_a_setting_whoever_presses_is_told_which(
    workspace: BotWorkspace, ada: Person, mill: int, settings: dict[str, object], lacking: str
) -> None:
    changed = workspace.services.settings.model_copy(update=settings)
    object.__setattr__(workspace.services, "settings", changed)
    with pytest.raises(SurveysNotConfigured, match=lacking):
        surveys.get_customer(workspace.services, workspace.actor(ada), mill)


@EVERY_DATABASE
def test_an_answer_is_told_once_to_whoever_asked(
    workspace: BotWorkspace, ada: Person, mill: int, mara: int
) -> None:
    workspace.add_pm("Bo", interval_days=90)
    asked = ask(workspace, ada, mill, mara)
    assert answer(workspace, asked) is surveys.SurveyState.ARRIVED
    assert answer(workspace, asked) is surveys.SurveyState.ARRIVED
    assert (
        answer(workspace, asked, SurveyAnswer(0, "", may_call=False))
        is surveys.SurveyState.ANSWERED
    )
    for minutes in (1, 2, 60):
        workspace.deliver_at(T(minutes=minutes))
    workspace.slack.expect_message(
        to=ada,
        containing="Mara Lind of Brightwater Mill has answered: 9 of 10. It is quick. "
        "You may call them (+49 40 1234).",
    )


def test_an_answer_at_night_is_told_in_the_morning(
    workspace: BotWorkspace, ada: Person, mill: int, mara: int
) -> None:
    asked = ask(workspace, ada, mill, mara)
    workspace.clock.at = in_berlin(0, 23, 0)
    answer(workspace, asked)
    workspace.deliver_at(in_berlin(0, 23, 1))
    assert told(workspace) == ("pending", "out_of_hours")
    workspace.deliver_at(in_berlin(1, 9, 30))
    workspace.slack.expect_message(to=ada, containing="has answered: 9 of 10")


def test_somebody_on_holiday_is_told_afterwards(
    workspace: BotWorkspace, ada: Person, mill: int, mara: int
) -> None:
    from bot.operations.nudges import away

    asked = ask(workspace, ada, mill, mara)
    away.pause(workspace.services, workspace.actor(ada), "2 weeks", T0)
    answer(workspace, asked)
    workspace.deliver_at(T(minutes=1))
    assert told(workspace)[0] == "pending"
    workspace.deliver_at(in_berlin(14, 9, 30))
    workspace.slack.expect_message(to=ada, containing="has answered")


@pytest.mark.parametrize("gone", ["pm", "survey"])
def test_what_has_gone_meanwhile_is_told_to_nobody(
    workspace: BotWorkspace, ada: Person, mill: int, mara: int, gone: str
) -> None:
    answer(workspace, ask(workspace, ada, mill, mara))
    if gone == "pm":
        pms.leave(workspace.services, workspace.actor(ada))
    else:
        with workspace.services.engine.begin() as connection:
            connection.execute(delete(table))
    workspace.deliver_at(T(minutes=1))
    assert told(workspace) == ("dropped", {"pm": "left", "survey": "gone"}[gone])


@EVERY_DATABASE
def test_a_yes_is_a_reason_for_a_visit_and_a_no_is_none(
    workspace: BotWorkspace, ada: Person, mill: int, mara: int
) -> None:
    post = workspace.add_customer(POST)
    jo = workspace.add_person(post, "Jo")
    answer(workspace, ask(workspace, ada, mill, mara))
    answer(workspace, ask(workspace, ada, post, jo), SurveyAnswer(10, "", may_call=False))
    with workspace.services.reading(workspace.workspace_id) as tx:
        known = {each.name: each for each in suggestions.list_candidates(tx, ada.id, T0.date())}
    assert known[MILL].trigger == (VisitTrigger.SURVEY, T0.date())
    assert known[POST].trigger is None
    first, *_ = suggest(known.values(), T0.date(), 1)
    assert (first.name, first.reason, first.on) == (MILL, SuggestionReason.SURVEY, T0.date())
    expect_all(workspace)


def brief_score(workspace: BotWorkspace, pm: Person) -> tuple[int, object, str] | None:
    found = briefs.find_brief(workspace.services, workspace.actor(pm), MILL, workspace.clock.at)
    assert isinstance(found, Brief)
    return found.score


@EVERY_DATABASE
def test_a_brief_tells_the_newer_of_survey_and_debrief(
    workspace: BotWorkspace, ada: Person, mill: int, mara: int
) -> None:
    story = "They print it all. Nobody asks."
    asked = ask(workspace, ada, mill, mara)
    assert brief_score(workspace, ada) is None
    workspace.record_debrief(ada, MILL, story, nps=3, nps_why="Slow", on=T(days=-1).date())
    assert brief_score(workspace, ada) == (3, T(days=-1).date(), "Slow")
    answer(workspace, asked)
    assert brief_score(workspace, ada) == (9, T0.date(), "It is quick.")
    workspace.clock.at = T(days=8)
    workspace.record_debrief(ada, MILL, story, nps=7, nps_why="Better")
    assert brief_score(workspace, ada) == (7, T(days=8).date(), "Better")
    expect_all(workspace)


@EVERY_DATABASE
def test_home_tells_the_nps_of_a_pms_customers_from_five_answers_on(
    workspace: BotWorkspace, ada: Person
) -> None:
    for number, score in enumerate((10, 9, 9, 7)):
        customer_id = workspace.add_customer(f"Customer {number}")
        asked = ask(
            workspace, ada, customer_id, workspace.add_person(customer_id, f"Person {number}")
        )
        answer(workspace, asked, SurveyAnswer(score, "", may_call=False))
    assert home_nps(workspace, ada) is None
    workspace.record_debrief(ada, "Customer 4", "They wait. They wait a lot.", nps=2)
    found = home_nps(workspace, ada)
    assert found is not None
    assert (round(found.score), found.answers) == (40, 5)
    expect_all(workspace)


def home_nps(workspace: BotWorkspace, pm: Person):
    shown = home.get_facts(workspace.services, workspace.actor(pm), workspace.clock.at)
    assert shown
    return shown.nps


@EVERY_DATABASE
def test_only_what_belongs_to_a_pm_is_counted(
    workspace: BotWorkspace, ada: Person, mill: int, mara: int
) -> None:
    bo = workspace.add_pm("Bo", interval_days=90)
    owned, others = workspace.add_customer(POST, owner=ada), workspace.add_customer("Harrow Tiles")
    story = "They wait. They wait a lot."
    workspace.record_debrief(bo, POST, story, nps=10)
    workspace.record_debrief(bo, POST, story, nps=1, sharing=Sharing.PRIVATE, on=T(days=-1).date())
    workspace.record_debrief(bo, "Harrow Tiles", story, nps=0)
    workspace.record_debrief(ada, MILL, story, nps=8, sharing=Sharing.PRIVATE)
    workspace.record_debrief(ada, MILL, story, nps=0, on=T(days=-91).date())
    answer(workspace, ask(workspace, ada, mill, mara), SurveyAnswer(6, "", may_call=False))
    answer(workspace, ask(workspace, bo, owned, workspace.add_person(owned, "Jo")))
    answer(workspace, ask(workspace, bo, others, workspace.add_person(others, "Cy")))
    since = T(days=-90)
    with workspace.services.reading(workspace.workspace_id) as tx:
        assert survey_queries.get_score_tally(tx, ada.id, since, since.date()) == ScoreTally(
            2, 1, 1
        )
        assert survey_queries.get_score_tally(tx, bo.id, since, since.date()) == ScoreTally(3, 0, 2)
        assert survey_queries.get_score_tally(tx, "U0000099", since, since.date()) == ScoreTally()
    expect_all(workspace)


def expect_all(workspace: BotWorkspace) -> None:
    for post in workspace.slack.workspace.posts:
        post.expected = True

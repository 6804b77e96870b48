"""Surveys: one person is asked once in 90 days, whoever asks; what is answered is told and kept."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, func, select

from bot.db import surveys as rows
from bot.db.outbox.queries import Kind, status
from bot.db.suggestions import queries as suggestions
from bot.db.tables.customers import people as people_table
from bot.db.tables.surveys import surveys as table
from bot.domain.customers import Opening
from bot.domain.debriefs.rules import Sharing
from bot.domain.suggestions.rules import Why, suggest
from bot.domain.surveys.nps import Tally
from bot.domain.surveys.rules import Answer, Language
from bot.domain.visits.caps import Closed
from bot.errors import LeftAlone, NoSuchCustomer, NoSuchPerson, SurveysAway
from bot.operations import surveys
from bot.operations.home import overview as home
from bot.operations.staff import pms
from bot.operations.visits import briefs
from bot.views.surveys.form import Before, Handed, SurveyDraft
from bot.views.visits.brief import Brief
from sandbox.person import Person
from tests.operations.operations_fixture import Office
from tests.times import T0, T, in_berlin

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
MILL, POST = "Brightwater Mill", "Fernleigh Post"
NINE = Answer(9, "It is quick.", may_call=True)


@pytest.fixture
def ada(office: Office) -> Person:
    return office.pm("Ada", interval_days=90)


@pytest.fixture
def mill(office: Office) -> int:
    return office.customer(MILL)


@pytest.fixture
def mara(office: Office, mill: int) -> int:
    return office.person(mill, "Mara Lind", phone="+49 40 1234")


def ask(
    office: Office, pm: Person, customer_id: int, person_id: int | None, name: str = ""
) -> Handed | Before:
    draft = SurveyDraft(customer_id, person_id, name, Language.ENGLISH)
    return surveys.ask(office.services, office.actor(pm), draft, office.clock.at)


def link(asked: Handed | Before) -> str:
    assert isinstance(asked, Handed)
    (found,) = re.findall(r"https://nihito\.example\.org/survey/(\S+)", asked.text)
    return str(found)


def answer(office: Office, asked: Handed | Before, given: Answer = NINE) -> surveys.State:
    links = office.services.settings.links
    assert links
    key = links.read(link(asked))
    assert key
    sheet = surveys.answer(office.services, key, given, office.clock.at)
    assert sheet
    return sheet.state


def asked_so_far(office: Office) -> int:
    with office.services.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def told(office: Office) -> tuple[str, str]:
    with office.services.reading(office.workspace_id) as tx:
        found = status(tx, Kind.SURVEY_ANSWERED, "1", "")
    assert found
    return found.state, found.reason


@EVERY_DATABASE
def test_of_two_pms_who_ask_at_once_one_does(
    office: Office, ada: Person, mill: int, mara: int
) -> None:
    bo, together = office.pm("Bo", interval_days=90), Barrier(2)
    actors = {each.id: office.actor(each) for each in (ada, bo)}

    def press(pm: Person) -> Handed | Before:
        together.wait()
        draft = SurveyDraft(mill, mara, "", Language.ENGLISH)
        return surveys.ask(office.services, actors[pm.id], draft, T0)

    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(press, (ada, bo)))
    assert sorted(type(each).__name__ for each in got) == ["Before", "Handed"]
    (late,) = (each for each in got if isinstance(each, Before))
    assert late.who == ("Ada" if got.index(late) else "Bo")
    assert asked_so_far(office) == 1


@EVERY_DATABASE
def test_of_two_who_add_the_same_person_at_once_one_asks(
    office: Office, ada: Person, mill: int
) -> None:
    bo, together = office.pm("Bo", interval_days=90), Barrier(2)
    actors = {each.id: office.actor(each) for each in (ada, bo)}

    def press(pm: Person) -> Handed | Before:
        together.wait()
        draft = SurveyDraft(mill, None, "Ines", Language.ENGLISH)
        return surveys.ask(office.services, actors[pm.id], draft, T0)

    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(press, (ada, bo)))
    assert sorted(type(each).__name__ for each in got) == ["Before", "Handed"]
    with office.services.engine.connect() as connection:
        found = connection.execute(select(func.count()).select_from(people_table))
        assert found.scalar_one() == 1


@EVERY_DATABASE
def test_nobody_is_asked_twice_in_ninety_days(
    office: Office, ada: Person, mill: int, mara: int
) -> None:
    bo = office.pm("Bo", interval_days=90)
    answer(office, ask(office, ada, mill, mara))
    office.clock.at = T(days=90) - timedelta(seconds=1)
    for pm, who in ((bo, "Ada"), (ada, "")):
        before = ask(office, pm, mill, mara)
        assert isinstance(before, Before)
        assert (before.who, before.on, before.answered) == (who, T0.date(), True)
        assert before.free_at == T(days=90)
    office.clock.at = T(days=90)
    assert isinstance(ask(office, bo, mill, mara), Handed)
    assert asked_so_far(office) == 2
    office.clock.at = T(days=91)
    assert isinstance(ask(office, ada, mill, mara), Before)
    expect_all(office)


@EVERY_DATABASE
def test_whoever_asked_copies_the_same_link_again_while_it_is_good(
    office: Office, ada: Person, mill: int, mara: int
) -> None:
    first = ask(office, ada, mill, mara)
    office.clock.at = T(days=30)
    again = ask(office, ada, mill, mara)
    assert isinstance(again, Handed)
    assert again.again
    assert link(again) == link(first)
    office.clock.at = T(days=31)
    late = ask(office, ada, mill, mara)
    assert isinstance(late, Before)
    assert not late.answered
    assert asked_so_far(office) == 1


def test_another_pm_does_not_get_the_link(
    office: Office, ada: Person, mill: int, mara: int
) -> None:
    ask(office, ada, mill, mara)
    assert isinstance(ask(office, office.pm("Bo"), mill, mara), Before)


def test_a_link_says_nothing_of_whoever_is_asked(
    office: Office, ada: Person, mill: int, mara: int
) -> None:
    token = link(ask(office, ada, mill, mara))
    with office.services.reading(office.workspace_id) as tx:
        survey = rows.get(tx, 1)
    assert survey
    assert token.startswith(f"{survey.key}.")
    assert len(survey.key) == 22


def test_a_link_outlives_a_change_of_keys(
    office: Office, ada: Person, mill: int, mara: int
) -> None:
    from cryptography.fernet import Fernet

    token = link(ask(office, ada, mill, mara))
    settings = office.services.settings
    keys = f"{Fernet.generate_key().decode()},{settings.nihito_secret_key.get_secret_value()}"
    changed = settings.model_copy(update={"nihito_secret_key": SecretStr(keys)})
    assert changed.links
    assert changed.links.read(token)


def test_somebody_new_is_added_at_the_customer_once(office: Office, ada: Person, mill: int) -> None:
    assert isinstance(ask(office, ada, mill, None, "Ines Kolb"), Handed)
    again = ask(office, ada, mill, None, "ines kolb")
    assert isinstance(again, Handed)
    assert again.again
    found = surveys.people(office.services, office.actor(ada), mill, "KOLB")
    assert [name for _, name, _ in found] == ["Ines Kolb"]


def test_only_people_of_the_customer_are_found_and_asked(
    office: Office, ada: Person, mara: int
) -> None:
    post = office.customer(POST)
    other = office.person(post, "Mara Post", role="buyer")
    found = surveys.people(office.services, office.actor(ada), post, "mara")
    assert found == [(other, "Mara Post", "buyer")]
    for person_id in (mara, 999):
        with pytest.raises(NoSuchPerson):
            ask(office, ada, post, person_id)
    with pytest.raises(NoSuchCustomer):
        ask(office, ada, 999, mara)
    assert asked_so_far(office) == 0


@pytest.mark.parametrize("why", Closed)
def test_whoever_is_to_be_left_alone_is_not_asked(office: Office, ada: Person, why: Closed) -> None:
    shut = office.customer(POST, closed=why, closed_by=ada.id)
    with pytest.raises(LeftAlone, match="Fernleigh Post is to be left alone, as Ada has said"):
        surveys.look(office.services, office.actor(ada), shut)
    with pytest.raises(LeftAlone):
        ask(office, ada, shut, None, "Ines")
    assert asked_so_far(office) == 0


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
    office: Office, ada: Person, mill: int, settings: dict[str, object], lacking: str
) -> None:
    changed = office.services.settings.model_copy(update=settings)
    object.__setattr__(office.services, "settings", changed)
    with pytest.raises(SurveysAway, match=lacking):
        surveys.look(office.services, office.actor(ada), mill)


@EVERY_DATABASE
def test_an_answer_is_told_once_to_whoever_asked(
    office: Office, ada: Person, mill: int, mara: int
) -> None:
    office.pm("Bo", interval_days=90)
    asked = ask(office, ada, mill, mara)
    assert answer(office, asked) is surveys.State.ARRIVED
    assert answer(office, asked) is surveys.State.ARRIVED
    assert answer(office, asked, Answer(0, "", may_call=False)) is surveys.State.ANSWERED
    for minutes in (1, 2, 60):
        office.deliver_at(T(minutes=minutes))
    office.slack.expect_message(
        to=ada,
        containing="Mara Lind of Brightwater Mill has answered: 9 of 10. It is quick. "
        "You may call them (+49 40 1234).",
    )


def test_an_answer_at_night_is_told_in_the_morning(
    office: Office, ada: Person, mill: int, mara: int
) -> None:
    asked = ask(office, ada, mill, mara)
    office.clock.at = in_berlin(0, 23, 0)
    answer(office, asked)
    office.deliver_at(in_berlin(0, 23, 1))
    assert told(office) == ("pending", "out_of_hours")
    office.deliver_at(in_berlin(1, 9, 30))
    office.slack.expect_message(to=ada, containing="has answered: 9 of 10")


def test_somebody_on_holiday_is_told_afterwards(
    office: Office, ada: Person, mill: int, mara: int
) -> None:
    from bot.operations.nudges import away

    asked = ask(office, ada, mill, mara)
    away.pause(office.services, office.actor(ada), "2 weeks", T0)
    answer(office, asked)
    office.deliver_at(T(minutes=1))
    assert told(office)[0] == "pending"
    office.deliver_at(in_berlin(14, 9, 30))
    office.slack.expect_message(to=ada, containing="has answered")


@pytest.mark.parametrize("gone", ["pm", "survey"])
def test_what_has_gone_meanwhile_is_told_to_nobody(
    office: Office, ada: Person, mill: int, mara: int, gone: str
) -> None:
    answer(office, ask(office, ada, mill, mara))
    if gone == "pm":
        pms.leave(office.services, office.actor(ada))
    else:
        with office.services.engine.begin() as connection:
            connection.execute(delete(table))
    office.deliver_at(T(minutes=1))
    assert told(office) == ("dropped", {"pm": "left", "survey": "gone"}[gone])


@EVERY_DATABASE
def test_a_yes_is_a_reason_for_a_visit_and_a_no_is_none(
    office: Office, ada: Person, mill: int, mara: int
) -> None:
    post = office.customer(POST)
    jo = office.person(post, "Jo")
    answer(office, ask(office, ada, mill, mara))
    answer(office, ask(office, ada, post, jo), Answer(10, "", may_call=False))
    with office.services.reading(office.workspace_id) as tx:
        known = {each.name: each for each in suggestions.candidates(tx, ada.id, T0.date())}
    assert known[MILL].opening == (Opening.SURVEY, T0.date())
    assert known[POST].opening is None
    first, *_ = suggest(known.values(), T0.date(), 1)
    assert (first.name, first.why, first.on) == (MILL, Why.SURVEY, T0.date())
    expect_all(office)


def brief_score(office: Office, pm: Person) -> tuple[int, object, str] | None:
    found = briefs.brief(office.services, office.actor(pm), MILL, office.clock.at)
    assert isinstance(found, Brief)
    return found.score


@EVERY_DATABASE
def test_a_brief_tells_the_newer_of_survey_and_debrief(
    office: Office, ada: Person, mill: int, mara: int
) -> None:
    story = "They print it all. Nobody asks."
    asked = ask(office, ada, mill, mara)
    assert brief_score(office, ada) is None
    office.debrief(ada, MILL, story, nps=3, nps_why="Slow", on=T(days=-1).date())
    assert brief_score(office, ada) == (3, T(days=-1).date(), "Slow")
    answer(office, asked)
    assert brief_score(office, ada) == (9, T0.date(), "It is quick.")
    office.clock.at = T(days=8)
    office.debrief(ada, MILL, story, nps=7, nps_why="Better")
    assert brief_score(office, ada) == (7, T(days=8).date(), "Better")
    expect_all(office)


@EVERY_DATABASE
def test_home_tells_the_nps_of_a_pms_customers_from_five_answers_on(
    office: Office, ada: Person
) -> None:
    for number, score in enumerate((10, 9, 9, 7)):
        customer_id = office.customer(f"Customer {number}")
        asked = ask(office, ada, customer_id, office.person(customer_id, f"Person {number}"))
        answer(office, asked, Answer(score, "", may_call=False))
    assert home_nps(office, ada) is None
    office.debrief(ada, "Customer 4", "They wait. They wait a lot.", nps=2)
    found = home_nps(office, ada)
    assert found is not None
    assert (round(found.score), found.answers) == (40, 5)
    expect_all(office)


def home_nps(office: Office, pm: Person):
    shown = home.facts(office.services, office.actor(pm), office.clock.at)
    assert shown
    return shown.nps


@EVERY_DATABASE
def test_only_what_belongs_to_a_pm_is_counted(
    office: Office, ada: Person, mill: int, mara: int
) -> None:
    bo = office.pm("Bo", interval_days=90)
    owned, others = office.customer(POST, owner=ada), office.customer("Harrow Tiles")
    story = "They wait. They wait a lot."
    office.debrief(bo, POST, story, nps=10)
    office.debrief(bo, POST, story, nps=1, sharing=Sharing.PRIVATE, on=T(days=-1).date())
    office.debrief(bo, "Harrow Tiles", story, nps=0)
    office.debrief(ada, MILL, story, nps=8, sharing=Sharing.PRIVATE)
    office.debrief(ada, MILL, story, nps=0, on=T(days=-91).date())
    answer(office, ask(office, ada, mill, mara), Answer(6, "", may_call=False))
    answer(office, ask(office, bo, owned, office.person(owned, "Jo")))
    answer(office, ask(office, bo, others, office.person(others, "Cy")))
    since = T(days=-90)
    with office.services.reading(office.workspace_id) as tx:
        assert rows.tally(tx, ada.id, since, since.date()) == Tally(2, 1, 1)
        assert rows.tally(tx, bo.id, since, since.date()) == Tally(3, 0, 2)
        assert rows.tally(tx, "U0000099", since, since.date()) == Tally()
    expect_all(office)


def expect_all(office: Office) -> None:
    for post in office.slack.workspace.posts:
        post.expected = True

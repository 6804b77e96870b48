"""Flags end to end: contacts come in, and one PM gets a message, discreetly and once."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

import pytest

from bot.db import customers
from bot.db.contacts import queries as contact_queries
from bot.domain.contacts.events import ContactDraft
from bot.domain.contacts.traits import Channel as Way
from bot.domain.contacts.traits import Trait, distinct_traits
from bot.domain.customers import Stage
from bot.domain.working_time import to_instant
from bot.operations.contacts import flags as contacts
from bot.operations.contacts.evidence import list_evidence
from sandbox.person import Person
from sandbox.workspace.state import Message
from tests.conftest import Nihito
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T0, T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
BERLIN = "Europe/Berlin"


def hours_before(count: int, at: datetime = T0) -> list[datetime]:
    """Return so many instants before another, an hour apart."""
    return [at - timedelta(hours=each) for each in range(1, count + 1)]


def mails(workspace: BotWorkspace, person_id: int, count: int) -> None:
    workspace.record_contacts(person_id, Way.MAIL, hours_before(count))


def cell_calls(workspace: BotWorkspace, person_id: int, count: int) -> None:
    workspace.record_contacts(person_id, Way.CELL_CALL, hours_before(count))


def support_calls(workspace: BotWorkspace, person_id: int, count: int) -> None:
    workspace.record_contacts(person_id, Way.SUPPORT_CALL, hours_before(count))


def threads(workspace: BotWorkspace, person_id: int, count: int) -> None:
    """Record threads started, with comments in enough others."""
    forum(workspace, person_id, count, 14)


def comments(workspace: BotWorkspace, person_id: int, count: int) -> None:
    """Record comments in other threads, with enough started."""
    forum(workspace, person_id, 8, count)


def forum(workspace: BotWorkspace, person_id: int, started: int, commented: int) -> None:
    for number in range(started):
        workspace.record_contacts(
            person_id, Way.FORUM_THREAD, [T(hours=-1)], thread=f"own-{number}"
        )
    for number in range(commented):
        workspace.record_contacts(
            person_id, Way.FORUM_COMMENT, [T(hours=-1)], thread=f"other-{number}"
        )


def betas(workspace: BotWorkspace, person_id: int, count: int) -> None:
    """Sign up first of ten for the last `count` of two betas, and last for the others."""
    customer_id = workspace.add_customer("Many Hands")
    others = [workspace.add_person(customer_id, f"Tester {number}") for number in range(9)]
    for age, beta in enumerate(("Egret", "Heron")):
        order = [person_id, *others] if age < count else [*others, person_id]
        sign_up(workspace, beta, order, T(days=-20 * (age + 1)))


def sign_up(workspace: BotWorkspace, beta: str, order: Sequence[int], opened: datetime) -> None:
    with workspace.services.transaction(workspace.workspace_id) as tx:
        beta_id = contact_queries.get_or_add_beta(tx, beta)
        for place, person_id in enumerate(order):
            contact_queries.add_sign_up(tx, beta_id, person_id, opened + timedelta(minutes=place))


def invitations(workspace: BotWorkspace, person_id: int, count: int) -> None:
    """Send three invitations, `count` of them accepted within two days; another is always first."""
    first = workspace.add_person(workspace.add_customer("Early Hands"), "Quick Tester")
    with workspace.services.transaction(workspace.workspace_id) as tx:
        for number in range(3):
            invited = T(days=-100 + 20 * number)
            taken = invited + timedelta(days=2 if number < count else 3)
            beta_id = contact_queries.get_or_add_beta(tx, f"Beta {number}")
            contact_queries.add_sign_up(tx, beta_id, first, invited)
            contact_queries.add_sign_up(tx, beta_id, person_id, taken, invited)


HABITS = [
    (mails, 5, Trait.MAIL),
    (cell_calls, 4, Trait.CELL),
    (support_calls, 2, Trait.SUPPORT),
    (threads, 8, Trait.FORUM),
    (comments, 14, Trait.FORUM),
    (betas, 2, Trait.BETA),
    (invitations, 3, Trait.BETA),
]


def traits_of(workspace: BotWorkspace, customer_id: int) -> frozenset[Trait]:
    with workspace.services.reading(workspace.workspace_id) as tx:
        return distinct_traits(list_evidence(tx, [customer_id], T0).get(customer_id, ()))


def someone(workspace: BotWorkspace, owner: Person | None = None) -> tuple[int, int]:
    """Add a customer and a person there whose cell number is known, with a quiet colleague."""
    customer_id = workspace.add_customer("Brightwater Mill", owner=owner)
    workspace.add_person(customer_id, "Abel Lind")
    return customer_id, workspace.add_person(customer_id, "Mara Lind", has_cell=True)


def be_great(workspace: BotWorkspace, person_id: int, at: datetime = T0) -> None:
    """Record contacts for two traits, within hours before an instant."""
    workspace.record_contacts(person_id, Way.MAIL, hours_before(5, at))
    workspace.record_contacts(person_id, Way.CELL_CALL, hours_before(4, at))


def told(workspace: BotWorkspace, person: Person) -> Message:
    return workspace.slack.expect_message(to=person, containing="Brightwater Mill is in touch")


@EVERY_DATABASE
@pytest.mark.parametrize(("habit", "threshold"), [each[:2] for each in HABITS])
def test_just_below_its_threshold_a_habit_is_no_trait(
    workspace: BotWorkspace, habit: Callable[[BotWorkspace, int, int], None], threshold: int
) -> None:
    below, person_below = someone(workspace)
    habit(workspace, person_below, threshold - 1)
    assert traits_of(workspace, below) == frozenset()


@EVERY_DATABASE
@pytest.mark.parametrize(("habit", "threshold", "trait"), HABITS)
def test_at_its_threshold_a_habit_is_a_trait(
    workspace: BotWorkspace,
    habit: Callable[[BotWorkspace, int, int], None],
    threshold: int,
    trait: Trait,
) -> None:
    customer_id, person_id = someone(workspace)
    habit(workspace, person_id, threshold)
    assert traits_of(workspace, customer_id) == {trait}


@EVERY_DATABASE
def test_one_trait_however_strong_says_nothing(workspace: BotWorkspace) -> None:
    _, person_id = someone(workspace, workspace.add_pm("Ada"))
    mails(workspace, person_id, 40)
    workspace.tick_at(T0)
    workspace.slack.assert_nothing_else()


@EVERY_DATABASE
def test_two_traits_tell_the_owner_alone_with_what_was_counted(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    workspace.add_pm("Bo")
    _, person_id = someone(workspace, ada)
    mails(workspace, person_id, 6)
    cell_calls(workspace, person_id, 4)
    workspace.tick_at(T0)
    message = told(workspace, ada)
    assert "Mara Lind: 6 mails in 28 days (more than one a week)" in message.text
    assert "Mara Lind: 4 calls to a cell phone in 28 days" in message.text


def test_the_traits_of_two_people_add_up_to_their_customers(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    customer_id, mara = someone(workspace, ada)
    mails(workspace, mara, 5)
    support_calls(workspace, workspace.add_person(customer_id, "Ivo Lind"), 2)
    workspace.tick_at(T0)
    assert "Ivo Lind: 2 calls for technical support" in told(workspace, ada).text


def test_calls_that_reach_support_are_no_trait(workspace: BotWorkspace) -> None:
    helper = workspace.slack.add_user("Sam", title="Support Engineer")
    workspace.actor(helper)
    customer_id, person_id = someone(workspace)
    calls = hours_before(3)
    workspace.record_contacts(person_id, Way.SUPPORT_CALL, calls, staff_id=helper.id)
    assert traits_of(workspace, customer_id) == frozenset()


def test_calls_are_a_trait_only_where_the_cell_number_is_known(workspace: BotWorkspace) -> None:
    customer_id, _ = someone(workspace)
    cell_calls(workspace, workspace.add_person(customer_id, "Ivo Lind"), 9)
    assert traits_of(workspace, customer_id) == frozenset()


def test_the_same_contact_twice_counts_once(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    customer_id, person_id = someone(workspace, ada)
    mails(workspace, person_id, 4)
    draft = ContactDraft(
        None, "", person_id, "", Way.MAIL, ada.id, T0.date(), "Where is the export?"
    )
    for _ in range(3):
        contacts.record(workspace.services, workspace.actor(ada), draft, "V1", T(hours=-9), T0)
    with workspace.services.reading(workspace.workspace_id) as tx:
        (evidence,) = list_evidence(tx, [customer_id], T0)[customer_id]
    assert [number for _, number in evidence.counts] == [5]


def test_a_contact_noted_in_slack_raises_the_flag_at_once(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    _, person_id = someone(workspace, ada)
    mails(workspace, person_id, 4)
    cell_calls(workspace, person_id, 4)
    draft = ContactDraft(None, "", person_id, "", Way.MAIL, ada.id, T0.date(), "")
    contacts.record(workspace.services, workspace.actor(ada), draft, "V1", T0, T0)
    workspace.deliver_at(T0)
    told(workspace, ada)


def test_without_an_owner_whoever_visited_last_is_told(workspace: BotWorkspace) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo")
    customer_id, person_id = someone(workspace)
    workspace.add_held_visit(bo, customer_id, T(days=-9).date())
    workspace.add_held_visit(ada, customer_id, T(days=-8).date())
    be_great(workspace, person_id)
    workspace.tick_at(T0)
    told(workspace, ada)


def test_the_owner_is_told_whoever_visited_last(workspace: BotWorkspace) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo")
    customer_id, person_id = someone(workspace, ada)
    workspace.add_held_visit(bo, customer_id, T(days=-9).date())
    be_great(workspace, person_id)
    workspace.tick_at(T0)
    told(workspace, ada)


def test_an_owner_who_is_no_pm_leaves_it_to_whoever_visited_last(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    customer_id, person_id = someone(workspace, workspace.slack.add_user("Sid"))
    workspace.add_held_visit(ada, customer_id, T(days=-9).date())
    be_great(workspace, person_id)
    workspace.tick_at(T0)
    told(workspace, ada)


def test_with_neither_owner_nor_visitor_nobody_is_told_and_the_outcome_says_so(
    workspace: BotWorkspace,
) -> None:
    workspace.add_pm("Ada")
    _, person_id = someone(workspace)
    be_great(workspace, person_id)
    found = [each for each in workspace.tick_at(T(hours=2)) if each.kind == "flag"]
    assert [(each.status, each.reason) for each in found] == [("held", "nobody_to_tell")]


def test_once_somebody_has_been_there_they_are_told_of_a_flag_that_nobody_heard_of(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    customer_id, person_id = someone(workspace)
    be_great(workspace, person_id)
    workspace.tick_at(T0)
    workspace.add_held_visit(ada, customer_id, T0.date())
    workspace.tick_at(T(hours=1))
    told(workspace, ada)


@pytest.mark.parametrize(("tz", "hour"), [("Europe/Berlin", 8), ("America/New_York", 14)])
def test_a_flag_raised_at_night_waits_for_the_pms_open_hours(
    workspace: BotWorkspace, tz: str, hour: int
) -> None:
    ada = workspace.add_pm("Ada", tz=tz)
    _, person_id = someone(workspace, ada)
    midnight = to_instant(T(days=1).date(), time(1), tz)
    workspace.clock.at = midnight
    be_great(workspace, person_id, midnight)
    opens = to_instant(T(days=1).date(), time(9, 30), tz)
    assert opens.hour == hour
    workspace.tick_at(midnight)
    workspace.tick_at(opens - timedelta(seconds=1))
    assert workspace.messages(ada) == []
    workspace.tick_at(opens)
    told(workspace, ada)


def test_a_flag_that_slack_could_not_take_in_the_day_does_not_come_at_night(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    _, person_id = someone(workspace, ada)
    be_great(workspace, person_id)
    workspace.slack.fail("chat.postMessage", "500 before", times=None)
    workspace.tick_at(T0)
    workspace.slack.clear_faults()
    workspace.tick_at(to_instant(T0.date(), time(23), BERLIN))
    assert workspace.messages(ada) == []
    workspace.tick_at(to_instant(T(days=1).date(), time(9, 30), BERLIN))
    told(workspace, ada)


def test_a_flag_raised_on_a_friday_night_waits_for_monday(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    _, person_id = someone(workspace, ada)
    friday = to_instant(T(days=4).date(), time(20), BERLIN)
    workspace.clock.at = friday
    be_great(workspace, person_id, friday)
    for days in (4, 5, 6):
        workspace.tick_at(to_instant(T(days=days).date(), time(21), BERLIN))
    assert workspace.messages(ada) == []
    workspace.tick_at(to_instant(T(days=7).date(), time(9, 30), BERLIN))
    told(workspace, ada)


def test_nothing_about_a_flag_is_ever_said_in_a_channel(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    stories = workspace.slack.add_channel("stories", members=[ada])
    workspace.clock.at = T0
    bo = workspace.add_pm("Bo", channel_id=stories.id)
    _, person_id = someone(workspace, bo)
    be_great(workspace, person_id)
    for days in range(40):
        workspace.tick_at(T(days=days))
    told(workspace, bo)
    assert workspace.messages(stories) == []
    calls = [each for each in workspace.slack.calls if each.method.startswith("chat.")]
    assert {each.args["channel"] for each in calls} <= {ada.id, bo.id, ada.dm.id, bo.dm.id}
    workspace.slack.workspace.posts.clear()


def test_standing_flags_are_told_once_however_often_they_are_looked_at(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada", interval_days=90)
    _, person_id = someone(workspace, ada)
    for week in range(7):
        be_great(workspace, person_id, T(days=7 * week))
        workspace.tick_at(T(days=7 * week))
        workspace.tick_at(T(days=7 * week, minutes=1))
    told(workspace, ada)


def test_a_flag_goes_with_the_behaviour_and_its_message_says_so_in_place(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada", interval_days=90)
    _, person_id = someone(workspace, ada)
    be_great(workspace, person_id)
    workspace.tick_at(T0)
    message = told(workspace, ada)
    workspace.tick_at(T(days=27, hours=18))
    assert message.edited_ts is None
    workspace.tick_at(T(days=28))
    workspace.slack.expect_update(message, "Brightwater Mill is in touch no more than others now.")
    assert len(workspace.messages(ada)) == 1


def test_a_customer_is_told_of_at_most_once_a_fortnight(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada", interval_days=90)
    _, person_id = someone(workspace, ada)
    be_great(workspace, person_id, T(days=-27))
    workspace.tick_at(T0)
    message = told(workspace, ada)
    workspace.tick_at(T(days=2))
    workspace.slack.expect_update(message, "no more than others")
    workspace.clock.at = T(days=5)
    be_great(workspace, person_id, T(days=5))
    workspace.tick_at(T(days=5))
    workspace.tick_at(T(days=13, hours=23))
    assert len(workspace.messages(ada)) == 1
    workspace.tick_at(T(days=14))
    told(workspace, ada)


def test_a_flag_that_went_before_its_message_left_is_not_told(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada", interval_days=90)
    _, person_id = someone(workspace, ada)
    night = to_instant(T(days=1).date(), time(1), BERLIN)
    workspace.clock.at = night
    be_great(workspace, person_id, night - timedelta(days=27, hours=15))
    workspace.tick_at(night)
    workspace.tick_at(to_instant(T(days=1).date(), time(9, 30), BERLIN))
    assert workspace.messages(ada) == []


def flagged(nihito: Nihito) -> tuple[Person, Message, BotWorkspace]:
    """Return a PM, the flag's message to them, and their workspace."""
    ada = nihito.slack.add_user("Ada", tz=BERLIN)
    nihito.join(ada)
    workspace = BotWorkspace(nihito.slack, nihito.services, nihito.clock, nihito.workspace_id)
    _, person_id = someone(workspace, ada)
    be_great(workspace, person_id)
    nihito.tick_at(T0)
    return ada, told(workspace, ada), workspace


@EVERY_DATABASE
@pytest.mark.parametrize(
    ("button", "value", "answer"),
    [
        ("flag.acknowledge", None, "Noted: you know about Brightwater Mill."),
        ("flag.refute", None, "Noted: not so for Brightwater Mill."),
        ("flag.snooze", "4", "Snoozed until Monday 30 March."),
    ],
)
def test_each_button_is_answered_in_the_messages_place(
    nihito: Nihito, button: str, value: str | None, answer: str
) -> None:
    ada, message, _ = flagged(nihito)
    ada.press(message, button, value)
    nihito.slack.expect_update(message, answer)
    nihito.tick_at(T(hours=2))
    nihito.slack.assert_nothing_else()


def test_a_flag_that_was_snoozed_comes_back_on_its_day_if_it_still_stands(
    nihito: Nihito,
) -> None:
    ada, message, _ = flagged(nihito)
    ada.press(message, "flag.snooze", "2")
    nihito.slack.expect_update(message, "Snoozed until Monday 16 March")
    nihito.tick_at(T(days=13, hours=23))
    nihito.slack.expect_message(to=ada, containing="Your first customer visit is due")
    nihito.slack.assert_nothing_else()
    nihito.tick_at(T(days=14))
    nihito.slack.expect_message(to=ada, containing="Brightwater Mill is in touch")


def test_the_buttons_go_on_working_for_the_one_who_was_told(nihito: Nihito) -> None:
    ada, message, workspace = flagged(nihito)
    bo = workspace.add_pm("Bo")
    with nihito.services.transaction(nihito.workspace_id) as tx:
        (mill,) = customers.list_by_name(tx, "Brightwater Mill")
        customers.update(tx, mill, owner_id=bo.id)
        people = customers.list_people(tx, mill.id)
    workspace.record_contacts(people[0].id, Way.MAIL, [T(minutes=-1)])
    nihito.tick_at(T(hours=2))
    ada.press(message, "flag.acknowledge")
    nihito.slack.expect_update(message, "Noted: you know about Brightwater Mill.")


def test_a_prospect_is_named_to_be_seen_instead(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    workspace.add_customer("Tallow Works", Stage.PROSPECT)
    _, person_id = someone(workspace, ada)
    be_great(workspace, person_id)
    workspace.tick_at(T0)
    assert "See two prospects next: Tallow Works." in told(workspace, ada).text

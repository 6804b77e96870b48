"""Joining, planning and contacts: fields that are missing, too long, gone or can't be chosen."""

import pytest

from sandbox.person import Person
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.forms.form_helpers import LIVE, STORY
from tests.times import T

EVERYWHERE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    return form_helpers.new_pm(nihito)


def test_joining_with_everything_taken_out_says_what_is_missing(nihito: Nihito):
    ada = nihito.slack.add_user("Ada")
    nihito.open_form(ada, "/visit", "join")
    for name in ("interval", "at", "strength"):
        form_helpers.forge(ada, name, selected_option=None, selected_time=None)
    outcome = ada.submit({"days": []}, unchecked=True)
    assert outcome.errors == {
        "interval": "Choose how often.",
        "at": "Choose a time.",
        "days": "Tick at least one day.",
        "strength": "Choose one of the three.",
    }
    assert form_helpers.count_rows(nihito, "pms") == (0,)


NOT_INVITED = "I cannot post there yet. Choose a channel, and invite me to it first."
CHANNELS = {
    "archived": ({"archived": True}, "This channel is archived. Choose another."),
    "shared outside": (
        {"ext_shared": True},
        "People of another organisation can read this channel. Choose another.",
    ),
    "public without the bot": ({"bot_is_member": False}, NOT_INVITED),
    "private without the bot": ({"private": True, "bot_is_member": False}, NOT_INVITED),
}


@pytest.mark.parametrize(("kind", "sentence"), CHANNELS.values(), ids=CHANNELS)
def test_a_channel_that_cannot_hold_stories_is_refused_where_it_was_chosen(
    nihito: Nihito, kind, sentence
):
    ada = nihito.slack.add_user("Ada")
    channel = nihito.slack.add_channel("stories", members=[ada], **kind)
    nihito.open_form(ada, "/visit", "join")
    hidden = kind.get("bot_is_member") is False and kind.get("private")
    assert ada.submit({"channel": channel.id, "interval": "30"}).errors == {"channel": sentence}
    assert form_helpers.typed_value(ada, "interval")["value"] == "30"
    assert form_helpers.count_rows(nihito, "pms", "teams") == (0, 0)
    if hidden:
        nihito.slack.expect_refusal("conversations.info", "channel_not_found")


def test_a_direct_conversation_is_no_channel_for_stories(nihito: Nihito):
    ada = nihito.slack.add_user("Ada")
    nihito.open_form(ada, "/visit", "join")
    assert ada.submit({"channel": ada.dm.id}).errors == {"channel": NOT_INVITED}
    assert form_helpers.count_rows(nihito, "pms", "teams") == (0, 0)


def test_a_channel_that_is_nowhere_is_refused_where_it_was_chosen(nihito: Nihito):
    ada = nihito.slack.add_user("Ada")
    nihito.open_form(ada, "/visit", "join")
    assert ada.submit({"channel": "C0NOWHERE"}).errors == {"channel": NOT_INVITED}
    nihito.slack.expect_refusal("conversations.info", "channel_not_found")
    assert form_helpers.count_rows(nihito, "pms", "teams") == (0, 0)


def test_slack_away_while_a_channel_is_looked_at_keeps_the_form_and_a_second_try_joins(
    nihito: Nihito,
):
    ada = nihito.slack.add_user("Ada")
    channel = nihito.slack.add_channel("stories", members=[ada])
    nihito.open_form(ada, "/visit", "join")
    nihito.slack.fail("conversations.info", "500 before")
    outcome = ada.submit({"channel": channel.id})
    assert outcome.errors["interval"].startswith("This could not be saved just now.")
    assert form_helpers.count_rows(nihito, "pms", "teams") == (0, 0)
    assert ada.submit().errors == {}
    nihito.slack.expect_message(to=ada, containing="Welcome out of the office.")
    assert form_helpers.count_rows(nihito, "pms", "teams") == (1, 1)


def test_a_plan_without_anything_says_what_is_missing(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/visit", "plan")
    form_helpers.forge(ada, "kind", selected_option=None)
    assert ada.submit(unchecked=True).errors == {
        "customer": "Choose a customer, or add a new one.",
        "kind": "Choose how you will meet.",
        "on": "Choose a date.",
    }


@EVERYWHERE
def test_a_goal_at_its_limit_is_kept_and_one_above_it_is_explained(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/visit", "plan")
    goal = "🏭" * 1000
    ada.fill(customer=form_helpers.new_customer(ada), on="2026-03-03")
    outcome = ada.submit({"goal": goal + "!"}, unchecked=True)
    told = "Please keep it to 1,000 characters. Your text is still here."
    assert outcome.errors == {"goal": told}
    assert form_helpers.typed_value(ada, "goal") == goal + "!"
    assert ada.submit({"goal": goal}).errors == {}
    nihito.slack.expect_message(to=ada, containing="Planned")
    assert [each["goal"] for each in form_helpers.table_rows(nihito, "visits")] == [goal]


def test_a_plan_with_a_customer_that_is_gone_keeps_its_goal(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/visit", "plan")
    form_helpers.forge_option(ada, "customer", "customer:4711")
    outcome = ada.submit({"on": "2026-03-03", "goal": "See the export"})
    assert "no longer on the list" in outcome.errors["customer"]
    assert form_helpers.typed_value(ada, "goal") == "See the export"
    assert form_helpers.count_rows(nihito, "visits") == (0,)


def test_a_contact_without_anything_says_what_is_missing(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/contact")
    form_helpers.forge(ada, "staff", selected_user=None)
    assert ada.submit({"on": None}, unchecked=True).errors == {
        "person": "Choose a person, or add a new one.",
        "channel": "Choose by which way.",
        "staff": "Choose whom they reached.",
        "on": "Choose a date.",
    }


def test_a_new_person_without_a_customer_is_asked_for_one(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/contact")
    mara = ada.options("contact.person", "Mara Lind")[-1]["value"]
    outcome = ada.submit({"person": mara, "channel": "mail"})
    assert outcome.errors == {"customer": "A new person needs a customer: choose one, or add it."}


@EVERYWHERE
def test_a_subject_at_its_limit_is_kept_and_one_above_it_is_explained(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/contact", "Brightwater Mill")
    subject = "ß" * 500
    ada.fill(person=ada.options("contact.person", "Mara\x00 Lind")[-1]["value"], channel="mail")
    outcome = ada.submit({"subject": subject + "!"}, unchecked=True)
    told = "Please keep it to 500 characters. Your text is still here."
    assert outcome.errors == {"subject": told}
    assert form_helpers.typed_value(ada, "subject") == subject + "!"
    assert form_helpers.count_rows(nihito, "contacts", "people", "customers") == (0, 0, 0)
    assert ada.submit({"subject": subject}).errors == {}
    nihito.slack.expect_message(to=ada, containing="Noted: Mara Lind of Brightwater Mill")
    assert [each["subject"] for each in form_helpers.table_rows(nihito, "contacts")] == [subject]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("person:4711", "This person is no longer there. Search again, or add them."),
        ("person:abc", "Choose a person, or add a new one."),
        ("customer:1", "Choose a person, or add a new one."),
    ],
)
def test_a_person_who_is_gone_is_said_at_the_person_and_nothing_is_kept(
    nihito: Nihito, ada: Person, value, sentence
):
    nihito.open_form(ada, "/contact", "Brightwater Mill")
    form_helpers.forge_option(ada, "person", value)
    outcome = ada.submit({"channel": "mail", "subject": "Totals"})
    assert outcome.errors == {"person": sentence}
    assert form_helpers.typed_value(ada, "subject") == "Totals"
    assert form_helpers.count_rows(nihito, "contacts", "people", "customers") == (0, 0, 0)


def test_another_workspaces_person_is_nobody_here(nihito: Nihito, ada: Person):
    theirs = form_helpers.person_of_other_workspace(nihito)
    nihito.open_form(ada, "/contact")
    form_helpers.forge_option(ada, "person", f"person:{theirs}")
    outcome = ada.submit({"channel": "mail"})
    assert "no longer there" in outcome.errors["person"]
    assert form_helpers.count_rows(nihito, "contacts") == (0,)


WORDS = ["\x00", "\x00\u200b", "\u0301", "%_\\", LIVE, "x" * 3001, "'); DROP TABLE pms;--"]


@EVERYWHERE
@pytest.mark.parametrize("command", ["/debrief", "/contact"])
def test_a_form_opens_whatever_stands_behind_its_command(nihito: Nihito, ada: Person, command):
    for words in WORDS:
        assert ada.run(command, words).text == ""
        ada.wait_for_view()
        ada.close()
        if command == "/debrief" and (len(words) > 140 or words == LIVE):
            nihito.slack.expect_message(to=ada, containing="Your words are kept for two weeks.")


@EVERYWHERE
def test_visit_answers_whatever_stands_behind_it(ada: Person):
    for words in WORDS:
        told = ada.run("/visit", words).text
        assert "/visit help" in told or told.startswith("What you can ask for")


@EVERYWHERE
@pytest.mark.parametrize("action", ["customer.find", "contact.person"])
def test_whatever_is_searched_for_is_answered(nihito: Nihito, ada: Person, action):
    nihito.open_form(ada, "/contact")
    for words in [*WORDS, "\ud83d"]:
        found = ada.options(action, words)
        assert all(each["value"].startswith("new:") for each in found)


def test_a_story_typed_behind_the_command_is_found_in_the_form(nihito: Nihito, ada: Person):
    long = f"{STORY} {STORY} {STORY}"
    nihito.open_form(ada, "/debrief", long)
    assert form_helpers.typed_value(ada, "story") == long
    assert form_helpers.typed_value(ada, "customer") is None


def test_a_snooze_of_an_odd_number_is_refused_and_the_form_stays(nihito: Nihito, ada: Person):
    nihito.tick_at(T(days=14))
    nudge = nihito.slack.expect_message(to=ada, containing="visit is due")
    ada.press(nudge, "nudge.snooze", "date")
    ada.wait_for_view()
    form_helpers.forge(ada, "on", selected_date="2026-02-30")
    assert ada.submit().errors["on"].startswith("This could not be saved just now.")

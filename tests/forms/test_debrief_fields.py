"""The debrief's fields: missing, at their limits, above them, and typed in every script."""

import pytest

from sandbox.person import Person
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.forms.form_helpers import STORY

LONG = [
    ("story", 3000, "Please keep it below 3,000 characters."),
    ("quote", 3000, "Please keep it below 3,000 characters."),
    ("workaround", 1000, "Please keep it below 1,000 characters."),
    ("workaround_why", 1000, "Please keep it below 1,000 characters."),
    ("nps_why", 1000, "Please keep it below 1,000 characters."),
]
SCRIPTS = {
    "emoji": "👩🏽‍🔬 said 🫡 — “finally!” 🏳️‍🌈",
    "arabic": "قالوا إن الأمر بسيط",
    "mixed directions": "said שלום then done",
    "combining": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
    "ligature": "ﷺ ﬃ ½",
    "mathematical": "𝔉𝔬𝔯𝔪𝔰 𝟘",
    "lines": "One.\n\nTwo.\tThree.",
    "markup": "*bold* _it_ ~no~ `code` ```pre``` > quote &amp; &lt;!channel&gt;",
}


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    return form_helpers.new_pm(nihito)


def unfold(nihito: Nihito, ada: Person, text: str = "Brightwater Mill") -> None:
    """Open the form with all its fields."""
    form_helpers.unfold(nihito, ada, nihito.open_form(ada, "/debrief", text), "score")


def test_a_debrief_without_anything_says_what_is_missing_at_each_field(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/debrief")
    outcome = ada.submit({"on": None}, unchecked=True)
    assert outcome.errors == {
        "customer": "Choose a customer, or type a new name and add it.",
        "on": "Choose the date of the visit.",
        "story": "Write what you heard, in two sentences.",
    }
    assert form_helpers.count_rows(nihito, "visits", "debriefs", "customers") == (0, 0, 0)


@pytest.mark.parametrize("blank", ["   ", "\n\t\n", "\u00a0\u2003", "\u200b\u200d\u2060", "\x00"])
def test_a_story_of_nothing_to_see_is_missing(nihito: Nihito, ada: Person, blank):
    nihito.open_form(ada, "/debrief", "Brightwater Mill")
    outcome = ada.submit({"story": blank}, unchecked=True)
    assert outcome.errors == {"story": "Write what you heard, in two sentences."}
    assert form_helpers.typed_value(ada, "story") == blank


@pytest.mark.parametrize(("field", "most", "sentence"), LONG)
def test_a_text_at_its_limit_is_kept_and_one_above_it_is_explained_where_it_stands(
    nihito: Nihito, ada: Person, field, most, sentence
):
    unfold(nihito, ada)
    long = "é" * most
    filled = {"story": STORY, "workaround": "A spreadsheet", field: long + "!"}
    outcome = ada.submit(filled, unchecked=True)
    assert outcome.errors == {field: sentence}
    assert form_helpers.typed_value(ada, field) == long + "!"
    assert form_helpers.count_rows(nihito, "debriefs", "customers") == (0, 0)
    assert ada.submit({field: long}).errors == {}
    nihito.slack.expect_message(to=ada, containing="is kept")
    assert long in str(
        form_helpers.table_rows(nihito, "debriefs") + form_helpers.table_rows(nihito, "workarounds")
    )


def test_how_often_without_a_workaround_is_asked_about_and_not_dropped(nihito: Nihito, ada: Person):
    unfold(nihito, ada)
    outcome = ada.submit({"story": STORY, "workaround_how_often": "weekly"})
    assert outcome.errors == {"workaround": "Say what they do, or take back how often they do it."}
    assert ada.submit({"workaround": "A spreadsheet"}).errors == {}
    nihito.slack.expect_message(to=ada, containing="is kept")
    (around,) = form_helpers.table_rows(nihito, "workarounds")
    assert (around["what"], around["how_often"]) == ("A spreadsheet", "weekly")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_whatever_the_script_a_story_is_kept_as_it_was_typed(nihito: Nihito, ada: Person):
    everything = "\n".join(SCRIPTS.values())
    unfold(nihito, ada, "ÅÄÖ & ﷺ 株式会社 🏭")
    texts = dict.fromkeys(("story", "quote", "workaround", "workaround_why", "nps_why"), everything)
    assert ada.submit(texts).errors == {}
    nihito.slack.expect_message(to=ada, containing="ÅÄÖ &amp; ﷺ 株式会社 🏭")
    (debrief,), (around,) = (
        form_helpers.table_rows(nihito, "debriefs"),
        form_helpers.table_rows(nihito, "workarounds"),
    )
    read = (debrief["story"], debrief["quote"], debrief["nps_why"], around["what"], around["why"])
    assert set(read) == {everything}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_characters_that_nobody_sees_do_not_stop_a_debrief_and_nothing_seen_is_lost(
    nihito: Nihito, ada: Person
):
    nihito.open_form(ada, "/debrief", "Bright\x00water \x1bMill")
    assert ada.submit({"story": "One\x00. \x07Two\ud83d.\n\tThree\x7f."}).errors == {}
    nihito.slack.expect_message(to=ada, containing="Brightwater Mill is kept")
    (debrief,), (customer,) = (
        form_helpers.table_rows(nihito, "debriefs"),
        form_helpers.table_rows(nihito, "customers"),
    )
    assert (debrief["story"], customer["name"]) == ("One. Two\ufffd.\n\tThree.", "Brightwater Mill")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_the_longest_name_in_the_widest_script_is_kept_and_found_again(nihito: Nihito, ada: Person):
    name = "ﷺ" * 140
    nihito.open_form(ada, "/debrief", name)
    assert ada.submit({"story": STORY}).errors == {}
    nihito.slack.expect_message(to=ada, containing="ﷺ")
    assert [each["name"] for each in form_helpers.table_rows(nihito, "customers")] == [name]
    nihito.open_form(ada, "/debrief")
    assert ada.options("customer.find", "ﷺﷺ")[0]["value"].startswith("customer:")


@pytest.mark.parametrize(
    "value", ["customer:abc", "customer:", "customer:-1", "pear:1", "new:", ""]
)
def test_a_customer_that_cannot_be_read_is_asked_for_again(nihito: Nihito, ada: Person, value):
    nihito.open_form(ada, "/debrief", "Brightwater Mill")
    form_helpers.forge_option(ada, "customer", value)
    outcome = ada.submit({"story": STORY})
    assert outcome.errors == {"customer": "Choose a customer, or type a new name and add it."}
    assert form_helpers.typed_value(ada, "story") == STORY


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("value", ["customer:4711", "customer:999999999"])
def test_a_customer_that_is_gone_is_said_at_the_customer_and_the_story_stays(
    nihito: Nihito, ada: Person, value
):
    nihito.open_form(ada, "/debrief", "Brightwater Mill")
    form_helpers.forge_option(ada, "customer", value)
    outcome = ada.submit({"story": STORY})
    assert outcome.errors == {
        "customer": "That customer is no longer on the list. Search for it again, or add it."
    }
    assert form_helpers.typed_value(ada, "story") == STORY
    assert form_helpers.count_rows(nihito, "visits", "debriefs") == (0, 0)


def test_another_workspaces_customer_is_nobody_here(nihito: Nihito, ada: Person):
    theirs = form_helpers.customer_of_other_workspace(nihito)
    nihito.open_form(ada, "/debrief", "Brightwater Mill")
    form_helpers.forge_option(ada, "customer", f"customer:{theirs}")
    outcome = ada.submit({"story": STORY})
    assert "no longer on the list" in outcome.errors["customer"]
    assert form_helpers.count_rows(nihito, "visits") == (0,)


def test_a_code_from_another_time_keeps_the_form_open_with_a_reference(nihito: Nihito, ada: Person):
    unfold(nihito, ada)
    form_helpers.forge_option(ada, "mood", "lukewarm")
    outcome = ada.submit({"story": STORY})
    assert outcome.errors.keys() == {"story"}
    assert outcome.errors["story"].startswith("This could not be saved just now. Your text is ")
    assert form_helpers.typed_value(ada, "story") == STORY
    assert form_helpers.count_rows(nihito, "visits", "debriefs", "customers") == (0, 0, 0)

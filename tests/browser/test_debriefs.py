"""The debrief in a browser: by keyboard alone, with all fields, with errors, with interruptions."""

from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.server import Sandbox
from tests.browser.browser_actions import (
    choose_customer,
    find,
    message,
    move_clock,
    open_as,
    open_form,
    run,
)

pytestmark = [pytest.mark.browser, pytest.mark.long]

STORY = "They weigh everything twice. The second scale is older and more trusted than ours."
# Beside the typing itself: Enter for the command, Enter for the customer found, Tab to the
# date, Tab over its day, month, year and picker, Enter.
MOST_KEYS = 9


# What each button of the form adds, by the label of one of its fields.
PARTS = {
    "A pain": "What hurts them?",
    "A promise": "What did you promise?",
    "An answer we gave": "What did they ask about?",
    "A score": "Why this number?",
    "Won or lost": "Against whom?",
    "A hypothesis": "What did you see?",
    "Who came along": "Who came along?",
    "A picture": "A picture",
}
WRITTEN = {
    "The story in two sentences": STORY,
    "What they said, in their own words": "Twice is once.",
    "What surprised you?": "That nobody minds.",
    "A workaround you saw": "They weigh twice.",
    "Why do they do it?": "The first scale drifts.",
    "What hurts them?": "It takes an hour a day.",
    "What did you promise?": "To send somebody who sets the scale.",
    "Until when?": "2026-03-12",
    "What did they ask about?": "A scale that does not drift",
    "What did you answer?": "Not before summer.",
    "Why this number?": "It works, most of the time.",
    "Against whom?": "Fernwick Scales",
}
CHOSEN = {
    "How you met": "On site",
    "How long?": "1 hour",
    "How did they feel?": "Mixed",
    "How often?": "Every day",
    "How much?": "Costs them time or money",
    "How likely are they to recommend us?": "7",
    "What became of the deal?": "Won",
    "What did you see?": "What I saw supports it",
}
# What is found by typing: the field, what is typed, what is chosen.
FOUND = (
    ("What is it about?", "Scales", "Scales"),
    ("Which hypothesis?", "They weigh twice", "They weigh twice"),
    ("What decided it?", "Price", "Price"),
    ("Who keeps it?", "Jonas", "Jonas Weidner"),
    ("Who came along?", "Priya", "Priya Raman"),
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


class TimedActions:
    """What a person does with a form, counted by kind."""

    def __init__(self) -> None:
        self._done: Counter[str] = Counter()

    def did(self, *acts: str) -> None:
        self._done.update(acts)

    def __str__(self) -> str:
        return f"{self._done.total()} acts: {dict(self._done)}"


class Keys:
    """A keyboard that counts the keys other than text."""

    def __init__(self, page: Page) -> None:
        self._keyboard = page.keyboard
        self.pressed: list[str] = []

    def press(self, key: str) -> None:
        self.pressed.append(key)
        self._keyboard.press(key)

    def type(self, text: str) -> None:
        self._keyboard.type(text)


def test_a_debrief_takes_few_keys_beside_its_words(page: Page, nihito: Sandbox) -> None:
    open_as(page, nihito, "Annika Brandt")
    expect(page.get_by_label("Message to Nihito")).to_be_focused()
    keys = Keys(page)
    keys.type("/debrief ")
    keys.press("Enter")
    form = page.get_by_role("dialog", name="Debrief")
    expect(form.get_by_role("combobox", name="Customer")).to_be_focused()
    keys.type("oxlade")
    expect(form.get_by_role("option", name="Oxlade Metrology")).to_be_visible()
    keys.press("Enter")
    story = form.get_by_label("The story in two sentences")
    while not story.evaluate("field => field === document.activeElement"):
        keys.press("Tab")
    keys.type(STORY)
    keys.press("Control+Enter")
    expect(message(page, "Thank you")).to_contain_text("Oxlade Metrology is kept.")
    expect(page.get_by_label("Message to Nihito")).to_be_focused()
    print(f"{len(keys.pressed)} keys: {' '.join(keys.pressed)}")  # noqa: T201
    assert len(keys.pressed) <= MOST_KEYS


def test_what_was_typed_survives_adding_more_and_an_error(page: Page, nihito: Sandbox) -> None:
    open_as(page, nihito, "Jonas Weidner")
    form = open_form(page, "/debrief", "Debrief")
    choose_customer(form, "deichhof", "Deichhof Brauerei")
    form.get_by_label("The story in two sentences").fill(STORY)
    form.get_by_role("button", name="Add more").click()
    form.get_by_label("What they said, in their own words").fill("Twice is once.")
    form.get_by_label("How did they feel?").select_option("Content")
    form.get_by_label("Date of the visit").fill("2026-12-24")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("This date is in the future.")).to_be_visible()
    expect(form.get_by_role("combobox", name="Customer")).to_have_value("Deichhof Brauerei")
    expect(form.get_by_label("The story in two sentences")).to_have_value(STORY)
    expect(form.get_by_label("What they said, in their own words")).to_have_value("Twice is once.")
    expect(form.get_by_label("How did they feel?")).to_have_value("content")
    form.get_by_label("Date of the visit").fill("2026-03-02")
    form.get_by_role("button", name="Save").click()
    expect(message(page, "Thank you")).to_contain_text("Deichhof Brauerei is kept.")


def test_every_field_of_a_debrief_is_filled_in_and_kept(
    page: Page, nihito: Sandbox, tmp_path: Path
) -> None:
    open_as(page, nihito, "Annika Brandt")
    acts = TimedActions()
    form = open_form(page, "/debrief", "Debrief")
    choose_customer(form, "leinweber", "Leinweber")
    acts.did("typed", "chose")
    for part in ("Add more", *PARTS):
        acts.did("pressed")
        form.get_by_role("button", name=part, exact=True).click()
        expect(form.get_by_label(PARTS.get(part, "How you met")).last).to_be_visible()
    for label, words in WRITTEN.items():
        acts.did("typed")
        form.get_by_label(label).fill(words)
    for label, choice in CHOSEN.items():
        acts.did("chose")
        form.get_by_label(label).select_option(choice)
    for label, typed, choice in FOUND:
        acts.did("typed", "chose")
        find(form.get_by_label(label), form, typed, choice)
    picture = tmp_path / "mill.png"
    picture.write_bytes(PNG)
    form.locator("input[type=file]").set_input_files(picture)
    # A draft that is saved before the page has uploaded the picture has none.
    expect(form.get_by_role("button", name="Remove mill.png")).to_be_visible()
    acts.did("chose", "pressed")
    form.get_by_role("button", name="Save").click()
    told = message(page, "your debrief for Leinweber")
    expect(told).to_contain_text("is kept.")
    print(acts)  # noqa: T201
    told.get_by_role("button", name="Change it").click()
    again = page.get_by_role("dialog", name="Debrief")
    for label, words in WRITTEN.items():
        expect(again.get_by_label(label)).to_have_value(words)
    for label, choice in CHOSEN.items():
        expect(again.get_by_label(label).locator("option:checked")).to_have_text(choice)
    expect(again.get_by_text("Your picture is kept.")).to_be_visible()


def test_a_form_that_was_closed_half_way_is_gone_on_with(page: Page, nihito: Sandbox) -> None:
    open_as(page, nihito, "Maya Okafor")
    form = open_form(page, "/debrief", "Debrief")
    story = form.get_by_label("The story in two sentences")
    story.press_sequentially("They weigh everything tw")
    page.wait_for_timeout(1000)
    form.get_by_role("button", name="Cancel").click()
    expect(form).to_have_count(0)
    offer = message(page, "are kept for two weeks.")
    offer.get_by_role("button", name="Go on writing").click()
    expect(form.get_by_label("The story in two sentences")).to_have_value(
        "They weigh everything tw"
    )
    expect(form.get_by_text("You left this unfinished")).to_be_visible()


def test_a_form_says_which_field_is_empty(page: Page, nihito: Sandbox) -> None:
    open_as(page, nihito, "Jonas Weidner")
    form = open_form(page, "/debrief", "Debrief")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("Please complete this required field.")).to_have_count(2)
    expect(form.get_by_role("combobox", name="Customer")).to_be_focused()


def test_an_open_form_outlives_a_reload_and_a_move_of_the_clock(
    browser: Browser, page: Page, nihito: Sandbox
) -> None:
    open_as(page, nihito, "Priya Raman")
    form = open_form(page, "/debrief", "Debrief")
    form.get_by_label("The story in two sentences").fill(STORY)
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("Please complete this required field.")).to_be_visible()
    page.reload()
    expect(form.get_by_label("The story in two sentences")).to_have_value(STORY)

    other = open_as(browser.new_page(), nihito, "Ingrid Solberg")
    move_clock(other, "+ 1 day")
    other.context.close()
    expect(page.get_by_test_id("local-time")).to_contain_text("Tue 3 Mar")
    choose_customer(form, "sahya", "Sahya Sterile")
    form.get_by_role("button", name="Save").click()
    expect(message(page, "Sahya Sterile is kept.")).to_be_visible()


def test_a_debrief_before_joining_says_how_to_join(page: Page, nihito: Sandbox) -> None:
    open_as(page, nihito, "Theo Castellan")
    run(page, "/debrief")
    expect(message(page, "/visit join takes one press.")).to_be_visible()

"""The debrief in a browser: by keys alone, with more, with errors, and through interruptions."""

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.server import Sandbox
from tests.browser.people import be, choose_customer, message, move, open_form, run

pytestmark = pytest.mark.browser

STORY = "They weigh everything twice. The second scale is older and more trusted than ours."
# Beside the typing itself: Enter for the command, Enter for the customer found, Tab to the
# date, Tab over its day, month, year and picker, Enter.
MOST_KEYS = 9


class Keys:
    """A keyboard that counts the keys which are not text."""

    def __init__(self, page: Page) -> None:
        self._keyboard = page.keyboard
        self.pressed: list[str] = []

    def press(self, key: str) -> None:
        self.pressed.append(key)
        self._keyboard.press(key)

    def type(self, text: str) -> None:
        self._keyboard.type(text)


def test_a_debrief_takes_few_keys_beside_its_words(page: Page, nihito: Sandbox) -> None:
    be(page, nihito, "Annika Brandt")
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
    be(page, nihito, "Jonas Weidner")
    form = open_form(page, "/debrief", "Debrief")
    choose_customer(form, "deichhof", "Deichhof Brauerei")
    form.get_by_label("The story in two sentences").fill(STORY)
    form.get_by_role("button", name="Add more").click()
    form.get_by_label("A quote, in their own words").fill("Twice is once.")
    form.get_by_label("How did they feel?").select_option("Content")
    form.get_by_label("Date of the visit").fill("2026-12-24")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("This date is in the future.")).to_be_visible()
    expect(form.get_by_role("combobox", name="Customer")).to_have_value("Deichhof Brauerei")
    expect(form.get_by_label("The story in two sentences")).to_have_value(STORY)
    expect(form.get_by_label("A quote, in their own words")).to_have_value("Twice is once.")
    expect(form.get_by_label("How did they feel?")).to_have_value("content")
    form.get_by_label("Date of the visit").fill("2026-03-02")
    form.get_by_role("button", name="Save").click()
    expect(message(page, "Thank you")).to_contain_text("Deichhof Brauerei is kept.")


def test_a_form_says_which_field_is_empty(page: Page, nihito: Sandbox) -> None:
    be(page, nihito, "Jonas Weidner")
    form = open_form(page, "/debrief", "Debrief")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("Please complete this required field.")).to_have_count(2)
    expect(form.get_by_role("combobox", name="Customer")).to_be_focused()


def test_an_open_form_outlives_a_reload_and_a_move_of_the_clock(
    browser: Browser, page: Page, nihito: Sandbox
) -> None:
    be(page, nihito, "Priya Raman")
    form = open_form(page, "/debrief", "Debrief")
    form.get_by_label("The story in two sentences").fill(STORY)
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("Please complete this required field.")).to_be_visible()
    page.reload()
    expect(form.get_by_label("The story in two sentences")).to_have_value(STORY)

    other = be(browser.new_page(), nihito, "Ingrid Solberg")
    move(other, "+ 1 day")
    other.context.close()
    expect(page.get_by_test_id("local-time")).to_contain_text("Tue 3 Mar")
    choose_customer(form, "sahya", "Sahya Sterile")
    form.get_by_role("button", name="Save").click()
    expect(message(page, "Sahya Sterile is kept.")).to_be_visible()


def test_a_debrief_before_joining_says_how_to_join(page: Page, nihito: Sandbox) -> None:
    be(page, nihito, "Theo Castellan")
    run(page, "/debrief")
    expect(message(page, "/visit join takes one press.")).to_be_visible()

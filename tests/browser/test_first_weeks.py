"""A product manager's first weeks with Nihito, clicked through in the demo."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Picture
from tests.support.browsers import CLOCK_TIMEOUT_MS

pytestmark = [pytest.mark.browser, pytest.mark.long]

STORY = (
    "They print every order and type it in again on the other side of the hall. "
    "Nobody has told us in six years, because the printer never failed."
)


def to_the_next_thing_due(page: Page, what: str) -> None:
    step = page.get_by_role("button", name="To the next thing due")
    expect(step).to_contain_text(what)
    step.click()
    # Another press while the clock still moves would do nothing, as the page says.
    expect(step).not_to_have_attribute("aria-busy", "true", timeout=CLOCK_TIMEOUT_MS)


def test_a_pm_joins_snoozes_debriefs_and_reads_the_story_on_friday(
    page: Page, picture: Picture
) -> None:
    page.get_by_role("link", name="Theo Castellan").click()
    composer = page.get_by_label("Message to Nihito")
    composer.fill("/visit join")
    composer.press("Enter")
    form = page.get_by_role("dialog", name="Join")
    form.get_by_label("Your team's story channel").fill("field")
    form.get_by_role("option", name="#stories-field").click()
    picture("join")
    form.get_by_role("button", name="Join", exact=True).click()
    expect(form).to_have_count(0)
    expect(page.get_by_role("log")).to_contain_text("Your next visit is due on Monday 16 March.")

    to_the_next_thing_due(page, "your nudge, Mon 16 Mar, 09:30")
    nudge = page.get_by_test_id("message").last
    expect(nudge).to_contain_text("Your first customer visit is due.")
    expect(nudge.get_by_role("button", name="Plan a visit")).to_have_count(3)
    picture("nudge")

    nudge.get_by_role("combobox", name="Snooze").select_option("Tomorrow")
    expect(nudge).to_contain_text(
        "Snoozed. I will ask again on Tuesday 17 March at 09:30, New York time."
    )
    picture("snoozed")
    to_the_next_thing_due(page, "your nudge, Tue 17 Mar, 09:30")
    nudge = page.get_by_test_id("message").last
    expect(nudge.get_by_role("button", name="Plan a visit")).to_have_count(3)

    nudge.get_by_role("button", name="I have been").click()
    form = page.get_by_role("dialog", name="Debrief")
    form.get_by_role("combobox", name="Customer").fill("catlow")
    form.get_by_role("option", name="Catlow Lantern Works").click()
    form.get_by_label("The story in two sentences").fill(STORY)
    picture("debrief")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    expect(nudge).to_contain_text("You saw Catlow Lantern Works on Tuesday 17 March.")

    page.get_by_role("link", name="Home", exact=True).click()
    expect(
        page.get_by_role("heading", name="Your next visit is due on Tuesday 31 March")
    ).to_be_visible()
    picture("home")

    to_the_next_thing_due(page, "your story, Fri 20 Mar, 14:00")
    page.get_by_role("link", name="stories-field").click()
    digest = page.get_by_test_id("message").last
    expect(digest).to_contain_text("Catlow Lantern Works")
    expect(digest).to_contain_text(STORY)
    expect(digest).to_contain_text("Heard by Theo Castellan")
    picture("digest")

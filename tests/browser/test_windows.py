"""The demo's page in other windows: a phone's, a dark one, two at once, and while it is busy."""

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.server import Sandbox
from tests.browser.browser_actions import move_clock, open_as, open_form
from tests.support.browsers import watched

pytestmark = [pytest.mark.browser, pytest.mark.long]

PHONE = {"width": 390, "height": 800}


def test_a_phone_needs_no_sideways_scrolling(browser: Browser, nihito: Sandbox) -> None:
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    with watched(context.new_page()) as page:
        open_as(page, nihito, "Priya Raman")
        form = open_form(page, "/debrief", "Debrief")
        expect(form.get_by_role("button", name="Save")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        form.get_by_role("button", name="Cancel").click()
        page.get_by_role("button", name="Conversations").click()
        page.get_by_role("link", name="stories-field").click()
        expect(page.get_by_role("heading", name="#stories-field")).to_be_visible()


def test_a_dark_window_is_dark(browser: Browser, nihito: Sandbox) -> None:
    with watched(browser.new_context(color_scheme="dark").new_page()) as page:
        open_as(page, nihito, "Priya Raman")
        ground, ink = (
            page.locator("body").evaluate(f"body => getComputedStyle(body).{each}")
            for each in ("backgroundColor", "color")
        )
        assert _light(ground) < 64
        assert _light(ink) > 192


def test_two_tabs_are_two_people_at_once(browser: Browser, page: Page, nihito: Sandbox) -> None:
    open_as(page, nihito, "Ingrid Solberg", _channel(nihito, "general"))
    with watched(browser.new_page()) as other:
        open_as(other, nihito, "Walter Pruett", _channel(nihito, "general"))
        other.get_by_label("Message to #general").fill("Who has been out this week?")
        other.keyboard.press("Enter")
        said = page.get_by_test_id("message").last
        expect(said).to_contain_text("Who has been out this week?")
        expect(said).to_contain_text("Walter Pruett")


def test_the_page_says_what_it_does_while_the_clock_moves(page: Page, nihito: Sandbox) -> None:
    open_as(page, nihito, "Ingrid Solberg")
    expect(page.get_by_test_id("local-time")).to_contain_text("Mon 2 Mar")
    page.get_by_role("button", name="+ 1 week").click()
    expect(page.get_by_role("status")).to_contain_text("Moving the clock.")
    expect(page.get_by_role("status")).to_have_count(0)
    expect(page.get_by_test_id("local-time")).to_contain_text("Mon 9 Mar")


def test_a_week_of_several_stories_makes_one_digest(page: Page, nihito: Sandbox) -> None:
    open_as(page, nihito, "Ingrid Solberg", _channel(nihito, "stories-bench"))
    move_clock(page, "+ 1 day")
    digest = page.get_by_test_id("message").filter(has_text="What customers told us").first
    expect(digest.get_by_text("Heard by")).to_have_count(4)


def _channel(nihito: Sandbox, name: str) -> str:
    channels = nihito.workspace.channels.values()
    return next(each.id for each in channels if each.name == name)


def _light(colour: str) -> int:
    """Return how light a computed colour such as rgb(18, 22, 20) is, from 0 to 255."""
    return max(int(part) for part in colour.strip("rgb()").split(","))

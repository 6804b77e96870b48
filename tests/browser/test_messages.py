"""Messages that Nihito sends unasked, in a browser: nudges, their buttons, flags, who gets none."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from sandbox.server import Sandbox
from tests.browser.browser_actions import choose_customer, message, open_as, open_form, run

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture(scope="module", autouse=True)
def _in_the_evening(nihito: Sandbox) -> None:
    """Move the clock past everyone's nudge hour."""
    assert nihito.clock is not None
    nihito.clock.move(nihito.clock.now() + timedelta(hours=12))


@pytest.mark.parametrize(
    ("pm", "customer", "evidence"),
    [
        ("Jonas Weidner", "Alsterglas Labor", "11 threads started and 21 others joined"),
        ("Maya Okafor", "Harrow Street Biologics", "6 calls to a cell phone"),
        ("Priya Raman", "Malabar Spice Testing", "calls for technical support"),
    ],
)
def test_the_demo_flags_each_great_customer_to_its_pm(
    page: Page, nihito: Sandbox, pm: str, customer: str, evidence: str
) -> None:
    flag = message(open_as(page, nihito, pm), customer)
    expect(flag).to_contain_text("is in touch a great deal")
    expect(flag).to_contain_text(evidence)
    flag.get_by_role("button", name="Acknowledge").click()
    expect(flag.get_by_role("button")).to_have_count(0)
    open_as(page, nihito, pm, "home")
    expect(page.get_by_test_id("home")).to_contain_text(customer)


def test_a_nudge_has_a_reason_of_its_own_for_each_idea(page: Page, nihito: Sandbox) -> None:
    nudge = message(open_as(page, nihito, "Maya Okafor"), "A customer visit has been due since")
    expect(nudge).to_contain_text("Bought on Saturday 21 February")
    expect(nudge).to_contain_text("They were happy on Friday 26 September 2025")
    expect(nudge).to_contain_text("Only 2 of your last 10 visits were in the segment laboratories")


def test_someone_else_puts_others_in_their_place(page: Page, nihito: Sandbox) -> None:
    nudge = message(open_as(page, nihito, "Maya Okafor"), "A customer visit has been due since")
    expect(nudge).to_contain_text("Limmatblick Feinwerk")
    nudge.get_by_role("button", name="Someone else").click()
    expect(nudge).not_to_contain_text("Limmatblick Feinwerk")
    expect(nudge.get_by_role("button", name="Plan a visit")).to_have_count(3)


def test_a_barrier_is_answered_with_advice_and_a_visit_can_still_be_planned(
    page: Page, nihito: Sandbox
) -> None:
    open_as(page, nihito, "Priya Raman")
    nudge = message(page, "A customer visit is due today.")
    nudge.get_by_role("combobox", name="What is in the way?").select_option("No time")
    advised = message(page, "A phone interview of fifteen minutes counts.")
    advised.get_by_role("button", name="Plan a visit").click()
    form = page.get_by_role("dialog", name="Plan a visit")
    choose_customer(form, "ballyknock", "Ballyknock Creamery")
    form.get_by_label("Date").fill("2026-03-09")
    form.get_by_role("button", name="Plan", exact=True).click()
    expect(message(page, "Planned: Ballyknock Creamery, Monday 9 March.")).to_be_visible()
    run(page, "/visit next")
    expect(message(page, "You see Ballyknock Creamery on Monday 9 March.")).to_be_visible()


def test_a_contact_is_noted_for_a_person_found_by_typing(page: Page, nihito: Sandbox) -> None:
    open_as(page, nihito, "Lena Fuchs")
    form = open_form(page, "/contact", "Note a contact")
    form.get_by_label("Who reached for us?").fill("victor")
    form.get_by_role("option", name="Victor Halloran").click()
    form.get_by_label("By which way?").select_option("Call for technical support")
    form.get_by_role("button", name="Save").click()
    expect(message(page, "Noted: Victor Halloran of Harrow Street Biologics")).to_be_visible()


def test_a_guest_is_turned_away(page: Page, nihito: Sandbox) -> None:
    open_as(page, nihito, "Nico Varga")
    run(page, "/visit")
    expect(message(page, "Sorry, Nihito is for full members")).to_be_visible()

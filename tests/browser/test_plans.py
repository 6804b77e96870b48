"""A visit in a browser: planned with all fields, prepared, moved and called off."""

import pytest
from playwright.sync_api import Page, expect

from sandbox.server import Sandbox
from tests.browser.browser_actions import choose_customer, message, open_as, open_form

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_a_visit_is_planned_prepared_changed_and_called_off(page: Page, nihito: Sandbox) -> None:
    open_as(page, nihito, "Annika Brandt")
    form = open_form(page, "/visit plan", "Plan a visit")
    choose_customer(form, "oxlade", "Oxlade Metrology")
    form.get_by_label("Date").fill("2026-03-12")
    form.get_by_label("Time").fill("14:00")
    form.get_by_label("Goal").fill("See them calibrate.")
    form.get_by_role("button", name="Add more").click()
    expect(form.get_by_label("Goal")).to_have_value("See them calibrate.")
    form.get_by_label("Hypothesis to test").fill("Half of them keep a second scale.")
    form.get_by_role("option", name="State “Half of them keep a second scale.”").click()
    form.get_by_role("button", name="Plan", exact=True).click()
    planned = message(page, "Planned: Oxlade Metrology, Thursday 12 March at 14:00.")
    planned.get_by_role("button", name="Change").click()
    form = page.get_by_role("dialog", name="Change the visit")
    expect(form.get_by_label("Hypothesis to test")).to_have_value(
        "Half of them keep a second scale."
    )
    form.get_by_label("Time").fill("15:30")
    form.get_by_role("button", name="Save").click()
    expect(message(page, "Changed: Oxlade Metrology, Thursday 12 March at 15:30.")).to_be_visible()
    planned.get_by_role("button", name="Prepare").click()
    form = page.get_by_role("dialog", name="Prepare the visit")
    form.get_by_label("Agenda", exact=True).fill("Calibrate together, then the list.")
    form.get_by_label("Agenda drafted").check()
    form.get_by_role("button", name="Save").click()
    expect(message(page, "The agenda is still to be reviewed with sales")).to_be_visible()
    page.get_by_role("link", name="Home", exact=True).click()
    expect(page.get_by_text("☑ Agenda drafted")).to_be_visible()
    page.get_by_role("button", name="Call off").click()
    sure = page.get_by_role("alertdialog")
    expect(sure).to_contain_text("Oxlade Metrology, Thursday 12 March at 15:30.")
    sure.get_by_role("button", name="Call off").click()
    expect(page.get_by_text("Coming up")).to_have_count(0)

"""Actions that a person takes on the demo's page."""

from playwright.sync_api import Locator, Page, expect

from sandbox.server import Sandbox
from tests.support.browsers import CLOCK_TIMEOUT_MS


def open_as(page: Page, nihito: Sandbox, name: str, place: str = "") -> Page:
    """Open the workspace as a person; by default at their DM with Nihito."""
    person = next(each for each in nihito.people() if each.name == name)
    page.goto(f"{nihito.url}/as/{person.id}/{place}".rstrip("/"))
    return page


def run(page: Page, command: str) -> None:
    """Type a command and send it."""
    composer = page.get_by_label("Message to Nihito")
    composer.fill(f"{command} ")
    composer.press("Enter")


def open_form(page: Page, command: str, title: str) -> Locator:
    """Run a command and return the form it opens."""
    run(page, command)
    form = page.get_by_role("dialog", name=title)
    expect(form).to_be_visible()
    return form


def choose_customer(form: Locator, typed: str, name: str) -> None:
    """Find a customer by typing and choose it."""
    find(form.get_by_role("combobox", name="Customer"), form, typed, name)


def find(field: Locator, form: Locator, typed: str, name: str) -> None:
    """Type into a search field and choose one of the options found.

    The text is filled in at once: each key would bring other options, and a click while they change
    would hit none.
    """
    field.fill(typed)
    form.get_by_role("option", name=name, exact=False).first.click()


def message(page: Page, text: str) -> Locator:
    """Return the latest message that contains a text."""
    return page.get_by_test_id("message").filter(has_text=text).last


def move_clock(page: Page, step: str) -> None:
    """Press a button of the clock, and wait until the page has finished."""
    page.get_by_role("button", name=step).click()
    expect(page.locator("[data-clock][aria-busy]")).to_have_count(0, timeout=CLOCK_TIMEOUT_MS)

"""What somebody does in the demo's page."""

from playwright.sync_api import Locator, Page, expect

from sandbox.server import Sandbox
from tests.support.browsers import CLOCK_TIMEOUT_MS


def open_as(page: Page, nihito: Sandbox, name: str, place: str = "") -> Page:
    """Look at the workspace through somebody's eyes; by default at their DM with Nihito."""
    person = next(each for each in nihito.people() if each.name == name)
    page.goto(f"{nihito.url}/as/{person.id}/{place}".rstrip("/"))
    return page


def run(page: Page, command: str) -> None:
    """Type a command and send it."""
    composer = page.get_by_label("Message to Nihito")
    composer.fill(f"{command} ")
    composer.press("Enter")


def open_form(page: Page, command: str, title: str) -> Locator:
    """The form that a command opens."""
    run(page, command)
    form = page.get_by_role("dialog", name=title)
    expect(form).to_be_visible()
    return form


def choose_customer(form: Locator, typed: str, name: str) -> None:
    """Find a customer by typing."""
    find(form.get_by_role("combobox", name="Customer"), form, typed, name)


def find(field: Locator, form: Locator, typed: str, name: str) -> None:
    """Choose what a field offers for these words.

    They come all at once: for each key there would be other options, and a click in the middle of
    their change would meet none.
    """
    field.fill(typed)
    form.get_by_role("option", name=name, exact=False).first.click()


def message(page: Page, text: str) -> Locator:
    """The latest message with those words."""
    return page.get_by_test_id("message").filter(has_text=text).last


def move_clock(page: Page, step: str) -> None:
    """Press a button of the clock, and wait until the page is done with it."""
    page.get_by_role("button", name=step).click()
    expect(page.locator("[data-clock][aria-busy]")).to_have_count(0, timeout=CLOCK_TIMEOUT_MS)

"""The page in a real browser: by keyboard, with errors, typeahead, files, modals and the clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, Route, expect

from sandbox.clock import NextDue
from tests.sandbox.page.newer_blocks import PICTURE, container, largest_chart, newer_blocks
from tests.sandbox.page.toy_app import PIXEL, Toy, add_message, noon, running_toy
from tests.support.browsers import chromium, watched

pytestmark = [pytest.mark.browser, pytest.mark.long]


class Clock:
    """A clock that stands still until moved; one thing is due after three days."""

    def __init__(self) -> None:
        self.at = noon()
        self.due: datetime | None = noon() + timedelta(days=3)

    def now(self) -> datetime:
        return self.at

    def move(self, to: datetime) -> None:
        self.at = to
        if self.due is not None and to >= self.due:
            self.due = None

    def next_due(self, user_id: str) -> NextDue | None:
        return NextDue(self.due, "your nudge") if self.due else None


# The contrast, as WCAG defines it, of each series of a chart with the ground behind the chart.
CONTRASTS = """() => {
  const brightness = (colour) => {
    const parts = colour.match(/[0-9.]+/g).slice(0, 3).map((each) => each / 255);
    const linear = (part) => (part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4);
    const [red, green, blue] = parts.map(linear);
    return .2126 * red + .7152 * green + .0722 * blue + .05;
  };
  const ground = brightness(getComputedStyle(document.querySelector(".chart")).backgroundColor);
  return [...document.querySelectorAll(".chart g")].map((series) => {
    const own = brightness(getComputedStyle(series.querySelector("rect")).fill);
    return Math.max(own, ground) / Math.min(own, ground);
  });
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def toy() -> Iterator[Toy]:
    with running_toy(clock=Clock()) as running:
        yield running


@pytest.fixture
def page(browser: Browser, toy: Toy) -> Iterator[Page]:
    """Open Ada's conversation with the app; any error of the script fails the test."""
    with watched(browser.new_page(locale="en-GB")) as opened:
        opened.goto(f"{toy.sandbox.url}/as/{toy.ada.id}")
        yield opened


def open_form(page: Page) -> None:
    page.get_by_label("Message to Nihito").fill("/debrief ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Debrief")).to_be_visible()


def test_there_is_nothing_to_type_into_before_the_page_can_answer(
    browser: Browser, toy: Toy
) -> None:
    held: list[Route] = []
    with watched(browser.new_page(locale="en-GB")) as page:
        page.route("**/page.js", lambda route: held.append(route))
        with page.expect_request("**/page.js"):
            page.goto(f"{toy.sandbox.url}/as/{toy.ada.id}", wait_until="commit")
        page.wait_for_timeout(300)
        expect(page.get_by_label("Message to Nihito")).to_have_count(0)
        held[0].continue_()
        open_form(page)


def test_a_debrief_is_written_by_keyboard_alone(page: Page, toy: Toy) -> None:
    keys = page.keyboard
    expect(page.get_by_label("Message to Nihito")).to_be_focused()
    keys.type("/deb")
    expect(page.get_by_role("option", name="/debrief")).to_be_visible()
    keys.press("Enter")
    keys.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    keys.type("wrong")
    keys.press("Enter")
    expect(page.get_by_label("Story")).to_be_focused()
    expect(page.get_by_text("Please complete this required field.")).to_have_count(1)
    keys.type("They print it.")
    keys.press("Control+Enter")
    expect(page.get_by_text("That is not a name.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    expect(page.get_by_label("Story")).to_have_value("They print it.")
    keys.press("Control+A")
    keys.type("Quernstone")
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("Message to Nihito")).to_be_focused()
    assert toy.received.forms[-1]["name"]["name_input"]["value"] == "Quernstone"


def test_places_are_found_by_typing_and_kept_as_chips(page: Page, toy: Toy) -> None:
    open_form(page)
    page.get_by_label("Name", exact=True).fill("N")
    page.get_by_label("Story").fill("S")
    offered = page.get_by_role("listbox", name="Options").get_by_role("option")
    page.get_by_label("Place", exact=True).press_sequentially("be")
    expect(offered).to_have_text(["Aberdeen", "Bergen"])
    offered.last.click()
    more = page.get_by_label("More places")
    more.press_sequentially("gh")
    expect(offered).to_have_text(["Ghent"])
    more.press("Enter")
    more.press_sequentially("lund")
    expect(offered).to_have_text(["Lund"])
    more.press("Enter")
    page.get_by_role("button", name="Remove Ghent").click()
    page.get_by_label("Fellow visitors").press_sequentially("ben")
    offered.filter(has_text="Ben Okoro").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    values = toy.received.forms[-1]
    assert values["place"]["place_input"]["selected_option"]["value"] == "bergen"
    chosen = values["more"]["more_input"]["selected_options"]
    assert [option["value"] for option in chosen] == ["lund"]
    assert values["fellows"]["fellows_input"]["selected_users"] == [toy.ben.id]


def test_a_picture_is_attached_and_reaches_the_app(page: Page, toy: Toy) -> None:
    open_form(page)
    page.get_by_label("Name", exact=True).fill("N")
    page.get_by_label("Story").fill("S")
    upload = FilePayload(name="list.png", mimeType="image/png", buffer=PIXEL)
    page.get_by_label("Picture").set_input_files([upload])
    expect(page.get_by_text("list.png")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    files = toy.received.forms[-1]["file"]["file_input"]["files"]
    assert [file["name"] for file in files] == ["list.png"]


def test_what_was_typed_survives_an_update_by_the_app(page: Page, toy: Toy) -> None:
    open_form(page)
    page.get_by_label("Name", exact=True).fill("Half")
    toy.sandbox.workspace.notify_changed()
    toy.ben.say(toy.general, "Something happens meanwhile")
    expect(page.locator("#sidebar .count")).to_have_text("1")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Half")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()


def test_escape_closes_the_top_modal_and_the_app_is_told(page: Page, toy: Toy) -> None:
    page.get_by_label("Message to Nihito").fill("/stack ")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Go deeper").click()
    expect(page.get_by_role("dialog", name="Second")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="First")).to_be_visible()
    # The form disappears from the page before the app is notified.
    with page.expect_response("**/close"):
        page.get_by_role("button", name="Close everything").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert [view["title"]["text"] for view in toy.received.closed] == ["Second", "First"]


def test_a_message_is_pressed_confirmed_and_updated_in_place(page: Page, toy: Toy) -> None:
    toy.ada.run("/gallery")
    message = page.get_by_test_id("message").last
    message.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Keep it").click()
    with page.expect_response("**/press"):
        message.get_by_role("combobox", name="Snooze").select_option("two")
    message.get_by_label("More options").press("Enter")
    with page.expect_response("**/press"):
        message.get_by_role("menuitem", name="Hide").click()
    message.get_by_role("button", name="Withdraw").click()
    with page.expect_response("**/press"):
        page.get_by_role("alertdialog").get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    message.get_by_role("button", name="Plan a visit").click()
    expect(message).to_contain_text("Planned")
    expect(message).to_contain_text("(edited)")
    heard = [action["action_id"] for action in toy.received.actions]
    assert heard == ["snooze", "more", "withdraw", "plan"]


@pytest.fixture
def newer(page: Page, toy: Toy) -> Locator:
    """Post each of the newer blocks in one message, and return it."""
    page.route(PICTURE, lambda route: route.fulfill(body=PIXEL, content_type="image/png"))
    add_message(toy, newer_blocks())
    return page.get_by_test_id("message").last


def test_each_newer_block_is_read_as_what_it_is(newer: Locator) -> None:
    for name in ("Pie chart: Visits by region", "Line chart: Visits by month (line)"):
        expect(newer.get_by_role("img", name=name)).to_be_visible()
    expect(newer.get_by_role("figure", name="Visits by month (area)")).to_be_visible()
    expect(newer.get_by_role("heading", name="A header of level 2", level=4)).to_be_visible()
    cards = newer.get_by_role("list", name="4 cards").get_by_role("listitem")
    expect(cards).to_have_count(4)
    expect(newer.get_by_role("note").filter(has_text="Warning: This is warning.")).to_be_visible()
    expect(newer.get_by_role("button", name="Good idea: show more like this")).to_be_visible()
    lines = newer.get_by_text("One line.")
    expect(lines).to_have_text("One line.\nAnd another.", use_inner_text=True)


def test_the_values_of_a_chart_are_a_table_behind_it(newer: Locator) -> None:
    figure = newer.get_by_role("figure", name="Visits by region")
    expect(figure.get_by_role("table")).to_be_hidden()
    figure.get_by_text("Values as a table").click()
    row = figure.get_by_role("row", name="South 7 (29%)")
    expect(row.get_by_role("rowheader")).to_have_text("South")


def test_what_one_unfolds_or_folds_stays_so_when_the_message_is_pressed(
    newer: Locator, page: Page, toy: Toy
) -> None:
    table = newer.get_by_role("table", name="Visits by customer")
    expect(table.get_by_role("row")).to_have_count(1 + 5)
    newer.get_by_text("Show 7 more rows").click()
    expect(table.get_by_role("row")).to_have_count(1 + 12)
    folded = newer.locator("details.container")
    expect(folded.get_by_text("Four minutes.")).to_be_hidden()
    folded.get_by_text("Cork Mill").click()
    with page.expect_response("**/press"):
        newer.get_by_role("button", name="I've had a visit").click()
    assert toy.received.actions[-1]["value"] == "yes"
    expect(folded.get_by_text("Four minutes.")).to_be_visible()
    expect(table.get_by_role("row")).to_have_count(1 + 12)


def test_a_container_that_is_open_at_first_stays_closed_once_closed(page: Page, toy: Toy) -> None:
    add_message(toy, [container(is_collapsible=True)])
    box = page.locator("details.container")
    expect(box.get_by_text("A list that")).to_be_visible()
    box.get_by_text("Quernstone Mills").first.click()
    expect(box.get_by_text("A list that")).to_be_hidden()
    toy.ada.say(toy.ada.dm, "Something happens meanwhile")
    expect(page.get_by_text("Something happens meanwhile")).to_be_visible()
    expect(box.get_by_text("A list that")).to_be_hidden()


def test_a_card_further_along_is_reached_and_pressed(newer: Locator, page: Page, toy: Toy) -> None:
    card = newer.get_by_role("listitem").filter(has_text="Cork Mill").last
    expect(card).not_to_be_in_viewport(ratio=0.9)
    card.get_by_role("button", name="Not now").click()
    expect(card).to_be_in_viewport(ratio=0.9)
    with page.expect_response("**/press"):
        page.get_by_role("alertdialog").get_by_role("button", name="Withdraw").click()
    assert toy.received.actions[-1]["value"] == "Cork Mill"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_series_stands_out_from_the_ground(
    page: Page, toy: Toy, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    add_message(toy, [largest_chart("bar")])
    expect(page.get_by_role("img")).to_be_visible()
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) == 12
    assert min(contrasts) >= 3


def test_the_clock_moves_to_what_is_due_and_then_says_why_it_cannot(page: Page) -> None:
    step = page.get_by_role("button", name="To the next thing due")
    expect(page.get_by_test_id("local-time")).to_have_text("Mon 2 Mar 2026, 12:00")
    expect(step).to_contain_text("your nudge, Thu 5 Mar, 12:00")
    step.click()
    expect(page.get_by_test_id("local-time")).to_have_text("Thu 5 Mar 2026, 12:00")
    expect(step).to_be_disabled()
    expect(step).to_have_attribute("title", "Nothing is due.")


def test_a_small_screen_needs_no_sideways_scrolling(page: Page, toy: Toy) -> None:
    toy.ada.run("/gallery")
    page.route(PICTURE, lambda route: route.fulfill(body=PIXEL, content_type="image/png"))
    add_message(toy, newer_blocks())
    page.set_viewport_size({"width": 360, "height": 740})
    expect(page.get_by_test_id("message")).to_have_count(2)
    wide = "[document.documentElement, document.querySelector('#log')].map((x) => x.scrollWidth)"
    assert max(page.evaluate(wide)) <= 360
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("link", name="general").click()
    expect(page.get_by_role("heading", name="#general")).to_be_visible()

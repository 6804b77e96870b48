"""A survey on a phone: in two languages, by keyboard alone, with an error, and clicked twice."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from bot.db import surveys as survey_queries
from bot.domain.surveys.rules import Language, Survey, SurveyAnswer, SurveyDraft, SurveyLink
from bot.operations.surveys import links as surveys
from bot.pages.surveys import add_survey_routes
from sandbox.server import Sandbox
from sandbox.server_thread import ServerThread
from tests.browser.browser_actions import message, open_as, run
from tests.operations.conftest import workspace
from tests.operations.operations_fixture import BotWorkspace
from tests.support.browsers import TIMEOUT_MS
from tests.times import T0

__all__ = ["workspace"]

pytestmark = [pytest.mark.browser, pytest.mark.long]

# The narrowest phone still in use.
TELEPHONE = {"width": 320, "height": 568}
# Enough contrast to read, by WCAG 2.2 (1.4.3), and large enough to tap (2.5.8).
CONTRAST, FINGER = 4.5, 44
MEASURE = """() => {
  const light = (rgb) => {
    const [r, g, b] = rgb.match(/[\\d.]+/g).map(Number).map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    const clear = colour === "transparent" || colour.endsWith(", 0)");
    return clear && element.parentElement ? behind(element.parentElement) : colour;
  };
  const texts = [...document.querySelectorAll("h1, p, legend, label, span, button, textarea")];
  return texts.filter((each) => each.textContent.trim()).map((each) => {
    const [above, below] = [light(getComputedStyle(each).color), light(behind(each))];
    const [high, low] = [Math.max(above, below), Math.min(above, below)];
    return [each.textContent.trim().slice(0, 40), (high + 0.05) / (low + 0.05)];
  });
}"""


@dataclass
class Link:
    """A survey link that was sent to a person."""

    workspace: BotWorkspace
    url: str

    @property
    def survey(self) -> Survey:
        with self.workspace.services.reading(self.workspace.workspace_id) as tx:
            found = survey_queries.get(tx, 1)
        assert found
        return found


@pytest.fixture
def link(workspace: BotWorkspace) -> Iterator[Link]:
    ada = workspace.add_pm("Ada", interval_days=90)
    mill = workspace.add_customer("Brightwater Mill")
    draft = SurveyDraft(mill, workspace.add_person(mill, "Mara Lind"), "", Language.ENGLISH)
    handed = surveys.create_link(workspace.services, workspace.actor(ada), draft, T0)
    assert isinstance(handed, SurveyLink)
    path = handed.link
    web = FastAPI()
    add_survey_routes(web, workspace.services)
    runner = ServerThread(web, 0)
    runner.start()
    yield Link(
        workspace, path.replace("https://nihito.example.org", f"http://127.0.0.1:{runner.port}")
    )
    runner.stop()


Opened = Callable[..., Page]


@pytest.fixture
def telephone(browser: Browser) -> Iterator[Opened]:
    """Yield a function that opens a page on a phone, in a language; fail on console errors."""
    problems: list[str] = []

    def listen(said: ConsoleMessage) -> None:
        # The tests send forms and links that are refused, and Chromium reports those too.
        if said.type == "error" and "Failed to load resource" not in said.text:
            problems.append(said.text)

    def open_page(spoken: str, **more: Any) -> Page:
        page = browser.new_context(locale=spoken, viewport=TELEPHONE, **more).new_page()
        page.on("console", listen)
        page.set_default_timeout(TIMEOUT_MS)
        return page

    yield open_page
    for each in browser.contexts:
        each.close()
    assert problems == []


def picture(page: Page, name: str) -> None:
    """Save a picture of the page in the folder that the environment names, if it names one."""
    folder = os.environ.get("NIHITO_SURVEY_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def assert_fits(page: Page) -> None:
    """Assert that nothing is cut off, contrast is enough, and targets are large enough to tap."""
    assert page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
    weak = [each for each in page.evaluate(MEASURE) if each[1] < CONTRAST]
    assert weak == []
    for target in page.locator(".scale label, .check, button").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= FINGER


SPOKEN = {
    "en-GB": ("Send", "Why?", "Yes, you may call me", "Please choose a number", "Thank you"),
    "de-DE": ("Absenden", "Warum?", "Ja, Sie dürfen", "Bitte wählen Sie eine Zahl", "Vielen Dank"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("spoken", SPOKEN)
def test_somebody_answers_on_a_telephone(
    link: Link, telephone: Opened, spoken: str, scheme: str
) -> None:
    send, why, call, fault, thanks = SPOKEN[spoken]
    page = telephone(spoken, color_scheme=scheme)
    page.goto(link.url)
    expect(page.locator("html")).to_have_attribute("lang", spoken[:2])
    assert_fits(page)
    picture(page, f"open-{spoken}-{scheme}")
    page.get_by_label(why, exact=True).fill("It is quick.\nAnd they listen.")
    page.get_by_label(call).check()
    page.get_by_role("button", name=send).click()
    expect(page.get_by_text(fault)).to_be_visible()
    assert_fits(page)
    picture(page, f"fault-{spoken}-{scheme}")
    expect(page.get_by_label(why, exact=True)).to_have_value("It is quick.\nAnd they listen.")
    expect(page.get_by_label(call)).to_be_checked()
    page.get_by_role("radio", name="8").check()
    picture(page, f"chosen-{spoken}-{scheme}")
    page.get_by_role("button", name=send).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(thanks)
    assert_fits(page)
    picture(page, f"thanks-{spoken}-{scheme}")
    assert link.survey.answer == SurveyAnswer(8, "It is quick.\nAnd they listen.", may_call=True)


def test_somebody_answers_by_keys_alone_without_a_script(link: Link, telephone: Opened) -> None:
    page = telephone("en-GB", java_script_enabled=False)
    page.goto(link.url)
    keys = page.keyboard
    keys.press("Tab")
    expect(page.get_by_role("radio", name="0", exact=True)).to_be_focused()
    keys.press("Space")
    for _ in range(7):
        keys.press("ArrowRight")
    expect(page.get_by_role("radio", name="7")).to_be_checked()
    picture(page, "focus")
    keys.press("Tab")
    keys.type("They wait.")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Tab")
    expect(page.get_by_role("button", name="Send")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert link.survey.answer == SurveyAnswer(7, "They wait.", may_call=True)


def test_the_question_is_told_to_whoever_hears_the_page(link: Link, telephone: Opened) -> None:
    page = telephone("en-GB")
    page.goto(link.url)
    question = "How likely are you to recommend us to a friend or colleague?"
    group = page.get_by_role("radiogroup", name=question)
    expect(group).to_have_accessible_description("0: not at all likely 10: extremely likely")
    expect(group.get_by_role("radio")).to_have_count(11)
    expect(page.get_by_role("group", name="May we call you?")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_label("Why?", exact=True)).to_have_accessible_description(
        "In your own words, if you like."
    )


def test_a_double_click_and_a_page_gone_back_to(link: Link, telephone: Opened) -> None:
    page = telephone("en-GB")
    page.goto(link.url)
    page.get_by_role("radio", name="9").check()
    page.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    page.goto(link.url)
    expect(page.get_by_role("heading", level=1)).to_contain_text("your answer is here already")
    picture(page, "answered")
    assert link.survey.answer == SurveyAnswer(9, "", may_call=False)


def test_in_the_demo_a_pm_asks_and_a_customer_answers(page: Page, nihito: Sandbox) -> None:
    open_as(page, nihito, "Annika Brandt")
    run(page, "/customer Oxlade Metrology")
    message(page, "Oxlade Metrology").get_by_role("button", name="Ask for a score").click()
    form = page.get_by_role("dialog", name="Ask for a score")
    form.get_by_role("combobox", name="Whom do you ask?").fill("Ines Kolb")
    form.get_by_role("option", name="Ines Kolb", exact=False).first.click()
    form.get_by_label("Language of the message").select_option("German")
    picture(page, "form")
    form.get_by_role("button", name="Make the link").click()
    handed = message(page, "A question to Ines Kolb of Oxlade Metrology.")
    expect(handed).to_contain_text("Guten Tag Ines Kolb,")
    picture(page, "handed")
    (address,) = re.findall(r"http://127\.0\.0\.1:\d+/survey/\S+", handed.inner_text())
    customer = page.context.new_page()
    customer.goto(address)
    expect(customer.get_by_text("A question from Quillmere Instruments")).to_be_visible()
    picture(customer, "desk")
    customer.get_by_role("radio", name="10").check()
    customer.get_by_role("button", name="Send").click()
    expect(customer.get_by_role("heading", name="Thank you")).to_be_visible()
    customer.close()
    run(page, "/customer Oxlade Metrology")
    expect(message(page, "they gave us 10 of 10")).to_be_visible()


@pytest.mark.parametrize("spoken", ["es-ES", "fr-FR"])
def test_other_languages_fit_as_well(link: Link, telephone: Opened, spoken: str) -> None:
    page = telephone(spoken)
    page.goto(link.url)
    expect(page.locator("html")).to_have_attribute("lang", spoken[:2])
    assert_fits(page)
    picture(page, f"open-{spoken}")


def test_letters_twice_as_large_still_fit(link: Link, telephone: Opened) -> None:
    page = telephone("de-DE")
    page.goto(link.url)
    page.locator("html").evaluate("page => { page.style.fontSize = '200%' }")
    page.wait_for_timeout(50)
    picture(page, "large")
    assert page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]


def test_a_link_that_does_not_work_says_so(link: Link, telephone: Opened) -> None:
    page = telephone("en-GB")
    page.goto(f"{link.url}x")
    expect(page.get_by_role("heading", name="This link does not work")).to_be_visible()
    assert_fits(page)
    picture(page, "unknown")

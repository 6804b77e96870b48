"""The demo in a browser window of 1280 by 800."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bot import demo
from sandbox.server import Sandbox
from tests.browser.screenshots import save_screenshot
from tests.support.browsers import chromium, watched

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
WINDOW = {"width": 1280, "height": 800}
DOCS = Path(__file__).parents[2] / "docs"

Picture = Callable[[str], object]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def nihito(browser: Browser) -> Iterator[Sandbox]:  # noqa: ARG001 no browser, no demo
    """Yield the demo on a Monday morning."""
    with demo.run_demo(port=0, today=MONDAY) as opened:
        yield opened


@pytest.fixture
def page(browser: Browser, nihito: Sandbox) -> Iterator[Page]:
    """Yield the demo's page; afterwards it may have logged no error in the browser."""
    context = browser.new_context(locale="en-GB", viewport=WINDOW, reduced_motion="reduce")
    with watched(context.new_page()) as opened:
        opened.goto(nihito.url)
        yield opened


@pytest.fixture
def picture(page: Page) -> Picture:
    """Take the screenshot of that name under docs/, if the environment asks for any."""
    wanted = os.environ.get("NIHITO_SCREENSHOTS") == "1"
    return lambda name: wanted and save_screenshot(page, DOCS / f"{name}.png")

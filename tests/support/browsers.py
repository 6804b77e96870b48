"""A real Chromium for tests, or the reason why there is none."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
# For a machine that is busy with other tests; an idle one takes a tenth of a second for a page.
TIMEOUT_MS = 15_000
# For a move of the demo clock: weeks of everything that is due, a few seconds of work.
CLOCK_TIMEOUT_MS = 60_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield the browser; without one skip the test, or fail it under NIHITO_REQUIRE_BROWSER=1."""
    if not CHROMIUM.exists():
        turn_away = pytest.fail if os.environ.get("NIHITO_REQUIRE_BROWSER") == "1" else pytest.skip
        turn_away(f"there is no {CHROMIUM}")
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--lang=en-GB"],
        )
        yield launched
        launched.close()


@contextmanager
def watched(page: Page) -> Iterator[Page]:
    """Yield the page; any error of its script or in its console fails the test."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: problems.append(message.text) if message.type == "error" else None,
    )
    page.set_default_timeout(TIMEOUT_MS)
    yield page
    page.context.close()
    assert problems == []

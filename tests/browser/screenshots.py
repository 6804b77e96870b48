"""Screenshots small enough for a repository: 256 colours, tightly compressed."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

COLOURS = 256


def save_screenshot(page: Page, file: Path) -> None:
    """Save the page as it is now as a PNG file."""
    shown = Image.open(BytesIO(page.screenshot())).convert("RGB")
    # This method keeps the hue of rare accents, and k-means the exact colour of large areas.
    few = shown.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
    few.save(file, "PNG", optimize=True)

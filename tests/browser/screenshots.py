"""Screenshots small enough for a repository: 256 colours, tightly compressed."""

import struct
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from pathlib import Path

from playwright.sync_api import Page

COLOURS = 256
# The browser decodes its own picture: red, green, blue and alpha of each pixel in a row of bytes.
PIXELS = """async (png) => {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const bytes = context.getImageData(0, 0, image.width, image.height).data;
  const parts = [];
  for (let at = 0; at < bytes.length; at += 32768)
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 32768)));
  return btoa(parts.join(""));
}"""

Colour = tuple[int, int, int]


def save_screenshot(page: Page, file: Path) -> None:
    """Save the page as it is now as a PNG file."""
    png = page.screenshot()
    blank = page.context.new_page()
    rgba = b64decode(blank.evaluate(PIXELS, b64encode(png).decode()))
    blank.close()
    width, height = struct.unpack(">II", png[16:24])
    file.write_bytes(_packed(rgba, width, height))


def _packed(rgba: bytes, width: int, height: int) -> bytes:
    pixels = list(zip(rgba[0::4], rgba[1::4], rgba[2::4], strict=True))
    counted = Counter(pixels)
    palette = _palette(counted)
    places = {colour: _nearest(colour, palette) for colour in counted}
    indexes = bytes(places[each] for each in pixels)
    rows = b"".join(b"\0" + indexes[y * width : (y + 1) * width] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", bytes(channel for colour in palette for channel in colour)),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _palette(counted: Counter[Colour]) -> list[Colour]:
    """Choose colours: half for variety, to keep the hue of rare accents; the rest by frequency."""
    common = [colour for colour, _count in counted.most_common()]
    kinds: dict[Colour, Colour] = {}
    for red, green, blue in common:
        kinds.setdefault((red // 16, green // 16, blue // 16), (red, green, blue))
    varied = list(kinds.values())[: COLOURS // 2]
    return list(dict.fromkeys([*varied, *common]))[:COLOURS]


def _nearest(colour: Colour, palette: list[Colour]) -> int:
    def distance(place: int) -> int:
        return sum((a - b) ** 2 for a, b in zip(colour, palette[place], strict=True))

    return min(range(len(palette)), key=distance)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

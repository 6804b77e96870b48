"""Rewrite the transcript, and report which routes it doesn't use."""

import sys

from bot.log import configure
from handlers.routes import ROUTES
from tests.transcript.compared import PATH
from tests.transcript.weeks import live


def main() -> int:
    """Run the weeks, write the transcript, and print which routes it doesn't use."""
    configure("error")
    lines: list[str] = []
    recorder = live(lines)
    text = "".join(f"{each}\n" for each in lines)
    PATH.write_text(text, encoding="utf-8")
    missed = sorted(f"{kind.value} {name}" for kind, name in ROUTES.keys() - recorder.used)
    share = 1 - len(missed) / len(ROUTES)
    sys.stdout.write(f"{PATH.name}: {len(text) // 1000} kB, {share:.0%} of all routes\n")
    sys.stdout.write("".join(f"not taken: {each}\n" for each in missed))
    return 0


if __name__ == "__main__":
    sys.exit(main())

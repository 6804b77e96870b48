"""Rewrite the freeze list from the code, keeping its reasons."""

import sys

from bot.log import configure
from tests.freeze import listed
from tests.freeze.collected import collect

if __name__ == "__main__":
    configure("error")
    listed.write(collect())
    sys.stdout.write(f"{listed.PATH.name} is written\n")

"""Check folders: few enough entries that each can be looked over at a glance."""

import sys
from pathlib import Path

FOLDERS = ("bot", "handlers", "scheduler", "sandbox", "tests", "benchmarks", "docs")
MOST = 22
# One migration after the other, for as long as there are databases to upgrade.
GROWING = ("versions", "feeds")


def main() -> int:
    """Print the folders with too many entries; return 1 if there is one."""
    crowded = [
        f"{folder}: {entries} entries, at most {MOST}"
        for top in FOLDERS
        for folder in _folders(Path(top))
        if (entries := len(list(_entries(folder)))) > MOST
    ]
    sys.stdout.write("".join(f"{line}\n" for line in crowded))
    return 1 if crowded else 0


def _folders(top: Path) -> list[Path]:
    inner = [path for path in sorted(top.rglob("*")) if path.is_dir()]
    return [
        path
        for path in (top, *inner)
        if path.name not in GROWING and "__pycache__" not in path.parts
    ]


def _entries(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name not in ("__pycache__", "__init__.py")]


if __name__ == "__main__":
    sys.exit(main())

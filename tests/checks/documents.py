"""Check documents: links that lead somewhere, and the commands that the README tells of."""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer.main
from markdown_it.token import Token

from benchmarks.__main__ import NAMES
from bot.cli import app as command_line
from handlers.requests import RequestKind
from handlers.routes import ROUTES
from handlers.visits.command import SUBCOMMANDS
from tests.checks import markdown

DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs", "sandbox")
# A path that starts with one of the project's own folders.
NAMED = re.compile(r"(?:bot|handlers|scheduler|sandbox|tests|benchmarks|docs)/[\w./-]*")
COMMAND = re.compile(r"/visit [a-z]+|/[a-z]+")
ARCHITECTURE_WORDS = 1200
# What the README names that starts with a slash and is no command of ours.
OTHER_PATHS = {"/invite", "/slack", "/survey", "/healthz", "/readyz", "/metrics"}


def main() -> int:
    """Print what is wrong in the documents; return 1 if anything is."""
    found = [line for path in _documents() for line in (*_links(path), *_names(path))]
    found += _benchmarks()
    found += _commands(markdown.parse(Path("README.md")))
    words = len(Path("ARCHITECTURE.md").read_text(encoding="utf-8").split())
    if words > ARCHITECTURE_WORDS:
        found.append(f"ARCHITECTURE.md: {words} words, at most {ARCHITECTURE_WORDS}")
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


def _documents() -> Iterator[Path]:
    for name in DOCUMENTS:
        path = Path(name)
        yield from sorted(path.rglob("*.md")) if path.is_dir() else [path]


def _links(path: Path) -> Iterator[str]:
    for number, link in markdown.links(markdown.parse(path)):
        target, _, anchor = link.partition("#")
        if "://" in link or link.startswith("mailto:"):
            continue
        file = (path.parent / target) if target else path
        if not file.exists():
            yield f"{path}:{number}: nothing at {link}"
        elif anchor and file.suffix == ".md" and anchor not in markdown.anchors(file):
            yield f"{path}:{number}: no heading #{anchor} in {file}"


def _names(path: Path) -> Iterator[str]:
    if path.name == "CHANGELOG.md":
        return
    for number, name in markdown.codes(markdown.parse(path)):
        if NAMED.fullmatch(name) and not Path(name).exists():
            yield f"{path}:{number}: there is no `{name}`"


def _benchmarks() -> Iterator[str]:
    modules = {path.stem for path in Path("benchmarks").glob("*.py")}
    yield from (f"benchmarks: there is no {each}" for each in sorted(set(NAMES) - modules))
    for path in _documents():
        for name in re.findall(r"python -m benchmarks (\w+)", path.read_text(encoding="utf-8")):
            if name not in NAMES:
                yield f"{path}: there is no benchmark {name}"


def _commands(readme: Sequence[Token]) -> Iterator[str]:
    routed = {name for kind, name in ROUTES if kind is RequestKind.COMMAND} - {"/visit"}
    slash = routed | {f"/visit {word}" for word in SUBCOMMANDS if word != "help"}
    found = (COMMAND.match(code) for _, code in markdown.codes(readme))
    told = {match[0] for match in found if match} - {"/visit"}
    yield from (f"README.md: nothing about {each}" for each in sorted(slash - told))
    known = slash | OTHER_PATHS
    yield from (f"README.md: there is no {each}" for each in sorted(told - known))
    commands = set(typer.main.get_command(command_line).commands)  # type: ignore[attr-defined]
    rows = {markdown.first_code(cells[0]).partition(" ")[0] for cells in markdown.rows(readme)}
    yield from (f"README.md: nothing about {each!r}" for each in sorted(commands - rows))


if __name__ == "__main__":
    sys.exit(main())

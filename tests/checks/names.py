"""Check names: no public class twice, and no word of the vocabulary that was retired."""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from bot.db.tables.columns import metadata

PRODUCT = ("bot", "handlers", "scheduler")
EVERYWHERE = (*PRODUCT, "sandbox", "tests", "benchmarks")
# Metaphors, each with the field's word for it.
METAPHORS = {
    "knock": "request",
    "gate": "dispatcher",
    "house": "application",
    "crew": "executor",
    "parcel": "claimed message",
    "errand": "fix notice",
    "door": "route",
    "fence": "deadline",
    "fenced": "deadline",
    "vitals": "health endpoints",
    "zygote": "fork server",
}
# Words that mean something else in Slack, in the alphabet or on paper, but not in the product.
RETIRED_IN_PRODUCT = {
    **METAPHORS,
    "letter": "outbox message",
    "sheet": "form session",
    "stranger": "unverified actor",
    "whisper": "ephemeral",
    "untell": "remove from digest",
    "rehearsal": "dry run",
    "likeness": "similarity",
}
# The field's own words, of which a retired one is a part.
ALLOWED = re.compile(r"dead_?letters?|style_?sheet", re.IGNORECASE)
# Whatever the database calls a table or a column keeps its name until a migration.
STORED = {name for table in metadata.tables.values() for name in (table.name, *table.c.keys())}
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
DOCUMENTS = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "docs/running.md",
    "docs/decisions",
    "sandbox/README.md",
)


def main() -> int:
    """Print every name that is out of order; return 1 if there is one."""
    found = [
        *_classes_twice(),
        *_retired(PRODUCT, RETIRED_IN_PRODUCT),
        *_retired(EVERYWHERE, METAPHORS),
        *_metaphors_in_documents(),
    ]
    sys.stdout.write("".join(f"{line}\n" for line in dict.fromkeys(found)))
    return 1 if found else 0


def _classes_twice() -> Iterator[str]:
    places = defaultdict(list)
    for path in _files(PRODUCT):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(f"{path}:{node.lineno}")
    for name, where in sorted(places.items()):
        if len(where) > 1:
            yield f"class {name} exists {len(where)} times: {', '.join(where)}"


def _retired(folders: Sequence[str], words: Mapping[str, str]) -> Iterator[str]:
    for path in _files(folders):
        for name, line in _defined(_tree(path)):
            if name.lower() not in STORED:
                for word in _words(name):
                    if better := words.get(word) or words.get(word.removesuffix("s")):
                        yield f"{path}:{line} {name}: say {better!r} instead of {word!r}"


def _metaphors_in_documents() -> Iterator[str]:
    for name in DOCUMENTS:
        path = Path(name)
        for document in sorted(path.rglob("*.md")) if path.is_dir() else [path]:
            for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
                for word in re.findall(r"[a-z]+", line.lower()):
                    if word.removesuffix("s") in METAPHORS:
                        yield f"{document}:{number}: {word!r} is retired"


def _words(name: str) -> Sequence[str]:
    return [word.lower() for word in WORD.findall(ALLOWED.sub("", name))]


def _defined(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname, node.lineno


def _files(folders: Sequence[str]) -> Sequence[Path]:
    found = chain.from_iterable(sorted(Path(folder).rglob("*.py")) for folder in folders)
    return [path for path in found if "versions" not in path.parts]


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())

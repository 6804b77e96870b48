"""Read the map of a rename: what each module, identifier and string may be called now."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

Several = Mapping[str, Sequence[str]]
IDENTIFIER = re.compile(r"[^\W\d]\w*")


class Renames:
    """A rename map, and how often each of its pairs was used."""

    def __init__(self, modules: Several, names: Several, strings: Several) -> None:
        self.modules, self.names, self.strings = modules, names, strings
        self.used: Counter[tuple[str, str]] = Counter()
        self.missing: Counter[tuple[str, str]] = Counter()

    def paths(self, old: str) -> Sequence[str]:
        """Return the paths that a file may have now."""
        return self.modules.get(old, (old,))

    def candidates(self, old: str) -> Sequence[str]:
        """Return the names that an identifier may have now, the old one last."""
        return (*self.names.get(old, ()), old)

    def allows(self, old: str, new: str) -> bool:
        """Return whether an identifier may have become another."""
        return old == new or new in self.names.get(old, ())

    def allows_string(self, old: str, new: str) -> bool:
        """Return whether a string constant may have become another."""
        return old == new or new in self.strings.get(old, ())

    def allows_text(self, old: str, new: str) -> bool:
        """Return whether a text may have become another, checking its identifiers one by one."""
        shapes = IDENTIFIER.sub("_", old), IDENTIFIER.sub("_", new)
        pairs = zip(IDENTIFIER.findall(old), IDENTIFIER.findall(new), strict=False)
        if shapes[0] != shapes[1]:
            return self.allows_string(old, new)
        return all(self.allows(*each) or self.allows_string(*each) for each in pairs)

    @property
    def unused(self) -> Sequence[tuple[str, str]]:
        """Return the pairs of names and strings that weren't needed."""
        both = (*self.names.items(), *self.strings.items())
        pairs = [(old, new) for old, several in both for new in several]
        return [each for each in pairs if each not in self.used]


def load(path: str | None) -> Renames:
    """Read a map from a JSON file; an empty one if there is no path."""
    known = json.loads(Path(path).read_text(encoding="utf-8")) if path else {}
    unknown = set(known) - {"modules", "names", "strings"}
    if unknown:
        raise SystemExit(f"{path}: unknown parts {', '.join(sorted(unknown))}")
    return Renames(*(_lists(known.get(part, {})) for part in ("modules", "names", "strings")))


def _lists(part: Mapping[str, str | Sequence[str]]) -> Several:
    return {old: (new,) if isinstance(new, str) else tuple(new) for old, new in part.items()}

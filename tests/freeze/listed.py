"""The freeze list as a file: headings, entries, and the reasons for changed ones."""

from collections.abc import Mapping
from pathlib import Path

PATH = Path(__file__).with_name("freeze_list.txt")
ACTION_IDS = "action ids"
RETIRED = "retired action ids, still accepted"
REASON = "  # "
PREAMBLE = """\
# What lives outside the code and may not change by accident: `python -m tests.freeze` rewrites it.
# Changed on purpose? Change the line, and say why behind two spaces: `entry  # reason`.
# An action id that was ever shipped stays accepted: move it under "retired", and keep its route.
"""

Listed = Mapping[str, Mapping[str, str]]


def read() -> Listed:
    """Return the entries under each heading, each with its reason or ""."""
    listed: dict[str, dict[str, str]] = {}
    heading = ""
    for line in PATH.read_text(encoding="utf-8").splitlines() if PATH.exists() else ():
        if line.startswith("[") and line.endswith("]"):
            heading = line[1:-1]
            listed[heading] = {}
        elif line and not line.startswith("#"):
            entry, _, reason = line.partition(REASON)
            listed[heading][entry] = reason
    return listed


def write(found: Mapping[str, list[str]]) -> None:
    """Write what was collected, keeping the reasons and the retired ids."""
    known = read()
    retired = retired_ids(known, found)
    lines = [PREAMBLE]
    for heading, entries in sorted({**found, RETIRED: sorted(retired)}.items()):
        reasons = known.get(heading, {})
        lines.append(f"[{heading}]")
        for each in entries:
            reason = reasons.get(each, "")
            lines.append(each + (f"{REASON}{reason}" if reason else ""))
        lines.append("")
    PATH.write_text("\n".join(lines).rstrip("\n") + "\n", encoding="utf-8")


def retired_ids(known: Listed, found: Mapping[str, list[str]]) -> set[str]:
    """Return the action ids that were listed once and are built no more, by any element."""
    # An action id is listed with its element: "nudge.snooze static_select".
    listed, current = (
        {each.split()[0] for each in entries.get(ACTION_IDS, ())} for entries in (known, found)
    )
    return ({*known.get(RETIRED, {})} | listed) - current

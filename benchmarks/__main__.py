"""Run the benchmarks (`make bench`), each in its own process; a name as argument runs one."""

import subprocess
import sys
from collections.abc import Sequence

NAMES = (
    *("ticks", "feeds", "bursts", "kills", "crashes", "suspended", "outbox_machine"),
    *("restores", "soak", "year", "choices", "customer_search"),
    *("clocks", "connections", "edge", "meanwhile"),
)
HAVE_QUICK = ("kills", "crashes", "suspended", "restores", "connections")


def main(arguments: Sequence[str]) -> int:
    """Run the named benchmarks or all, `--quick` where it exists; 1 if one fails, 2 if unknown."""
    quick = "--quick" in arguments
    wanted = [each for each in arguments if each != "--quick"] or list(NAMES)
    unknown = [each for each in wanted if each not in NAMES]
    if unknown:
        sys.stderr.write(f"no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}\n")
        return 2
    return max(_run(each, quick and each in HAVE_QUICK) for each in wanted)


def _run(name: str, quick: bool) -> int:
    sys.stdout.write(f"# {name}\n")
    sys.stdout.flush()
    command = [sys.executable, "-m", f"benchmarks.{name}", *(["--quick"] if quick else [])]
    return int(subprocess.run(command, check=False).returncode != 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

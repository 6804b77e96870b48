"""A process whose wall clock a benchmark sets, by libfaketime; its monotonic clock stays right."""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

SHOW_TIME = "import time; time.sleep(0.01); print(time.time())"


@dataclass(frozen=True)
class FakeClock:
    """The clock of processes started with `environment`; they read it from a file each time."""

    library: Path
    file: Path

    def set(self, ahead: timedelta, rate: float = 1.0) -> None:
        """Set it so far ahead of the machine's clock (or behind), running at that rate."""
        # Replaced, not rewritten: a process never reads half of it.
        new = self.file.with_suffix(".new")
        runs = "" if rate == 1.0 else f" x{rate}"
        new.write_text(f"{ahead.total_seconds():+.0f}{runs}\n", encoding="utf-8")
        new.replace(self.file)

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the environment that a process with this clock needs."""
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


def find_library() -> Path | None:
    """Return the library of the package libfaketime; None where there is none that works here.

    Debian's own, 0.9.10, won't do: with it Python's `time.sleep` fails.
    """
    spec = find_spec("libfaketime") if platform.system() == "Linux" else None
    folders = spec.submodule_search_locations if spec else None
    found = next((p for each in folders or () for p in Path(each).rglob("libfaketime.so.1")), None)
    return found if found and _works(found) else None


def _works(library: Path) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        clock = FakeClock(library, Path(folder) / "clock")
        clock.set(-timedelta(days=1))
        environment = {**os.environ, **clock.environment}
        command = [sys.executable, "-c", SHOW_TIME]
        shown = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=30
        )
    return shown.returncode == 0 and float(shown.stdout) < time.time() - 80_000

"""The units of systemd: they are valid, and name settings, files and commands that there are."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from bot.cli import app
from bot.settings import SECRET_FILES, Settings

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
UNITS = sorted(DEPLOY.glob("*.service")) + sorted(DEPLOY.glob("*.timer"))
SERVICE = (DEPLOY / "nihito.service").read_text(encoding="utf-8")
INSTALLED_PYTHON = "/opt/nihito/.venv/bin/python"


def assigned(name: str) -> list[str]:
    """Return the values of a directive of the service, those that are commented out too."""
    return re.findall(rf"^(?:# )?{name}=(.*)$", SERVICE, re.MULTILINE)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace(INSTALLED_PYTHON, sys.executable)
        (tmp_path / path.name).write_text(text)
    verified = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / path.name) for path in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=[path.name for path in UNITS])
def test_a_unit_is_sections_of_directives(unit: Path) -> None:
    lines = [line for line in unit.read_text(encoding="utf-8").splitlines() if line]
    unknown = [line for line in lines if not re.fullmatch(r"#.*|\[\w+\]|\w+=.*", line)]
    assert unknown == []


def test_the_service_runs_a_command_that_there_is() -> None:
    (command,) = assigned("ExecStart")
    assert command.startswith(f"{INSTALLED_PYTHON} -m bot ")
    assert command.rsplit(" ", 1)[1] in typer.main.get_command(app).commands  # type: ignore[attr-defined]


def test_the_service_sets_settings_that_there_are() -> None:
    names = [each.partition("=")[0].lower() for each in assigned("Environment")]
    assert set(names) <= {*Settings.model_fields, *SECRET_FILES}
    assert Settings(database_url=assigned("Environment")[0].partition("=")[2])


def test_each_secret_is_handed_over_as_a_file() -> None:
    credentials = [each.partition(":")[0] for each in assigned("LoadCredential")]
    named = dict(each.split("=") for each in assigned("Environment") if "_FILE=" in each)
    assert named == {f"{each.upper()}_FILE": f"%d/{each}" for each in credentials}


def test_it_is_started_again_and_may_write_only_its_data() -> None:
    wanted = {"Restart": "always", "ProtectSystem": "strict", "StateDirectory": "nihito"}
    wanted |= {"NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "UMask": "0077"}
    assert {name: assigned(name) for name in wanted} == {k: [v] for k, v in wanted.items()}


def test_its_health_is_asked_for_at_the_port_that_is_the_default() -> None:
    asked = (DEPLOY / "nihito-health.service").read_text(encoding="utf-8")
    assert f"http://127.0.0.1:{Settings().port}/healthz" in asked

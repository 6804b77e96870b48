"""Every finding of `doctor` and every alert leads to its paragraph in docs/running.md."""

import ast
import re
from pathlib import Path

import pytest

from bot.operations.doctor import checks
from bot.operations.doctor.checks import CheckResult
from bot.platform.metrics import Metrics, OutboxLevels
from tests.checks import markdown

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "running.md"
ALERTS = (ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8")


def subjects() -> list[str]:
    """Return the subject of each result that the code of `doctor` makes."""
    folder = Path(checks.__file__).parent
    calls = [
        node
        for path in sorted(folder.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(CheckResult.__name__)
    ]
    for each in calls:
        assert isinstance(each.args[0], ast.Constant), f"{ast.unparse(each)}: a subject is a text"
    return sorted({str(ast.literal_eval(each.args[0])) for each in calls})


@pytest.mark.parametrize("subject", subjects())
def test_what_doctor_finds_has_its_paragraph(subject: str) -> None:
    path, _, anchor = CheckResult(subject, False, "found").page.partition("#")
    assert ROOT / path == PAGE
    assert anchor in markdown.anchors(PAGE)


def test_no_paragraph_is_about_what_doctor_no_longer_finds() -> None:
    written = {each for each in markdown.anchors(PAGE) if each.startswith("doctor-")}
    assert written == {CheckResult(each, False, "").page.partition("#")[2] for each in subjects()}


def test_every_alert_names_its_paragraph_and_every_paragraph_has_its_alert() -> None:
    names = re.findall(r"alert: (\w+)", ALERTS)
    runbooks = re.findall(r"runbook: docs/running\.md#(\S+)", ALERTS)
    assert runbooks == [f"alert-{name.lower()}" for name in names]
    written = {each for each in markdown.anchors(PAGE) if each.startswith("alert-")}
    assert written == set(runbooks)


def test_alerts_ask_for_figures_that_there_are() -> None:
    metrics = Metrics()
    metrics.count_request("command", 0.1)
    metrics.count_job("nudges", 0.1, failed=True)
    shown = metrics.render(OutboxLevels({("nudge", "pending", "halted"): 1}, {"nudge": 1}, 1, 1.0))
    there = set(re.findall(r"^(nihito_\w+)", shown.decode(), re.MULTILINE))
    assert set(re.findall(r"nihito_\w+", ALERTS)) <= there

"""`import`: a CSV file into the workspace of the token."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.db.tables.columns import metadata
from tests.cli.conftest import Command, settings_for
from tests.operations.operations_fixture import BotWorkspace

FILES = {
    "customers": ("name,stage,revenue\nAlder,prospect,5\n", "customers"),
    "people": ("customer,name,email\nAlder,Jo,jo@alder.example\n", "people"),
    "contacts": (
        "source,source_id,occurred_at,channel,person_email\nm,1,2026-02-01,mail,jo@alder.example\n",
        "contacts",
    ),
    "deals": ("customer,outcome,closed_on\nAlder,won,2026-02-01\n", "deals"),
    "betas": ("beta,person_email,signed_up_at\nB,jo@alder.example,2026-02-01\n", "beta_sign_ups"),
    "visits": ("customer,pm_email,kind,date\nAlder,ada@example.com,phone,2026-02-01\n", "visits"),
}
Load = Callable[..., object]


@pytest.fixture
def load(command: Command, workspace: BotWorkspace, database: str, folder: Path) -> Load:
    """Return a function that imports a text as a file."""
    workspace.slack.add_user("Ada")

    def run(kind: str, text: str, *options: str) -> object:
        path = folder / "rows.csv"
        path.write_text(text, encoding="utf-8")
        return command(
            "import", kind, str(path), *options, **settings_for(workspace.slack, database)
        )

    return run


def count(workspace: BotWorkspace, table: str) -> int:
    with workspace.services.engine.connect() as connection:
        rows = select(func.count()).select_from(metadata.tables[table])
        return int(connection.execute(rows).scalar_one())


@pytest.mark.parametrize("kind", FILES)
def test_every_kind_of_file_is_loaded(load: Load, workspace: BotWorkspace, kind: str) -> None:
    text, table = FILES[kind]
    ended = load(kind, text)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"{kind}: 1 added, 0 changed, 0 unchanged, 0 refused\n"
    assert count(workspace, table) == 1


@pytest.mark.parametrize("kind", FILES)
def test_a_dry_run_tells_what_would_be_and_keeps_nothing(
    load: Load, workspace: BotWorkspace, kind: str
) -> None:
    ended = load(kind, FILES[kind][0], "--dry-run")
    assert ended.out == (f"{kind}: 1 would be added, 0 would be changed, 0 unchanged, 0 refused\n")
    kept = ("customers", "people", "contacts", "deals", "betas", "beta_sign_ups", "visits")
    assert [count(workspace, table) for table in kept] == [0] * len(kept)


def test_bad_rows_are_named_with_their_line_and_the_rest_is_kept(
    load: Load, workspace: BotWorkspace
) -> None:
    ended = load("customers", "name,stage\nAlder,what\nBirch,lost\nCedar,who\n")
    assert ended.code == 1
    assert ended.out == "customers: 1 added, 0 changed, 0 unchanged, 2 refused\n"
    first, second = ended.err.splitlines()
    assert first.startswith("refused, line 2, stage: found 'what', expected ")
    assert second.startswith("refused, line 4, stage: found 'who', expected ")
    assert count(workspace, "customers") == 1


def test_markup_in_a_cell_is_shown_as_it_is(load: Load) -> None:
    ended = load("customers", "name,stage\nAlder,[red]what[/red]\n")
    assert "'[red]what[/red]'" in ended.err


def test_a_file_without_the_needed_columns_is_refused_in_a_line(load: Load) -> None:
    ended = load("customers", "title\nAlder\n")
    assert (ended.code, ended.out) == (1, "")
    assert "name" in ended.err
    assert "Traceback" not in ended.err


def test_a_kind_that_there_is_not_is_refused(load: Load) -> None:
    ended = load("cats", "name\nTom\n")
    assert ended.code == 2
    assert "cats is none of" in " ".join(ended.err.replace("│", " ").split())


def test_a_token_that_slack_does_not_know_is_said_in_a_line(
    command: Command, workspace: BotWorkspace, database: str, folder: Path
) -> None:
    (folder / "rows.csv").write_text("name\nAlder\n")
    settings = settings_for(workspace.slack, database) | {"SLACK_BOT_TOKEN": "xoxb-wrong"}
    ended = command("import", "customers", "rows.csv", **settings)
    assert ended.code == 1
    assert ended.err.startswith("Slack refused: invalid_auth.")
    workspace.slack.expect_refusal("auth.test", "invalid_auth")


def test_without_a_token_the_only_workspace_is_meant(
    command: Command, workspace: BotWorkspace, database: str, folder: Path
) -> None:
    (folder / "rows.csv").write_text("name\nAlder\n")
    ended = command("import", "customers", "rows.csv", DATABASE_URL=database)
    assert ended.code == 0
    assert count(workspace, "customers") == 1


def test_without_a_token_and_a_workspace_the_token_is_asked_for(
    command: Command, database: str, folder: Path
) -> None:
    (folder / "rows.csv").write_text("name\nAlder\n")
    ended = command("import", "customers", "rows.csv", DATABASE_URL=database)
    assert ended.code == 1
    assert "SLACK_BOT_TOKEN is needed" in ended.err

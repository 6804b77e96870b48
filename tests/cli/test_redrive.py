"""`redrive`: dead letters are put back once what stopped them is mended."""

import pytest
from sqlalchemy import select, update

from bot.db.tables.outbox import outbox
from bot.operations.nudges import scheduling as nudges
from sandbox.person import Person
from tests.cli.conftest import Command, reaching
from tests.operations.operations_fixture import Office
from tests.times import T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
DUE = T(days=14)
REFUSED = "messages_tab_disabled"


def refused(office: Office, *names: str) -> list[Person]:
    """People whose nudge Slack has refused for good."""
    people = [office.pm(name, tz="Europe/London") for name in names]
    office.clock.at = DUE
    nudges.remind(office.services, office.workspace_id, DUE)
    office.slack.fail("chat.postMessage", REFUSED, len(people))
    office.deliver_at(DUE)
    return people


def rows(office: Office) -> list[tuple[str, str | None]]:
    with office.services.engine.connect() as connection:
        found = connection.execute(select(outbox.c.state, outbox.c.reason))
        return [(row.state, row.reason) for row in found]


def run(command: Command, office: Office, database: str, *arguments: str) -> list[str]:
    ended = command("redrive", *arguments, **reaching(office.slack, database))
    assert (ended.code, ended.err) == (0, "")
    return ended.out.splitlines()


@EVERY_DATABASE
def test_what_was_refused_is_put_back_and_arrives(
    command: Command, office: Office, database: str
) -> None:
    (ada,) = refused(office, "Ada")
    assert rows(office) == [("dead", REFUSED)]
    lines = run(command, office, database)
    assert lines == [f"nudge {ada.id}: put back ({REFUSED})"]
    # The command has gone by the machine's clock.
    change(office, next_at=DUE)
    office.deliver_at(DUE)
    office.slack.expect_message(to=ada)
    assert [state for state, _ in rows(office)] == ["sent"]


def change(office: Office, **values: object) -> None:
    with office.services.engine.begin() as connection:
        connection.execute(update(outbox).values(**values))


def test_a_rehearsal_says_what_it_would_do_and_leaves_all_as_it_is(
    command: Command, office: Office, database: str
) -> None:
    (ada,) = refused(office, "Ada")
    lines = run(command, office, database, "--dry-run")
    assert lines == [f"nudge {ada.id}: would be put back ({REFUSED})"]
    assert rows(office) == [("dead", REFUSED)]


@pytest.mark.parametrize(
    ("arguments", "back"),
    [
        (("--kind", "nudge"), 2),
        (("--kind", "digest"), 0),
        (("--reason", REFUSED), 2),
        (("--reason", "user_disabled"), 0),
        (("--kind", "nudge", "--reason", REFUSED), 2),
    ],
)
def test_only_what_is_asked_for_is_put_back(
    command: Command, office: Office, database: str, arguments: tuple[str, ...], back: int
) -> None:
    refused(office, "Ada", "Bo")
    lines = run(command, office, database, *arguments)
    assert len([line for line in lines if "put back" in line]) == back
    assert [state for state, _ in rows(office)].count("pending") == back


def test_without_dead_letters_it_says_so(command: Command, office: Office, database: str) -> None:
    assert run(command, office, database) == ["There are no such dead letters."]


def test_a_second_redrive_finds_nothing(command: Command, office: Office, database: str) -> None:
    refused(office, "Ada")
    run(command, office, database)
    assert run(command, office, database) == ["There are no such dead letters."]


def test_what_came_through_after_all_is_found_and_not_posted_again(
    command: Command, office: Office, database: str
) -> None:
    ada = office.pm("Ada", tz="Europe/London")
    office.clock.at = DUE
    nudges.remind(office.services, office.workspace_id, DUE)
    office.slack.fail("chat.postMessage", "500 after")
    office.deliver_at(DUE)
    change(office, state="dead", reason="given_up")
    run(command, office, database)
    change(office, next_at=DUE)
    office.deliver_at(DUE)
    office.slack.expect_message(to=ada)
    assert [state for state, _ in rows(office)] == ["sent"]


def test_what_has_become_stale_is_withdrawn_and_not_sent(
    command: Command, office: Office, database: str
) -> None:
    (ada,) = refused(office, "Ada")
    run(command, office, database)
    change(office, next_at=DUE)
    office.visit(ada, office.customer("Brightwater Mill"), DUE.date())
    office.debrief(ada, "Brightwater Mill", "They print every order and type it in again.")
    office.deliver_at(DUE)
    assert [state for state, _ in rows(office)] == ["dropped"]


def test_a_kind_that_there_is_not_is_refused(
    command: Command, office: Office, database: str
) -> None:
    ended = command("redrive", "--kind", "letter", **reaching(office.slack, database))
    assert ended.code == 2
    assert "letter" in ended.err

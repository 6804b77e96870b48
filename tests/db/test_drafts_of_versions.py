"""Debriefs that an older version saved while they were typed are opened and saved by this one."""

from collections.abc import Iterator

import pytest

from bot.db import migrate
from bot.db.engine import make_engine
from sandbox.person import Person
from sandbox.server import Sandbox
from tests.conftest import ManualClock, Nihito, open_nihito
from tests.db.versions.rows import Row, read_rows, read_version, write_rows
from tests.forms.form_helpers import typed_value
from tests.times import in_berlin

FIRST = "before-0.1.0"
AUTHOR = "U0000001"
# Columns of a debrief that are called the same in a stored draft.
WORDS = ("story", "quote", "mood", "nps", "nps_why", "sharing", "surprise")
WORDS += ("decision", "reasons", "competitor", "picture", "hypothesis_id", "verdict")
SECTIONS = {
    "workarounds": ("what", "why", "how_often"),
    "pains": ("what", "weight", "theme"),
    "promises": ("what", "owner_id", "on"),
    "answers": ("subject", "said"),
}


@pytest.fixture
def nihito(request: pytest.FixtureRequest, slack: Sandbox, clock: ManualClock) -> Iterator[Nihito]:
    """Run the bot over the database of the first version, eight weeks on, with its staff."""
    stored = read_version(FIRST)
    address = request.getfixturevalue(request.param).bare_database()
    engine = make_engine(address)
    migrate.upgrade(engine, stored.revision)
    with engine.begin() as connection:
        write_rows(connection, stored.tables)
    engine.dispose()
    clock.at = in_berlin(56, 12)
    people = [each for each in stored.tables["staff"] if each["standing"] != "bot"]
    for row in sorted(people, key=lambda each: each["user_id"]):
        assert slack.add_user(row["name"], tz=row["zone"]).id == row["user_id"]
    with open_nihito(slack, clock, address) as opened:
        yield opened


def rows(nihito: Nihito, table: str) -> list[Row]:
    with nihito.services.engine.connect() as connection:
        return list(read_rows(connection)[table])


def saved_draft(nihito: Nihito) -> Row:
    """Return the draft of a new debrief that the author left in the database."""
    (found,) = [
        each["draft"]
        for each in rows(nihito, "unfinished")
        if each["author_id"] == AUTHOR and each["debrief_id"] is None
    ]
    return found


def author(nihito: Nihito) -> Person:
    return next(each for each in nihito.slack.people() if each.id == AUTHOR)


BOTH = pytest.mark.parametrize("nihito", ["sqlite_files", "postgres"], indirect=True)


@BOTH
def test_a_stored_draft_is_opened_with_its_words_and_saved_as_a_debrief(nihito: Nihito) -> None:
    draft, ada = saved_draft(nihito), author(nihito)
    nihito.open_form(ada, "/debrief")
    assert typed_value(ada, "story") == draft["story"]
    assert ada.submit({}).errors == {}
    nihito.wait_until_idle()
    debrief = rows(nihito, "debriefs")[-1]
    assert {name: debrief[name] for name in WORDS} == {name: draft[name] for name in WORDS}
    (visit,) = [each for each in rows(nihito, "visits") if each["id"] == debrief["visit_id"]]
    assert (visit["customer_id"], visit["on"]) == (draft["customer_id"], draft["on"])
    for table, columns in SECTIONS.items():
        written = [each for each in rows(nihito, table) if each["debrief_id"] == debrief["id"]]
        told = [{column: each[column] for column in columns} for each in written]
        assert told == draft[table], table
    assert [each["key"] for each in rows(nihito, "unfinished") if each["author_id"] == AUTHOR] == [
        "debrief:13"
    ]

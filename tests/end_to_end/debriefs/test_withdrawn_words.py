"""The words of a withdrawn debrief are gone: from every table, and from the bytes on the disk."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.db.tables.columns import metadata
from bot.domain.debriefs.rules import ENTRIES, TEXTS, Draft, FormSession, SavedDraft, Sharing
from bot.operations.debriefs import recording, saved_drafts
from bot.operations.staff import directory
from sandbox.person import Person
from sandbox.workspace.state import Channel, Message
from tests.conftest import Nihito
from tests.support.drafts import filled_draft
from tests.times import T0, T

WORD = "quaxil7"
CUSTOMER = "Brightwater Mill"
BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def stories(nihito: Nihito) -> Channel:
    return nihito.slack.add_channel("stories")


@pytest.fixture
def ada(nihito: Nihito, stories: Channel) -> Person:
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    stories.members.append(ada.id)
    nihito.join(ada, channel=stories.id)
    return ada


def marked(value: Any) -> Any:
    """Return a draft, or an entry of one, with the word in each of its texts, as long as fits."""
    limits = TEXTS.get(type(value), {})
    texts = {
        name: (f"{WORD} {name} " * limit.max_length)[: limit.max_length - 1].strip()
        for name, limit in limits.items()
        if name != "new_customer"
    }
    if not isinstance(value, Draft):
        return replace(value, **texts)
    lists = {name: tuple(map(marked, getattr(value, name))) for name in ENTRIES}
    return replace(value, **texts, **lists, new_hypothesis=f"They want {WORD}")


def record(nihito: Nihito, ada: Person, draft: Draft, key: str) -> int:
    """Save a debrief; return its id."""
    actor = directory.get_actor(nihito.services, nihito.workspace_id, ada.id, T0)
    saved = recording.record(nihito.services, actor, draft, FormSession(key), nihito.clock.at)
    assert saved is not None
    assert saved.debrief_id is not None
    return saved.debrief_id


def draft_of(customer: str, **known: Any) -> Draft:
    on = T0.date()
    named = {"on": on, "customer_id": None, "new_customer": customer, "hypothesis_id": None}
    return filled_draft(**named, promises=(), companions=(), picture="", **known)


def marked_draft() -> Draft:
    promises = replace(filled_draft().promises[0], owner_id="", on=T(days=9).date())
    return marked(replace(draft_of(CUSTOMER), promises=(promises,)))


def rows_with_the_word(nihito: Nihito) -> list[str]:
    with nihito.services.engine.connect() as connection:
        return [
            name
            for name, table in metadata.tables.items()
            for row in connection.execute(select(table))
            if WORD in str(tuple(row)).casefold()
        ]


def files_with_the_word(nihito: Nihito) -> list[str]:
    path = Path(str(nihito.services.engine.url.database))
    files = path.parent.glob(f"{path.name}*")
    return [each.suffix for each in files if WORD.encode() in each.read_bytes().lower()]


def shown_everywhere(nihito: Nihito, ada: Person, stories: Channel, debrief_id: int) -> Message:
    """Have the words answered by a command, told in the digest, and saved as a draft."""
    nihito.tick_at(T(days=4, hours=2))
    digest = nihito.slack.expect_message(to=stories, containing=WORD)
    assert WORD in str(ada.run("/customer", CUSTOMER).body)
    ada.open_home()
    actor = directory.get_actor(nihito.services, nihito.workspace_id, ada.id, T0)
    key = saved_drafts.edit_key(debrief_id)
    typed = SavedDraft(key, marked_draft(), T0, T0, debrief_id=debrief_id, form_id="V1")
    saved_drafts.save(nihito.services, actor, typed)
    return digest


def take_back(nihito: Nihito, ada: Person, debrief_id: int) -> None:
    actor = directory.get_actor(nihito.services, nihito.workspace_id, ada.id, T0)
    recording.withdraw(nihito.services, actor, debrief_id, nihito.clock.at, took_place=True)


@BOTH
def test_withdrawn_words_are_in_no_table(nihito: Nihito, ada: Person, stories: Channel) -> None:
    debrief_id = record(nihito, ada, marked_draft(), "first")
    digest = shown_everywhere(nihito, ada, stories, debrief_id)
    assert {"debriefs", "pains", "unfinished", "hypotheses"} < set(rows_with_the_word(nihito))
    take_back(nihito, ada, debrief_id)
    assert rows_with_the_word(nihito) == []
    nihito.tick_at(T(days=4, hours=3))
    nihito.slack.expect_update(digest, "taken back")


def test_withdrawn_words_are_nowhere_on_the_disk(
    nihito: Nihito, ada: Person, stories: Channel
) -> None:
    for number in range(30):
        record(
            nihito, ada, draft_of(f"Customer {number}", sharing=Sharing.PRIVATE), f"other {number}"
        )
    debrief_id = record(nihito, ada, marked_draft(), "first")
    digest = shown_everywhere(nihito, ada, stories, debrief_id)
    assert files_with_the_word(nihito)
    take_back(nihito, ada, debrief_id)
    nihito.tick_at(T(days=4, hours=3))
    nihito.slack.expect_update(digest, "taken back")
    assert files_with_the_word(nihito) == []

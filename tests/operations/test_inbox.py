"""The inbox: one of many processes does the work, and a burst is written in a few batches."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event

import pytest
from sqlalchemy.exc import OperationalError

from bot.db.engine import make_engine
from bot.db.inbox import InboxPayload
from bot.operations.inbox.batching import Batcher
from bot.operations.inbox.requests import Inbox, ReceivedPayload
from bot.services import Services
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T0

EVERYWHERE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
COPIES, ROUNDS = 4, 12


def arrival(workspace: BotWorkspace, key: str, user_id: str = "") -> ReceivedPayload:
    return ReceivedPayload(workspace.workspace_id, InboxPayload(key, "command"), user_id, T0)


def open_processes(workspace: BotWorkspace) -> list[Services]:
    """Return the services of several processes, each with its own engine."""
    url = workspace.services.engine.url.render_as_string(hide_password=False)
    return [replace(workspace.services, engine=make_engine(url)) for _ in range(COPIES)]


@EVERYWHERE
def test_a_payload_is_new_to_one_of_many_copies(workspace: BotWorkspace) -> None:
    processes, together = open_processes(workspace), Barrier(COPIES)

    def receive(services: Services) -> list[bool]:
        noted, found = Inbox(services), []
        for number in range(ROUNDS):
            together.wait()
            found.append(noted.receive(arrival(workspace, f"command:{number}")).new)
        return found

    with ThreadPoolExecutor(COPIES) as pool:
        seen = list(pool.map(receive, processes))
    for services in processes:
        services.engine.dispose()
    assert [sum(each) for each in zip(*seen, strict=True)] == [1] * ROUNDS


@EVERYWHERE
def test_twins_that_come_together_are_one_new_payload(workspace: BotWorkspace) -> None:
    noted, together = Inbox(workspace.services), Barrier(8)

    def receive(number: int) -> bool:
        together.wait()
        return noted.receive(arrival(workspace, f"command:{number % 2}")).new

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(receive, range(8))) == 2


@EVERYWHERE
def test_whoever_is_known_is_recognised_on_the_way(workspace: BotWorkspace) -> None:
    ada, pm = workspace.slack.add_user("Ada"), workspace.add_pm("Ben")
    workspace.actor(ada)
    noted = Inbox(workspace.services)
    found = [
        noted.receive(arrival(workspace, f"k{each}", each)).known_actor for each in (ada.id, pm.id)
    ]
    assert [(each.user_id, each.is_pm) for each in found if each] == [(ada.id, 0), (pm.id, 1)]
    assert noted.receive(arrival(workspace, "new", "U9999999")).known_actor is None


@EVERYWHERE
def test_what_was_answered_is_known_to_every_copy(workspace: BotWorkspace) -> None:
    (first, second, *_) = processes = open_processes(workspace)
    Inbox(first).receive(arrival(workspace, "command:1"))
    answer = {"response_action": "errors", "errors": {"on": "This date is in the future."}}
    Inbox(first).complete(workspace.workspace_id, "command:1", answer, T0, 1.0)
    assert Inbox(second).get_response(workspace.workspace_id, "command:1", 1) == answer
    for services in processes:
        services.engine.dispose()


class RecordedWork:
    """Work that is done in batches; the first one waits until it is released."""

    def __init__(self, blamed: Sequence[int] = (), error: Exception | None = None) -> None:
        self.goes: list[list[int]] = []
        self.begun, self.going = Event(), Event()
        self._blamed, self._error = set(blamed), error or ValueError("wrong")

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.goes.append(list(items))
        self.begun.set()
        self.going.wait(5)
        if self._blamed & set(items):
            raise self._error
        return [each * 10 for each in items]


def ask_for_all(ledger: RecordedWork, count: int) -> list[object]:
    """Return what each of so many threads gets; all but the first ask during the first batch."""
    asked = Batcher(ledger)

    def ask(number: int) -> object:
        try:
            return asked(number, 5.0)
        except Exception as error:  # noqa: BLE001 - it is what the thread gets
            return error

    with ThreadPoolExecutor(count) as pool:
        first = pool.submit(ask, 0)
        assert ledger.begun.wait(5)
        others = [pool.submit(ask, number) for number in range(1, count)]
        while len(asked._waiting) < count - 1:
            Event().wait(0.001)
        ledger.going.set()
        return [each.result() for each in (first, *others)]


def test_what_is_asked_for_meanwhile_is_done_in_one_go() -> None:
    ledger = RecordedWork()
    assert ask_for_all(ledger, 10) == [number * 10 for number in range(10)]
    assert [len(each) for each in ledger.goes] == [1, 9]


def test_only_what_is_to_blame_fails() -> None:
    given = ask_for_all(RecordedWork(blamed=[3]), 6)
    assert [given[number] for number in (0, 1, 2, 4, 5)] == [0, 10, 20, 40, 50]
    assert isinstance(given[3], ValueError)


def test_with_the_database_away_whoever_waits_is_told_at_once() -> None:
    ledger = RecordedWork(blamed=[0], error=OperationalError("", None, Exception()))
    assert {type(each) for each in ask_for_all(ledger, 6)} == {OperationalError}
    assert len(ledger.goes) == 1


def test_nobody_waits_longer_than_they_can() -> None:
    ledger = RecordedWork()
    asked = Batcher(ledger)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(asked, 0, 5.0)
        assert ledger.begun.wait(5)
        with pytest.raises(TimeoutError):
            asked(1, 0.01)
        ledger.going.set()
        assert first.result() == 0
    assert ledger.goes == [[0]]

"""Workarounds through the operations alone: at the same moment, and in corners."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from bot.db import customers
from bot.db.tables.outbox import outbox
from bot.db.tables.visits import visits
from bot.db.tables.workarounds import asks as ask_table
from bot.db.tables.workarounds import errands, merges, wholes
from bot.db.workarounds import notices as asks
from bot.db.workarounds import queries as workarounds
from bot.domain.debriefs.rules import Workaround
from bot.domain.visits.caps import Closed
from bot.domain.workarounds import Share, State
from bot.errors import NoSuchAsk, NoSuchWorkaround
from bot.operations.customers import contact_permissions as closings
from bot.operations.outbox import delivery
from bot.operations.staff import pms
from bot.operations.workarounds import changes as operations
from bot.operations.workarounds import fix_notices as fixes
from bot.views.customers.contact_permissions import ClosingChoices
from bot.views.workarounds.form import Wish
from sandbox.person import Person
from tests.operations.operations_fixture import Office
from tests.times import T0, T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
MILL, POST = "Brightwater Mill", "Fernleigh Post"
WHAT = "They print every order and type it in again."


def saw(office: Office, pm: Person, customer: str = MILL, what: str = WHAT) -> int:
    """A debrief with a workaround; gives the workaround's id."""
    office.debrief(pm, customer, "They showed me.", workarounds=(Workaround(what),))
    with office.services.reading(office.workspace_id) as tx:
        return workarounds.latest(tx, 1, told=True)[0].id


def wish(office: Office, pm: Person, id: int, state: State = State.FIXED, **more: object) -> None:
    """Change a workaround as its form would."""
    known = operations.form(office.services, office.actor(pm), id)
    release = "" if state is State.OPEN else "4.2"
    made = Wish(id, known.version, state, release, **more)  # type: ignore[arg-type]
    assert operations.change(office.services, office.actor(pm), made, office.clock.at) is None


def counts(office: Office) -> list[int]:
    """Wholes, errands, asks, and messages left."""
    with office.services.engine.connect() as connection:
        tables = (wholes, errands, ask_table, outbox)
        found = (select(func.count()).select_from(each) for each in tables)
        return [connection.execute(each).scalar_one() for each in found]


def live(office: Office, whole_id: int = 1) -> list[tuple[str, str, str]]:
    with office.services.reading(office.workspace_id) as tx:
        return [(each.pm_id, each.customer, each.state) for each in asks.live(tx, whole_id)]


def together(*acts: Callable[[], object]) -> list[object]:
    """Do all of it at the same moment; what came of each, in this order."""
    ready = Barrier(len(acts))

    def act(each: Callable[[], object]) -> object:
        ready.wait()
        return each()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [each.result() for each in [pool.submit(act, each) for each in acts]]


@EVERY_DATABASE
def test_fixed_by_several_at_one_moment_is_fixed_once(office: Office) -> None:
    people = [office.pm(name) for name in ("Ada", "Bo", "Cy", "Dee")]
    id = saw(office, people[0])
    actors = [office.actor(each) for each in people]
    made = Wish(id, "", State.FIXED, "4.2")
    services = office.services
    fixing = [
        lambda actor=each: operations.change(services, actor, made, T0)  # type: ignore[misc]
        for each in actors
    ]
    assert together(*fixing) == [None] * 4
    assert counts(office) == [1, 1, 1, 2]
    together(*[lambda: delivery.deliver(services, T0)] * 2)
    office.slack.expect_message(to=people[0])


@EVERY_DATABASE
def test_of_two_different_wishes_at_one_moment_the_second_is_asked_again(office: Office) -> None:
    ada, bo = office.pm("Ada"), office.pm("Bo")
    id = saw(office, ada)
    wishes = [Wish(id, "", State.FIXED, "4.2"), Wish(id, "", State.PLANNED, "5.0")]
    one, other = (office.actor(each) for each in (ada, bo))
    said = together(
        lambda: operations.change(office.services, one, wishes[0], T0),
        lambda: operations.change(office.services, other, wishes[1], T0),
    )
    assert sum(each is None for each in said) == 1
    (form,) = [each for each in said if each is not None]
    with office.services.reading(office.workspace_id) as tx:
        kept = workarounds.whole(tx, 1)
    assert kept
    assert (kept.state, kept.release) in {(each.state, each.release) for each in wishes}
    assert form.row.state is kept.state  # type: ignore[attr-defined]


@EVERY_DATABASE
def test_told_by_two_presses_at_one_moment_is_told_once(office: Office) -> None:
    ada = office.pm("Ada")
    wish(office, ada, saw(office, ada))
    office.deliver_at(T0)
    message = office.slack.expect_message(to=ada)
    actor = office.actor(ada)
    said = together(
        lambda: fixes.told(office.services, actor, 1, message.ts, T(hours=1)),
        lambda: fixes.told(office.services, actor, 1, message.ts, T(hours=2)),
    )
    assert said[0] == said[1]
    with office.services.reading(office.workspace_id) as tx:
        ask, whole = asks.get(tx, 1), workarounds.whole(tx, 1)
    assert ask
    assert whole
    assert ask.told_at in (T(hours=1), T(hours=2))
    assert whole.state is State.TOLD


@EVERY_DATABASE
def test_a_customer_who_is_opened_again_is_asked_about_with_the_next_change(
    office: Office,
) -> None:
    ada = office.pm("Ada")
    id = saw(office, ada)
    with office.services.reading(office.workspace_id) as tx:
        (mill,) = customers.named(tx, MILL)
    actor = office.actor(ada)
    shut = ClosingChoices(mill.id, Closed.OPTED_OUT, "They said so.")
    closings.keep(office.services, actor, shut, T0)
    wish(office, ada, id)
    assert live(office) == []
    closings.keep(office.services, actor, ClosingChoices(mill.id, None, ""), T0)
    other = saw(office, ada, POST)
    wish(office, ada, other, State.OPEN, same_as=id)
    assert live(office) == [(ada.id, MILL, "open"), (ada.id, POST, "open")]
    office.deliver_at(T0)
    office.slack.expect_message(to=ada, containing=POST)


@EVERY_DATABASE
def test_what_is_left_after_a_merge_is_taken_apart_is_as_it_was(office: Office) -> None:
    ada = office.pm("Ada")
    ids = [saw(office, ada, f"Customer {number}") for number in range(4)]
    wish(office, ada, ids[1], State.PLANNED)
    wish(office, ada, ids[0], State.OPEN, same_as=ids[1])
    wish(office, ada, ids[2], State.OPEN, same_as=ids[3])
    wish(office, ada, ids[3], State.OPEN, same_as=ids[0])
    form = operations.form(office.services, office.actor(ada), ids[0])
    assert (len(form.seen), form.row.state) == (4, State.PLANNED)
    (newest, *_) = form.merged
    wish(office, ada, ids[0], State.PLANNED, apart=frozenset({newest.id}))
    left = [operations.form(office.services, office.actor(ada), each) for each in ids]
    assert [len(each.seen) for each in left] == [2, 2, 2, 2]
    assert {each.row.state for each in left[:2]} == {State.PLANNED}
    assert {each.row.state for each in left[2:]} == {State.OPEN}
    with office.services.engine.connect() as connection:
        kept = connection.execute(select(merges).order_by(merges.c.id)).all()
    assert [each.undone_at for each in kept] == [None, None, T0]
    assert {each.merged_by for each in kept} == {ada.id}


@EVERY_DATABASE
def test_a_debrief_with_another_customer_is_asked_about_there(office: Office) -> None:
    ada = office.pm("Ada")
    id = saw(office, ada)
    wish(office, ada, id)
    office.deliver_at(T0)
    first = office.slack.expect_message(to=ada, containing=MILL)
    office.customer(POST)
    with office.services.transaction(office.workspace_id) as tx:
        (post,) = customers.named(tx, POST)
        tx.run(tx.update(visits).values(customer_id=post.id))
        operations.rewritten(tx, [id], T0)
    office.deliver_at(T(minutes=1))
    office.slack.expect_message(to=ada, containing=POST)
    office.slack.expect_update(first, "nobody is left")
    assert live(office) == [(ada.id, POST, "open")]


@EVERY_DATABASE
def test_somebody_who_has_left_before_the_fix_is_not_asked(office: Office) -> None:
    ada, bo = office.pm("Ada"), office.pm("Bo")
    id = saw(office, ada)
    pms.leave(office.services, office.actor(ada))
    wish(office, bo, id)
    page = operations.page(office.services, office.actor(bo), "", T0)
    assert [each.unasked for each in page.rows] == [(MILL,)]
    assert office.deliver_at(T0) == []


@EVERY_DATABASE
def test_what_nobody_may_read_is_no_longer_there_for_them(office: Office) -> None:
    ada = office.pm("Ada")
    with pytest.raises(NoSuchWorkaround):
        operations.form(office.services, office.actor(ada), 99)
    with pytest.raises(NoSuchAsk):
        fixes.told(office.services, office.actor(ada), 99, "", T0)


@EVERY_DATABASE
def test_a_rehearsal_of_a_tick_hands_nothing_over(office: Office) -> None:
    ada, bo = office.pm("Ada"), office.pm("Bo")
    id = saw(office, ada)
    wish(office, bo, id)
    pms.leave(office.services, office.actor(ada))
    before = counts(office), live(office)
    fixes.hand_over(office.services.rehearsal(), office.workspace_id, T0)
    assert (counts(office), live(office)) == before
    fixes.hand_over(office.services, office.workspace_id, T0)
    assert live(office) == []


@EVERY_DATABASE
@pytest.mark.parametrize(
    ("days", "share"), [(6.9, Share(0, 0)), (7.1, Share(0, 1)), (92, Share(0, 0))]
)
def test_an_ask_counts_once_its_week_is_over_and_for_a_quarter(
    office: Office, days: float, share: Share
) -> None:
    ada = office.pm("Ada")
    wish(office, ada, saw(office, ada))
    page = operations.page(office.services, office.actor(ada), "", T(days=days))
    assert page.share == share

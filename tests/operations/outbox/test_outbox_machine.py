"""The outbox under random events: claims, crashes, faults, clocks, and people who change it."""

from datetime import timedelta
from functools import partial
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.db.outbox.queries import OPEN_STATES, OutboxState
from bot.domain.outbox.outcomes import DeliveryStatus
from tests.operations.outbox.outbox_model import POSTED, Member, OutboxModel
from tests.operations.outbox.two_processes import kill_process
from tests.support.databases import PostgresServer, SqliteFiles
from tests.times import T

HANGS = {"short hang": 0.02, "long hang": 0.5}
# Faults that a call may meet; some come after the call was executed, which the bot can't know.
FAULTS = ["429", "500 before", "500 after", "502 page", "reset before", "reset after", *HANGS]
REFUSALS = {
    "chat.postMessage": ["invalid_blocks", "user_disabled", "is_archived", "restricted_action"],
    "chat.update": ["message_not_found", "invalid_blocks"],
    "conversations.open": ["user_disabled"],
    "conversations.history": ["channel_not_found"],
    "conversations.info": ["channel_not_found"],
}
ANYWHERE = ["token_revoked", "missing_scope"]
ALL_ORDERS = [
    (method, how) for method in REFUSALS for how in [*FAULTS, *REFUSALS[method], *ANYWHERE]
]
POSTS = [("chat.postMessage", how) for how in FAULTS]
ORDERS = [*ALL_ORDERS, *(2 * POSTS), *(4 * POSTS[:1])]
HOUR = 3600
# Why a message may be dead: an error of Slack's, or a consequence of one.
DEAD_REASONS = {each for codes in REFUSALS.values() for each in codes} | {"not_invited"}
ACCIDENTS, HEALS = 0.5, 0.5
# At the first steps a process has claimed a message, and at the next few it is about to post.
STEPS = (1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 10, 13, 17)
PAUSES = [0, 2, 6, 61]
HAPPENS = ("killed", "killed", "overtaken", "overtaken", "stories change")
STANDSTILLS = [1, 19, 25, 61, 61, 130]
SECONDS = [0.5, 1, 5, 25, 61, 130, 900, 5 * HOUR, 24 * HOUR, 72 * HOUR]
MANY_STEPS = 300
SHORTEST, LONGEST = timedelta(seconds=2), timedelta(minutes=8)

numbers = st.integers(0, 11)
dice = st.integers(0, 10**9)
kinds_of_message = st.tuples(
    numbers, st.sampled_from(["enqueue_nudge", "raise_flag", "enqueue_digest"])
)


class OutboxMachine(RuleBasedStateMachine):
    """Two processes deliver the messages of two workspaces; Slack counts what arrives."""

    source: SqliteFiles | PostgresServer

    def __init__(self) -> None:
        super().__init__()
        self.world = OutboxModel(self.source)
        # A hash of all draws so far: Hypothesis likes to repeat them, and each pass has to differ.
        self.past = 0

    @initialize(left=st.lists(kinds_of_message, min_size=2, max_size=4), seed=dice)
    def begin(self, left: list[tuple[int, str]], seed: int) -> None:
        self.world.clocks.slack = T(days=14)
        self.messages_are_left(left, seed)

    @rule(left=st.lists(kinds_of_message, min_size=1, max_size=4), seed=dice)
    def messages_are_left(self, left: list[tuple[int, str]], seed: int) -> None:
        for who, what in left:
            getattr(self.world, what)(self._member(who))
        self._pass(seed)

    @rule(seconds=st.sampled_from(SECONDS), seed=dice)
    def time_passes(self, seconds: float, seed: int) -> None:
        self.world.clocks.slack += timedelta(seconds=seconds)
        self._pass(seed)

    @rule(minutes=st.sampled_from([0, 1, 20, 60]), seed=dice)
    def the_bots_clock_is_set(self, minutes: int, seed: int) -> None:
        self.world.set_clock(minutes)
        self._pass(seed)

    @rule(
        who=numbers,
        what=st.sampled_from(["log_visit", "remove_pm", "rejoin", "lower_flags"]),
        seed=dice,
    )
    def somebody_acts(self, who: int, what: str, seed: int) -> None:
        getattr(self.world, what)(self._member(who))
        self._pass(seed)

    @precondition(lambda self: self.world.stories)
    @rule(which=numbers, seed=dice)
    def a_story_changes(self, which: int, seed: int) -> None:
        self.world.change_story(self.world.stories[which % len(self.world.stories)])
        self._pass(seed)

    @rule(what=st.sampled_from(["redrive", "ask_slack"]), seed=dice)
    def whoever_serves_the_bot_acts(self, what: str, seed: int) -> None:
        getattr(self.world, what)()
        self._pass(seed)

    def _member(self, number: int) -> Member:
        return self.world.members[number % len(self.world.members)]

    def _pass(self, seed: int) -> None:
        """Deliver once or twice, by either process; with faults, kills and suspensions."""
        self.past = hash((self.past, seed))
        random = Random(self.past)
        for _ in range(random.randint(1, 2)):
            self._leave(random)
            self._deliver(random)
            self.world.clocks.slack += timedelta(seconds=random.choice(PAUSES))

    def _leave(self, random: Random) -> None:
        for _ in range(random.choice((0, 1, 1, 2, 4))):
            what = random.choice(
                ("enqueue_nudge", "raise_flag", "enqueue_digest", "enqueue_digest")
            )
            getattr(self.world, what)(random.choice(self.world.members))

    def _deliver(self, random: Random) -> None:
        for _ in range(random.choice((0, 1, 1, 2))):
            self._order(*random.choice(ORDERS), random.choice((1, 1, 2, 3)))
        which = random.choice((0, 1))
        smooth = random.random() > ACCIDENTS
        if not smooth:
            accident = partial(self._accident, 1 - which, random)
            self.world.copies[which].steps.run_at_step(random.choice(STEPS), accident)
        known = len(self.world.slack.calls)
        self.world.copies[which].deliver()
        if random.random() < HEALS:
            self.world.slack.clear_faults()
        # A killed process reports nothing, and a suspended one hasn't seen Slack's last answer.
        assert not smooth or not self.world.premature_calls(self.world.slack.calls[known:])

    def _order(self, method: str, how: str, times: int) -> None:
        hang = HANGS.get(how)
        if hang:
            self.world.slack.faults.hang_seconds = hang
        self.world.slack.fail(method, "hang" if hang else how, times)

    def _accident(self, other: int, random: Random) -> None:
        what = random.choice(HAPPENS)
        if what == "killed":
            # The lookup of a message that was being sent is sometimes refused.
            if random.random() < 0.3:
                self.world.slack.fail("conversations.history", "channel_not_found")
            kill_process()
        self.world.clocks.slack += timedelta(seconds=random.choice(STANDSTILLS))
        if what == "stories change":
            for story in self.world.stories:
                self.world.change_story(story)
        if what == "overtaken":
            for _ in range(2):
                self.world.copies[other].deliver()
                self.world.clocks.slack += timedelta(seconds=random.choice((0, 6)))

    @invariant()
    def no_message_stands_twice(self) -> None:
        membership = self.world.count_posted()
        assert max(membership.values(), default=1) == 1, membership

    @invariant()
    def nothing_arrives_that_was_no_longer_wanted(self) -> None:
        assert not self.world.silenced & set(self.world.count_posted())

    @invariant()
    def what_was_sent_stands_there(self) -> None:
        rows = [row for row in self.world.rows() if row.kind in POSTED]
        sent = {row.id for row in rows if row.state == OutboxState.SENT}
        assert sent <= set(self.world.count_posted())

    def teardown(self) -> None:
        try:
            self._settle()
            self._check()
            # A refused message may have been posted before that: it must not be posted twice.
            self.world.redrive()
            self._settle()
            self._check()
        finally:
            self.world.close()

    def _settle(self) -> None:
        """Stop all faults, and let time pass until no message waits."""
        self.world.slack.clear_faults()
        self.world.ask_slack()
        step = SHORTEST
        for _ in range(MANY_STEPS):
            at = self.world.next_at()
            if at is None:
                return
            # A message that is due and isn't sent waits for a rate, or for Slack.
            self.world.clocks.slack += max(step, at - self.world.now)
            # A message that waits for another one is held again and again meanwhile.
            moved = any(
                each.status is not DeliveryStatus.DELAYED for each in self.world.copies[0].deliver()
            )
            step = SHORTEST if moved else min(2 * step, LONGEST)
        raise AssertionError([row for row in self.world.rows() if row.state in OPEN_STATES])

    def _check(self) -> None:
        self.no_message_stands_twice()
        self.nothing_arrives_that_was_no_longer_wanted()
        self.what_was_sent_stands_there()
        for row in self.world.rows():
            assert row.state == OutboxState.SENT or row.reason
            assert row.state != OutboxState.DEAD or row.reason in DEAD_REASONS
        assert not self.world.outdated()


def drive(source: SqliteFiles | PostgresServer, examples: int, steps: int) -> None:
    """Run so many examples of up to so many steps each, the same each time."""

    machine: type[OutboxMachine] = type("Machine", (OutboxMachine,), {"source": source})
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        phases=(Phase.generate,),
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)


@pytest.mark.long
def test_whatever_happens_each_message_arrives_once(sqlite_files: SqliteFiles) -> None:
    drive(sqlite_files, 5, 8)


@pytest.mark.long
def test_it_does_so_on_postgresql(postgres: PostgresServer) -> None:
    drive(postgres, 1, 6)

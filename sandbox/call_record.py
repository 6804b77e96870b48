"""Record of what the app did: which of it a test has expected, and what is left over."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.workspace.state import Message, Post, Workspace


@dataclass(frozen=True)
class Call:
    """One request to the Web API, a response URL or an upload address.

    `args` are decoded (blocks are lists); `error` is empty when `ok`; `injected` says that the
    failure was injected with `Sandbox.fail` or is a rate limit, so no test needs to expect it.
    """

    at: datetime
    method: str
    args: Mapping[str, Any]
    status: int
    ok: bool
    error: str = ""
    token_kind: str = "none"
    injected: bool = False


@dataclass(frozen=True)
class UnackedPayload:
    """A payload that the app did not acknowledge within three seconds."""

    at: datetime
    kind: str
    payload: Mapping[str, Any]
    reason: str


class CallRecord:
    """Calls, unacknowledged payloads, and responses that Slack would refuse."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._expected: set[int] = set()
        self.calls: list[Call] = []
        self.unacked: list[UnackedPayload] = []
        self.refused_answers: list[str] = []

    def add_call(self, call: Call) -> None:
        with self._workspace.lock:
            self.calls.append(call)
            self._workspace.notify_changed()

    def add_unacked(self, kind: str, payload: Mapping[str, Any], reason: str) -> None:
        with self._workspace.lock:
            self.unacked.append(UnackedPayload(self._workspace.now(), kind, payload, reason))
            self._workspace.notify_changed()

    def add_refused_answer(self, text: str) -> None:
        with self._workspace.lock:
            self.refused_answers.append(text)

    def expect_post(
        self,
        kinds: Collection[str],
        matches: Callable[[Message], bool],
        containing: str,
        timeout: float,
    ) -> Message:
        """Return the first matching post not yet expected, and mark it as expected.

        Waits up to `timeout` seconds, then raises AssertionError.
        """

        def first_match() -> Post | None:
            fitting = (p for p in self._new_posts() if p.kind in kinds and matches(p.message))
            return next((post for post in fitting if containing in post.text), None)

        with self._workspace.lock:
            found = self._workspace.wait_until(first_match, timeout)
            if found is None:
                raise AssertionError(self._no_match_message(kinds, containing))
            found.expected = True
            return found.message

    def expect_refusal(self, method: str, error: str, timeout: float) -> Call:
        """Return the first such refused call not yet expected, and mark it as expected."""

        def first_match() -> int | None:
            return next(
                (n for n, c in self._new_refusals() if (c.method, c.error) == (method, error)), None
            )

        with self._workspace.lock:
            found = self._workspace.wait_until(first_match, timeout)
            if found is None:
                raise AssertionError(f"{method} was not refused with {error}: {self.leftovers()}")
            self._expected.add(found)
            return self.calls[found]

    def leftovers(self) -> list[str]:
        """Return a line for everything that was not expected."""
        with self._workspace.lock:
            return [
                *(f"{p.kind} in {p.message.channel}: {p.text!r}" for p in self._new_posts()),
                *(f"not acknowledged ({u.reason}): {u.kind}" for u in self.unacked),
                *(f"{c.method} refused: {c.error} {dict(c.args)}" for _, c in self._new_refusals()),
                *(f"answer refused: {text}" for text in self.refused_answers),
            ]

    def _new_posts(self) -> list[Post]:
        return [post for post in self._workspace.posts if not post.expected]

    def _new_refusals(self) -> list[tuple[int, Call]]:
        return [
            (number, call)
            for number, call in enumerate(self.calls)
            if not call.ok and not call.injected and number not in self._expected
        ]

    def _no_match_message(self, kinds: Collection[str], containing: str) -> str:
        seen = "\n".join(self.leftovers()) or "nothing at all"
        return f"no new {' or '.join(sorted(kinds))} containing {containing!r}; instead:\n{seen}"

"""Sandbox: one Slack workspace with one app installed, served on the loopback interface."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sandbox.api.api_pipeline import ApiBackend
from sandbox.api.faults import Fault, Faults
from sandbox.api.rate_limits import RateLimiter
from sandbox.call_record import Call, CallRecord, UnackedPayload
from sandbox.clock import ClockControl, utc_now
from sandbox.delivery.outcome import Outcome
from sandbox.delivery.payload_delivery import PayloadDelivery
from sandbox.delivery.socket_mode import SocketHub
from sandbox.page.context import PageContext
from sandbox.page.routes import PageApp
from sandbox.person import Person
from sandbox.routes import build_app
from sandbox.server_thread import ServerThread
from sandbox.workspace.installation import OTHER_TEAM_ID, TEAM_ID, Installation
from sandbox.workspace.state import Channel, Message, User, Workspace


class Sandbox:
    """A Slack workspace; use it as a context manager.

    `manifest` is a Slack app manifest; `now` is the workspace's time (aware UTC) and stamps
    messages, while triggers, acknowledgements, signatures and rate limits run on real time.
    """

    def __init__(
        self,
        *,
        manifest: Mapping[str, Any],
        now: Callable[[], datetime] = utc_now,
        rate_limits: bool = False,
        port: int = 0,
        clock: ClockControl | None = None,
    ) -> None:
        self.installation = Installation(manifest)
        self.workspace = Workspace(self.installation, clock.now if clock else now)
        self.record = CallRecord(self.workspace)
        self.faults = Faults()
        self.rates = RateLimiter() if rate_limits else None
        self.hub = SocketHub(self.workspace.tokens)
        self.delivery = PayloadDelivery(self.workspace, self.hub, self.record)
        self.clock = clock
        self._port = port
        self._runner: ServerThread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        backend = ApiBackend(
            self.workspace, self.record, self.faults, self.rates, self.reset_connection
        )
        page = PageApp(PageContext(self.delivery, self.clock))
        self._runner = ServerThread(build_app(backend, self.hub, page), self._port)
        self.workspace.url = f"http://127.0.0.1:{self._runner.port}"
        self._runner.start()

    def stop(self) -> None:
        """Close everything at once, with all open connections and waiting requests."""
        self.workspace.close()
        self.faults.clear()
        self.hub.close()
        if self._runner is not None:
            self._runner.stop()
            self._runner = None

    def reset_connection(self, client: tuple[str, int]) -> None:
        if self._runner is not None:
            self._runner.reset_connection(client)

    @property
    def name(self) -> str:
        """Return the workspace's name."""
        return self.workspace.name

    @name.setter
    def name(self, name: str) -> None:
        self.workspace.name = name

    @property
    def url(self) -> str:
        """Return the page's URL without a trailing slash; known once started."""
        return self.workspace.url

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        return self.installation.bot_token

    @property
    def app_token(self) -> str:
        return self.installation.app_token

    @property
    def configuration_token(self) -> str:
        """Return the token of the person who owns the app, for its manifest."""
        return self.installation.configuration_token

    @property
    def signing_secret(self) -> str:
        return self.installation.signing_secret

    @property
    def team_id(self) -> str:
        return TEAM_ID

    @property
    def bot_user_id(self) -> str:
        return self.installation.bot_user_id

    @property
    def bot_id(self) -> str:
        return self.installation.bot_id

    @property
    def app_id(self) -> str:
        return self.installation.app_id

    @property
    def calls(self) -> Sequence[Call]:
        """Return all requests of the app, oldest first."""
        return self.record.calls

    @property
    def unacked(self) -> Sequence[UnackedPayload]:
        return self.record.unacked

    def add_user(
        self,
        name: str,
        *,
        tz: str = "Europe/London",
        admin: bool = False,
        guest: bool = False,
        single_channel_guest: bool = False,
        stranger: bool = False,
        deleted: bool = False,
        email: str | None = None,
        title: str = "",
        id: str | None = None,
        described: Mapping[str, Any] | None = None,
    ) -> Person:
        """Add a user; `tz` is an IANA name, the email is made up unless given.

        `described` replaces parts of what the Web API says about them, as Slack may: `{"tz": None,
        "profile": {"display_name": "Ana \\ud83c"}}` has no zone, and half an emoji in the name.
        """
        handle = name.lower().replace(" ", ".")
        added = User(
            id=id or self.workspace.new_id("U"),
            name=handle,
            real_name=name,
            email=email or f"{handle}@example.com",
            tz=tz,
            title=title,
            team_id=OTHER_TEAM_ID if stranger else TEAM_ID,
            is_admin=admin,
            is_restricted=guest or single_channel_guest,
            is_ultra_restricted=single_channel_guest,
            is_stranger=stranger,
            deleted=deleted,
            described=described or {},
        )
        self.workspace.add_user(added)
        return Person(self.delivery, added.id)

    def person(self, user_id: str) -> Person:
        """Return the person with this id; KeyError when there is none."""
        return Person(self.delivery, self.workspace.users[user_id].id)

    def people(self) -> list[Person]:
        """Return all users but the bot, in the order in which they were added."""
        return [Person(self.delivery, user.id) for user in self.workspace.people()]

    def add_channel(
        self,
        name: str,
        *,
        members: Iterable[Person] = (),
        private: bool = False,
        ext_shared: bool = False,
        archived: bool = False,
        bot_is_member: bool = True,
    ) -> Channel:
        bot = [self.bot_user_id] if bot_is_member else []
        return self.workspace.add_channel(
            Channel(
                id=self.workspace.new_id("C"),
                name=name.lstrip("#"),
                kind="private" if private else "public",
                members=[*bot, *(person.id for person in members)],
                archived=archived,
                is_ext_shared=ext_shared,
            )
        )

    def deliver_over_http(self, url: str) -> None:
        """Send signed HTTP requests to `url` from now on, instead of Socket Mode envelopes."""
        self.delivery.http_url = url

    def drop_connections(self, reason: str = "refresh_requested") -> None:
        """Ask all connections to reconnect, then close them, as Slack does at times."""
        for address in self.hub.disconnect_all(reason):
            if self._runner is not None:
                self._runner.close_connection(address)

    def close_connections(self, *, with_frame: bool, timeout: float = 1.0) -> None:
        """Close all Socket Mode connections without notice, with a close frame or without one."""
        for address in self.hub.addresses() if not with_frame else ():
            if self._runner is not None:
                self._runner.close_connection(address)
        if with_frame:
            self.hub.close_all()
        self.hub.wait_until_disconnected(timeout)

    def cut_connections(self, timeout: float = 1.0) -> None:
        """Reset all Socket Mode connections without notice, as a broken network does."""
        for address in self.hub.addresses():
            self.reset_connection(address)
        self.hub.wait_until_disconnected(timeout)

    def wait_for_connection(self, timeout: float = 5.0) -> None:
        """Return once the app has a Socket Mode connection open; TimeoutError otherwise."""
        if not self.hub.wait_for_connection(timeout):
            raise TimeoutError("the app did not connect")

    def send_event(self, event: Mapping[str, Any], *, channel: Channel | None = None) -> Outcome:
        """Deliver any event, subscribed or not, such as `{"type": "app_uninstalled"}`."""
        return Person(self.delivery, self.bot_user_id).send_event(event, channel=channel)

    def fail(self, method: str, how: Fault, times: int | None = 1) -> None:
        """Make the next `times` calls of `method` (`*`: any; `response_url`, `upload`) fail.

        `how`: "429", "500 before", "500 after", "502 page" (from a proxy), "reset before", "reset
        after", "hang" or any Slack error code. "before" fails without running the call, "after" and
        "hang" run it first. `times` None lasts until `clear_faults`.
        """
        self.faults.add(method, how, times)

    def fail_at_random(self, method: str, share: float, seed: int) -> None:
        """Make a `share` of the calls of `method` fail, until `clear_faults`.

        Each meets one of `RANDOM_FAULTS`, equally likely. The same seed gives the same faults in
        the order of the calls.
        """
        self.faults.add_at_random(method, share, seed)

    def clear_faults(self) -> None:
        """Clear all faults; calls that hang are answered now."""
        self.faults.clear()

    def expect_message(
        self, *, to: Person | Channel, containing: str = "", timeout: float = 5.0
    ) -> Message:
        """Return the next message or ephemeral message there that was not yet expected.

        Waits up to `timeout` seconds, then raises AssertionError. `containing` is looked for in the
        text and in the text of the blocks.
        """
        return self.record.expect_post(
            ("message", "ephemeral"), lambda m: _is_for(to, m), containing, timeout
        )

    def expect_update(
        self, message: Message, containing: str = "", timeout: float = 5.0
    ) -> Message:
        """Return the next update of `message` that was not yet expected."""
        return self.record.expect_post(("update",), lambda m: m is message, containing, timeout)

    def expect_refusal(self, method: str, error: str, timeout: float = 5.0) -> Call:
        """Return the next call of `method` that was refused with `error`."""
        return self.record.expect_refusal(method, error, timeout)

    def assert_nothing_else(self) -> None:
        """Raise AssertionError with all posts, refusals and missing acks that were not expected."""
        unexpected = self.record.leftovers()
        if unexpected:
            raise AssertionError("nobody expected:\n" + "\n".join(unexpected))

    def expire_triggers(self) -> None:
        self.workspace.tokens.expire_triggers()

    def resend_last(self) -> Outcome:
        """Deliver the same payload once more, as for a retried event or a double submit.

        The response is returned but has no effect.
        """
        return Outcome.from_delivery(self.delivery.resend_last())


def _is_for(to: Person | Channel, message: Message) -> bool:
    if isinstance(to, Channel):
        return message.channel == to.id
    return message.ephemeral_for == to.id or message.channel == to.dm.id

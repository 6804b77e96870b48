"""State of the workspace: users, channels, messages, views and files, under one lock."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from sandbox.clock import utc_now
from sandbox.workspace.installation import TEAM_ID, TEAM_NAME, Installation
from sandbox.workspace.interaction_tokens import InteractionTokens

Block = dict[str, Any]
StateValues = dict[str, dict[str, dict[str, Any]]]
ChannelKind = Literal["public", "private", "im", "mpim"]

Found = TypeVar("Found")


@dataclass
class User:
    """A user; `described` replaces parts of what the Web API says about them."""

    id: str
    name: str
    real_name: str
    email: str
    tz: str
    team_id: str = TEAM_ID
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    is_bot: bool = False
    title: str = ""
    status_text: str = ""
    status_emoji: str = ""
    status_expiration: int = 0
    described: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Channel:
    id: str
    name: str
    kind: ChannelKind
    members: list[str]
    archived: bool = False
    is_ext_shared: bool = False
    topic: str = ""


@dataclass
class Reaction:
    name: str
    users: list[str]


@dataclass
class Message:
    """A message in its current state; `ephemeral_for` is the only user who sees it, if any."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Block] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    edited_ts: str | None = None
    ephemeral_for: str | None = None
    deleted: bool = False
    reactions: list[Reaction] = field(default_factory=list)
    bot_id: str | None = None
    files: list[str] = field(default_factory=list)


@dataclass
class Post:
    """A message that the bot posted or updated; `text` is all its text at that moment."""

    kind: Literal["message", "ephemeral", "update"]
    message: Message
    text: str
    expected: bool = False


@dataclass
class View:
    """A modal or a Home; `payload` is what the app sent, with missing ids filled in."""

    id: str
    user: str
    payload: dict[str, Any]
    kind: Literal["modal", "home"]
    root_id: str
    hash: str
    previous_id: str | None = None
    state_values: StateValues = field(default_factory=dict)
    read_at: float = 0.0
    errors: dict[str, str] = field(default_factory=dict)
    open: bool = True


@dataclass
class File:
    """An uploaded file; `polls_left` is how often files.info still answers "being processed"."""

    id: str
    name: str
    title: str
    mimetype: str
    content: bytes
    owner: str
    shared_in: list[str] = field(default_factory=list)
    alt_txt: str = ""
    polls_left: int = 0
    complete: bool = True


class Workspace:
    """The state; hold `lock` around any access to more than one thing."""

    def __init__(self, installation: Installation, now: Callable[[], datetime] = utc_now) -> None:
        self.installation = installation
        self.now = now
        self.name = TEAM_NAME
        # Things to try in the workspace, in order.
        self.hints: list[str] = []
        self.url = ""
        self.files_slow = 0
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.closed = threading.Event()
        self.revision = 0
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, list[Message]] = {}
        self.posts: list[Post] = []
        self.views: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.tokens = InteractionTokens(now)
        self.typed_on_messages: dict[tuple[str, str, str], StateValues] = {}
        self.offered: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, str] = {}
        self.dnd: dict[str, tuple[int, int]] = {}
        self._dms: dict[str, str] = {}
        self._by_ts: dict[tuple[str, str], Message] = {}
        self._counts: dict[str, int] = {}
        self._last_ts = 0
        self._add_bot()

    def _add_bot(self) -> None:
        bot = self.installation
        self.users[bot.bot_user_id] = User(
            id=bot.bot_user_id,
            name=bot.name.lower().replace(" ", "_"),
            real_name=bot.name,
            email="",
            tz="Etc/UTC",
            is_bot=True,
        )

    def notify_changed(self) -> None:
        """Wake all who wait for a change."""
        with self.changed:
            self.revision += 1
            self.changed.notify_all()

    def close(self) -> None:
        with self.changed:
            self.closed.set()
            self.changed.notify_all()

    def wait_until(self, find: Callable[[], Found | None], timeout: float) -> Found | None:
        """Return what `find` returns, run at each change; None after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        with self.changed:
            while (found := find()) is None and not self.closed.is_set():
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self.changed.wait(left)
            return found

    def wait_for_change(self, revision: int, timeout: float) -> int:
        """Return the revision once it differs from `revision`, or after `timeout` seconds."""
        self.wait_until(lambda: True if self.revision != revision else None, timeout)
        return self.revision

    def new_id(self, prefix: str) -> str:
        with self.lock:
            self._counts[prefix] = self._counts.get(prefix, 0) + 1
            return f"{prefix}{self._counts[prefix]:07d}"

    def new_ts(self) -> str:
        """Return a Slack timestamp of now, later than all before it."""
        with self.lock:
            moment = self.now().astimezone(UTC)
            micros = int(moment.timestamp()) * 1_000_000 + moment.microsecond
            self._last_ts = max(micros, self._last_ts + 1)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def add_user(self, user: User) -> User:
        with self.changed:
            self.users[user.id] = user
            self.notify_changed()
            return user

    def people(self) -> list[User]:
        """Return all users but bots, in the order in which they were added."""
        with self.lock:
            return [user for user in self.users.values() if not user.is_bot]

    def add_channel(self, channel: Channel) -> Channel:
        with self.changed:
            self.channels[channel.id] = channel
            self.messages[channel.id] = []
            self.notify_changed()
            return channel

    def dm_of(self, user_id: str) -> Channel | None:
        """Return the open DM between the bot and this user, or None."""
        with self.lock:
            found = self._dms.get(user_id)
            return self.channels[found] if found else None

    def open_dm(self, user_id: str) -> Channel:
        with self.lock:
            found = self.dm_of(user_id)
            if found is not None:
                return found
            members = [self.installation.bot_user_id, user_id]
            opened = self.add_channel(Channel(self.new_id("D"), "directmessage", "im", members))
            self._dms[user_id] = opened.id
            return opened

    def add_message(self, message: Message) -> Message:
        with self.changed:
            self.messages[message.channel].append(message)
            self._by_ts[message.channel, message.ts] = message
            self.notify_changed()
            return message

    def message(self, channel_id: str, ts: str) -> Message | None:
        with self.lock:
            found = self._by_ts.get((channel_id, ts))
            return found if found is not None and not found.deleted else None

    def visible_messages(self, channel_id: str, user_id: str) -> list[Message]:
        """Return what this user sees in a channel, oldest first, with their ephemeral messages."""
        with self.lock:
            return [
                message
                for message in self.messages.get(channel_id, [])
                if not message.deleted and message.ephemeral_for in (None, user_id)
            ]

    def modal_stack(self, user_id: str) -> list[View]:
        """Return the user's open modals, the top one last."""
        with self.lock:
            return [self.views[view_id] for view_id in self.stacks.get(user_id, ())]

    def home_of(self, user_id: str) -> View | None:
        with self.lock:
            found = self.homes.get(user_id)
            return self.views[found] if found else None

"""The rows of a conversation: author, time and message, with replies under their parents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.page import time_format
from sandbox.page.reader import Reader
from sandbox.page.surface_state import SurfaceState
from sandbox.workspace.state import Channel, File, Message, User, Workspace

SHOWN_MESSAGES = 100
SAME_AUTHOR_GAP = timedelta(minutes=5)


@dataclass(frozen=True)
class Row:
    """A message as shown; `day` is the label above it when a new day begins."""

    message: Message
    author: User
    badge: str
    surface: SurfaceState
    at: datetime
    day: str = ""
    continued: bool = False
    files: Sequence[File] = ()
    replies: Sequence[Row] = ()

    @property
    def time(self) -> str:
        return time_format.clock_time(self.at)

    @property
    def full_time(self) -> str:
        return f"{time_format.long_date(self.at)}, {self.at:%H:%M:%S}"


def badge_of(user: User) -> str:
    """Return what sets a user apart, in a few words; empty for an ordinary member."""
    if user.deleted:
        return "deactivated"
    if user.is_stranger:
        return "other organisation"
    if user.is_ultra_restricted:
        return "single-channel guest"
    if user.is_restricted:
        return "guest"
    return "admin" if user.is_admin else ""


class RowBuilder:
    """Builds the rows of one conversation."""

    def __init__(self, workspace: Workspace, reader: Reader, channel: Channel) -> None:
        self._workspace = workspace
        self._reader = reader
        self._channel = channel
        self._names = {file.id: file.name for file in list(self._workspace.files.values())}

    def build(self) -> list[Row]:
        """Return the newest messages, with replies under their parents."""
        seen = self._workspace.visible_messages(self._channel.id, self._reader.id)
        roots, replies = _threads(seen)
        rows: list[Row] = []
        for message in roots[-SHOWN_MESSAGES:]:
            answers = [self._row(reply) for reply in replies.get(message.ts, ())]
            rows.append(self._row(message, rows[-1] if rows else None, answers))
        return rows

    def _row(self, message: Message, before: Row | None = None, replies: Sequence[Row] = ()) -> Row:
        at = self._reader.local_seconds(float(message.ts))
        author = self._author(message)
        day = _day(at, before, self._reader)
        return Row(
            message=message,
            author=author,
            badge=badge_of(author).replace("admin", ""),
            surface=self._surface(message),
            at=at,
            day=day if message.thread_ts in (None, message.ts) else "",
            continued=not day and _continues(message, at, before),
            files=[self._workspace.files[f] for f in message.files if f in self._workspace.files],
            replies=replies,
        )

    def _author(self, message: Message) -> User:
        found = self._workspace.users.get(message.user)
        return found or User("USLACKBOT", "slackbot", "Slackbot", "", "Etc/UTC", is_bot=True)

    def _surface(self, message: Message) -> SurfaceState:
        typed = self._workspace.typed_on_messages
        return SurfaceState(
            where=f"message:{message.channel}:{message.ts}",
            reader=self._reader,
            state=typed.get((self._reader.id, message.channel, message.ts), {}),
            files=self._names,
        )


def _threads(messages: Iterable[Message]) -> tuple[list[Message], dict[str, list[Message]]]:
    roots: list[Message] = []
    replies: dict[str, list[Message]] = {}
    known: set[str] = set()
    for message in messages:
        if message.thread_ts in known and message.thread_ts != message.ts:
            replies.setdefault(str(message.thread_ts), []).append(message)
        else:
            roots.append(message)
            known.add(message.ts)
    return roots, replies


def _day(at: datetime, before: Row | None, reader: Reader) -> str:
    if before is not None and before.at.date() == at.date():
        return ""
    return time_format.day_label(at, reader.local(reader.now))


def _continues(message: Message, at: datetime, before: Row | None) -> bool:
    if before is None or before.replies or before.message.user != message.user:
        return False
    private = message.ephemeral_for or before.message.ephemeral_for
    return not private and at - before.at < SAME_AUTHOR_GAP

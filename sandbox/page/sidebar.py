"""The sidebar: the list of places, and how much in them is unread."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.person import Person
from sandbox.workspace.state import Channel, User, Workspace


@dataclass(frozen=True)
class SidebarItem:
    """A line: `key` is the last part of its address, `sign` the mark before the name."""

    key: str
    label: str
    sign: str
    current: bool
    unread: int = 0
    note: str = ""
    faint: bool = False


@dataclass(frozen=True)
class Group:
    """Places under one heading."""

    title: str
    places: Sequence[SidebarItem]


class ReadMarkers:
    """The newest message that each person has seen, by channel."""

    def __init__(self) -> None:
        self._newest: dict[tuple[str, str], str] = {}

    def mark(self, workspace: Workspace, user: User, channel: Channel | None) -> None:
        """Mark a channel as read by a user."""
        if channel is None:
            return
        messages = workspace.visible_messages(channel.id, user.id)
        if messages:
            self._newest[user.id, channel.id] = messages[-1].ts

    def count_new(self, workspace: Workspace, user: User, channel: Channel) -> int:
        """Count the messages of others since the user last saw the channel."""
        newest = self._newest.get((user.id, channel.id), "")
        count = 0
        for message in reversed(workspace.visible_messages(channel.id, user.id)):
            if message.ts <= newest:
                break
            count += message.user != user.id
        return count


def visible_channels(workspace: Workspace, user: User) -> list[Channel]:
    """Return the user's channels, and for full members every public one; by name."""
    full = not (user.is_restricted or user.is_ultra_restricted or user.is_stranger)
    found = [
        channel
        for channel in list(workspace.channels.values())
        if user.id in channel.members or (full and channel.kind == "public")
    ]
    return sorted(found, key=lambda channel: channel.name)


def _note(channel: Channel) -> str:
    if channel.archived:
        return "archived"
    return "shared" if channel.is_ext_shared else ""


def sidebar(
    workspace: Workspace, person: Person, current: str, read_markers: ReadMarkers
) -> list[Group]:
    """Build the groups of places that a person can go to."""
    user, dm = person.user, person.dm
    name = workspace.installation.name
    new = read_markers.count_new(workspace, user, dm)
    apps = [SidebarItem(dm.id, name, "●", current == dm.id, new)]
    if workspace.installation.home_tab:
        apps.append(SidebarItem("home", f"{name} Home", "⌂", current == "home"))
    channels = [
        SidebarItem(
            key=channel.id,
            label=channel.name,
            sign="◆" if channel.kind == "private" else "#",
            current=current == channel.id,
            unread=_unread(workspace, user, channel, read_markers),
            note=_note(channel),
            faint=user.id not in channel.members or channel.archived,
        )
        for channel in visible_channels(workspace, user)
        if channel.kind != "im"
    ]
    return [Group("App", apps), Group("Channels", channels)]


def _unread(workspace: Workspace, user: User, channel: Channel, read_markers: ReadMarkers) -> int:
    if user.id not in channel.members:
        return 0
    return read_markers.count_new(workspace, user, channel)

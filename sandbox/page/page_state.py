"""Page state: what one person sees at one place, as the templates need it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.page import clock_bar
from sandbox.page.context import PageContext
from sandbox.page.message_rows import Row, RowBuilder, badge_of
from sandbox.page.reader import Reader
from sandbox.page.sidebar import Group, sidebar, visible_channels
from sandbox.page.surface_state import SurfaceState
from sandbox.person import Person
from sandbox.workspace.state import Channel, User, View, Workspace

HOME = "home"


@dataclass(frozen=True)
class ShownView:
    """A modal or the Home; `view` is None while the app has published nothing."""

    view: View | None
    surface: SurfaceState
    depth: int = 1
    empty: str = ""


@dataclass(frozen=True)
class Composer:
    """The box to type in; `closed` says why it cannot be used."""

    commands: Sequence[Mapping[str, Any]] = ()
    closed: str = ""


@dataclass(frozen=True)
class PageState:
    """Everything that the page shows to one person at one place."""

    me: User
    my_badge: str
    bot: User
    reader: Reader
    workspace_name: str
    place: str
    title: str
    revision: int
    clock: clock_bar.ClockBar
    sidebar: Sequence[Group]
    composer: Composer
    notes: Sequence[str] = ()
    topic: str = ""
    tabs: Sequence[Mapping[str, Any]] = ()
    rows: Sequence[Row] = ()
    home: ShownView | None = None
    modal: ShownView | None = None
    trouble: str = ""
    answers: bool = False
    shortcuts: Sequence[Mapping[str, Any]] = ()
    message_shortcuts: Sequence[Mapping[str, Any]] = ()
    hints: Sequence[str] = field(default_factory=list)


def reader_for(workspace: Workspace, user: User) -> Reader:
    """Return a user as the reader at this moment; channels they can't see have no name."""
    return Reader(
        id=user.id,
        zone=ZoneInfo(user.tz),
        now=workspace.now().astimezone(UTC),
        users={other.id: other.real_name for other in list(workspace.users.values())},
        channels={c.id: c.name for c in visible_channels(workspace, user) if c.kind != "im"},
        base=f"/as/{user.id}",
    )


def find_channel(workspace: Workspace, person: Person, place: str) -> Channel | None:
    """Return the channel with this id if the person may see it; None for Home or an unknown id."""
    channel = workspace.channels.get(place)
    if channel is None or channel not in visible_channels(workspace, person.user):
        return None
    return channel


def _surface_of(workspace: Workspace, reader: Reader, view: View) -> SurfaceState:
    return SurfaceState(
        where=f"view:{view.id}",
        reader=reader,
        state=view.state_values,
        errors=view.errors,
        files={file.id: file.name for file in list(workspace.files.values())},
    )


def _modal(workspace: Workspace, reader: Reader, person: Person) -> ShownView | None:
    stack = workspace.modal_stack(person.id)
    if not stack:
        return None
    return ShownView(stack[-1], _surface_of(workspace, reader, stack[-1]), depth=len(stack))


def _home(workspace: Workspace, reader: Reader, person: Person) -> ShownView:
    view = person.home
    if not workspace.installation.home_tab:
        return ShownView(None, SurfaceState("view:none", reader), empty="This app has no Home.")
    if view is None:
        empty = f"{workspace.installation.name} has not published a Home for {person.name} yet."
        return ShownView(None, SurfaceState("view:none", reader), empty=empty)
    return ShownView(view, _surface_of(workspace, reader, view))


def _composer(workspace: Workspace, person: Person, channel: Channel | None) -> Composer:
    user, installation = person.user, workspace.installation
    app_home: Mapping[str, Any] = (installation.manifest.get("features") or {}).get(
        "app_home"
    ) or {}
    closed = ""
    if user.deleted:
        closed = f"{user.real_name} is deactivated: they can look, and do nothing."
    elif channel is None:
        return Composer()
    elif channel.archived:
        closed = "This channel is archived."
    elif user.id not in channel.members:
        closed = f"{user.real_name} is not in this channel."
    elif channel.kind == "im" and app_home.get("messages_tab_read_only_enabled"):
        closed = "Sending messages to this app has been turned off."
    return Composer(commands=list(installation.commands.values()), closed=closed)


def _notes(channel: Channel, bot_id: str) -> list[str]:
    notes = []
    if channel.kind == "im":
        return ["app"]
    if channel.is_ext_shared:
        notes.append("shared with another organisation")
    if channel.archived:
        notes.append("archived")
    if bot_id not in channel.members:
        notes.append("the bot is not here")
    return notes


def _tabs(workspace: Workspace, person: Person, place: str) -> list[dict[str, Any]]:
    if place not in (HOME, person.dm.id) or not workspace.installation.home_tab:
        return []
    return [
        {"key": HOME, "label": "Home", "current": place == HOME},
        {"key": person.dm.id, "label": "Messages", "current": place != HOME},
    ]


def _shortcuts(workspace: Workspace, kind: str) -> list[Mapping[str, Any]]:
    return [s for s in workspace.installation.shortcuts.values() if s.get("type") == kind]


def build_page_state(
    context: PageContext,
    person: Person,
    channel: Channel | None,
    *,
    trouble: str = "",
    answers: bool = False,
) -> PageState:
    """Build what `person` sees at `channel`, or at the app's Home when that is None."""
    workspace, user = context.workspace, person.user
    # Read first: if anything changes while the rest is read, the page asks again.
    revision = workspace.revision
    # Outside the lock: the clock may query the app's database for what is due.
    clock = clock_bar.clock_bar(context.clock, reader_for(workspace, user))
    with workspace.lock:
        reader = reader_for(workspace, user)
        place = channel.id if channel else HOME
        rows = RowBuilder(workspace, reader, channel).build() if channel else []
        context.read_markers.mark(workspace, user, channel)
        direct = channel is None or channel.kind == "im"
        return PageState(
            me=user,
            my_badge=badge_of(user),
            bot=workspace.users[workspace.installation.bot_user_id],
            reader=reader,
            workspace_name=workspace.name,
            place=place,
            title=workspace.installation.name if direct or not channel else f"#{channel.name}",
            revision=revision,
            clock=clock,
            sidebar=sidebar(workspace, person, place, context.read_markers),
            composer=_composer(workspace, person, channel),
            notes=_notes(channel, workspace.installation.bot_user_id) if channel else ["app"],
            topic=channel.topic if channel else "",
            tabs=_tabs(workspace, person, place),
            rows=rows,
            home=None if channel else _home(workspace, reader, person),
            modal=_modal(workspace, reader, person),
            trouble=trouble,
            answers=answers,
            shortcuts=_shortcuts(workspace, "global"),
            message_shortcuts=_shortcuts(workspace, "message"),
            hints=list(workspace.hints),
        )

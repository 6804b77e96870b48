"""What the PMs of the made-up company heard, and what they hear in the weeks ahead."""

from sandbox.company.data_files import from_file, read
from sandbox.company.model import Workaround


@from_file
class Story:
    """What was heard at a customer, in two sentences; kind, mood and sharing are codes."""

    customer: str
    kind: str
    text: str
    quote: str = ""
    mood: str = ""
    nps: int | None = None
    nps_why: str = ""
    workarounds: tuple[Workaround, ...] = ()
    sharing: str = "share"


@from_file
class FutureStory(Story):
    """A story that a PM (by key) hears some days after the company's day."""

    days_ahead: int
    pm: str


@from_file
class _Stories:
    stories: tuple[Story, ...]


@from_file
class _FutureStories:
    stories: tuple[FutureStory, ...]


def stories_of(pm: str) -> tuple[Story, ...]:
    """Read what a PM (by key) heard, newest first."""
    return read(f"stories/{pm}", _Stories).stories


def future_stories() -> tuple[FutureStory, ...]:
    """Read what all PMs hear in the weeks ahead, soonest first."""
    return read("stories/future", _FutureStories).stories

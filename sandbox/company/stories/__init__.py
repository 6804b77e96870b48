"""What the PMs of the made-up company heard, newest first, by PM."""

from collections.abc import Mapping

from sandbox.company.model import Story
from sandbox.company.stories import america, europe, hamburg, india

STORIES: Mapping[str, tuple[Story, ...]] = {
    "annika": (*europe.NEWER, *europe.OLDER),
    "jonas": hamburg.STORIES,
    "maya": america.STORIES,
    "priya": (*india.NEWER, *india.OLDER),
}

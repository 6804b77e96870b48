"""Samples of the digest."""

from datetime import date

from bot.domain.customers import Stage
from bot.domain.debriefs.rules import QUOTE_LENGTH, STORY_LENGTH, WORKAROUND_LENGTH
from bot.domain.stories import ChannelFault, DigestFacts, Story
from bot.domain.visits.rules import VisitKind
from bot.views import stories as views
from bot.views.samples.sample import (
    CHANNEL_NAME_LENGTH,
    LONG_DATE,
    MILL,
    TODAY,
    Sample,
    SampleData,
    Samples,
)


def digests(data: SampleData) -> Samples:
    """Yield the digest, and what becomes of it."""
    facts = digest_facts(data)
    yield Sample("In the team's channel, once a week", views.render_digest(facts))
    changed = views.render_digest(facts, changed=True)
    yield Sample("after a story was changed", changed)
    yield Sample("after all of them were taken back", views.withdrawn_message())
    channel = data.text("stories", CHANNEL_NAME_LENGTH)
    for fault in ChannelFault:
        lost = views.channel_lost_message(channel, fault)
        yield Sample(f"To whoever chose the channel: {fault}", lost)


def digest_facts(data: SampleData) -> DigestFacts:
    """Build the facts of a digest."""
    ordinary = Story(
        MILL,
        Stage.CUSTOMER,
        VisitKind.ON_SITE,
        date(2026, 3, 11),
        "They print every order and type it in again. Nobody has told us in six years.",
        "Ada",
        quote="We thought everybody did it that way.",
    )
    longest = Story(
        data.name(""),
        Stage.LOST,
        VisitKind.FRIENDS_AND_FAMILY,
        LONG_DATE,
        data.text("", STORY_LENGTH),
        data.staff(""),
        segment=data.place(""),
        region=data.place(""),
        quote=data.text("", QUOTE_LENGTH),
        workaround=data.text("", WORKAROUND_LENGTH),
    )
    told = (data.either(ordinary, longest),) * (data.size + 1)
    return DigestFacts(
        data.day(date(2026, 3, 9)), data.either(date(2026, 3, 15), TODAY), TODAY, told
    )

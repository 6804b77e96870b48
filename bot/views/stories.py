"""Stories: the weekly digest for a team's channel, in the customers' own words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from itertools import accumulate
from unicodedata import normalize

from slack_sdk.models.blocks import Block, HeaderBlock, ImageBlock, RichTextBlock
from slack_sdk.models.blocks.basic_components import SlackFile

from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Sharing
from bot.domain.stories import ChannelFault
from bot.domain.visits.rules import VisitKind
from bot.views import block_kit as kit
from bot.views import labels as words

STORY_SHOWN = 600
QUOTE_SHOWN = 300
WORKAROUND_SHOWN = 200
NAME_SHOWN = 60
THANKED_MOST = 20
# Slack refuses messages of some 13,200 characters; the rest is room for header and thanks.
STORIES_LENGTH = 9_500
STORIES_MOST = 45
# With header and thanks no more than the fifty blocks that Slack takes.
PICTURES_MOST = 3


@dataclass(frozen=True)
class Story:
    """One debrief as a digest tells it; `on` is the author's local date of the visit.

    With NO_NAME the customer's name is shown nowhere, not even where the author typed it.
    `picture` is Slack's id of a file, "" without one.
    """

    customer: str
    stage: Stage
    kind: VisitKind
    on: date
    story: str
    author: str
    sharing: Sharing = Sharing.SHARE
    segment: str = ""
    region: str = ""
    quote: str = ""
    workaround: str = ""
    picture: str = ""


@dataclass(frozen=True)
class DigestFacts:
    """What a digest tells: debriefs of `first` to `last` (local dates), in the order given."""

    first: date
    last: date
    today: date
    stories: tuple[Story, ...]


@dataclass(frozen=True)
class _Told:
    """The words of one story."""

    who: str
    visit: str
    story: str
    quote: str
    workaround: str
    author: str
    picture: str

    @property
    def length(self) -> int:
        return sum(kit.width(text) for text in astuple(self)) + 40


def digest(facts: DigestFacts, *, changed: bool = False) -> kit.Message:
    """The post for a team's channel: whatever the number of stories, Slack takes it.

    With `changed` it says that a story was changed after it was posted. A private story is never
    told. Raises ValueError when there is nothing to tell.
    """
    stories = [each for each in facts.stories if each.sharing is not Sharing.PRIVATE]
    if not stories:
        raise ValueError("a digest needs a story to tell")
    shown = _fitting([_told(each, facts.today) for each in stories])
    title, thanks = _title(facts), _thanks([each.author for each in stories])
    edited = ["A story was changed or taken back after this was posted."] if changed else []
    closing = " ".join([*_more(len(stories) - len(shown)), thanks, *edited])
    return kit.message(
        "\n".join([f"{title}.", *(_spoken(each) for each in shown), closing]),
        HeaderBlock(text=kit.plain(title)),
        *_illustrated(shown),
        kit.rich(kit.paragraph(closing)),
    )


def nothing_left() -> kit.Message:
    """What stands in a digest's place once nothing of it may be told any more."""
    return kit.say("What stood here was taken back by those who had told it.")


def channel_lost(name: str, fault: ChannelFault) -> kit.Message:
    """To whoever chose a team's story channel, once it cannot be posted to any more."""
    channel = kit.one_line(name, NAME_SHOWN)
    return kit.say(
        f"I cannot post your team's stories to #{channel} any more: {words.CHANNELS_LOST[fault]} "
        "The stories wait and come with the next digest."
    )


def _fitting(told: Sequence[_Told]) -> list[_Told]:
    used = accumulate(each.length for each in told)
    fit = [each for each, so_far in zip(told, used, strict=True) if so_far <= STORIES_LENGTH]
    return fit[:STORIES_MOST]


def _told(story: Story, today: date) -> _Told:
    kind = words.VISIT_KINDS[story.kind].partition(",")[0].lower()
    second_hand = ", second-hand" if story.kind.indirect else ""
    return _Told(
        who=_who(story),
        visit=f"{kind}{second_hand}, {kit.day(story.on, today)}",
        story=kit.clip(_unnamed(story, story.story), STORY_SHOWN),
        quote=kit.clip(_unnamed(story, story.quote), QUOTE_SHOWN),
        workaround=kit.clip(_unnamed(story, story.workaround), WORKAROUND_SHOWN),
        author=kit.one_line(story.author, NAME_SHOWN),
        picture=story.picture,
    )


def _who(story: Story) -> str:
    if story.sharing is Sharing.SHARE:
        return kit.one_line(story.customer)
    return somebody(story.stage, story.segment, story.region)


def somebody(stage: Stage, *places: str) -> str:
    """A customer who is not to be named: "A prospect in Paper, North"."""
    known = [kit.one_line(each, 40) for each in places if each.strip()]
    return words.SOMEBODY[stage] + (f" in {', '.join(known)}" if known else "")


def _unnamed(story: Story, text: str) -> str:
    return text.strip() if story.sharing is Sharing.SHARE else unnamed(text, story.customer)


def unnamed(text: str, customer: str) -> str:
    """A text with “the customer” wherever it names them."""
    # An accent can be written in two ways, and a name over two lines.
    parts = normalize("NFC", customer).split()
    if not parts:
        return text.strip()
    name = r"\s+".join(re.escape(part) for part in parts)
    named = re.compile(rf"(^|[.!?…]\s+)?(?<!\w){name}(?!\w)", re.IGNORECASE)
    return named.sub(_stand_in, normalize("NFC", text.strip()))


def _stand_in(found: re.Match[str]) -> str:
    opening: str | None = found[1]
    return "the customer" if opening is None else f"{opening}The customer"


def _illustrated(shown: Sequence[_Told]) -> Iterator[Block]:
    """The stories, and below the first few that have one their picture."""
    room = PICTURES_MOST
    for each in shown:
        yield _block(each)
        if each.picture and room:
            room -= 1
            told = f"A picture from a visit to {each.who}"
            yield ImageBlock(alt_text=kit.clip(told, 200), slack_file=SlackFile(id=each.picture))


def _block(told: _Told) -> RichTextBlock:
    elements = [kit.paragraph(kit.bold(told.who), f"\n{kit.capitalised(told.visit)}\n", told.story)]
    quoted = [kit.quote(told.quote)] if told.quote else []
    worked = f"They work around it: {told.workaround}\n" if told.workaround else ""
    closing = kit.paragraph(worked, kit.italic(f"Heard by {told.author}"))
    return kit.rich(*elements, *quoted, closing)


def _spoken(told: _Told) -> str:
    quoted = f" “{told.quote}”" if told.quote else ""
    worked = f" They work around it: {told.workaround}" if told.workaround else ""
    return f"{told.who}, {told.visit}: {told.story}{quoted}{worked} Heard by {told.author}."


def _title(facts: DigestFacts) -> str:
    last = kit.day(facts.last, facts.today).partition(" ")[2]
    first = str(facts.first.day)
    if (facts.first.year, facts.first.month) != (facts.last.year, facts.last.month):
        first = kit.day(facts.first, facts.last).partition(" ")[2]
    span = last if facts.first == facts.last else f"{first} to {last}"
    return f"What customers told us, {span}"


def _more(count: int) -> list[str]:
    return [f"And {kit.several(count, 'more story', 'more stories')} this week."] if count else []


def _thanks(authors: Sequence[str]) -> str:
    names = list(dict.fromkeys(kit.one_line(each, NAME_SHOWN) for each in authors))
    others = len(names) - THANKED_MOST
    shown = names[:THANKED_MOST] + ([kit.several(others, "other", "others")] if others > 0 else [])
    return f"Thank you for getting out of the office: {kit.listed(shown)}."

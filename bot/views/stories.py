"""Stories: the weekly digest for a team's channel, in the customers' own words."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from itertools import accumulate

from slack_sdk.models.blocks import Block, HeaderBlock, ImageBlock, RichTextBlock
from slack_sdk.models.blocks.basic_components import SlackFile

from bot.domain.customers import Stage, hide_name
from bot.domain.debriefs.rules import Sharing
from bot.domain.stories import ChannelFault, DigestFacts, Story
from bot.domain.text import utf16_length
from bot.views import block_kit, labels

STORY_MAX_CHARS = 600
QUOTE_MAX_CHARS = 300
WORKAROUND_MAX_CHARS = 200
NAME_MAX_CHARS = 60
MAX_THANKED = 20
# Slack refuses messages of some 13,200 characters; this leaves room for header and thanks.
STORIES_LENGTH = 9_500
MAX_STORIES = 45
# With header and thanks no more than the fifty blocks that Slack accepts.
MAX_PICTURES = 3


@dataclass(frozen=True)
class _RenderedStory:
    """The texts of one story."""

    customer: str
    visit: str
    story: str
    quote: str
    workaround: str
    author: str
    picture: str

    @property
    def length(self) -> int:
        return sum(utf16_length(text) for text in astuple(self)) + 40


def render_digest(facts: DigestFacts, *, changed: bool = False) -> block_kit.Message:
    """Render the post for a team's channel; Slack accepts it whatever the number of stories.

    With `changed` it says that a story was changed after it was posted. A private story is never
    shown. Raise ValueError when there is no story to show.
    """
    stories = [each for each in facts.stories if each.sharing is not Sharing.PRIVATE]
    if not stories:
        raise ValueError("a digest needs a story to tell")
    shown = _select_fitting([_render_story(each, facts.today) for each in stories])
    title, thanks = _title(facts), _thanks([each.author for each in stories])
    edited = ["A story was changed or taken back after this was posted."] if changed else []
    closing = " ".join([*_more(len(stories) - len(shown)), thanks, *edited])
    return block_kit.message(
        "\n".join([f"{title}.", *(_fallback_text(each) for each in shown), closing]),
        HeaderBlock(text=block_kit.plain_text(title)),
        *_story_blocks(shown),
        block_kit.rich_text(block_kit.paragraph(closing)),
    )


def withdrawn_message() -> block_kit.Message:
    """Build the message that replaces a digest once none of it may be shown any more."""
    return block_kit.text_message("What stood here was taken back by those who had told it.")


def channel_lost_message(name: str, fault: ChannelFault) -> block_kit.Message:
    """Build the message to the PM who chose a story channel that can't be posted to any more."""
    channel = block_kit.one_line(name, NAME_MAX_CHARS)
    return block_kit.text_message(
        f"I cannot post your team's stories to #{channel} any more: "
        f"{labels.CHANNEL_LOST_TEXTS[fault]} "
        "The stories wait and come with the next digest."
    )


def _select_fitting(stories: Sequence[_RenderedStory]) -> list[_RenderedStory]:
    used = accumulate(each.length for each in stories)
    fit = [each for each, so_far in zip(stories, used, strict=True) if so_far <= STORIES_LENGTH]
    return fit[:MAX_STORIES]


def _render_story(story: Story, today: date) -> _RenderedStory:
    kind = labels.VISIT_KINDS[story.kind].partition(",")[0].lower()
    second_hand = ", second-hand" if story.kind.indirect else ""
    return _RenderedStory(
        customer=_customer_text(story),
        visit=f"{kind}{second_hand}, {block_kit.format_day(story.on, today)}",
        story=block_kit.truncate(_hide_name_unless_shared(story, story.story), STORY_MAX_CHARS),
        quote=block_kit.truncate(_hide_name_unless_shared(story, story.quote), QUOTE_MAX_CHARS),
        workaround=block_kit.truncate(
            _hide_name_unless_shared(story, story.workaround), WORKAROUND_MAX_CHARS
        ),
        author=block_kit.one_line(story.author, NAME_MAX_CHARS),
        picture=story.picture,
    )


def _customer_text(story: Story) -> str:
    if story.sharing is Sharing.SHARE:
        return block_kit.one_line(story.customer)
    return unnamed_customer(story.stage, story.segment, story.region)


def unnamed_customer(stage: Stage, *places: str) -> str:
    """Describe a customer who must not be named: "A prospect in Paper, North"."""
    known = [block_kit.one_line(each, 40) for each in places if each.strip()]
    return labels.STAGE_SINGULARS[stage] + (f" in {', '.join(known)}" if known else "")


def _hide_name_unless_shared(story: Story, text: str) -> str:
    return text.strip() if story.sharing is Sharing.SHARE else hide_name(text, story.customer)


def _story_blocks(shown: Sequence[_RenderedStory]) -> Iterator[Block]:
    """Yield the stories, with a picture below the first few that have one."""
    room = MAX_PICTURES
    for each in shown:
        yield _story_block(each)
        if each.picture and room:
            room -= 1
            alt_text = f"A picture from a visit to {each.customer}"
            yield ImageBlock(
                alt_text=block_kit.truncate(alt_text, 200), slack_file=SlackFile(id=each.picture)
            )


def _story_block(story: _RenderedStory) -> RichTextBlock:
    elements = [
        block_kit.paragraph(
            block_kit.bold(story.customer), f"\n{block_kit.capitalize(story.visit)}\n", story.story
        )
    ]
    quoted = [block_kit.quote(story.quote)] if story.quote else []
    worked = f"They work around it: {story.workaround}\n" if story.workaround else ""
    closing = block_kit.paragraph(worked, block_kit.italic(f"Heard by {story.author}"))
    return block_kit.rich_text(*elements, *quoted, closing)


def _fallback_text(story: _RenderedStory) -> str:
    quoted = f" “{story.quote}”" if story.quote else ""
    worked = f" They work around it: {story.workaround}" if story.workaround else ""
    return (
        f"{story.customer}, {story.visit}: {story.story}{quoted}{worked} Heard by {story.author}."
    )


def _title(facts: DigestFacts) -> str:
    last = block_kit.format_day(facts.last, facts.today).partition(" ")[2]
    first = str(facts.first.day)
    if (facts.first.year, facts.first.month) != (facts.last.year, facts.last.month):
        first = block_kit.format_day(facts.first, facts.last).partition(" ")[2]
    span = last if facts.first == facts.last else f"{first} to {last}"
    return f"What customers told us, {span}"


def _more(count: int) -> list[str]:
    return (
        [f"And {block_kit.pluralize(count, 'more story', 'more stories')} this week."]
        if count
        else []
    )


def _thanks(authors: Sequence[str]) -> str:
    names = list(dict.fromkeys(block_kit.one_line(each, NAME_MAX_CHARS) for each in authors))
    others = len(names) - MAX_THANKED
    shown = names[:MAX_THANKED] + (
        [block_kit.pluralize(others, "other", "others")] if others > 0 else []
    )
    return f"Thank you for getting out of the office: {block_kit.join_names(shown)}."

"""Workarounds: the list of those whose customers wait for news."""

from dataclasses import dataclass

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
)
from slack_sdk.models.views import View

from bot.domain.workarounds import DONE, RELEASE_LENGTH, Share, State
from bot.views import block_kit as kit
from bot.views import form_fields as fields

SEARCH = "workaround.search"
CHANGE = "workaround.change"
WORDS_LENGTH = 100
SHOWN = 20
CUSTOMERS_SHOWN = 5
WHAT_SHOWN = BRIEF_SHOWN = 200
SOMEBODY = "a customer"


@dataclass(frozen=True)
class Row:
    """A workaround in the list: `id` is that of the newest time it was seen.

    `customers` are names, "" for one who is not to be named; `told` of `of` asks are told;
    `unasked` are those whom nobody is asked to tell.
    """

    id: int
    what: str
    customers: tuple[str, ...]
    times: int
    state: State = State.OPEN
    release: str = ""
    told: int = 0
    of: int = 0
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """The list: what was searched for ("" for all that wait), rows, how many more there are."""

    words: str
    rows: tuple[Row, ...]
    more: int
    share: Share


@dataclass(frozen=True)
class Known:
    """A workaround in a customer's brief; `knows` tells whether they were told that it is fixed."""

    what: str
    state: State
    release: str
    knows: bool = False


def page(known: Page) -> View:
    """The list, with a field to search by words."""
    box = fields.text_element(WORDS_LENGTH, known.words, example="Words of it, or a customer")
    more = [kit.small(f"and {known.more} more: search for them")] if known.more else []
    return View(
        type="modal",
        callback_id=SEARCH,
        title="Workarounds",
        submit="Search",
        close="Close",
        private_metadata=fields.pack(words=known.words or None),
        blocks=[
            *_share(known.share),
            fields.field("words", "Search", box, optional=True),
            *(block for row in known.rows for block in _row(row)),
            *([] if known.rows else [kit.rich(kit.paragraph(_none(known.words)))]),
            *more,
        ],
    )


def _share(share: Share) -> list[Block]:
    if not share.of:
        return []
    counted = f"{share.in_time} of {share.of} in the last quarter ({share.percent} %)"
    return [kit.rich(kit.paragraph(f"Told within a week: {counted}."))]


def _none(words: str) -> str:
    if words:
        return f"None is about “{kit.one_line(words)}”."
    return "Nothing waits here. What you see customers work around goes into your debriefs."


def _row(row: Row) -> tuple[Block, Block]:
    what = kit.bold(kit.one_line(row.what, WHAT_SHOWN))
    change = ButtonElement(text="Change", action_id=CHANGE, value=str(row.id))
    return (
        kit.rich(kit.paragraph(what, f"\n{_where(row)} · {_facts(row)}")),
        ActionsBlock(block_id=f"workaround:{row.id}", elements=[change]),
    )


def _where(row: Row) -> str:
    named = [kit.one_line(each, 40) for each in row.customers if each]
    nameless = len(row.customers) - len(named)
    other = "other " if named else ""
    others = [kit.several(nameless, f"{other}customer", f"{other}customers")] if nameless else []
    shown = [*named[:CUSTOMERS_SHOWN], *others]
    if len(named) > CUSTOMERS_SHOWN:
        shown.append(f"{len(named) - CUSTOMERS_SHOWN} more")
    return kit.listed(shown)


def _facts(row: Row) -> str:
    seen = "once" if row.times == 1 else kit.several(row.times, "time", "times")
    told = f" · {row.told} of {row.of} told" if row.of else ""
    return f"{standing(row.state, row.release)} · seen {seen}{told}"


def standing(state: State, release: str) -> str:
    """How far one has come: "open", "planned for 4.2", "fixed in 4.2"."""
    name = kit.one_line(release, RELEASE_LENGTH)
    if state is State.PLANNED:
        return f"planned for {name}" if release else "planned"
    return "open" if state is State.OPEN else f"fixed in {name}"


def in_brief(known: Known) -> str:
    """What stands in a customer's brief, with how far it is."""
    what = kit.one_line(known.what, BRIEF_SHOWN)
    if known.state not in DONE:
        return f"{what} ({standing(known.state, known.release)})"
    they = ", and they know" if known.knows else ": tell them"
    return f"{what} ({standing(known.state, known.release)}{they})"


def read_words(view: fields.Payload) -> str:
    """What is searched for."""
    return fields.text(view, "words")[:WORDS_LENGTH]


def words(view: fields.Payload) -> str:
    """What the list was searched for when it was drawn."""
    return str(fields.unpack(view).get("words", ""))


def workaround_id(body: fields.Payload) -> int:
    """The workaround that a press belongs to, from a block_actions payload."""
    return int(body["actions"][0]["value"])

"""Workarounds: the list of those whose customers wait for news."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
)
from slack_sdk.models.views import View

from bot.domain.workarounds import (
    FIXED_STATES,
    RELEASE_LENGTH,
    BriefWorkaround,
    InTimeShare,
    WorkaroundList,
    WorkaroundRow,
    WorkaroundState,
)
from bot.views import block_kit, form_fields

SEARCH = "workaround.search"
CHANGE = "workaround.change"
WORDS_LENGTH = 100
MAX_CUSTOMERS = 5
WHAT_MAX_CHARS = BRIEF_MAX_CHARS = 200
UNNAMED_CUSTOMER = "a customer"


def render_list(known: WorkaroundList) -> View:
    """Render the list, with a field to search by words."""
    box = form_fields.text_element(
        WORDS_LENGTH, known.search_text, example="Words of it, or a customer"
    )
    more = [block_kit.context(f"and {known.more} more: search for them")] if known.more else []
    return View(
        type="modal",
        callback_id=SEARCH,
        title="Workarounds",
        submit="Search",
        close="Close",
        private_metadata=form_fields.pack_metadata(words=known.search_text or None),
        blocks=[
            *_told_in_time_blocks(known.share),
            form_fields.input_block("words", "Search", box, optional=True),
            *(block for row in known.rows for block in _row(row)),
            *(
                []
                if known.rows
                else [block_kit.rich_text(block_kit.paragraph(_empty_text(known.search_text)))]
            ),
            *more,
        ],
    )


def _told_in_time_blocks(share: InTimeShare) -> list[Block]:
    if not share.of:
        return []
    counted = f"{share.in_time} of {share.of} in the last quarter ({share.percent} %)"
    return [block_kit.rich_text(block_kit.paragraph(f"Told within a week: {counted}."))]


def _empty_text(search_text: str) -> str:
    if search_text:
        return f"None is about “{block_kit.one_line(search_text)}”."
    return "Nothing waits here. What you see customers work around goes into your debriefs."


def _row(row: WorkaroundRow) -> tuple[Block, Block]:
    what = block_kit.bold(block_kit.one_line(row.what, WHAT_MAX_CHARS))
    change = ButtonElement(text="Change", action_id=CHANGE, value=str(row.id))
    return (
        block_kit.rich_text(block_kit.paragraph(what, f"\n{_customers_text(row)} · {_facts(row)}")),
        ActionsBlock(block_id=f"workaround:{row.id}", elements=[change]),
    )


def _customers_text(row: WorkaroundRow) -> str:
    named = [block_kit.one_line(each, 40) for each in row.customers if each]
    nameless = len(row.customers) - len(named)
    other = "other " if named else ""
    others = (
        [block_kit.pluralize(nameless, f"{other}customer", f"{other}customers")] if nameless else []
    )
    shown = [*named[:MAX_CUSTOMERS], *others]
    if len(named) > MAX_CUSTOMERS:
        shown.append(f"{len(named) - MAX_CUSTOMERS} more")
    return block_kit.join_names(shown)


def _facts(row: WorkaroundRow) -> str:
    seen = "once" if row.times == 1 else block_kit.pluralize(row.times, "time", "times")
    told = f" · {row.told} of {row.notice_count} told" if row.notice_count else ""
    return f"{state_text(row.state, row.release)} · seen {seen}{told}"


def state_text(state: WorkaroundState, release: str) -> str:
    """Return the state in words: "open", "planned for 4.2", "fixed in 4.2"."""
    name = block_kit.one_line(release, RELEASE_LENGTH)
    if state is WorkaroundState.PLANNED:
        return f"planned for {name}" if release else "planned"
    return "open" if state is WorkaroundState.OPEN else f"fixed in {name}"


def brief_text(known: BriefWorkaround) -> str:
    """Return a workaround's line in a customer's brief, with its state."""
    what = block_kit.one_line(known.what, BRIEF_MAX_CHARS)
    if known.state not in FIXED_STATES:
        return f"{what} ({state_text(known.state, known.release)})"
    they = ", and they know" if known.was_told else ": tell them"
    return f"{what} ({state_text(known.state, known.release)}{they})"


def parse_search(view: form_fields.Payload) -> str:
    """Parse what is searched for."""
    return form_fields.get_text(view, "words")[:WORDS_LENGTH]


def get_search_text(view: form_fields.Payload) -> str:
    """Return what the list was searched for when it was rendered."""
    return str(form_fields.unpack_metadata(view).get("words", ""))


def parse_workaround_id(body: form_fields.Payload) -> int:
    """Parse the workaround that a button belongs to, from a block_actions payload."""
    return int(body["actions"][0]["value"])

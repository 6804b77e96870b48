"""Samples of workarounds, and of telling customers that one is fixed."""

from dataclasses import replace
from datetime import date

from bot import errors
from bot.domain.debriefs.rules import WORKAROUND_LENGTH
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import (
    MAX_LISTED,
    RELEASE_LENGTH,
    CustomerToTell,
    FixNoticeFacts,
    InTimeShare,
    MergedWorkaround,
    ToldCustomer,
    WorkaroundForm,
    WorkaroundList,
    WorkaroundRow,
    WorkaroundState,
)
from bot.views.samples.payloads import submitted
from bot.views.samples.sample import (
    LAST_VISIT,
    MILL,
    POST,
    TILES,
    TODAY,
    Sample,
    SampleData,
    Samples,
    first_block,
    start_of,
)
from bot.views.workarounds import fix_notice, form, overview

WHAT = "They print every order and type it in again."
# As many as the form is given.
MERGED = 10


def workarounds(data: SampleData) -> Samples:
    """Yield the list of workarounds, the form to change one, and fix notices."""
    nothing = InTimeShare(0, 0)
    yield Sample("*Workarounds*, on Home", overview.render_list(_list(data)))
    waiting = WorkaroundList("", (), 0, nothing)
    yield Sample("and nothing waits", overview.render_list(waiting))
    words = data.text("scanner", overview.WORDS_LENGTH)
    searched = WorkaroundList(words, (), 0, nothing)
    yield Sample("and nothing is found", overview.render_list(searched))
    yield from _changes(data)
    for error in (errors.NoSuchWorkaround, errors.NoSuchAsk):
        yield Sample(error.__name__, str(error()))
    yield from _fix_notices(data)


def unlisted(data: SampleData) -> Samples:
    """Yield the responses to a search for one that is the same."""
    rows = data.many([_row(data)], lambda id: _row(data, id))
    yield Sample("Workarounds", form.options(rows, rows))


def _changes(data: SampleData) -> Samples:
    merged = MergedWorkaround(1, "Prints all orders to type them in", "Bo")
    row = replace(_row(data), unasked=data.either((POST,), _row(data).unasked))
    words = data.text(WHAT, WORKAROUND_LENGTH)
    seen = ((data.name(MILL), words), (POST, "Orders are printed, then typed in once more"))
    known = WorkaroundForm(
        row,
        data.many(seen, lambda _: seen[0]) or seen[:1],
        "1.1",
        data.many([merged], lambda id: _merged(data, id), most=MERGED),
    )
    search_text = data.text("", overview.WORDS_LENGTH)
    change = form.render_form(known, search_text, data.name(""))
    yield Sample("*Change*", change)
    filled = submitted(form.render_form(known, search_text), state="planned", release="5.0")
    release = data.text("4.2", RELEASE_LENGTH)
    fixed = replace(known, row=replace(row, state=WorkaroundState.FIXED, release=release))
    conflict = form.render_conflict(fixed, filled)
    yield first_block("*Change*, when somebody else was faster", conflict)
    yield Sample("*Change*, fixed in no release", form.RELEASE_MISSING)
    both = str(errors.BothWorkaroundsFixed())
    yield Sample("*Change*, the same as one that is fixed too", both)


def _merged(data: SampleData, id: int) -> MergedWorkaround:
    return MergedWorkaround(id, data.text("", WORKAROUND_LENGTH), data.staff(""))


def _list(data: SampleData) -> WorkaroundList:
    fixed = WorkaroundRow(2, "They count by feel", (TILES,), 1, WorkaroundState.FIXED, "4.2", 0, 1)
    return WorkaroundList(
        data.text("", overview.WORDS_LENGTH),
        data.many([_row(data), fixed], lambda id: _row(data, id), most=MAX_LISTED),
        data.either(0, 10**6),
        data.either(InTimeShare(5, 7), InTimeShare(10**6, 10**7)),
    )


def _row(data: SampleData, id: int = 1) -> WorkaroundRow:
    """Build a workaround; the longest is fixed, as that has the most to say."""
    names = data.many([MILL, POST, ""], lambda _: data.name(""))
    largest = WorkaroundRow(
        id,
        data.text("", WORKAROUND_LENGTH),
        names,
        10**6,
        WorkaroundState.FIXED,
        data.text("", RELEASE_LENGTH),
        told=10**6,
        notice_count=10**6,
        unasked=names,
    )
    return data.either(WorkaroundRow(id, WHAT, names, 4), largest)


def _fix_notices(data: SampleData) -> Samples:
    render, mill, fix = fix_notice.render_message, _to_tell(data), _fix(data)
    draft = fix_notice.draft_text
    yield Sample("Fixed: to each PM who saw it", render(fix))
    left = replace(mill, colleague=data.staff("Bo"))
    yield Sample("seen by a colleague who has left", draft(left, fix))
    phone = replace(mill, kind=VisitKind.PHONE, person="")
    yield Sample("heard on the phone", draft(phone, fix))
    proxy = replace(mill, kind=VisitKind.PROXY)
    yield Sample("heard from somebody else", draft(proxy, fix))
    told = ToldCustomer(data.name(POST), data.day(TODAY))
    known_to = data.many([told], lambda _: told)
    yield Sample("*I have told them*, one of two", render(replace(fix, told=known_to)))
    done = replace(fix, to_tell=())
    yield Sample("*I have told them*, all", render(replace(done, told=known_to)))
    late = fix_notice.render_message(replace(fix, today=date(2026, 3, 23)), late=True)
    yield start_of("A week later, once", late)
    yield Sample("nobody is left to be told", render(done))
    yield Sample("its debrief is gone", render(replace(done, what="")))
    reopened = replace(fix, reopened=True)
    yield Sample("not fixed after all", render(reopened))
    yield Sample("and somebody was told", render(replace(reopened, told=known_to)))


def _fix(data: SampleData) -> FixNoticeFacts:
    mill = _to_tell(data)
    return FixNoticeFacts(
        data.text(WHAT, WORKAROUND_LENGTH),
        data.text("4.2", RELEASE_LENGTH),
        data.staff("Ada"),
        TODAY,
        data.day(date(2026, 3, 23)),
        tuple(replace(mill, notice_id=number) for number in range(data.size + 1)),
    )


def _to_tell(data: SampleData) -> CustomerToTell:
    return CustomerToTell(
        1,
        data.name(MILL),
        data.text(WHAT, WORKAROUND_LENGTH),
        data.day(LAST_VISIT),
        data.either(VisitKind.ON_SITE, VisitKind.PROXY),
        data.name("Mara Lind"),
        data.either("", data.staff("")),
    )

"""The life of a workaround: seen by three PMs, merged, fixed, and told to seven customers."""

from datetime import timedelta

import pytest

from bot.db import customers as customer_queries
from bot.db.workarounds import queries as workaround_queries
from bot.domain.customers import ContactPermissionChoices
from bot.domain.debriefs.rules import Sharing
from bot.domain.visits.caps import NoContactReason
from bot.domain.workarounds import InTimeShare, WorkaroundState
from bot.errors import NotYours
from bot.operations.customers import contact_permissions
from bot.operations.staff import pms
from bot.operations.workarounds import changes as workarounds
from sandbox.server import Sandbox
from sandbox.workspace.state import Message
from tests.conftest import ManualClock, Nihito, open_nihito
from tests.end_to_end.workarounds.workaround_team import (
    NAMES,
    SIGHTINGS,
    WorkaroundTeam,
    posted_on,
    text_of,
    told_buttons,
)
from tests.forms import form_helpers
from tests.times import T, in_berlin

EVERYWHERE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
MILL, POST, TILES, KILN, SEAL, OTTER, QUARRY = NAMES
FIXED = {"state": "fixed", "release": "4.2"}
HOUR = timedelta(hours=1)


@pytest.fixture
def team(nihito: Nihito) -> WorkaroundTeam:
    """Join Ada, Bo and Cy on Monday 2 March at noon, with seven debriefs."""
    return seen_by_three(nihito)


def seen_by_three(nihito: Nihito) -> WorkaroundTeam:
    made = WorkaroundTeam(nihito)
    made.join("Ada", "Bo", "Cy")
    for who, customer, what in SIGHTINGS:
        made.record_sightings(who, customer, what)
    return made


@pytest.fixture
def fixed(team: WorkaroundTeam) -> WorkaroundTeam:
    """Merge all seven into one, and fix it."""
    team.merge_all("Ada")
    team.change("Ada", MILL, **FIXED)
    return team


def messages(team: WorkaroundTeam) -> dict[str, Message]:
    """Return the one message that each PM has got."""
    slack = team.nihito.slack
    return {who: slack.expect_message(to=person) for who, person in team.people.items()}


def asked(message: Message) -> list[str]:
    """Return the customers that a message asks to tell."""
    named = [str(each) for each in message.blocks if "rich_text_preformatted" in str(each)]
    return [each for each in NAMES if f"'{each}'" in str(named)]


@pytest.mark.long
@EVERYWHERE
def test_seven_asks_come_in_three_messages_and_late_ones_are_reminded_once(
    fixed: WorkaroundTeam,
) -> None:
    nihito, slack = fixed.nihito, fixed.nihito.slack
    nihito.tick_at(T(hours=1))
    posts = messages(fixed)
    assert {who: asked(each) for who, each in posts.items()} == {
        "Ada": [MILL, POST, TILES],
        "Bo": [KILN, SEAL],
        "Cy": [OTTER, QUARRY],
    }
    assert "“They print every order and type it in again”. Since 4.2" in str(posts["Ada"].blocks)
    nihito.clock.at = T(days=2)
    for says in ("Brightwater Mill", "Fernleigh Post", f"Thank you. {MILL}, {POST} and {TILES}"):
        fixed.mark_told("Ada", posts["Ada"], says)
    fixed.mark_told("Bo", posts["Bo"], "Seal Works")
    reminders: dict[str, list[Message]] = {who: [] for who in fixed.people}
    # Hour by hour while anything may be due, then less often.
    for hours in (*range(48, 11 * 24), *range(11 * 24, 30 * 24, 6)):
        before = {who: len(each.messages()) for who, each in fixed.people.items()}
        nihito.tick_at(T(hours=hours))
        for who, person in fixed.people.items():
            new = len(person.messages()) - before[who]
            reminders[who] += [slack.expect_message(to=person) for _ in range(new)]
        if hours == 9 * 24:
            fixed.mark_told("Cy", reminders["Cy"][0], "Quarry Lane")
        if hours == 9 * 24 + 1:
            slack.expect_update(posts["Cy"], "1 customer does not know yet")
    assert {who: len(each) for who, each in reminders.items()} == {"Ada": 0, "Bo": 1, "Cy": 1}
    assert [posted_on(reminders[who][0]) for who in ("Bo", "Cy")] == [T(days=7).date()] * 2
    assert "1 customer does not know yet" in str(reminders["Bo"][0].blocks)
    # Told in time: three by Ada, one by Bo. Late: one by Cy. Never: one of Bo's, one of Cy's.
    assert fixed.share(T(days=30)) == InTimeShare(4, 7)
    nihito.clock.at = T(days=30)
    assert "Told within a week: 4 of 7 in the last quarter (57 %)." in text_of(
        fixed.open_list("Bo")
    )


def test_whoever_tells_later_is_still_thanked_and_all_told_leaves_the_list(
    fixed: WorkaroundTeam,
) -> None:
    fixed.nihito.tick_at(T(hours=1))
    posts = messages(fixed)
    fixed.nihito.clock.at = T(days=20)
    for who, message in posts.items():
        while told_buttons(message):
            fixed.mark_told(who, message)
        assert "Thank you." in message.text
    assert fixed.share(T(days=20)) == InTimeShare(0, 7)
    assert "Nothing waits here." in text_of(fixed.open_list("Cy"))
    with fixed.nihito.services.reading(fixed.nihito.workspace_id) as tx:
        (seen, *_) = workaround_queries.list_latest(tx, 1, include_told=True)
    assert seen.state is WorkaroundState.TOLD


@EVERYWHERE
def test_a_restart_in_the_middle_of_a_post_doubles_nothing(
    slack: Sandbox, clock: ManualClock, database: str
) -> None:
    with open_nihito(slack, clock, database) as first:
        team = seen_by_three(first)
        team.merge_all("Ada")
        team.change("Ada", MILL, **FIXED)
        slack.fail("chat.postMessage", "reset after", 3)
        first.tick_at(T(hours=1))
    with open_nihito(slack, clock, database) as team.nihito:
        team.nihito.tick_at(T(hours=2))
        posts = messages(team)
        team.mark_told("Cy", posts["Cy"], "Quarry Lane")
        slack.fail("chat.postMessage", "reset after", 3)
        team.nihito.tick_at(T(days=7, hours=2))
    with open_nihito(slack, clock, database) as team.nihito:
        for hours in (3, 4, 30):
            team.nihito.tick_at(T(days=7, hours=hours))
        assert all("The week is over" in each.text for each in messages(team).values())
        team.mark_told("Ada", posts["Ada"], MILL)
    slack.assert_nothing_else()


@EVERYWHERE
def test_two_who_say_at_once_that_it_is_fixed_make_one_set_of_messages(
    team: WorkaroundTeam,
) -> None:
    team.merge_all("Ada")
    for who in ("Ada", "Bo"):
        team.open_form(who, MILL)
    hands_up = [team.people[who] for who in ("Ada", "Bo")]
    for each in hands_up:
        each.fill(FIXED)
    for each in hands_up:
        assert each.submit().acked
    team.nihito.wait_until_idle()
    team.nihito.tick_at(T(hours=1))
    assert sorted(messages(team)) == ["Ada", "Bo", "Cy"]


def test_whoever_says_otherwise_meanwhile_is_shown_what_it_is_now(team: WorkaroundTeam) -> None:
    ada, bo = team.people["Ada"], team.people["Bo"]
    team.open_form("Bo", MILL)
    team.change("Ada", MILL, **FIXED)
    bo.submit({"state": "planned", "release": "5.0"})
    assert bo.view
    assert "Somebody changed it meanwhile: it is fixed in 4.2 now." in text_of(bo.view)
    bo.submit()
    team.nihito.wait_until_idle()
    assert "planned for 5.0" in text_of(team.open_list("Ada"))
    team.nihito.tick_at(T(hours=1))
    assert ada.messages()[-1].text.startswith("Welcome")


def test_a_fix_that_was_none_is_taken_back_and_fixed_again_asks_anew(fixed: WorkaroundTeam) -> None:
    nihito, slack = fixed.nihito, fixed.nihito.slack
    nihito.tick_at(T(hours=1))
    posts = messages(fixed)
    fixed.mark_told("Bo", posts["Bo"], "Seal Works")
    fixed.change("Cy", MILL, state="open")
    nihito.tick_at(T(hours=2))
    slack.expect_update(posts["Ada"], "is not fixed after all, so nobody needs to hear of it.")
    slack.expect_update(posts["Bo"], "Kiln House heard it from you already")
    slack.expect_update(posts["Cy"], "is not fixed after all")
    assert fixed.share(T(days=20)) == InTimeShare(0, 0)
    for hours in range(3, 24 * 9, 6):
        nihito.tick_at(T(hours=hours))
    fixed.change("Cy", MILL, state="fixed", release="4.3")
    nihito.tick_at(in_berlin(9, 12))
    assert all("fixed in 4.3" in each.text for each in messages(fixed).values())


def test_set_back_before_anything_left_nothing_is_sent(team: WorkaroundTeam) -> None:
    team.nihito.clock.at = T(hours=10)
    team.change("Ada", MILL, **FIXED)
    team.nihito.tick_at(T(hours=11))
    team.change("Ada", MILL, state="planned")
    team.nihito.tick_at(in_berlin(1, 12))
    team.nihito.slack.assert_nothing_else()


def test_another_pm_cannot_say_that_they_told(fixed: WorkaroundTeam) -> None:
    fixed.nihito.tick_at(T(hours=1))
    message = messages(fixed)["Ada"]
    before = form_helpers.table_rows(fixed.nihito, "asks")
    block_id, bo = told_buttons(message)[0], fixed.people["Bo"]
    form_helpers.press_as(fixed.nihito, bo, message, "fix.told", "1", block_id)
    fixed.nihito.slack.expect_message(to=fixed.people["Bo"], containing=str(NotYours()))
    assert form_helpers.table_rows(fixed.nihito, "asks") == before


def test_a_second_press_changes_nothing(fixed: WorkaroundTeam) -> None:
    fixed.nihito.tick_at(T(hours=1))
    message = messages(fixed)["Cy"]
    cy, block_id = fixed.people["Cy"], told_buttons(message)[0]
    again = form_helpers.second_press(fixed.nihito, cy, message, "fix.told", None, block_id)
    fixed.mark_told("Cy", message)
    before = form_helpers.table_rows(fixed.nihito, "asks")
    fixed.nihito.clock.at = T(days=3)
    assert again().acked
    fixed.nihito.slack.expect_update(message, "Quarry Lane")
    assert form_helpers.table_rows(fixed.nihito, "asks") == before
    # Nor is the message with the button updated once more.
    fixed.nihito.tick_at(T(days=3, hours=1))
    fixed.nihito.slack.assert_nothing_else()


def test_what_looks_alike_is_offered_first_and_the_rest_by_words(team: WorkaroundTeam) -> None:
    team.record_sightings("Bo", KILN, "One login for the whole warehouse")
    team.open_form("Ada", MILL)
    ada = team.people["Ada"]
    offered = [each["text"]["text"] for each in ada.options("workaround.same", "")]
    assert "One login" in offered[-1]
    assert len(offered) == len(NAMES)
    (login,) = ada.options("workaround.same", "LÓGIN ware")
    assert login["text"]["text"] == "One login for the whole warehouse (Kiln House)"


def test_a_merge_is_taken_apart_again(team: WorkaroundTeam) -> None:
    team.change("Ada", MILL, same=POST)
    team.change("Bo", KILN, same=POST)
    assert "seen 3 times" in text_of(team.open_list("Cy"))
    team.people["Cy"].close()
    form = team.open_form("Bo", KILN)
    merge = next(each for each in form.payload["blocks"] if each["block_id"] == "apart")
    options = merge["element"]["options"]
    assert [each["text"]["text"] for each in options] == [
        "Print each order, and type it again by hand (Bo)",
        "They print every order and type it in again. (Ada)",
    ]
    team.people["Bo"].submit({"apart": [options[0]["value"]]})
    team.nihito.wait_until_idle()
    team.people["Bo"].close()
    assert "seen 2 times" in text_of(team.open_list("Cy"))
    kept = form_helpers.table_rows(team.nihito, "merges")
    assert [each["undone_by"] for each in kept] == [None, team.people["Bo"].id]


def test_what_was_no_part_of_a_fix_is_taken_back_where_it_was_asked(fixed: WorkaroundTeam) -> None:
    fixed.nihito.tick_at(T(hours=1))
    posts = messages(fixed)
    form = fixed.open_form("Ada", QUARRY)
    (apart,) = [each for each in form.payload["blocks"] if each["block_id"] == "apart"]
    otter = next(
        each
        for each in apart["element"]["options"]
        if "Quarry" in str(each) or "somebody types" in str(each)
    )
    fixed.people["Ada"].submit({"apart": [otter["value"]]})
    fixed.nihito.wait_until_idle()
    fixed.people["Ada"].close()
    fixed.nihito.tick_at(T(hours=2))
    fixed.nihito.slack.expect_update(posts["Cy"], "Otter Prints")
    assert asked(posts["Cy"]) == [OTTER]


def test_two_that_are_fixed_stay_two(team: WorkaroundTeam) -> None:
    team.change("Ada", MILL, **FIXED)
    team.open_form("Bo", KILN)
    bo = team.people["Bo"]
    (mill,) = bo.options("workaround.same", MILL)
    bo.submit({"state": "fixed", "release": "4.3", "same": mill["value"]})
    assert form_helpers.errors_shown(bo) == {
        "same": "Both are fixed, and their customers are being told: leave them as they are."
    }
    assert form_helpers.count_rows(team.nihito, "wholes", "merges") == (1, 0)


def test_one_that_joins_what_is_fixed_is_asked_about_too(team: WorkaroundTeam) -> None:
    team.change("Ada", MILL, **FIXED)
    team.nihito.tick_at(T(hours=1))
    first = team.nihito.slack.expect_message(to=team.people["Ada"])
    assert asked(first) == [MILL]
    team.change("Ada", POST, same=MILL)
    team.change("Ada", KILN, same=MILL)
    team.nihito.tick_at(T(hours=2))
    second = team.nihito.slack.expect_message(to=team.people["Ada"])
    assert (asked(first), asked(second)) == ([MILL], [POST])
    assert asked(team.nihito.slack.expect_message(to=team.people["Bo"])) == [KILN]


def test_a_release_is_needed_for_what_is_fixed(team: WorkaroundTeam) -> None:
    team.open_form("Ada", MILL)
    team.people["Ada"].submit({"state": "fixed"})
    assert "in which release" in form_helpers.errors_shown(team.people["Ada"])["release"]


def test_another_release_is_said_in_the_messages_that_stand(fixed: WorkaroundTeam) -> None:
    fixed.nihito.tick_at(T(hours=1))
    posts = messages(fixed)
    fixed.change("Bo", KILN, state="fixed", release="4.2.1")
    fixed.nihito.tick_at(T(hours=2))
    for each in posts.values():
        fixed.nihito.slack.expect_update(each, "is fixed in 4.2.1")
    assert "Since 4.2.1 you no longer have to" in str(posts["Cy"].blocks)


@EVERYWHERE
def test_whoever_has_left_hands_over_to_the_owner_or_to_nobody(fixed: WorkaroundTeam) -> None:
    nihito = fixed.nihito
    with nihito.services.transaction(nihito.workspace_id) as tx:
        (kiln,) = customer_queries.list_by_name(tx, KILN)
        customer_queries.update(tx, kiln, owner_id=fixed.people["Ada"].id)
    nihito.tick_at(T(hours=1))
    bos = messages(fixed)["Bo"]
    pms.leave(nihito.services, fixed.actor("Bo"))
    nihito.tick_at(T(hours=2))
    handed = nihito.slack.expect_message(to=fixed.people["Ada"])
    assert asked(handed) == [KILN]
    nihito.slack.expect_update(bos, "nobody is left whom you are asked to tell")
    assert "On 2 March you showed my colleague Bo how you get by" in str(handed.blocks)
    form = text_of(fixed.open_form("Ada", MILL))
    assert "Nobody is asked to tell Seal Works: whoever saw it there has left" in form
    for hours in range(3, 24 * 12, 6):
        nihito.tick_at(T(hours=hours))
    for who, count in (("Ada", 2), ("Cy", 1)):
        for _ in range(count):
            nihito.slack.expect_message(to=fixed.people[who], containing="not know yet")


def test_a_customer_who_opted_out_is_not_asked_about(fixed: WorkaroundTeam) -> None:
    nihito = fixed.nihito
    with nihito.services.reading(nihito.workspace_id) as tx:
        ((mill,), (tiles,)) = (customer_queries.list_by_name(tx, each) for each in (MILL, TILES))
    choices = ContactPermissionChoices(mill.id, NoContactReason.OPTED_OUT, "They said so.")
    contact_permissions.save(nihito.services, fixed.actor("Ada"), choices, T(minutes=1))
    nihito.tick_at(T(hours=1))
    message = messages(fixed)["Ada"]
    assert asked(message) == [POST, TILES]
    choices = ContactPermissionChoices(tiles.id, NoContactReason.OPTED_OUT, "They said so.")
    contact_permissions.save(nihito.services, fixed.actor("Ada"), choices, T(hours=1))
    nihito.tick_at(T(hours=2))
    nihito.slack.expect_update(message, "Fernleigh Post")
    assert asked(message) == [POST]


def test_a_deleted_debrief_leaves_the_workaround_and_its_customer_notices(
    fixed: WorkaroundTeam,
) -> None:
    nihito = fixed.nihito
    nihito.tick_at(T(hours=1))
    posts = messages(fixed)
    with nihito.services.transaction(nihito.workspace_id) as tx:
        workarounds.detach_sightings(tx, [fixed.id_of(OTTER), fixed.id_of(QUARRY)], T(hours=1))
    nihito.tick_at(T(hours=2))
    nihito.slack.expect_update(posts["Cy"], "nobody is left whom you are asked to tell")
    assert fixed.share(T(days=20)) == InTimeShare(0, 5)


def test_what_is_private_stays_with_its_author_and_a_name_that_is_not_told_too(
    team: WorkaroundTeam,
) -> None:
    team.record_sightings("Bo", KILN, "They count by feel", sharing=Sharing.PRIVATE)
    team.record_sightings("Bo", KILN, "Kiln House weighs by hand", sharing=Sharing.NO_NAME)
    seen = text_of(team.open_list("Ada"))
    assert "They count by feel" not in seen
    assert "The customer weighs by hand" in seen
    ada = team.people["Ada"]
    for typed, count in (("kiln", 1), ("weighs", 1), ("feel", 0)):
        ada.submit({"words": typed})
        assert ada.view
        assert text_of(ada.view).count("workaround.change") == count
    ada.close()
    assert "They count by feel" in text_of(team.open_list("Bo"))


def test_a_brief_says_how_far_each_is(fixed: WorkaroundTeam) -> None:
    nihito, ada = fixed.nihito, fixed.people["Ada"]
    nihito.tick_at(T(hours=1))
    posts = messages(fixed)
    fixed.mark_told("Cy", posts["Cy"], "Quarry Lane")
    fixed.record_sightings("Bo", MILL, "They call the driver")
    for name, line in (
        (MILL, "They print every order and type it in again. (fixed in 4.2: tell them)"),
        (MILL, "They call the driver (open)"),
        (OTTER, "They type every printed order in again (fixed in 4.2, and they know)"),
    ):
        ada.run("/customer", name)
        assert line in ada.messages()[-1].text


@pytest.fixture
def away(fixed: WorkaroundTeam) -> WorkaroundTeam:
    """Let Ada be away for ten days."""
    fixed.people["Ada"].run("/visit", "pause until 2026-03-12")
    return fixed


def test_whoever_is_away_is_asked_when_they_are_back_and_reminded_a_week_later(
    away: WorkaroundTeam,
) -> None:
    nihito, ada = away.nihito, away.people["Ada"]
    seen = len(ada.messages())
    days = []
    for hours in range(1, 24 * 25, 6):
        nihito.tick_at(T(hours=hours))
        if len(ada.messages()) > seen:
            seen = len(ada.messages())
            days.append(posted_on(nihito.slack.expect_message(to=ada)).isoformat())
    assert days == ["2026-03-12", "2026-03-19"]
    for who in ("Bo", "Cy"):
        for _ in range(2):
            nihito.slack.expect_message(to=away.people[who])

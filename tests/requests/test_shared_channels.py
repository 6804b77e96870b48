"""Channels shared with another organisation: only people known to be ours are served."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.staff.access import Membership, Refusal
from bot.operations.staff.directory import parse_user
from bot.views.staff.refusals import REFUSALS
from handlers.requests import RequestKind
from sandbox.workspace.installation import OTHER_TEAM_ID, TEAM_ID
from tests.requests.payload_cases import BY_NAME, CASES, ONE_OF_EACH_KIND, Case, event_payload
from tests.requests.seeded_workspace import Payload, SeededWorkspace
from tests.times import T0

ABROAD = {"id": OTHER_TEAM_ID, "domain": "elsewhere"}
GRID = {"id": "E0000001", "name": "A made-up group"}
OTHERS = REFUSALS[Refusal.OTHER_ORGANISATION]
INTERACTIVE = [
    case for case in CASES if case.route[0] in (RequestKind.ACTION, RequestKind.SUBMISSION)
]
SEARCHES = [case for case in CASES if case.route[0] is RequestKind.OPTIONS]
COMMANDS = [case for case in CASES if case.route[0] is RequestKind.COMMAND]


def _only_the_person_is_theirs(payload: Payload) -> None:
    payload["user"]["team_id"] = OTHER_TEAM_ID


def _only_the_team_is_theirs(payload: Payload) -> None:
    del payload["user"]["team_id"]
    payload["team"] = ABROAD


def _both_are_theirs(payload: Payload) -> None:
    payload["user"]["team_id"] = OTHER_TEAM_ID
    payload["team"] = ABROAD


# The dispatcher checks a payload before any route: one of each kind is tested in all three ways.
@pytest.mark.parametrize(
    ("case", "abroad"),
    [
        *((case, _both_are_theirs) for case in INTERACTIVE + SEARCHES),
        *((case, _only_the_person_is_theirs) for case in ONE_OF_EACH_KIND if case in INTERACTIVE),
        *((case, _only_the_team_is_theirs) for case in ONE_OF_EACH_KIND if case in INTERACTIVE),
    ],
    ids=lambda each: getattr(each, "__name__", str(each)),
)
def test_a_payload_from_another_team_is_refused_whoever_it_names(
    seeded_workspace: SeededWorkspace, case: Case, abroad: Callable[[Payload], None]
) -> None:
    before = seeded_workspace.stored_rows()
    kind, payload = case.build(seeded_workspace, seeded_workspace.ada)
    abroad(payload)
    seen = seeded_workspace.deliver("socket", kind, payload)
    assert seeded_workspace.stored_rows() == before
    said = [post.text for post in seen.posts] + list(seen.answer.body.get("errors", {}).values())
    silent = case.private or case.unprompted or case in SEARCHES
    assert said == ([] if silent else [OTHERS])
    assert len(seen.calls) == len(seen.posts)


@pytest.mark.parametrize("case", COMMANDS, ids=str)
def test_a_command_from_another_team_is_refused_whoever_it_names(
    seeded_workspace: SeededWorkspace, case: Case
) -> None:
    before = seeded_workspace.stored_rows()
    kind, payload = case.build(seeded_workspace, seeded_workspace.ada)
    seen = seeded_workspace.deliver("socket", kind, payload | {"team_id": OTHER_TEAM_ID})
    assert (seen.answer.body["text"], seen.calls, seen.posts) == (OTHERS, [], [])
    assert seeded_workspace.stored_rows() == before


@pytest.mark.parametrize(
    ("author", "around"),
    [
        ({"user_team": OTHER_TEAM_ID}, {}),
        ({"team": OTHER_TEAM_ID}, {}),
        ({"user_team": "E0000009"}, {}),
        ({"user_team": OTHER_TEAM_ID, "team": TEAM_ID}, {}),
        ({}, {"is_ext_shared_channel": True}),
        ({"user_team": None}, {"is_ext_shared_channel": True}),
        ({"user": None}, {}),
    ],
    ids=str,
)
def test_an_event_by_somebody_who_is_not_surely_ours_shows_nothing(
    seeded_workspace: SeededWorkspace, author: dict[str, Any], around: dict[str, Any]
) -> None:
    before = seeded_workspace.stored_rows()
    opened = {
        "type": "app_home_opened",
        "user": seeded_workspace.ada.id,
        "tab": "home",
        "channel": "D1",
    }
    payload = event_payload(seeded_workspace, seeded_workspace.ada, **(opened | author)) | around
    seen = seeded_workspace.deliver("socket", "events_api", payload)
    assert (seen.answer.acked, seen.calls, seen.posts) == (True, [], [])
    assert seeded_workspace.stored_rows() == before


def test_an_event_of_ours_in_a_shared_channel_is_answered(
    seeded_workspace: SeededWorkspace,
) -> None:
    opened = {
        "type": "app_home_opened",
        "user": seeded_workspace.ada.id,
        "tab": "home",
        "user_team": TEAM_ID,
    }
    payload = event_payload(seeded_workspace, seeded_workspace.ada, **opened) | {
        "is_ext_shared_channel": True
    }
    # At the top level is the other organisation's team, as it is where they are the hosts.
    seen = seeded_workspace.deliver("socket", "events_api", payload | {"team_id": OTHER_TEAM_ID})
    assert [call.method for call in seen.calls] == ["views.publish"]


def _in_a_grid(payload: Payload) -> Payload:
    user = payload["user"] | {"team_id": "T0000077"}
    return payload | {"team": None, "enterprise": GRID, "user": user}


def test_in_a_grid_slack_is_asked_who_somebody_is(seeded_workspace: SeededWorkspace) -> None:
    kind, payload = BY_NAME["home.plan"].build(seeded_workspace, seeded_workspace.ada)
    seen = seeded_workspace.deliver("socket", kind, _in_a_grid(payload))
    assert [call.method for call in seen.calls] == ["views.open"]
    seeded_workspace.ada.close()


@pytest.mark.parametrize("who", ["a stranger", "a neighbour"])
@pytest.mark.parametrize("case", INTERACTIVE + SEARCHES, ids=str)
def test_a_grid_does_not_let_others_in(
    seeded_workspace: SeededWorkspace, case: Case, who: str
) -> None:
    before = seeded_workspace.stored_rows()
    kind, payload = case.build(seeded_workspace, seeded_workspace.people[who])
    seen = seeded_workspace.deliver("socket", kind, _in_a_grid(payload))
    assert seeded_workspace.stored_rows() == before
    assert {post.text for post in seen.posts} <= {OTHERS}
    assert {call.method for call in seen.calls} <= {"response_url"}


MEMBER = {"id": "U1", "team_id": TEAM_ID, "name": "una"}


@pytest.mark.parametrize(
    ("told", "membership"),
    [
        ({}, Membership.MEMBER),
        ({"is_restricted": True}, Membership.GUEST),
        ({"is_restricted": True, "is_ultra_restricted": True}, Membership.GUEST),
        ({"deleted": True}, Membership.DEACTIVATED),
        ({"deleted": True, "is_stranger": True}, Membership.DEACTIVATED),
        ({"is_bot": True}, Membership.BOT),
        ({"id": "USLACKBOT"}, Membership.BOT),
        ({"is_stranger": True}, Membership.OTHER_ORGANISATION),
        ({"team_id": OTHER_TEAM_ID}, Membership.OTHER_ORGANISATION),
        ({"team_id": OTHER_TEAM_ID, "is_restricted": True}, Membership.OTHER_ORGANISATION),
        ({"team_id": None}, Membership.OTHER_ORGANISATION),
        (
            {
                "team_id": OTHER_TEAM_ID,
                "enterprise_user": {"enterprise_id": "E9", "teams": [OTHER_TEAM_ID]},
            },
            Membership.OTHER_ORGANISATION,
        ),
        (
            {
                "team_id": "T0000077",
                "enterprise_user": {"enterprise_id": "E1", "teams": ["T0000077", TEAM_ID]},
            },
            Membership.MEMBER,
        ),
    ],
    ids=str,
)
def test_who_somebody_is_follows_from_what_slack_says(
    told: dict[str, Any], membership: Membership
) -> None:
    assert parse_user(MEMBER | told, TEAM_ID, T0).membership is membership

"""Channels shared with another organisation: whoever is not surely ours is not served."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.staff.access import Refusal, Standing
from bot.operations.staff.directory import described
from bot.views.staff.refusals import REFUSALS
from handlers.requests import Kind
from sandbox.workspace.installation import OTHER_TEAM_ID, TEAM_ID
from tests.requests.payload_cases import BY_NAME, CASES, ONE_OF_EACH_KIND, Case, event
from tests.requests.seeded_workspace import Payload, Scene
from tests.times import T0

ABROAD = {"id": OTHER_TEAM_ID, "domain": "elsewhere"}
GRID = {"id": "E0000001", "name": "A made-up group"}
OTHERS = REFUSALS[Refusal.OTHER_ORGANISATION]
INTERACTIVE = [case for case in CASES if case.door[0] in (Kind.ACTION, Kind.SUBMISSION)]
SEARCHES = [case for case in CASES if case.door[0] is Kind.OPTIONS]
COMMANDS = [case for case in CASES if case.door[0] is Kind.COMMAND]


def _only_the_person_is_theirs(payload: Payload) -> None:
    payload["user"]["team_id"] = OTHER_TEAM_ID


def _only_the_team_is_theirs(payload: Payload) -> None:
    del payload["user"]["team_id"]
    payload["team"] = ABROAD


def _both_are_theirs(payload: Payload) -> None:
    payload["user"]["team_id"] = OTHER_TEAM_ID
    payload["team"] = ABROAD


# The gate looks at a payload before any door does: one of each kind comes in all three ways.
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
    scene: Scene, case: Case, abroad: Callable[[Payload], None]
) -> None:
    before = scene.kept()
    kind, payload = case.build(scene, scene.ada)
    abroad(payload)
    seen = scene.knock("socket", kind, payload)
    assert scene.kept() == before
    said = [post.words for post in seen.posts] + list(seen.answer.body.get("errors", {}).values())
    silent = case.private or case.unasked or case in SEARCHES
    assert said == ([] if silent else [OTHERS])
    assert len(seen.calls) == len(seen.posts)


@pytest.mark.parametrize("case", COMMANDS, ids=str)
def test_a_command_from_another_team_is_refused_whoever_it_names(scene: Scene, case: Case) -> None:
    before = scene.kept()
    kind, payload = case.build(scene, scene.ada)
    seen = scene.knock("socket", kind, payload | {"team_id": OTHER_TEAM_ID})
    assert (seen.answer.body["text"], seen.calls, seen.posts) == (OTHERS, [], [])
    assert scene.kept() == before


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
    scene: Scene, author: dict[str, Any], around: dict[str, Any]
) -> None:
    before = scene.kept()
    opened = {"type": "app_home_opened", "user": scene.ada.id, "tab": "home", "channel": "D1"}
    payload = event(scene, scene.ada, **(opened | author)) | around
    seen = scene.knock("socket", "events_api", payload)
    assert (seen.answer.acked, seen.calls, seen.posts) == (True, [], [])
    assert scene.kept() == before


def test_an_event_of_ours_in_a_shared_channel_is_answered(scene: Scene) -> None:
    opened = {"type": "app_home_opened", "user": scene.ada.id, "tab": "home", "user_team": TEAM_ID}
    payload = event(scene, scene.ada, **opened) | {"is_ext_shared_channel": True}
    # On top stands the other side's team, as it does where they are the hosts.
    seen = scene.knock("socket", "events_api", payload | {"team_id": OTHER_TEAM_ID})
    assert [call.method for call in seen.calls] == ["views.publish"]


def _in_a_grid(payload: Payload) -> Payload:
    user = payload["user"] | {"team_id": "T0000077"}
    return payload | {"team": None, "enterprise": GRID, "user": user}


def test_in_a_grid_slack_is_asked_who_somebody_is(scene: Scene) -> None:
    kind, payload = BY_NAME["home.plan"].build(scene, scene.ada)
    seen = scene.knock("socket", kind, _in_a_grid(payload))
    assert [call.method for call in seen.calls] == ["views.open"]
    scene.ada.close()


@pytest.mark.parametrize("who", ["a stranger", "a neighbour"])
@pytest.mark.parametrize("case", INTERACTIVE + SEARCHES, ids=str)
def test_a_grid_does_not_let_others_in(scene: Scene, case: Case, who: str) -> None:
    before = scene.kept()
    kind, payload = case.build(scene, scene.people[who])
    seen = scene.knock("socket", kind, _in_a_grid(payload))
    assert scene.kept() == before
    assert {post.words for post in seen.posts} <= {OTHERS}
    assert {call.method for call in seen.calls} <= {"response_url"}


MEMBER = {"id": "U1", "team_id": TEAM_ID, "name": "una"}


@pytest.mark.parametrize(
    ("told", "standing"),
    [
        ({}, Standing.MEMBER),
        ({"is_restricted": True}, Standing.GUEST),
        ({"is_restricted": True, "is_ultra_restricted": True}, Standing.GUEST),
        ({"deleted": True}, Standing.DEACTIVATED),
        ({"deleted": True, "is_stranger": True}, Standing.DEACTIVATED),
        ({"is_bot": True}, Standing.BOT),
        ({"id": "USLACKBOT"}, Standing.BOT),
        ({"is_stranger": True}, Standing.OTHER_ORGANISATION),
        ({"team_id": OTHER_TEAM_ID}, Standing.OTHER_ORGANISATION),
        ({"team_id": OTHER_TEAM_ID, "is_restricted": True}, Standing.OTHER_ORGANISATION),
        ({"team_id": None}, Standing.OTHER_ORGANISATION),
        (
            {
                "team_id": OTHER_TEAM_ID,
                "enterprise_user": {"enterprise_id": "E9", "teams": [OTHER_TEAM_ID]},
            },
            Standing.OTHER_ORGANISATION,
        ),
        (
            {
                "team_id": "T0000077",
                "enterprise_user": {"enterprise_id": "E1", "teams": ["T0000077", TEAM_ID]},
            },
            Standing.MEMBER,
        ),
    ],
    ids=str,
)
def test_who_somebody_is_follows_from_what_slack_says(
    told: dict[str, Any], standing: Standing
) -> None:
    assert described(MEMBER | told, TEAM_ID, T0).standing is standing

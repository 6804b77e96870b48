"""Staff: Slack's user records, fetched once a day; when in doubt the user is trusted least."""

from typing import Any

import pytest

from bot.db.staff import queries as staff_queries
from bot.domain.staff.access import Membership, Role
from bot.errors import SlackError
from bot.operations.staff import directory as staff
from bot.operations.staff import pms
from bot.views.staff.settings_form import JoinChoices
from sandbox.person import Person
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T0, T

OUTSIDER = Membership.OTHER_ORGANISATION


def asked(workspace: BotWorkspace) -> int:
    return sum(each.method == "users.info" for each in workspace.slack.calls)


def membership(workspace: BotWorkspace, user_id: str) -> Membership:
    return staff.get_actor(workspace.services, workspace.workspace_id, user_id, T0).membership


def test_slack_is_asked_about_somebody_once_a_day(workspace: BotWorkspace) -> None:
    ada = workspace.slack.add_user("Ada", tz="Asia/Kolkata")
    assert workspace.actor(ada).zone == "Asia/Kolkata"
    workspace.clock.at = T(hours=24)
    workspace.actor(ada)
    assert asked(workspace) == 1
    ada.user.tz = "Europe/Paris"
    workspace.clock.at = T(hours=24, minutes=1)
    assert workspace.actor(ada).zone == "Europe/Paris"
    assert asked(workspace) == 2


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, Membership.MEMBER),
        ({"guest": True}, Membership.GUEST),
        ({"single_channel_guest": True}, Membership.GUEST),
        ({"stranger": True}, OUTSIDER),
        ({"deleted": True}, Membership.DEACTIVATED),
        ({"deleted": True, "guest": True}, Membership.DEACTIVATED),
    ],
)
def test_standing_is_read_from_slack(
    workspace: BotWorkspace, known: dict[str, Any], expected: Membership
) -> None:
    somebody = workspace.slack.add_user("Somebody", **known)
    assert membership(workspace, somebody.id) is expected


def test_somebody_whom_slack_does_not_know_is_another_organisations(
    workspace: BotWorkspace,
) -> None:
    assert membership(workspace, "U9999999") is OUTSIDER
    workspace.slack.expect_refusal("users.info", "user_not_found")


def test_the_bot_itself_is_nobody_to_serve(workspace: BotWorkspace) -> None:
    assert membership(workspace, workspace.slack.bot_user_id) is Membership.BOT


def test_slackbot_is_a_bot_whatever_it_says_of_itself() -> None:
    described = staff.parse_user({"id": "USLACKBOT", "is_bot": False, "team_id": "T1"}, "T1", T0)
    assert described.membership is Membership.BOT


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"id": "U1", "team_id": "T2"}, OUTSIDER),
        ({"id": "U1", "team_id": "T1"}, Membership.MEMBER),
        ({"id": "U1"}, OUTSIDER),
        ({"id": "U1", "team_id": "T2", "enterprise_user": {"teams": ["T1"]}}, Membership.MEMBER),
        ({"id": "U1", "team_id": "T2", "enterprise_user": {"teams": ["T3"]}}, OUTSIDER),
    ],
)
def test_a_user_of_another_team_is_another_organisations_unless_of_the_same_grid(
    user: dict[str, Any], expected: Membership
) -> None:
    assert staff.parse_user(user, "T1", T0).membership is expected


@pytest.mark.parametrize("zone", [None, "", "Mars/Olympus", "../../etc/passwd"])
def test_a_zone_that_nobody_knows_becomes_utc(zone: str | None) -> None:
    assert staff.parse_user({"id": "U1", "tz": zone}, "T1", T0).zone == "UTC"


def test_trouble_with_the_token_makes_nobody_a_stranger(workspace: BotWorkspace) -> None:
    ada = workspace.slack.add_user("Ada")
    workspace.slack.fail("users.info", "token_revoked")
    with pytest.raises(SlackError):
        workspace.actor(ada)
    assert workspace.actor(ada).membership is Membership.MEMBER


def test_roles_follow_from_standing_and_enrolment(workspace: BotWorkspace) -> None:
    admin = workspace.slack.add_user("Admin", admin=True)
    assert workspace.actor(admin).roles == {Role.STAFF, Role.ADMIN}
    assert workspace.actor(workspace.add_pm("Ada")).roles == {Role.STAFF, Role.PM}
    assert workspace.actor(workspace.slack.add_user("Guest", guest=True)).roles == set()


def known(workspace: BotWorkspace, email: str) -> staff_queries.Staff | None:
    with workspace.services.reading(workspace.workspace_id) as tx:
        return staff_queries.find_by_email(tx, email)


def test_staff_are_found_by_address_whatever_its_case(workspace: BotWorkspace) -> None:
    ada = workspace.slack.add_user("Ada", email="Ada.Byron@Example.com", title="Technical Support")
    workspace.actor(ada)
    found = known(workspace, "ADA.byron@example.COM")
    assert found is not None
    assert (found.user_id, found.is_support) == (ada.id, True)


def test_a_refresh_keeps_everybody_whom_slack_lists(workspace: BotWorkspace) -> None:
    people: list[Person] = [workspace.slack.add_user(f"Person {n}") for n in range(450)]
    count = staff.refresh_all(workspace.services, workspace.workspace_id, T0)
    assert count == len(people) + 1
    for each in (people[0], people[-1]):
        assert known(workspace, each.user.email) is not None


NO_ZONE = {"tz": None, "tz_label": None, "tz_offset": None}
HALF_EMOJI = {"display_name": "Ada \ud83c", "status_text": "\udf34 till Monday"}


@pytest.mark.parametrize(
    ("described", "name"),
    [
        (NO_ZONE, "Ada"),
        ({**NO_ZONE, "profile": HALF_EMOJI}, "Ada \ufffd"),
        ({"profile": {"display_name": "", "real_name": "Ada \udf3b"}}, "Ada \ufffd"),
        ({"profile": {"display_name": "Ada :sunfl"}}, "Ada :sunfl"),
        ({"profile": {"display_name": "\x00"}}, "Ada"),
        ({"profile": {"display_name": "Ada\u202e\u200b"}}, "Ada"),
        ({"profile": None, "name": None}, "somebody"),
    ],
    ids=[
        "no zone",
        "half an emoji",
        "the other half",
        "half a code",
        "a control",
        "hidden",
        "nothing",
    ],
)
def test_a_pm_can_be_anyone_whom_slack_describes(
    workspace: BotWorkspace, described: dict[str, Any], name: str
) -> None:
    ada = workspace.slack.add_user("Ada", described=described)
    workspace.clock.at = T0
    actor = workspace.actor(ada)
    pms.join(workspace.services, actor, JoinChoices(), T0)
    assert workspace.actor(ada).name == name
    assert staff.refresh_all(workspace.services, workspace.workspace_id, T0) == 2
    assert workspace.actor(ada).roles == {Role.STAFF, Role.PM}

"""Staff: what Slack says of a user, asked once a day and read as the least trusted."""

from typing import Any

import pytest

from bot.db.staff import queries as rows
from bot.domain.staff.access import Role, Standing
from bot.errors import SlackError
from bot.operations.staff import directory as staff
from sandbox.person import Person
from tests.operations.operations_fixture import Office
from tests.times import T0, T

OUTSIDER = Standing.OTHER_ORGANISATION


def asked(office: Office) -> int:
    return sum(each.method == "users.info" for each in office.slack.calls)


def standing(office: Office, user_id: str) -> Standing:
    return staff.actor(office.services, office.workspace_id, user_id, T0).standing


def test_slack_is_asked_about_somebody_once_a_day(office: Office) -> None:
    ada = office.slack.user("Ada", tz="Asia/Kolkata")
    assert office.actor(ada).zone == "Asia/Kolkata"
    office.clock.at = T(hours=24)
    office.actor(ada)
    assert asked(office) == 1
    ada.user.tz = "Europe/Paris"
    office.clock.at = T(hours=24, minutes=1)
    assert office.actor(ada).zone == "Europe/Paris"
    assert asked(office) == 2


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, Standing.MEMBER),
        ({"guest": True}, Standing.GUEST),
        ({"single_channel_guest": True}, Standing.GUEST),
        ({"stranger": True}, OUTSIDER),
        ({"deleted": True}, Standing.DEACTIVATED),
        ({"deleted": True, "guest": True}, Standing.DEACTIVATED),
    ],
)
def test_standing_is_read_from_slack(
    office: Office, known: dict[str, Any], expected: Standing
) -> None:
    somebody = office.slack.user("Somebody", **known)
    assert standing(office, somebody.id) is expected


def test_somebody_whom_slack_does_not_know_is_another_organisations(office: Office) -> None:
    assert standing(office, "U9999999") is OUTSIDER
    office.slack.expect_refusal("users.info", "user_not_found")


def test_the_bot_itself_is_nobody_to_serve(office: Office) -> None:
    assert standing(office, office.slack.bot_user_id) is Standing.BOT


def test_slackbot_is_a_bot_whatever_it_says_of_itself() -> None:
    described = staff.described({"id": "USLACKBOT", "is_bot": False, "team_id": "T1"}, "T1", T0)
    assert described.standing is Standing.BOT


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"id": "U1", "team_id": "T2"}, OUTSIDER),
        ({"id": "U1", "team_id": "T1"}, Standing.MEMBER),
        ({"id": "U1"}, OUTSIDER),
        ({"id": "U1", "team_id": "T2", "enterprise_user": {"teams": ["T1"]}}, Standing.MEMBER),
        ({"id": "U1", "team_id": "T2", "enterprise_user": {"teams": ["T3"]}}, OUTSIDER),
    ],
)
def test_a_user_of_another_team_is_another_organisations_unless_of_the_same_grid(
    user: dict[str, Any], expected: Standing
) -> None:
    assert staff.described(user, "T1", T0).standing is expected


@pytest.mark.parametrize("zone", [None, "", "Mars/Olympus", "../../etc/passwd"])
def test_a_zone_that_nobody_knows_becomes_utc(zone: str | None) -> None:
    assert staff.described({"id": "U1", "tz": zone}, "T1", T0).zone == "UTC"


def test_trouble_with_the_token_makes_nobody_a_stranger(office: Office) -> None:
    ada = office.slack.user("Ada")
    office.slack.fail("users.info", "token_revoked")
    with pytest.raises(SlackError):
        office.actor(ada)
    assert office.actor(ada).standing is Standing.MEMBER


def test_roles_follow_from_standing_and_enrolment(office: Office) -> None:
    admin = office.slack.user("Admin", admin=True)
    assert office.actor(admin).roles == {Role.STAFF, Role.ADMIN}
    assert office.actor(office.pm("Ada")).roles == {Role.STAFF, Role.PM}
    assert office.actor(office.slack.user("Guest", guest=True)).roles == set()


def known(office: Office, email: str) -> rows.Staff | None:
    with office.services.reading(office.workspace_id) as tx:
        return rows.by_email(tx, email)


def test_staff_are_found_by_address_whatever_its_case(office: Office) -> None:
    ada = office.slack.user("Ada", email="Ada.Byron@Example.com", title="Technical Support")
    office.actor(ada)
    found = known(office, "ADA.byron@example.COM")
    assert found is not None
    assert (found.user_id, found.is_support) == (ada.id, True)


def test_a_refresh_keeps_everybody_whom_slack_lists(office: Office) -> None:
    people: list[Person] = [office.slack.user(f"Person {n}") for n in range(450)]
    count = staff.refresh(office.services, office.workspace_id, T0)
    assert count == len(people) + 1
    for each in (people[0], people[-1]):
        assert known(office, each.user.email) is not None

"""Guests, other organisations, the deactivated, bots: nothing shown, nothing changed (H5)."""

import pytest

from bot.domain.staff.access import Refusal
from bot.views.debriefs.form_sections import ADD
from bot.views.staff.refusals import REFUSALS
from bot.views.staff.settings_form import not_joined
from handlers.requests import Kind
from handlers.routes import DOORS
from sandbox.person import Person
from tests.requests.payload_cases import BY_NAME, CASES, ONE_OF_EACH_KIND, WAYS, Case
from tests.requests.seeded_workspace import TEAM_ID, Scene, Seen

TURNED_AWAY = {
    "a guest of several channels": Refusal.GUEST,
    "a guest of one channel": Refusal.GUEST,
    "a stranger": Refusal.OTHER_ORGANISATION,
    "a neighbour": Refusal.OTHER_ORGANISATION,
    "a deactivated user": Refusal.DEACTIVATED,
    "a bot": Refusal.BOT,
    "Slackbot": Refusal.BOT,
}
# Both ways in lead to one gate: one of them for everybody, the other for a guest.
WHO_AND_HOW = [*((who, "socket") for who in TURNED_AWAY), ("a guest of several channels", "http")]
# Whether somebody may pass is asked at the gate, before any door: whoever is refused in a way of
# their own comes to every door, the others to one of each kind.
AT_EVERY_DOOR = (
    ("a guest of several channels", "http"),
    ("a stranger", "socket"),
    ("a deactivated user", "socket"),
)
WHO_AND_WHERE = [
    (case, *each)
    for each in WHO_AND_HOW
    for case in (CASES if each in AT_EVERY_DOOR else ONE_OF_EACH_KIND)
]
ROBOTS = ("Robot", "Slackbot")
# What any member of staff may do; a new door is only for PMs until it is named here.
FOR_ALL_STAFF = {
    *("/contact", "contact.record", "contact.person", "customer.find", "country.find"),
    *("home.join", "visit.join", "app_home_opened", "user_change", "dnd_updated_user"),
    # Whoever has left with the form open still gets it kept.
    *("debrief.more", "debrief.record", "debrief.typed", "debrief.kind", "debrief.afresh", *ADD),
    *("debrief.change", "debrief.take_back", "debrief.never_held", "theme.find"),
    "hypothesis.find",
    *("unfinished.go_on", "unfinished.throw_away"),
    # Whoever keeps a promise need not be a PM either.
    *("promise.kept", "promise.put_off"),
    # A sales owner need not be a PM.
    *("ground_rules.fine", "ground_rules.talk"),
}
FOR_ADMINS = {"home.market", "market.save"}
OPEN_WORDS = ("", "help", "join", "nonsense")
FOR_PMS = [
    case
    for case in CASES
    if case.door[1] not in FOR_ALL_STAFF | FOR_ADMINS
    and not (case.door == (Kind.COMMAND, "/visit") and case.label in OPEN_WORDS)
]


def assert_only_refused(seen: Seen, case: Case, who: Person, sentence: str) -> None:
    """Nothing but one sentence, to nobody but them, and nothing at all where none can be said."""
    assert seen.answer.acked
    kind, body = case.door[0], seen.answer.body
    if case.unasked:
        assert (body, seen.calls, seen.posts) == ({}, [], [])
        return
    if kind in (Kind.ACTION, Kind.SHORTCUT):
        assert_said_once(seen, case, who, sentence)
        return
    assert (seen.calls, seen.posts) == ([], [])
    if kind is Kind.COMMAND:
        assert (body["response_type"], body["text"]) == ("ephemeral", sentence)
    elif kind is Kind.SUBMISSION:
        assert body["response_action"] == "errors"
        assert list(body["errors"].values()) == [sentence]
    else:
        assert body == ({"options": []} if kind is Kind.OPTIONS else {})


def assert_said_once(seen: Seen, case: Case, who: Person, sentence: str) -> None:
    """Where it was pressed; in the conversation with the bot for a form or Home of our people."""
    ours = who.user.team_id == TEAM_ID and not (who.user.deleted or who.name in ROBOTS)
    methods = ["response_url"] if not case.private else ["chat.postMessage"] if ours else []
    assert [call.method for call in seen.calls] == methods
    assert [post.words for post in seen.posts] == [sentence] * len(methods)
    for post in seen.posts:
        private = post.message.channel == who.dm.id and case.private
        assert private or post.message.ephemeral_for == who.id


def test_every_door_has_a_case() -> None:
    assert {case.door for case in CASES} == set(DOORS)


@pytest.mark.parametrize(("case", "who", "way"), WHO_AND_WHERE, ids=str)
def test_who_is_not_a_member_is_told_so_and_nothing_happens(
    scene: Scene, case: Case, who: str, way: str
) -> None:
    person, before = scene.people[who], scene.kept()
    seen = scene.knock(way, *case.build(scene, person))
    assert scene.kept() == before
    if case.door == (Kind.EVENT, "app_home_opened") and "guest" in who:
        assert [(call.method, call.args["user_id"]) for call in seen.calls] == [
            ("views.publish", person.id)
        ]
        assert_says_only(person.home, REFUSALS[Refusal.GUEST])
    else:
        assert_only_refused(seen, case, person, REFUSALS[TURNED_AWAY[who]])


def assert_says_only(home, sentence: str) -> None:
    (block,) = home.payload["blocks"]
    assert block["elements"][0]["elements"] == [{"type": "text", "text": sentence}]


@pytest.mark.parametrize(
    ("case", "way"),
    [
        *((case, "socket") for case in FOR_PMS),
        *((case, "http") for case in ONE_OF_EACH_KIND if case in FOR_PMS),
    ],
    ids=str,
)
def test_a_member_who_has_not_joined_does_nothing_where_only_pms_may(
    scene: Scene, case: Case, way: str
) -> None:
    person, before = scene.people["a member who has not joined"], scene.kept()
    seen = scene.knock(way, *case.build(scene, person))
    assert scene.kept() == before
    word = case.door == (Kind.COMMAND, "/visit")
    sentence = not_joined().text if word else REFUSALS[Refusal.NOT_A_PM]
    assert_only_refused(seen, case, person, sentence)


@WAYS
@pytest.mark.parametrize("who", ["a PM", "a member who has not joined"])
@pytest.mark.parametrize("name", sorted(FOR_ADMINS))
def test_whoever_is_no_admin_does_nothing_where_only_admins_may(
    scene: Scene, name: str, who: str, way: str
) -> None:
    person = {"a PM": scene.ben, **scene.people}[who]
    case, before = BY_NAME[name], scene.kept()
    seen = scene.knock(way, *case.build(scene, person))
    assert scene.kept() == before
    assert_only_refused(seen, case, person, REFUSALS[Refusal.NOT_AN_ADMIN])

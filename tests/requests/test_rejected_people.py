"""Guests, other organisations, the deactivated, bots: nothing shown, nothing changed (H5)."""

import pytest

from bot.domain.staff.access import Refusal
from bot.operations.staff import directory as staff
from bot.views.debriefs.form_sections import SECTION_BY_ACTION
from bot.views.staff.refusals import REFUSALS
from bot.views.staff.settings_form import not_joined_message
from handlers.requests import RequestKind
from handlers.routes import ROUTES
from sandbox.person import Person
from tests.requests.payload_cases import BY_NAME, CASES, EVERY_TRANSPORT, ONE_OF_EACH_KIND, Case
from tests.requests.seeded_workspace import TEAM_ID, DeliveryEffects, SeededWorkspace

REJECTED = {
    "a guest of several channels": Refusal.GUEST,
    "a guest of one channel": Refusal.GUEST,
    "a stranger": Refusal.OTHER_ORGANISATION,
    "a neighbour": Refusal.OTHER_ORGANISATION,
    "a deactivated user": Refusal.DEACTIVATED,
    "a bot": Refusal.BOT,
    "Slackbot": Refusal.BOT,
}
# Both transports lead to one dispatcher: everyone is tested over one, and a guest over the other.
WHO_AND_TRANSPORT = [
    *((who, "socket") for who in REJECTED),
    ("a guest of several channels", "http"),
]
# The dispatcher rejects people before any route: those with a rejection of their own are tested on
# every route, the others on one of each kind.
AT_EVERY_ROUTE = (
    ("a guest of several channels", "http"),
    ("a stranger", "socket"),
    ("a deactivated user", "socket"),
)
WHO_AND_WHERE = [
    (case, *each)
    for each in WHO_AND_TRANSPORT
    for case in (CASES if each in AT_EVERY_ROUTE else ONE_OF_EACH_KIND)
]
ROBOTS = ("Robot", "Slackbot")
# What any member of staff may do; a new route is only for PMs until it is listed here.
FOR_ALL_STAFF = {
    *("/contact", "contact.record", "contact.person", "customer.find", "country.find"),
    *("home.join", "visit.join", "app_home_opened", "user_change", "dnd_updated_user"),
    # A person who left with the form open can still save it.
    *(
        "debrief.more",
        "debrief.record",
        "debrief.typed",
        "debrief.kind",
        "debrief.afresh",
        *SECTION_BY_ACTION,
    ),
    *("debrief.change", "debrief.take_back", "debrief.never_held", "theme.find"),
    "hypothesis.find",
    *("unfinished.go_on", "unfinished.throw_away"),
    # The owner of a promise need not be a PM either.
    *("promise.kept", "promise.put_off"),
    # A sales owner need not be a PM.
    *("ground_rules.fine", "ground_rules.talk"),
}
FOR_ADMINS = {"home.market", "market.save"}
OPEN_WORDS = ("", "help", "join", "nonsense")
FOR_PMS = [
    case
    for case in CASES
    if case.route[1] not in FOR_ALL_STAFF | FOR_ADMINS
    and not (case.route == (RequestKind.COMMAND, "/visit") and case.label in OPEN_WORDS)
]


def assert_only_refused(seen: DeliveryEffects, case: Case, who: Person, sentence: str) -> None:
    """Assert that only the person gets one sentence, and nothing where none can be shown."""
    assert seen.answer.acked
    kind, body = case.route[0], seen.answer.body
    if case.unprompted:
        assert (body, seen.calls, seen.posts) == ({}, [], [])
        return
    if kind in (RequestKind.ACTION, RequestKind.SHORTCUT):
        assert_refused_once(seen, case, who, sentence)
        return
    assert (seen.calls, seen.posts) == ([], [])
    if kind is RequestKind.COMMAND:
        assert (body["response_type"], body["text"]) == ("ephemeral", sentence)
    elif kind is RequestKind.SUBMISSION:
        assert body["response_action"] == "errors"
        assert list(body["errors"].values()) == [sentence]
    else:
        assert body == ({"options": []} if kind is RequestKind.OPTIONS else {})


def assert_refused_once(seen: DeliveryEffects, case: Case, who: Person, sentence: str) -> None:
    """Assert one refusal where it was pressed; for a form or Home in a DM, to our people only."""
    ours = who.user.team_id == TEAM_ID and not (who.user.deleted or who.name in ROBOTS)
    methods = ["response_url"] if not case.private else ["chat.postMessage"] if ours else []
    assert [call.method for call in seen.calls] == methods
    assert [post.text for post in seen.posts] == [sentence] * len(methods)
    for post in seen.posts:
        private = post.message.channel == who.dm.id and case.private
        assert private or post.message.ephemeral_for == who.id


def test_every_route_has_a_case() -> None:
    assert {case.route for case in CASES} == set(ROUTES)


@pytest.mark.parametrize(("case", "who", "transport"), WHO_AND_WHERE, ids=str)
def test_who_is_not_a_member_is_told_so_and_nothing_happens(
    seeded_workspace: SeededWorkspace, case: Case, who: str, transport: str
) -> None:
    person, before = seeded_workspace.people[who], seeded_workspace.stored_rows()
    seen = seeded_workspace.deliver(transport, *case.build(seeded_workspace, person))
    assert seeded_workspace.stored_rows() == before
    if case.route == (RequestKind.EVENT, "app_home_opened") and "guest" in who:
        assert [(call.method, call.args["user_id"]) for call in seen.calls] == [
            ("views.publish", person.id)
        ]
        assert_says_only(person.home, REFUSALS[Refusal.GUEST])
    else:
        assert_only_refused(seen, case, person, REFUSALS[REJECTED[who]])


def assert_says_only(home, sentence: str) -> None:
    (block,) = home.payload["blocks"]
    assert block["elements"][0]["elements"] == [{"type": "text", "text": sentence}]


@pytest.mark.parametrize(
    ("case", "transport"),
    [
        *((case, "socket") for case in FOR_PMS),
        *((case, "http") for case in ONE_OF_EACH_KIND if case in FOR_PMS),
    ],
    ids=str,
)
def test_a_member_who_has_not_joined_does_nothing_where_only_pms_may(
    seeded_workspace: SeededWorkspace, case: Case, transport: str
) -> None:
    person, before = (
        seeded_workspace.people["a member who has not joined"],
        seeded_workspace.stored_rows(),
    )
    seen = seeded_workspace.deliver(transport, *case.build(seeded_workspace, person))
    assert seeded_workspace.stored_rows() == before
    word = case.route == (RequestKind.COMMAND, "/visit")
    sentence = not_joined_message().text if word else REFUSALS[Refusal.NOT_A_PM]
    assert_only_refused(seen, case, person, sentence)


@EVERY_TRANSPORT
@pytest.mark.parametrize("who", ["a PM", "a member who has not joined"])
@pytest.mark.parametrize("name", sorted(FOR_ADMINS))
def test_whoever_is_no_admin_does_nothing_where_only_admins_may(
    seeded_workspace: SeededWorkspace, name: str, who: str, transport: str
) -> None:
    person = {"a PM": seeded_workspace.ben, **seeded_workspace.people}[who]
    case, before = BY_NAME[name], seeded_workspace.stored_rows()
    seen = seeded_workspace.deliver(transport, *case.build(seeded_workspace, person))
    assert seeded_workspace.stored_rows() == before
    assert_only_refused(seen, case, person, REFUSALS[Refusal.NOT_AN_ADMIN])


def test_what_slack_says_of_another_workspace_changes_nothing_here(
    seeded_workspace: SeededWorkspace,
) -> None:
    kind, payload = BY_NAME["user_change"].build(seeded_workspace, seeded_workspace.ada)
    payload["event"]["user"]["profile"]["display_name"] = "Someone else's Ada"
    elsewhere = {"team_id": "T0000098", "authorizations": [{"team_id": "T0000098"}]}
    seeded_workspace.deliver("http", kind, {**payload, **elsewhere})
    assert _name_of_ada(seeded_workspace) == "Ada"
    seeded_workspace.deliver("http", kind, payload)
    assert _name_of_ada(seeded_workspace) == "Someone else's Ada"


def _name_of_ada(seeded_workspace: SeededWorkspace) -> str:
    known = staff.get_known(seeded_workspace.services, TEAM_ID, seeded_workspace.ada.id)
    assert known is not None
    return known.name

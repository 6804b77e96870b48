"""What belongs to one PM is nobody else's: nudges, flags and the forms opened from them."""

import pytest

from bot.errors import NoSuchAsk, NoSuchFlag, NoSuchNote, NoSuchNudge, NotYours
from tests.requests.payload_cases import (
    BY_NAME,
    FLAG_ACTIONS,
    NOTE_ACTIONS,
    NUDGE_ACTIONS,
    QUESTION_ACTIONS,
    press,
)
from tests.requests.seeded_workspace import Scene, Seen

NOT_YOURS, GONE, FLAG_GONE = str(NotYours()), str(NoSuchNudge()), str(NoSuchFlag())
NOTE_GONE = str(NoSuchNote())


def assert_whispered(scene: Scene, seen: Seen, sentence: str) -> None:
    """The sentence to Ben and nothing else to anybody."""
    assert [call.method for call in seen.calls] == ["response_url"]
    assert [(post.message.ephemeral_for, post.words) for post in seen.posts] == [
        (scene.ben.id, sentence)
    ]


OWN_ACTIONS = [
    *NUDGE_ACTIONS,
    *QUESTION_ACTIONS,
    *FLAG_ACTIONS,
    *NOTE_ACTIONS,
    "fix.told",
]


@pytest.mark.parametrize("action", OWN_ACTIONS)
def test_a_pm_cannot_use_another_ones_message(scene: Scene, action: str) -> None:
    before = scene.kept()
    seen = scene.knock("socket", *BY_NAME[action].build(scene, scene.ben))
    assert_whispered(scene, seen, NOT_YOURS)
    assert scene.kept() == before


def test_nobody_opens_the_date_form_of_another_ones_nudge(scene: Scene) -> None:
    payload = press(scene, scene.ben, scene.nudge, "nudge.snooze", "date")
    assert_whispered(scene, scene.knock("socket", "interactive", payload), NOT_YOURS)


@pytest.mark.parametrize("action", NUDGE_ACTIONS)
@pytest.mark.parametrize("whose", ["Ada's", "nobody's"])
def test_a_forged_block_id_does_not_make_a_nudge_ones_own(
    scene: Scene, action: str, whose: str
) -> None:
    before, adas = scene.kept(), scene.nudge.blocks[-1]["block_id"]
    payload = press(scene, scene.ben, scene.bens_nudge, action, NUDGE_ACTIONS[action])
    payload["actions"][0]["block_id"] = adas if whose == "Ada's" else "nudge:999999"
    seen = scene.knock("socket", "interactive", payload)
    assert_whispered(scene, seen, NOT_YOURS if whose == "Ada's" else GONE)
    assert scene.kept() == before


@pytest.mark.parametrize("action", FLAG_ACTIONS)
def test_a_forged_block_id_finds_no_flag(scene: Scene, action: str) -> None:
    before = scene.kept()
    payload = press(scene, scene.ben, scene.flag, action, FLAG_ACTIONS[action])
    payload["actions"][0]["block_id"] = "flag:999999"
    assert_whispered(scene, scene.knock("socket", "interactive", payload), FLAG_GONE)
    assert scene.kept() == before


@pytest.mark.parametrize("action", NOTE_ACTIONS)
def test_a_forged_block_id_finds_no_note(scene: Scene, action: str) -> None:
    before = scene.kept()
    payload = press(scene, scene.ben, scene.note, action)
    payload["actions"][0]["block_id"] = "note:999999"
    assert_whispered(scene, scene.knock("socket", "interactive", payload), NOTE_GONE)
    assert scene.kept() == before


def test_a_forged_value_finds_nothing_to_be_told(scene: Scene) -> None:
    before = scene.kept()
    payload = press(scene, scene.ada, scene.fix, "fix.told")
    payload["actions"][0]["value"] = "999999"
    seen = scene.knock("socket", "interactive", payload)
    assert [post.words for post in seen.posts] == [str(NoSuchAsk())]
    assert scene.kept() == before


def test_nobody_settles_what_another_has_stated(scene: Scene) -> None:
    before = scene.kept()
    seen = scene.knock("socket", *BY_NAME["hypothesis.keep"].build(scene, scene.ben))
    assert list(seen.answer.body["errors"].values()) == [NOT_YOURS]
    assert (seen.calls, seen.posts, scene.kept()) == ([], [], before)


@pytest.mark.parametrize("name", ["visit.plan", "nudge.snooze_date", "question.stopped"])
def test_a_form_opened_from_a_nudge_is_only_its_pms(scene: Scene, name: str) -> None:
    before = scene.kept()
    seen = scene.knock("socket", *BY_NAME[name].build(scene, scene.ben))
    assert list(seen.answer.body["errors"].values()) == [NOT_YOURS]
    assert (seen.calls, seen.posts, scene.kept()) == ([], [], before)

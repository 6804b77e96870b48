"""One PM's nudges and flags, and the forms opened from them, can't be used by anyone else."""

import pytest

from bot.errors import NoSuchAsk, NoSuchFlag, NoSuchNote, NoSuchNudge, NotYours
from tests.requests.payload_cases import (
    BY_NAME,
    FLAG_ACTIONS,
    NOTE_ACTIONS,
    NUDGE_ACTIONS,
    QUESTION_ACTIONS,
    press_payload,
)
from tests.requests.seeded_workspace import DeliveryEffects, SeededWorkspace

NOT_YOURS, DELETED_TEXT, FLAG_GONE_TEXT = str(NotYours()), str(NoSuchNudge()), str(NoSuchFlag())
NOTE_GONE_TEXT = str(NoSuchNote())


def assert_ephemeral(
    seeded_workspace: SeededWorkspace, seen: DeliveryEffects, sentence: str
) -> None:
    """Assert that Ben gets the sentence as an ephemeral message and no one gets anything else."""
    assert [call.method for call in seen.calls] == ["response_url"]
    assert [(post.message.ephemeral_for, post.text) for post in seen.posts] == [
        (seeded_workspace.ben.id, sentence)
    ]


OWN_ACTIONS = [
    *NUDGE_ACTIONS,
    *QUESTION_ACTIONS,
    *FLAG_ACTIONS,
    *NOTE_ACTIONS,
    "fix.told",
]


@pytest.mark.parametrize("action", OWN_ACTIONS)
def test_a_pm_cannot_use_another_ones_message(
    seeded_workspace: SeededWorkspace, action: str
) -> None:
    before = seeded_workspace.stored_rows()
    seen = seeded_workspace.deliver(
        "socket", *BY_NAME[action].build(seeded_workspace, seeded_workspace.ben)
    )
    assert_ephemeral(seeded_workspace, seen, NOT_YOURS)
    assert seeded_workspace.stored_rows() == before


def test_nobody_opens_the_date_form_of_another_ones_nudge(
    seeded_workspace: SeededWorkspace,
) -> None:
    payload = press_payload(
        seeded_workspace, seeded_workspace.ben, seeded_workspace.nudge, "nudge.snooze", "date"
    )
    assert_ephemeral(
        seeded_workspace, seeded_workspace.deliver("socket", "interactive", payload), NOT_YOURS
    )


@pytest.mark.parametrize("action", NUDGE_ACTIONS)
@pytest.mark.parametrize("whose", ["Ada's", "nobody's"])
def test_a_forged_block_id_does_not_make_a_nudge_ones_own(
    seeded_workspace: SeededWorkspace, action: str, whose: str
) -> None:
    before, adas = seeded_workspace.stored_rows(), seeded_workspace.nudge.blocks[-1]["block_id"]
    payload = press_payload(
        seeded_workspace,
        seeded_workspace.ben,
        seeded_workspace.ben_nudge,
        action,
        NUDGE_ACTIONS[action],
    )
    payload["actions"][0]["block_id"] = adas if whose == "Ada's" else "nudge:999999"
    seen = seeded_workspace.deliver("socket", "interactive", payload)
    assert_ephemeral(seeded_workspace, seen, NOT_YOURS if whose == "Ada's" else DELETED_TEXT)
    assert seeded_workspace.stored_rows() == before


@pytest.mark.parametrize("action", FLAG_ACTIONS)
def test_a_forged_block_id_finds_no_flag(seeded_workspace: SeededWorkspace, action: str) -> None:
    before = seeded_workspace.stored_rows()
    payload = press_payload(
        seeded_workspace, seeded_workspace.ben, seeded_workspace.flag, action, FLAG_ACTIONS[action]
    )
    payload["actions"][0]["block_id"] = "flag:999999"
    assert_ephemeral(
        seeded_workspace, seeded_workspace.deliver("socket", "interactive", payload), FLAG_GONE_TEXT
    )
    assert seeded_workspace.stored_rows() == before


@pytest.mark.parametrize("action", NOTE_ACTIONS)
def test_a_forged_block_id_finds_no_note(seeded_workspace: SeededWorkspace, action: str) -> None:
    before = seeded_workspace.stored_rows()
    payload = press_payload(seeded_workspace, seeded_workspace.ben, seeded_workspace.note, action)
    payload["actions"][0]["block_id"] = "note:999999"
    assert_ephemeral(
        seeded_workspace, seeded_workspace.deliver("socket", "interactive", payload), NOTE_GONE_TEXT
    )
    assert seeded_workspace.stored_rows() == before


def test_a_forged_value_finds_nothing_to_be_told(seeded_workspace: SeededWorkspace) -> None:
    before = seeded_workspace.stored_rows()
    payload = press_payload(
        seeded_workspace, seeded_workspace.ada, seeded_workspace.fix, "fix.told"
    )
    payload["actions"][0]["value"] = "999999"
    seen = seeded_workspace.deliver("socket", "interactive", payload)
    assert [post.text for post in seen.posts] == [str(NoSuchAsk())]
    assert seeded_workspace.stored_rows() == before


def test_nobody_closes_what_another_has_stated(seeded_workspace: SeededWorkspace) -> None:
    before = seeded_workspace.stored_rows()
    seen = seeded_workspace.deliver(
        "socket", *BY_NAME["hypothesis.keep"].build(seeded_workspace, seeded_workspace.ben)
    )
    assert list(seen.answer.body["errors"].values()) == [NOT_YOURS]
    assert (seen.calls, seen.posts, seeded_workspace.stored_rows()) == ([], [], before)


@pytest.mark.parametrize("name", ["visit.plan", "nudge.snooze_date", "question.stopped"])
def test_a_form_opened_from_a_nudge_is_only_its_pms(
    seeded_workspace: SeededWorkspace, name: str
) -> None:
    before = seeded_workspace.stored_rows()
    seen = seeded_workspace.deliver(
        "socket", *BY_NAME[name].build(seeded_workspace, seeded_workspace.ben)
    )
    assert list(seen.answer.body["errors"].values()) == [NOT_YOURS]
    assert (seen.calls, seen.posts, seeded_workspace.stored_rows()) == ([], [], before)

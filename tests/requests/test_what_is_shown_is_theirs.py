"""The same payloads by whoever may send them do something: the refusals are not for nothing."""

from bot.views.staff.refusals import REFUSALS
from sandbox.delivery.payloads import view_submission
from tests.requests.payload_cases import EVERY_DOOR, Case
from tests.requests.seeded_workspace import Scene, filled


@EVERY_DOOR
def test_whoever_may_is_answered(used_scene: Scene, case: Case) -> None:
    person = getattr(used_scene, case.whose)
    before = used_scene.kept()
    seen = used_scene.knock(used_scene.way, *case.build(used_scene, person))
    answered = seen.answer.body or seen.calls or used_scene.kept() != before
    assert answered or case.unasked or case.door[1] in ("user_change", "dnd_updated_user")
    assert not [sentence for sentence in REFUSALS.values() if sentence in str(seen)]


def test_a_form_that_was_submitted_is_not_read_back_by_another_pm(used_scene: Scene) -> None:
    ada, ben, workspace = used_scene.ada, used_scene.ben, used_scene.slack.workspace
    typed = {"customer": "new:Harrow Tiles", "story": "They count by hand. It takes a day."}
    if ada.view:
        ada.close(clear_all=True)
    form = filled(ada, lambda: ada.run("/debrief"), typed)
    used_scene.knock(used_scene.way, "interactive", view_submission(workspace, ada.user, form))
    adas = used_scene.kept()
    forged = view_submission(workspace, ben.user, form)
    chosen = forged["view"]["state"]["values"]["customer"]["customer.find"]["selected_option"]
    forged["view"]["state"]["values"]["customer"]["customer.find"] = {
        "type": "external_select",
        "selected_option": chosen | {"value": "new:Fernleigh Post"},
    }
    seen = used_scene.knock(used_scene.way, "interactive", forged)
    kept = used_scene.kept()
    assert [len(kept[name]) - len(adas[name]) for name in ("visits", "debriefs")] == [1, 1]
    assert set(adas["visits"]) <= set(kept["visits"])
    assert "Harrow" not in str(seen)

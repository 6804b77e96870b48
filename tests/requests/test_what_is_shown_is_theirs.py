"""The same payloads by people who may send them have effects, so the refusals aren't vacuous."""

from bot.views.staff.refusals import REFUSALS
from sandbox.delivery.payloads import view_submission
from tests.requests.payload_cases import EVERY_ROUTE, Case
from tests.requests.seeded_workspace import SeededWorkspace, filled


@EVERY_ROUTE
def test_whoever_may_is_answered(writable_workspace: SeededWorkspace, case: Case) -> None:
    person = getattr(writable_workspace, case.owner)
    before = writable_workspace.stored_rows()
    seen = writable_workspace.deliver(
        writable_workspace.transport, *case.build(writable_workspace, person)
    )
    answered = seen.answer.body or seen.calls or writable_workspace.stored_rows() != before
    assert answered or case.unprompted or case.route[1] in ("user_change", "dnd_updated_user")
    assert not [sentence for sentence in REFUSALS.values() if sentence in str(seen)]


def test_a_form_that_was_submitted_is_not_read_back_by_another_pm(
    writable_workspace: SeededWorkspace,
) -> None:
    ada, ben, workspace = (
        writable_workspace.ada,
        writable_workspace.ben,
        writable_workspace.slack.workspace,
    )
    typed = {"customer": "new:Harrow Tiles", "story": "They count by hand. It takes a day."}
    if ada.view:
        ada.close(clear_all=True)
    form = filled(ada, lambda: ada.run("/debrief"), typed)
    writable_workspace.deliver(
        writable_workspace.transport, "interactive", view_submission(workspace, ada.user, form)
    )
    adas = writable_workspace.stored_rows()
    forged = view_submission(workspace, ben.user, form)
    chosen = forged["view"]["state"]["values"]["customer"]["customer.find"]["selected_option"]
    forged["view"]["state"]["values"]["customer"]["customer.find"] = {
        "type": "external_select",
        "selected_option": chosen | {"value": "new:Fernleigh Post"},
    }
    seen = writable_workspace.deliver(writable_workspace.transport, "interactive", forged)
    kept = writable_workspace.stored_rows()
    assert [len(kept[name]) - len(adas[name]) for name in ("visits", "debriefs")] == [1, 1]
    assert set(adas["visits"]) <= set(kept["visits"])
    assert "Harrow" not in str(seen)

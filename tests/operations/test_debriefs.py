"""A debrief keeps everything its author typed, however often it is opened and saved."""

from dataclasses import asdict, fields, replace

import pytest

from bot.db.debriefs import queries
from bot.domain.debriefs.rules import Draft, FormSession
from bot.domain.debriefs.sections import Promise
from bot.operations import hypotheses
from bot.operations.debriefs import recording as debriefs
from bot.operations.debriefs import saved_drafts
from bot.operations.debriefs.saved_drafts import DebriefStart
from bot.views.debriefs import form as views
from bot.views.samples.payloads import submitted
from tests.operations.operations_fixture import BotWorkspace
from tests.support import drafts
from tests.times import T0

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
# A new name is saved as the customer's or the hypothesis's id.
NEW_NAMES = {"new_customer", "new_hypothesis"}


def filled_draft(workspace: BotWorkspace) -> Draft:
    """Build a draft with something in each field, of a customer and of people who are there."""
    ben = workspace.slack.add_user("Ben")
    author = workspace.actor(workspace.slack.add_user("Cleo"))
    hypotheses.add(workspace.services, author, "They all print.", "", T0)
    ((hypothesis_id, _, _),) = hypotheses.search(workspace.services, author, "print")
    return drafts.filled_draft(
        customer_id=workspace.add_customer("Brightwater Mill"),
        hypothesis_id=hypothesis_id,
        promises=(Promise("The roadmap", ben.id, T0.date()),),
        companions=(ben.id,),
        **dict.fromkeys(NEW_NAMES, ""),
    )


def test_a_filled_draft_has_something_in_every_field(workspace: BotWorkspace) -> None:
    draft, empty = filled_draft(workspace), Draft(None, None, "")
    same = {
        each.name
        for each in fields(Draft)
        if getattr(draft, each.name) == getattr(empty, each.name)
    }
    assert same == NEW_NAMES


@BOTH
def test_a_debrief_that_is_opened_and_saved_again_keeps_every_field(
    workspace: BotWorkspace,
) -> None:
    actor, draft = workspace.actor(workspace.add_pm("Ada")), filled_draft(workspace)
    first = debriefs.record(workspace.services, actor, draft, FormSession("K", "V1"), T0)
    assert first
    assert first.debrief_id is not None
    start = DebriefStart(debrief_id=first.debrief_id)
    form = views.render_form(saved_drafts.begin(workspace.services, actor, start, T0))
    typed = submitted(form, story="They print all of it.")
    again = views.parse_draft(typed)
    debriefs.record(workspace.services, actor, again, views.parse_session(typed), T0)
    with workspace.services.reading(workspace.workspace_id) as tx:
        saved = queries.get(tx, first.debrief_id)
    assert saved
    assert saved.version == views.parse_session(typed).version + 1
    assert asdict(saved.draft) == asdict(replace(draft, story="They print all of it."))

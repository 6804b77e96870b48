"""Handlers for `/debrief`, its form and the fields behind *Add more*."""

from datetime import date

from bot.domain.debriefs.rules import count_sentences
from bot.domain.text import to_plain_text
from bot.errors import DraftRefused, EditConflict
from bot.operations.debriefs import recording as debriefs
from bot.operations.debriefs import saved_drafts
from bot.operations.debriefs.recording import RecordedDebrief
from bot.operations.debriefs.saved_drafts import DebriefStart
from bot.operations.nudges.sent import PostedNudge
from bot.services import Services
from bot.views import form_fields
from bot.views.debriefs import confirmations, form_labels, repeated_fields, theme_field
from bot.views.debriefs import form as views
from bot.views.debriefs import saved_drafts as saved_draft_views
from bot.views.nudges import message as nudge_views
from handlers import home, late_forms, responses
from handlers.debriefs.saved_drafts import saved_draft
from handlers.replies import reply
from handlers.requests import SlackRequest
from handlers.responses import Response


def open_form(services: Services, request: SlackRequest) -> Response:
    """Open the debrief form, with whatever was named after `/debrief`."""
    if request.text.lower() == "help":
        return responses.ack_ephemeral(confirmations.usage())
    return open_form_from(
        services, request, DebriefStart(request.text, reply_to=request.response_url)
    )


def open_from_message(services: Services, request: SlackRequest) -> Response:
    """Open the debrief form from a message shortcut, with the message as the quote."""
    quote = to_plain_text(str(request.body["message"].get("text") or ""))
    return open_form_from(
        services,
        request,
        DebriefStart(quote=quote, reply_to=request.response_url, ignore_saved=True),
    )


def open_from_home(services: Services, request: SlackRequest) -> Response:
    """Open the debrief form from Home."""
    return open_form_from(services, request, DebriefStart(reply_to=home.FROM_HOME))


def open_change(services: Services, request: SlackRequest) -> Response:
    """Open the form of a recorded debrief, filled in, from a message, Home or a modal."""
    where = home.FROM_HOME if "view" in request.body else request.response_url
    start = DebriefStart(debrief_id=confirmations.parse_debrief_id(request.body), reply_to=where)
    if "view" in request.body and request.view["type"] == "modal":
        form = views.render_form(saved_drafts.begin(services, request.actor, start, request.now))
        return responses.push_modal(form, request.trigger_id)
    return open_form_from(services, request, start)


def withdraw(services: Services, request: SlackRequest) -> Response:
    """Withdraw a debrief whose visit took place."""
    return _withdraw(services, request, took_place=True)


def withdraw_not_held(services: Services, request: SlackRequest) -> Response:
    """Withdraw a debrief whose visit never took place."""
    return _withdraw(services, request, took_place=False)


def _withdraw(services: Services, request: SlackRequest, *, took_place: bool) -> Response:
    id = views.parse_session(request.view).debrief_id
    assert id is not None
    withdrawn = debriefs.withdraw(services, request.actor, id, request.now, took_place=took_place)
    view = confirmations.render_withdrawn(
        withdrawn.customer, withdrawn.next_due, request.today, took_place=withdrawn.took_place
    )
    response = responses.update_modal(view, request.view["id"])
    at_home = form_fields.get_reply_to(request.view) == home.FROM_HOME
    return response.with_followups(home.show(services, request)) if at_home else response


def open_form_from(services: Services, request: SlackRequest, start: DebriefStart) -> Response:
    """Open the debrief form with the values of a start."""
    form = saved_drafts.begin(services, request.actor, start, request.now)
    # Words and a quote are saved by now: handled again, they would be there twice.
    saved = (start.words or start.quote) and form.typed is not None and form.typed.has_text
    key = form.session.key
    reopening = late_forms.pack_press(saved_draft_views.RESUME, key) if saved else ""
    return responses.open_modal(views.render_form(form), request.trigger_id, reopening)


def add_more(services: Services, request: SlackRequest) -> Response:
    """Expand the form to all its fields, after saving the draft."""
    saved_drafts.save(services, request.actor, saved_draft(request))
    return responses.update_modal(views.render_expanded(request.view), request.view["id"])


def choose_kind(services: Services, request: SlackRequest) -> Response:
    """Fit the form to the kind of visit, after saving the draft.

    After a win or a loss interview it asks what decided the deal.
    """
    saved_drafts.save(services, request.actor, saved_draft(request))
    grown = views.render_for_kind(request.view)
    return responses.update_modal(grown, request.view["id"]) if grown else responses.acknowledge()


def add_section(services: Services, request: SlackRequest) -> Response:
    """Add a section to the form (a workaround, a pain, a promise), after saving the draft."""
    saved_drafts.save(services, request.actor, saved_draft(request))
    view = views.render_with_section(request.view, request.body["actions"][0]["action_id"])
    return responses.update_modal(view, request.view["id"])


def find_theme(services: Services, request: SlackRequest) -> Response:
    """Find themes of pains that contain what was typed."""
    typed = str(request.body.get("value") or "")
    return responses.ack_options(
        theme_field.options(debriefs.search_themes(services, request.actor, typed), typed)
    )


def record(services: Services, request: SlackRequest) -> Response:
    """Record the debrief that was submitted."""
    # The session is the visit, nudge or command that the form was opened from.
    session, draft = views.parse_session(request.view), views.parse_draft(request.view)
    try:
        saved = debriefs.record(services, request.actor, draft, session, request.now)
    except DraftRefused as error:
        return responses.ack_errors(
            form_labels.field_errors(error.faults, request.view, repeated_fields.locate_field)
        )
    except EditConflict as error:
        rendered = views.render_conflict(request.view, error.saved)
        response = responses.ack_errors(form_labels.conflict_errors())
        return response.with_followups(responses.update_modal(rendered, request.view["id"]))
    closed = (
        responses.ack_close_all()
        if request.view.get("previous_view_id")
        else responses.acknowledge()
    )
    if saved is None:
        return closed
    return closed.with_followups(_confirm(services, request, saved, count_sentences(draft.story)))


def _confirm(
    services: Services, request: SlackRequest, saved: RecordedDebrief, length: int
) -> Response:
    if saved.is_duplicate:
        return reply(services, request, confirmations.already_saved_message(saved.customer))
    summary = confirmations.DebriefConfirmation(
        saved.customer,
        saved.next_due,
        saved.sharing,
        saved.digest_at,
        saved.debrief_id,
        saved.changed,
        saved.in_digest,
        length,
    )
    message = confirmations.saved_message(summary, request.actor.zone, request.today)
    others = [
        _update_nudge(each.nudge, saved, each.due_on)
        for each in saved.companion_updates
        if each.nudge
    ]
    if saved.nudge is None or saved.next_due is None:
        return reply(services, request, message).with_followups(*others)
    # Opened from the nudge that it answers: that nudge's edit is confirmation enough.
    from_it = saved.nudge.facts.id == views.parse_nudge_id(request.view)
    response = responses.acknowledge() if from_it else reply(services, request, message)
    return response.with_followups(_update_nudge(saved.nudge, saved, saved.next_due), *others)


def _update_nudge(nudge: PostedNudge, saved: RecordedDebrief, next_due: date) -> Response:
    message = nudge_views.visited_message(nudge.facts, saved.customer, saved.on, next_due)
    return responses.update_message(nudge.message_ref, message)

"""Routes of commands, buttons, forms, searches and events: the handler and the role it needs."""

import re
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from slack_bolt import App, BoltContext
from slack_bolt.context.ack import Ack

from bot.domain.staff.access import Role
from bot.operations.inbox.requests import Inbox
from bot.services import Services
from bot.views import home as home_views
from bot.views import notes as note_views
from bot.views.contacts import flag_message as flag_views
from bot.views.contacts import form as contact_views
from bot.views.customers import contact_permissions as permission_views
from bot.views.customers import fields as customer_views
from bot.views.debriefs import confirmations, form_sections, theme_field
from bot.views.debriefs import form as debrief_views
from bot.views.debriefs import promises as promise_views
from bot.views.debriefs import saved_drafts as saved_draft_views
from bot.views.hypotheses import fields as hypothesis_views
from bot.views.hypotheses import modals as hypothesis_modals
from bot.views.nudges import message as nudge_views
from bot.views.nudges import question as question_views
from bot.views.staff import country_field, refusals
from bot.views.staff import settings_form as visit_views
from bot.views.suggestions import dismiss_menu, market_form
from bot.views.surveys import form as survey_views
from bot.views.visits import ground_rules as ground_rule_views
from bot.views.visits import plan_form as plan_views
from bot.views.visits import prompt as prompt_views
from bot.views.visits import visit_messages
from bot.views.workarounds import fix_notice as fix_notice_views
from bot.views.workarounds import form as workaround_form
from bot.views.workarounds import overview as workaround_views
from handlers import (
    customers,
    errors,
    home,
    hypotheses,
    late_forms,
    market,
    notes,
    routing,
    surveys,
    workarounds,
)
from handlers.contacts import flags
from handlers.contacts import form as contacts
from handlers.debriefs import form as debriefs
from handlers.debriefs import promises, saved_drafts
from handlers.dispatcher import Dispatcher
from handlers.nudges import buttons as nudges
from handlers.nudges import question
from handlers.requests import RequestKind, SlackRequest, route_key
from handlers.responses import Response, move_ack_to_followup
from handlers.routing import Incoming, Route, Routes
from handlers.staff import settings
from handlers.visits import command as visits
from handlers.visits import ground_rules, plans, prompts

ANYTHING = re.compile(".*", re.DOTALL)


def open_late_form(services: Services, request: SlackRequest) -> Response:
    """Handle the request packed into a button again, whose form could not be opened in time."""
    kind, body = late_forms.unpack_request(request)
    name, user_id = route_key(kind, body)
    route, workspace_id = ROUTES[kind, name], request.actor.workspace_id
    incoming = Incoming(route, kind, name, workspace_id, user_id, "", request.now, body)
    response = late_forms.without_pushing(routing.handle(services, incoming, request.actor))
    return move_ack_to_followup(response, request.response_url, user_id)


ROUTES: Routes = {
    (RequestKind.COMMAND, "/visit"): Route(visits.run_command, Role.STAFF),
    (RequestKind.COMMAND, "/debrief"): Route(debriefs.open_form, Role.PM),
    (RequestKind.COMMAND, "/contact"): Route(contacts.open_form, Role.STAFF),
    (RequestKind.COMMAND, "/customer"): Route(customers.show_brief, Role.PM),
    (RequestKind.ACTION, permission_views.OPEN_FORM): Route(
        customers.open_permission_form, Role.PM
    ),
    (RequestKind.ACTION, survey_views.OPEN): Route(surveys.open_form, Role.PM),
    (RequestKind.ACTION, nudge_views.PLAN): Route(nudges.open_plan, Role.PM),
    (RequestKind.ACTION, nudge_views.HAD_VISIT): Route(nudges.open_debrief, Role.PM),
    (RequestKind.ACTION, nudge_views.SOMEONE_ELSE): Route(nudges.suggest_others, Role.PM),
    (RequestKind.ACTION, dismiss_menu.ACTION): Route(nudges.dismiss, Role.PM),
    (RequestKind.ACTION, nudge_views.SNOOZE): Route(nudges.snooze, Role.PM),
    (RequestKind.ACTION, nudge_views.BARRIER): Route(nudges.show_advice, Role.PM),
    # STAFF, as a PM who leaves with the form open must not lose what they typed.
    (RequestKind.ACTION, debrief_views.ADD_MORE): Route(debriefs.add_more, Role.STAFF),
    (RequestKind.ACTION, form_sections.AUTOSAVE): Route(
        saved_drafts.save_typed, Role.STAFF, ack_immediately=True
    ),
    (RequestKind.ACTION, form_sections.KIND): Route(debriefs.choose_kind, Role.STAFF),
    **{
        (RequestKind.ACTION, each): Route(debriefs.add_section, Role.STAFF)
        for each in form_sections.SECTION_BY_ACTION
    },
    (RequestKind.ACTION, home_views.EARLIER): Route(home.show_earlier, Role.PM),
    (RequestKind.ACTION, confirmations.CHANGE): Route(debriefs.open_change, Role.STAFF),
    (RequestKind.ACTION, confirmations.WITHDRAW): Route(debriefs.withdraw, Role.STAFF),
    (RequestKind.ACTION, confirmations.NEVER_HELD): Route(debriefs.withdraw_not_held, Role.STAFF),
    (RequestKind.ACTION, debrief_views.START_OVER): Route(saved_drafts.start_another, Role.STAFF),
    (RequestKind.ACTION, saved_draft_views.RESUME): Route(saved_drafts.resume, Role.STAFF),
    (RequestKind.ACTION, saved_draft_views.DISCARD): Route(saved_drafts.discard, Role.STAFF),
    (RequestKind.SHORTCUT, debrief_views.FROM_MESSAGE): Route(debriefs.open_from_message, Role.PM),
    (RequestKind.CLOSED, debrief_views.CALLBACK): Route(saved_drafts.offer_draft, Role.STAFF),
    (RequestKind.ACTION, question_views.KEEP_GOING): Route(question.keep_going, Role.PM),
    (RequestKind.ACTION, question_views.LESS_OFTEN): Route(question.widen_interval, Role.PM),
    (RequestKind.ACTION, question_views.LATER): Route(question.open_snooze_form, Role.PM),
    (RequestKind.ACTION, question_views.STOP): Route(question.open_stop_form, Role.PM),
    (RequestKind.ACTION, note_views.SENT): Route(notes.mark_sent, Role.PM),
    (RequestKind.ACTION, note_views.OTHER_CUSTOMER): Route(notes.suggest_another, Role.PM),
    (RequestKind.ACTION, note_views.NO_MORE): Route(notes.stop_notes, Role.PM),
    (RequestKind.ACTION, flag_views.ACKNOWLEDGE): Route(flags.acknowledge, Role.PM),
    (RequestKind.ACTION, flag_views.REFUTE): Route(flags.refute, Role.PM),
    (RequestKind.ACTION, flag_views.SNOOZE): Route(flags.snooze, Role.PM),
    (RequestKind.ACTION, home_views.DEBRIEF): Route(debriefs.open_from_home, Role.PM),
    (RequestKind.ACTION, home_views.PLAN): Route(home.open_plan, Role.PM),
    (RequestKind.ACTION, home_views.SETTINGS): Route(home.open_settings, Role.PM),
    (RequestKind.ACTION, home_views.JOIN): Route(home.open_settings, Role.STAFF),
    (RequestKind.ACTION, home_views.COVERAGE): Route(home.show_coverage, Role.PM),
    (RequestKind.ACTION, home_views.WORKAROUNDS): Route(workarounds.show, Role.PM),
    (RequestKind.ACTION, home_views.HYPOTHESES): Route(hypotheses.show, Role.PM),
    (RequestKind.ACTION, hypothesis_modals.ADD): Route(hypotheses.open_form, Role.PM),
    (RequestKind.ACTION, hypothesis_modals.SHOW_DETAILS): Route(hypotheses.show_details, Role.PM),
    (RequestKind.ACTION, workaround_views.CHANGE): Route(workarounds.open_form, Role.PM),
    (RequestKind.ACTION, fix_notice_views.MARK_TOLD): Route(workarounds.mark_told, Role.PM),
    (RequestKind.ACTION, home_views.MARKET): Route(market.open_form, Role.ADMIN),
    (RequestKind.ACTION, ground_rule_views.PREPARE): Route(ground_rules.open_form, Role.PM),
    (RequestKind.ACTION, ground_rule_views.ASK): Route(ground_rules.ask, Role.PM),
    (RequestKind.ACTION, ground_rule_views.ASK_CHOSEN): Route(ground_rules.ask, Role.PM),
    # A sales owner needn't be a PM.
    (RequestKind.ACTION, ground_rule_views.FINE): Route(ground_rules.approve, Role.STAFF),
    (RequestKind.ACTION, ground_rule_views.TALK): Route(ground_rules.request_talk, Role.STAFF),
    # A promise's owner needn't be a PM.
    (RequestKind.ACTION, promise_views.KEPT): Route(promises.mark_kept, Role.STAFF),
    (RequestKind.ACTION, promise_views.POSTPONE): Route(promises.postpone, Role.STAFF),
    (RequestKind.ACTION, refusals.OPEN_LATE_FORM): Route(open_late_form, Role.STAFF),
    (RequestKind.ACTION, prompt_views.WRITE): Route(prompts.open_debrief, Role.PM),
    (RequestKind.ACTION, prompt_views.NOT_HELD): Route(prompts.mark_not_held, Role.PM),
    (RequestKind.ACTION, plan_views.ADD_MORE): Route(plans.add_more, Role.PM),
    (RequestKind.ACTION, visit_messages.CHANGE): Route(plans.open_change, Role.PM),
    (RequestKind.ACTION, visit_messages.CALENDAR): Route(plans.add_to_calendar, Role.PM),
    (RequestKind.ACTION, visit_messages.CANCEL): Route(plans.call_off, Role.PM),
    (RequestKind.SUBMISSION, visit_views.JOIN): Route(visits.join, Role.STAFF),
    (RequestKind.SUBMISSION, plan_views.PLAN): Route(visits.plan, Role.PM),
    (RequestKind.SUBMISSION, ground_rule_views.SAVE): Route(ground_rules.save, Role.PM),
    (RequestKind.SUBMISSION, plan_views.CHANGE): Route(plans.change, Role.PM),
    (RequestKind.SUBMISSION, permission_views.SAVE): Route(customers.save_permission, Role.PM),
    (RequestKind.SUBMISSION, survey_views.ASK): Route(surveys.ask, Role.PM),
    (RequestKind.SUBMISSION, market_form.SAVE): Route(market.save, Role.ADMIN),
    (RequestKind.SUBMISSION, hypothesis_modals.ADD_FORM): Route(hypotheses.add, Role.PM),
    (RequestKind.SUBMISSION, hypothesis_modals.SAVE): Route(hypotheses.change, Role.PM),
    (RequestKind.SUBMISSION, workaround_views.SEARCH): Route(workarounds.search, Role.PM),
    (RequestKind.SUBMISSION, workaround_form.SAVE): Route(workarounds.save, Role.PM),
    (RequestKind.SUBMISSION, nudge_views.SNOOZE_DATE): Route(nudges.snooze_until, Role.PM),
    (RequestKind.SUBMISSION, question_views.STOP_FORM): Route(question.stop_nudges, Role.PM),
    (RequestKind.SUBMISSION, debrief_views.CALLBACK): Route(debriefs.record, Role.STAFF),
    (RequestKind.SUBMISSION, contact_views.CALLBACK): Route(contacts.record, Role.STAFF),
    (RequestKind.OPTIONS, customer_views.ACTION): Route(customers.find, Role.STAFF),
    (RequestKind.OPTIONS, country_field.ACTION): Route(settings.find_country, Role.STAFF),
    (RequestKind.OPTIONS, hypothesis_views.ACTION): Route(hypotheses.find, Role.STAFF),
    (RequestKind.OPTIONS, theme_field.ACTION): Route(debriefs.find_theme, Role.STAFF),
    (RequestKind.OPTIONS, workaround_form.SAME): Route(workarounds.find_same, Role.PM),
    (RequestKind.OPTIONS, contact_views.PERSON): Route(customers.find_person, Role.STAFF),
    (RequestKind.OPTIONS, survey_views.PERSON): Route(surveys.find_person, Role.PM),
    (RequestKind.EVENT, "app_home_opened"): Route(home.app_home_opened, Role.STAFF),
    (RequestKind.EVENT, "user_change"): Route(home.user_change, None),
    (RequestKind.EVENT, "dnd_updated_user"): Route(home.dnd_updated_user, None),
}


def build_dispatcher(
    services: Services,
    background: Executor,
    overloaded: Callable[[], bool] = lambda: False,
    expected_wait: Callable[[], float] = lambda: 0.0,
    notices: Executor | None = None,
) -> Dispatcher:
    """Build the dispatcher with all routes; without `notices`, `background` runs them too."""
    return Dispatcher(
        services,
        ROUTES,
        background,
        Inbox(services),
        overloaded,
        expected_wait,
        notices or background,
    )


def register(app: App, dispatcher: Dispatcher) -> None:
    """Register one Bolt listener a kind of payload: each one more would slow down all others."""
    app.error(errors.handle_bolt_error)
    for kind, listen in {
        RequestKind.COMMAND: app.command,
        RequestKind.ACTION: app.action,
        RequestKind.SUBMISSION: app.view_submission,
        RequestKind.CLOSED: app.view_closed,
        RequestKind.SHORTCUT: app.shortcut,
        RequestKind.OPTIONS: app.options,
        RequestKind.EVENT: app.event,
    }.items():
        listen(ANYTHING)(_listener(dispatcher, kind))


def _listener(dispatcher: Dispatcher, kind: RequestKind) -> Callable[..., None]:
    def listen(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        installation = context.authorize_result
        assert installation is not None
        workspace_id = installation.team_id or installation.enterprise_id or ""
        ack(**dispatcher.dispatch(kind, body, workspace_id).ack)

    return listen

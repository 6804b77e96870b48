"""Every command, button, form, search and event, the function that answers, and who may."""

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
from bot.views.customers import contact_permissions as closing_views
from bot.views.customers import fields as customer_views
from bot.views.debriefs import confirmations as kept_views
from bot.views.debriefs import form as debrief_views
from bot.views.debriefs import form_sections as heard_views
from bot.views.debriefs import promises as promise_views
from bot.views.debriefs import saved_drafts as unfinished_views
from bot.views.debriefs import theme_field as theme_views
from bot.views.hypotheses import fields as hypothesis_views
from bot.views.hypotheses import modals as tally_views
from bot.views.nudges import message as nudge_views
from bot.views.nudges import question as question_views
from bot.views.staff import country_field as country_views
from bot.views.staff import settings_form as visit_views
from bot.views.suggestions import dismiss_menu as pass_views
from bot.views.suggestions import market_form as market_views
from bot.views.surveys import form as survey_views
from bot.views.visits import ground_rules as rule_views
from bot.views.visits import plan_form as plan_views
from bot.views.visits import prompt as prompt_views
from bot.views.visits import visit_messages as planned_views
from bot.views.workarounds import fix_notice as fix_views
from bot.views.workarounds import form as whole_views
from bot.views.workarounds import overview as workaround_views
from handlers import customers, errors, home, hypotheses, notes, surveys, workarounds
from handlers import market as markets
from handlers.contacts import flags
from handlers.contacts import form as contacts
from handlers.debriefs import form as debriefs
from handlers.debriefs import promises
from handlers.debriefs import saved_drafts as unfinished
from handlers.dispatcher import Gate
from handlers.nudges import buttons as nudges
from handlers.nudges import question as questions
from handlers.requests import Kind
from handlers.routing import Door, Doors
from handlers.staff import settings
from handlers.visits import command as visits
from handlers.visits import ground_rules, plans, prompts

ANYTHING = re.compile(".*", re.DOTALL)

DOORS: Doors = {
    (Kind.COMMAND, "/visit"): Door(visits.visit, Role.STAFF),
    (Kind.COMMAND, "/debrief"): Door(debriefs.open_form, Role.PM),
    (Kind.COMMAND, "/contact"): Door(contacts.open_form, Role.STAFF),
    (Kind.COMMAND, "/customer"): Door(customers.brief, Role.PM),
    (Kind.ACTION, closing_views.OPEN): Door(customers.open_closing, Role.PM),
    (Kind.ACTION, survey_views.OPEN): Door(surveys.open_form, Role.PM),
    (Kind.ACTION, nudge_views.PLAN): Door(nudges.plan, Role.PM),
    (Kind.ACTION, nudge_views.BEEN): Door(nudges.been, Role.PM),
    (Kind.ACTION, nudge_views.SOMEONE_ELSE): Door(nudges.someone_else, Role.PM),
    (Kind.ACTION, pass_views.ACTION): Door(nudges.not_this_one, Role.PM),
    (Kind.ACTION, nudge_views.SNOOZE): Door(nudges.snooze, Role.PM),
    (Kind.ACTION, nudge_views.BARRIER): Door(nudges.barrier, Role.PM),
    # Whoever has left with the form still open is not to lose what they wrote.
    (Kind.ACTION, debrief_views.MORE): Door(debriefs.add_more, Role.STAFF),
    (Kind.ACTION, heard_views.TYPED): Door(unfinished.typed, Role.STAFF, unasked=True),
    (Kind.ACTION, debrief_views.KIND): Door(debriefs.choose_kind, Role.STAFF),
    **{(Kind.ACTION, each): Door(debriefs.add_part, Role.STAFF) for each in heard_views.ADD},
    (Kind.ACTION, home_views.EARLIER): Door(home.earlier, Role.PM),
    (Kind.ACTION, kept_views.CHANGE): Door(debriefs.change, Role.STAFF),
    (Kind.ACTION, kept_views.TAKE_BACK): Door(debriefs.take_back, Role.STAFF),
    (Kind.ACTION, kept_views.NEVER_HELD): Door(debriefs.never_held, Role.STAFF),
    (Kind.ACTION, debrief_views.AFRESH): Door(unfinished.afresh, Role.STAFF),
    (Kind.ACTION, unfinished_views.GO_ON): Door(unfinished.go_on, Role.STAFF),
    (Kind.ACTION, unfinished_views.THROW_AWAY): Door(unfinished.throw_away, Role.STAFF),
    (Kind.SHORTCUT, debrief_views.FROM_MESSAGE): Door(debriefs.from_message, Role.PM),
    (Kind.CLOSED, debrief_views.CALLBACK): Door(unfinished.closed, Role.STAFF),
    (Kind.ACTION, question_views.KEEP_GOING): Door(questions.keep_going, Role.PM),
    (Kind.ACTION, question_views.LESS_OFTEN): Door(questions.less_often, Role.PM),
    (Kind.ACTION, question_views.LATER): Door(questions.later, Role.PM),
    (Kind.ACTION, question_views.STOP): Door(questions.stop, Role.PM),
    (Kind.ACTION, note_views.SENT): Door(notes.sent, Role.PM),
    (Kind.ACTION, note_views.SOMEBODY_ELSE): Door(notes.somebody_else, Role.PM),
    (Kind.ACTION, note_views.NO_MORE): Door(notes.no_more, Role.PM),
    (Kind.ACTION, flag_views.ACKNOWLEDGE): Door(flags.acknowledge, Role.PM),
    (Kind.ACTION, flag_views.REFUTE): Door(flags.refute, Role.PM),
    (Kind.ACTION, flag_views.SNOOZE): Door(flags.snooze, Role.PM),
    (Kind.ACTION, home_views.DEBRIEF): Door(debriefs.from_home, Role.PM),
    (Kind.ACTION, home_views.PLAN): Door(home.plan, Role.PM),
    (Kind.ACTION, home_views.SETTINGS): Door(home.join, Role.PM),
    (Kind.ACTION, home_views.JOIN): Door(home.join, Role.STAFF),
    (Kind.ACTION, home_views.COVERAGE): Door(home.where_you_have_been, Role.PM),
    (Kind.ACTION, home_views.WORKAROUNDS): Door(workarounds.show, Role.PM),
    (Kind.ACTION, home_views.HYPOTHESES): Door(hypotheses.show, Role.PM),
    (Kind.ACTION, tally_views.STATE): Door(hypotheses.open_form, Role.PM),
    (Kind.ACTION, tally_views.LOOK): Door(hypotheses.look, Role.PM),
    (Kind.ACTION, workaround_views.CHANGE): Door(workarounds.open_form, Role.PM),
    (Kind.ACTION, fix_views.TOLD): Door(workarounds.told, Role.PM),
    (Kind.ACTION, home_views.MARKET): Door(markets.open_form, Role.ADMIN),
    (Kind.ACTION, rule_views.PREPARE): Door(ground_rules.prepare, Role.PM),
    (Kind.ACTION, rule_views.ASK): Door(ground_rules.ask, Role.PM),
    (Kind.ACTION, rule_views.ASK_ONE): Door(ground_rules.ask, Role.PM),
    # A sales owner need not be a PM.
    (Kind.ACTION, rule_views.FINE): Door(ground_rules.fine, Role.STAFF),
    (Kind.ACTION, rule_views.TALK): Door(ground_rules.talk, Role.STAFF),
    # Whoever keeps a promise need not be a PM.
    (Kind.ACTION, promise_views.KEPT): Door(promises.keep, Role.STAFF),
    (Kind.ACTION, promise_views.PUT_OFF): Door(promises.put_off, Role.STAFF),
    (Kind.ACTION, prompt_views.WRITE): Door(prompts.write, Role.PM),
    (Kind.ACTION, prompt_views.NOT_HELD): Door(prompts.not_held, Role.PM),
    (Kind.ACTION, plan_views.MORE): Door(plans.add_more, Role.PM),
    (Kind.ACTION, planned_views.CHANGE): Door(plans.open_change, Role.PM),
    (Kind.ACTION, planned_views.CALENDAR): Door(plans.add_to_calendar, Role.PM),
    (Kind.ACTION, planned_views.CALL_OFF): Door(plans.call_off, Role.PM),
    (Kind.SUBMISSION, visit_views.JOIN): Door(visits.join, Role.STAFF),
    (Kind.SUBMISSION, plan_views.PLAN): Door(visits.plan, Role.PM),
    (Kind.SUBMISSION, rule_views.KEEP): Door(ground_rules.keep, Role.PM),
    (Kind.SUBMISSION, plan_views.CHANGE): Door(plans.change, Role.PM),
    (Kind.SUBMISSION, closing_views.SAVE): Door(customers.close, Role.PM),
    (Kind.SUBMISSION, survey_views.ASK): Door(surveys.ask, Role.PM),
    (Kind.SUBMISSION, market_views.SAVE): Door(markets.save, Role.ADMIN),
    (Kind.SUBMISSION, tally_views.STATED): Door(hypotheses.state, Role.PM),
    (Kind.SUBMISSION, tally_views.KEEP): Door(hypotheses.change, Role.PM),
    (Kind.SUBMISSION, workaround_views.SEARCH): Door(workarounds.search, Role.PM),
    (Kind.SUBMISSION, whole_views.KEEP): Door(workarounds.keep, Role.PM),
    (Kind.SUBMISSION, nudge_views.SNOOZE_DATE): Door(nudges.snooze_until, Role.PM),
    (Kind.SUBMISSION, question_views.STOPPED): Door(questions.stopped, Role.PM),
    (Kind.SUBMISSION, debrief_views.CALLBACK): Door(debriefs.record, Role.STAFF),
    (Kind.SUBMISSION, contact_views.CALLBACK): Door(contacts.record, Role.STAFF),
    (Kind.OPTIONS, customer_views.ACTION): Door(customers.find, Role.STAFF),
    (Kind.OPTIONS, country_views.ACTION): Door(settings.find_country, Role.STAFF),
    (Kind.OPTIONS, hypothesis_views.ACTION): Door(hypotheses.find, Role.STAFF),
    (Kind.OPTIONS, theme_views.ACTION): Door(debriefs.find_theme, Role.STAFF),
    (Kind.OPTIONS, whole_views.SAME): Door(workarounds.find_same, Role.PM),
    (Kind.OPTIONS, contact_views.PERSON): Door(customers.find_person, Role.STAFF),
    (Kind.OPTIONS, survey_views.PERSON): Door(surveys.find_person, Role.PM),
    (Kind.EVENT, "app_home_opened"): Door(home.opened, Role.STAFF),
    (Kind.EVENT, "user_change"): Door(home.changed, None),
    (Kind.EVENT, "dnd_updated_user"): Door(home.quiet, None),
}


def open_gate(
    services: Services, background: Executor, crowded: Callable[[], bool] = lambda: False
) -> Gate:
    """The gate with all its doors."""
    return Gate(services, DOORS, background, Inbox(services), crowded)


def register(app: App, gate: Gate) -> None:
    """Hand every payload to the gate: one listener a kind, as each more would slow all others."""
    app.error(errors.unreadable)
    for kind, listen in {
        Kind.COMMAND: app.command,
        Kind.ACTION: app.action,
        Kind.SUBMISSION: app.view_submission,
        Kind.CLOSED: app.view_closed,
        Kind.SHORTCUT: app.shortcut,
        Kind.OPTIONS: app.options,
        Kind.EVENT: app.event,
    }.items():
        listen(ANYTHING)(_listener(gate, kind))


def _listener(gate: Gate, kind: Kind) -> Callable[..., None]:
    def listen(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        installation = context.authorize_result
        assert installation is not None
        workspace_id = installation.team_id or installation.enterprise_id or ""
        ack(**gate.pass_through(kind, body, workspace_id).ack)

    return listen

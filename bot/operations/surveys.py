"""Surveys: a link for a person, the page behind it, and the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.db import customers, surveys, workspaces
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import Kind, Parcel
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.suggestions import triggers as openings
from bot.domain.customers import Customer, Opening, Person, name_key
from bot.domain.staff.access import Actor
from bot.domain.surveys.rules import APART, Answer, Survey, expires
from bot.domain.working_time import ONE_DAY, local_date, open_hour
from bot.errors import LeftAlone, NoSuchCustomer, NoSuchPerson, SurveysAway
from bot.operations.contacts import record as intake
from bot.operations.customers.search import customer_name
from bot.operations.nudges import away
from bot.operations.outbox.rendered import Later, Withdrawn
from bot.platform.public_address import is_private
from bot.platform.signed_links import Links
from bot.services import Services
from bot.settings import Settings
from bot.views.block_kit import Message
from bot.views.surveys import form as views
from bot.views.surveys import texts as survey_words

FOUND_MOST = 100


class State(StrEnum):
    """How a link stands."""

    OPEN = "open"
    ARRIVED = "arrived"
    ANSWERED = "answered"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Sheet:
    """What stands behind a link: how it stands, and the name of whoever asks."""

    state: State
    asks: str


def look(services: Services, actor: Actor, customer_id: int) -> Customer:
    """The customer somebody of whom is to be asked.

    Raises `SurveysAway`, `NoSuchCustomer`, `LeftAlone`.
    """
    _base(services.settings)
    with services.reading(actor.workspace_id) as tx:
        return _known(tx, customer_id)


def people(
    services: Services, actor: Actor, customer_id: int, typed: str
) -> Sequence[tuple[int, str, str]]:
    """Id, name and role of up to 100 people of a customer whose name holds what was typed."""
    key = name_key(typed)
    with services.reading(actor.workspace_id) as tx:
        found = customers.people_of(tx, customer_id)
    held = [each for each in found if key in name_key(each.name)]
    return [(each.id, each.name, each.role or "") for each in held[:FOUND_MOST]]


def ask(
    services: Services, actor: Actor, draft: views.SurveyDraft, now: datetime
) -> views.Handed | views.Before:
    """Make a link for a person, or tell who has asked them within 90 days (G).

    The PM who has asked gets the same link again while it is good. Raises as `look` does, and
    `NoSuchPerson`.
    """
    base = _base(services.settings)
    with services.transaction(actor.workspace_id) as tx:
        customer = _known(tx, draft.customer_id)
        person = _person(tx, draft)
        again = not surveys.take(tx, person.id, now, now + APART)
        latest = surveys.latest(tx, person.id) if again else None
        survey = latest if again else _asked(tx, actor, draft, person, now)
        if survey is None or (again and not _may_copy(survey, actor, now)):
            return _before(tx, actor, person, survey, now)
        link = f"{base}/survey/{_signed(services.settings, survey.key)}"
        last = local_date(survey.expires_at, actor.zone) - ONE_DAY
        pm = staff.get(tx, actor.user_id)
        text = survey_words.letter(draft.language, person.name, pm.name if pm else "", link, last)
    today = local_date(now, actor.zone)
    return views.Handed(person.name, customer.name, text, last, today, again)


def opened(services: Services, key: str, now: datetime) -> Sheet | None:
    """What somebody finds who opens a link; None where it is gone. It uses nothing up."""
    workspace_id = surveys.workspace_of(services.engine, key)
    if workspace_id is None:
        return None
    with services.reading(workspace_id) as tx:
        survey = surveys.by_key(tx, key)
        return _sheet(tx, survey, now) if survey else None


def answer(services: Services, key: str, given: Answer, now: datetime) -> Sheet | None:
    """Keep an answer, the first one of a link; None where the link is gone.

    Whoever sends the same answer twice, as by a double click, is thanked twice.
    """
    workspace_id = surveys.workspace_of(services.engine, key)
    if workspace_id is None:
        return None
    with services.transaction(workspace_id) as tx:
        survey = surveys.by_key(tx, key)
        if survey is None:
            return None
        if surveys.answer(tx, survey.id, given, now):
            _arrived(tx, survey, given, now)
            return Sheet(State.ARRIVED, workspaces.name(tx))
        # Somebody may have answered between the two statements.
        kept = surveys.get(tx, survey.id) or survey
        if kept.answer == given:
            return Sheet(State.ARRIVED, workspaces.name(tx))
        return _sheet(tx, kept, now)


def compose(tx: Tx, parcel: Parcel, now: datetime) -> Message | Withdrawn | Later:
    """What somebody has answered, to the PM who asked, in the PM's hours."""
    survey, pm = surveys.get(tx, int(parcel.subject)), pms.get(tx, parcel.destination)
    if pm is None:
        return Withdrawn("left")
    person = customers.person(tx, survey.person_id) if survey else None
    if survey is None or survey.answer is None or person is None:
        return Withdrawn("gone")
    at = away.waits_until(tx, pm.user_id, now) or open_hour(now, pm.rhythm.hours)
    if at > now:
        return Later(at)
    name = customer_name(tx, survey.customer_id)
    return views.answered(person.name, name, survey.answer, person.phone)


def lacking(settings: Settings) -> Sequence[str]:
    """The settings without which nobody can be asked."""
    found = [] if settings.links else ["NIHITO_SECRET_KEY"]
    if not is_private(settings.nihito_public_url):
        found.append("NIHITO_PUBLIC_URL, an https address")
    return found


def _base(settings: Settings) -> str:
    if missing := lacking(settings):
        raise SurveysAway(missing)
    return settings.nihito_public_url


def _signed(settings: Settings, key: str) -> str:
    links = settings.links
    assert links is not None
    return links.sign(key)


def _known(tx: Tx, customer_id: int) -> Customer:
    customer = customers.get(tx, customer_id)
    if customer is None:
        raise NoSuchCustomer
    if customer.closed:
        raise LeftAlone(customer.name, staff.name(tx, customer.closed_by or ""))
    return customer


def _person(tx: Tx, draft: views.SurveyDraft) -> Person:
    """The person chosen, if they are of that customer, or the one who is added in place."""
    if draft.person_id is None:
        # Two who add the same name at once mean the same person.
        tx.one_at_a_time(f"people of customer {draft.customer_id}")
        known = intake.person_named(tx, draft.customer_id, draft.new_person)
        if known:
            return known
        added = customers.add_person(tx, draft.customer_id, draft.new_person)
        return Person(added, draft.customer_id, draft.new_person)
    person = customers.person(tx, draft.person_id)
    if person is None or person.customer_id != draft.customer_id:
        raise NoSuchPerson
    return person


def _asked(tx: Tx, actor: Actor, draft: views.SurveyDraft, person: Person, now: datetime) -> Survey:
    survey = Survey(
        id=0,
        key=Links.fresh(),
        customer_id=person.customer_id,
        person_id=person.id,
        pm_id=actor.user_id,
        language=draft.language,
        asked_at=now,
        expires_at=expires(now, actor.zone),
    )
    surveys.add(tx, survey)
    return survey


def _may_copy(survey: Survey, actor: Actor, now: datetime) -> bool:
    return survey.pm_id == actor.user_id and survey.open_at(now)


def _before(
    tx: Tx, actor: Actor, person: Person, survey: Survey | None, now: datetime
) -> views.Before:
    free_at = surveys.free_at(tx, person.id) or now
    asked_at = survey.asked_at if survey else free_at - APART
    who = survey.pm_id if survey else ""
    return views.Before(
        person=person.name,
        who="" if who == actor.user_id else staff.name(tx, who),
        on=local_date(asked_at, actor.zone),
        today=local_date(now, actor.zone),
        answered=survey is not None and survey.answer is not None,
        free_at=free_at,
        zone=actor.zone,
    )


def _sheet(tx: Tx, survey: Survey, now: datetime) -> Sheet:
    state = State.EXPIRED if survey.answer is None else State.ANSWERED
    return Sheet(State.OPEN if survey.open_at(now) else state, workspaces.name(tx))


def _arrived(tx: Tx, survey: Survey, given: Answer, now: datetime) -> None:
    """An answer is told to whoever asked, and a yes makes a reason for a visit (B3)."""
    outbox.put(tx, Kind.SURVEY_ANSWERED, survey.id, "", survey.pm_id, now)
    if given.may_call:
        asked_by = staff.get(tx, survey.pm_id)
        on = local_date(now, asked_by.zone if asked_by else "UTC")
        openings.add(tx, survey.customer_id, survey.person_id, Opening.SURVEY, on)

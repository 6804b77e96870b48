"""Create survey links for people, open them, and save the answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.db import customers, surveys, workspaces
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind
from bot.db.staff import queries as staff
from bot.db.suggestions import triggers
from bot.domain.customers import Customer, Person, VisitTrigger, name_key
from bot.domain.staff.access import Actor
from bot.domain.surveys.rules import (
    MIN_SURVEY_GAP,
    AlreadyAsked,
    Survey,
    SurveyAnswer,
    SurveyDraft,
    SurveyLink,
    link_expires_at,
)
from bot.domain.working_time import ONE_DAY, local_date
from bot.errors import DoNotContact, NoSuchCustomer, NoSuchPerson, SurveysNotConfigured
from bot.operations.contacts import record as contact_record
from bot.platform.public_address import is_secure
from bot.platform.signed_links import LinkSigner
from bot.services import Services
from bot.settings import Settings

SEARCH_LIMIT = 100


class SurveyState(StrEnum):
    """The state of a survey link."""

    OPEN = "open"
    ARRIVED = "arrived"
    ANSWERED = "answered"
    EXPIRED = "expired"


@dataclass(frozen=True)
class SurveyRequest:
    """What a link opens: its state, and the name of the workspace that asks."""

    state: SurveyState
    asked_by: str


def get_customer(services: Services, actor: Actor, customer_id: int) -> Customer:
    """Return the customer whose person is to be asked.

    Raises `SurveysNotConfigured`, `NoSuchCustomer`, `DoNotContact`.
    """
    _get_link_signer(services.settings)
    with services.reading(actor.workspace_id) as tx:
        return _get_customer(tx, customer_id)


def search_people(
    services: Services, actor: Actor, customer_id: int, typed: str
) -> Sequence[tuple[int, str, str]]:
    """Return id, name and role of up to 100 people of a customer whose name contains `typed`."""
    key = name_key(typed)
    with services.reading(actor.workspace_id) as tx:
        found = customers.list_people(tx, customer_id)
    matching = [each for each in found if key in name_key(each.name)]
    return [(each.id, each.name, each.role or "") for each in matching[:SEARCH_LIMIT]]


def create_link(
    services: Services, actor: Actor, draft: SurveyDraft, now: datetime
) -> SurveyLink | AlreadyAsked:
    """Create a link for a person, or return who has asked them within 90 days (G).

    The PM who asked gets the same link again while it is valid. Raises as `get_customer` does, and
    `NoSuchPerson`.
    """
    signer = _get_link_signer(services.settings)
    with services.transaction(actor.workspace_id) as tx:
        customer = _get_customer(tx, draft.customer_id)
        person = _get_or_add_person(tx, draft)
        again = not surveys.claim_person(tx, person.id, now, now + MIN_SURVEY_GAP)
        latest = surveys.get_latest(tx, person.id) if again else None
        survey = latest if again else _add_survey(tx, actor, draft, person, now)
        if survey is None or (again and not _may_copy(survey, actor, now)):
            return _already_asked(tx, actor, person, survey, now)
        link = f"{services.settings.nihito_public_url}/survey/{signer.sign(survey.key)}"
        last = local_date(survey.expires_at, actor.zone) - ONE_DAY
        pm = staff.get(tx, actor.user_id)
    return SurveyLink(
        person=person.name,
        customer=customer.name,
        pm=pm.name if pm else "",
        language=draft.language,
        link=link,
        last_day=last,
        today=local_date(now, actor.zone),
        repeated=again,
    )


def open_link(services: Services, key: str, now: datetime) -> SurveyRequest | None:
    """Return what a link opens; None if it doesn't exist. Opening it uses nothing up."""
    workspace_id = surveys.find_workspace(services.engine, key)
    if workspace_id is None:
        return None
    with services.reading(workspace_id) as tx:
        survey = surveys.find_by_key(tx, key)
        return _build_request(tx, survey, now) if survey else None


def save_answer(
    services: Services, key: str, given: SurveyAnswer, now: datetime
) -> SurveyRequest | None:
    """Save the first answer to a link; None if the link doesn't exist.

    The same answer sent twice, as by a double click, is thanked twice.
    """
    workspace_id = surveys.find_workspace(services.engine, key)
    if workspace_id is None:
        return None
    with services.transaction(workspace_id) as tx:
        survey = surveys.find_by_key(tx, key)
        if survey is None:
            return None
        if surveys.save_answer(tx, survey.id, given, now):
            _after_answer(tx, survey, given, now)
            return SurveyRequest(SurveyState.ARRIVED, workspaces.get_name(tx))
        # Another request may have answered between the two statements.
        saved = surveys.get(tx, survey.id) or survey
        if saved.answer == given:
            return SurveyRequest(SurveyState.ARRIVED, workspaces.get_name(tx))
        return _build_request(tx, saved, now)


def missing_settings(settings: Settings) -> Sequence[str]:
    """Return the settings without which no one can be asked, as far as they are missing."""
    found = [] if settings.link_signer else ["NIHITO_SECRET_KEY"]
    if not is_secure(settings.nihito_public_url):
        found.append("NIHITO_PUBLIC_URL, an https address")
    return found


def _get_link_signer(settings: Settings) -> LinkSigner:
    missing, signer = missing_settings(settings), settings.link_signer
    if missing or signer is None:
        raise SurveysNotConfigured(missing)
    return signer


def _get_customer(tx: Tx, customer_id: int) -> Customer:
    customer = customers.get(tx, customer_id)
    if customer is None:
        raise NoSuchCustomer
    if customer.closed:
        raise DoNotContact(customer.name, staff.get_name(tx, customer.closed_by or ""))
    return customer


def _get_or_add_person(tx: Tx, draft: SurveyDraft) -> Person:
    """Return the chosen person, if they are at that customer, or add the new one."""
    if draft.person_id is None:
        # Two requests that add the same name at once mean the same person.
        tx.advisory_lock(f"people of customer {draft.customer_id}")
        known = contact_record.find_person_named(tx, draft.customer_id, draft.new_person)
        if known:
            return known
        added = customers.add_person(tx, draft.customer_id, draft.new_person)
        return Person(added, draft.customer_id, draft.new_person)
    person = customers.get_person(tx, draft.person_id)
    if person is None or person.customer_id != draft.customer_id:
        raise NoSuchPerson
    return person


def _add_survey(tx: Tx, actor: Actor, draft: SurveyDraft, person: Person, now: datetime) -> Survey:
    survey = Survey(
        id=0,
        key=LinkSigner.new_id(),
        customer_id=person.customer_id,
        person_id=person.id,
        pm_id=actor.user_id,
        language=draft.language,
        asked_at=now,
        expires_at=link_expires_at(now, actor.zone),
    )
    surveys.add(tx, survey)
    return survey


def _may_copy(survey: Survey, actor: Actor, now: datetime) -> bool:
    return survey.pm_id == actor.user_id and survey.is_open(now)


def _already_asked(
    tx: Tx, actor: Actor, person: Person, survey: Survey | None, now: datetime
) -> AlreadyAsked:
    free_at = surveys.get_free_at(tx, person.id) or now
    asked_at = survey.asked_at if survey else free_at - MIN_SURVEY_GAP
    who = survey.pm_id if survey else ""
    return AlreadyAsked(
        person=person.name,
        asked_by="" if who == actor.user_id else staff.get_name(tx, who),
        on=local_date(asked_at, actor.zone),
        today=local_date(now, actor.zone),
        answered=survey is not None and survey.answer is not None,
        free_at=free_at,
        zone=actor.zone,
    )


def _build_request(tx: Tx, survey: Survey, now: datetime) -> SurveyRequest:
    state = SurveyState.EXPIRED if survey.answer is None else SurveyState.ANSWERED
    return SurveyRequest(
        SurveyState.OPEN if survey.is_open(now) else state, workspaces.get_name(tx)
    )


def _after_answer(tx: Tx, survey: Survey, given: SurveyAnswer, now: datetime) -> None:
    """Enqueue the answer for the PM who asked; a yes adds a trigger for a visit (B3)."""
    outbox.enqueue(tx, MessageKind.SURVEY_ANSWERED, survey.id, "", survey.pm_id, now)
    if given.may_call:
        asked_by = staff.get(tx, survey.pm_id)
        on = local_date(now, asked_by.zone if asked_by else "UTC")
        triggers.add(tx, survey.customer_id, survey.person_id, VisitTrigger.SURVEY, on)

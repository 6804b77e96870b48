"""Flags: their buttons."""

from bot.operations.contacts import flags as operations
from bot.services import Services
from bot.views.contacts import flag_message as views
from handlers import responses as answers
from handlers.requests import Knock
from handlers.responses import Answer


def acknowledge(services: Services, knock: Knock) -> Answer:
    """*Acknowledge*: the PM knows."""
    customer = operations.acknowledge(services, knock.actor, views.flag_id(knock.body))
    return answers.nothing().showing(answers.replacing(knock.place, views.acknowledged(customer)))


def refute(services: Services, knock: Knock) -> Answer:
    """*Not so*."""
    customer = operations.refute(services, knock.actor, views.flag_id(knock.body))
    return answers.nothing().showing(answers.replacing(knock.place, views.refuted(customer)))


def snooze(services: Services, knock: Knock) -> Answer:
    """*Snooze*: not now."""
    flag_id, span = views.flag_id(knock.body), views.read_snooze(knock.body)
    customer, until = operations.snooze(services, knock.actor, flag_id, span, knock.now)
    message = views.snoozed(customer, until, knock.actor.zone, knock.today)
    return answers.nothing().showing(answers.replacing(knock.place, message))

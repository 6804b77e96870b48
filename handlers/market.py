"""Handlers for the market form, in which an admin describes the workspace's market."""

from bot.operations.suggestions import market
from bot.services import Services
from bot.views.suggestions import market_form as views
from handlers import home, responses
from handlers.requests import SlackRequest
from handlers.responses import Response


def open_form(services: Services, request: SlackRequest) -> Response:
    """Open the market form from Home."""
    form = views.render_form(market.get_facts(services, request.actor), home.FROM_HOME)
    return responses.open_modal(form, request.trigger_id)


def save(services: Services, request: SlackRequest) -> Response:
    """Save the market that was submitted."""
    market.save(services, request.actor, views.parse_market(request.view))
    return home.show(services, request)

"""HTTP server: Slack's requests behind the request guard, health endpoints, survey pages."""

import asyncio
import time

from fastapi import FastAPI, Request, Response
from slack_bolt import App, BoltRequest
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.routing import Route

from bot.log import error_location, get_logger
from bot.pages.surveys import add_survey_routes
from bot.platform.health_endpoints import Connected, add_health_endpoints
from bot.platform.request_guard import (
    Rejected,
    check_headers,
    check_shape,
    check_signature,
    read_capped,
)
from bot.services import Services

LOG = get_logger(__name__)


def build_web(services: Services, bolt: App, connected: Connected | None = None) -> FastAPI:
    """Build the web application; `connected` tells whether Socket Mode is, where it is in use."""
    # A redirect to the path without its slash would name the host that the client named, by http.
    web = FastAPI(title="Nihito", openapi_url=None, redirect_slashes=False)
    secret = services.settings.slack_signing_secret.get_secret_value()

    # First of all routes, and a bare one, to skip FastAPI's own work on each request.
    web.router.routes.insert(0, _slack_events(bolt, secret))

    add_health_endpoints(web, services, connected)
    add_survey_routes(web, services)
    return web


def _slack_events(bolt: App, secret: str) -> Route:
    async def slack_events(request: Request) -> Response:
        try:
            signed = check_headers(*_signature_headers(request.headers), time.time())
            body = await read_capped(request.stream(), request.headers.get("content-length"))
            check_signature(body, *signed, secret)
        except Rejected as rejected:
            return _reject(rejected)
        except ClientDisconnect:
            return Response(status_code=400)
        # Few threads: in a burst more of them would only wait for each other.
        pool = bolt.listener_runner.listener_executor
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(pool, _dispatch, bolt, body, dict(request.headers))

    return Route("/slack/events", slack_events, methods=["POST"], include_in_schema=False)


def _signature_headers(headers: Headers) -> tuple[list[str], list[str]]:
    return headers.getlist("x-slack-request-timestamp"), headers.getlist("x-slack-signature")


def _reject(rejected: Rejected) -> Response:
    # The rest of the body is not read.
    return Response(status_code=rejected.status, headers={"Connection": "close"})


def _dispatch(bolt: App, body: bytes, headers: dict[str, str]) -> Response:
    try:
        # In a thread: a large form takes long, and the event loop serves everyone.
        check_shape(body, headers.get("content-type", ""))
        bolt_response = bolt.dispatch(BoltRequest(body=body.decode("utf-8"), headers={**headers}))
    except Rejected as rejected:
        return _reject(rejected)
    except Exception as error:  # noqa: BLE001 - signed, but of a shape on which Bolt fails
        LOG.warning("request_malformed", error=type(error).__name__, at=error_location(error))
        return Response(status_code=400)
    response_headers = {name: values[0] for name, values in bolt_response.headers.items()}
    return Response(bolt_response.body, bolt_response.status, response_headers)

"""The HTTP server: Slack's requests behind the guard, and whether we are well."""

import time

from fastapi import FastAPI, Request, Response
from slack_bolt import App, BoltRequest
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect

from bot.db import workspaces
from bot.guard import Turned, check_shape, check_signature, read_capped
from bot.log import logger, place
from bot.services import Services

LOG = logger(__name__)


def build_web(services: Services, bolt: App) -> FastAPI:
    """The web application."""
    web = FastAPI(title="Nihito", openapi_url="/docs/openapi.json", redoc_url=None)
    secret = services.settings.slack_signing_secret.get_secret_value()

    @web.post("/slack/events", include_in_schema=False)
    async def slack_events(request: Request) -> Response:
        try:
            body = await read_capped(request.stream(), request.headers.get("content-length"))
            check_signature(body, *_signing(request.headers), secret, time.time())
            check_shape(body, request.headers.get("content-type", ""))
        except Turned as turned:
            # What was not read is not waited for.
            return Response(status_code=turned.status, headers={"Connection": "close"})
        except ClientDisconnect:
            return Response(status_code=400)
        return await run_in_threadpool(_dispatch, bolt, body, dict(request.headers))

    @web.get("/healthz")
    def healthz() -> dict[str, str]:
        """The process is up."""
        return {"status": "up"}

    @web.get("/readyz")
    def readyz(response: Response) -> dict[str, str]:
        """The database can be read."""
        try:
            workspaces.ids(services.engine)
        except SQLAlchemyError:
            response.status_code = 503
            return {"status": "database away"}
        return {"status": "ready"}

    return web


def _signing(headers: Headers) -> tuple[list[str], list[str]]:
    return headers.getlist("x-slack-request-timestamp"), headers.getlist("x-slack-signature")


def _dispatch(bolt: App, body: bytes, headers: dict[str, str]) -> Response:
    try:
        answer = bolt.dispatch(BoltRequest(body=body.decode("utf-8"), headers={**headers}))
    except Exception as error:  # noqa: BLE001 - the door: signed, and Bolt trips over its shape
        LOG.warning("request_malformed", error=type(error).__name__, at=place(error))
        return Response(status_code=400)
    kept = {name: values[0] for name, values in answer.headers.items()}
    return Response(answer.body, answer.status, kept)

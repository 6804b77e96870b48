"""What a supervisor and Prometheus ask: are we alive, are we ready, and the figures."""

import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST

from bot.log import logger
from bot.operations.doctor import audit
from bot.operations.doctor import checks as health
from bot.operations.doctor.checks import WELL
from bot.platform.single_flight import Answer, Probe
from bot.services import Services

ANSWER_SECONDS = 2.0
# However many read the figures, the database is asked once in so many seconds.
KEEP_SECONDS = 5.0
NO_ANSWER = f"no answer within {ANSWER_SECONDS:.0f} s"

LOG = logger(__name__)

Connected = Callable[[], bool]
Other = TypeVar("Other")


def add_vitals(web: FastAPI, services: Services, connected: Connected | None) -> None:
    """`/healthz`, `/readyz` and `/metrics`; `connected` where Socket Mode is the way in.

    None of them waits for a thread of the server's, which may all be busy.
    """
    stored = Probe(lambda: health.stored(services))
    away: Mapping[str, str] = {"database": NO_ANSWER}
    standing = Probe(lambda: audit.levels(services, services.clock.now()), KEEP_SECONDS)

    @web.get("/healthz")
    async def healthz() -> Response:
        """The process is alive and its clock runs; if not, restart it."""
        silent = health.silent(services)
        return _lines({"status": silent or "up"}, well=not silent)

    @web.get("/readyz")
    async def readyz() -> Response:
        """Everything that is needed is there; what is not, is said."""
        database = await _within(stored, away)
        found = {**database, **_here(services, connected)}
        well = all(each == WELL for each in found.values())
        return _lines({"status": "ready" if well else "not ready", **found}, well=well)

    @web.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        levels = await _within(standing, None)
        page = services.metrics.page(levels)
        return Response(page, media_type=CONTENT_TYPE_LATEST)


async def _within(probe: Probe[Answer], otherwise: Other) -> Answer | Other:
    try:
        return await probe.answer(ANSWER_SECONDS)
    except Exception as error:  # noqa: BLE001 - the door: whoever asks gets an answer
        LOG.warning("not_answered", error=type(error).__name__)
        return otherwise


def _here(services: Services, connected: Connected | None) -> Mapping[str, str]:
    found = {"clock": health.silent(services) or WELL}
    if connected is not None:
        found["socket mode"] = WELL if connected() else "not connected"
    return found


def _lines(found: Mapping[str, str], *, well: bool) -> Response:
    """A line for each thing, so that it can be read in a terminal too."""
    text = json.dumps(found, indent=0) + "\n"
    return Response(text, 200 if well else 503, media_type="application/json")

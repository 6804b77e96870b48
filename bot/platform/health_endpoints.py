"""Health endpoints for a supervisor and Prometheus: alive, ready, and the metrics."""

import json
from asyncio import gather
from collections.abc import Callable, Mapping
from typing import TypeVar

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST

from bot.log import get_logger
from bot.operations.doctor import audit, checks, write_probe
from bot.operations.doctor.checks import OK
from bot.operations.doctor.write_probe import NotWritable
from bot.platform.single_flight import Result, SingleFlight
from bot.services import Services

TIMEOUT_SECONDS = 2.0
# However many ask, the database is written and counted once in so many seconds.
CACHE_SECONDS = 5.0
NO_ANSWER = f"no answer within {TIMEOUT_SECONDS:.0f} s"

LOG = get_logger(__name__)

Connected = Callable[[], bool]
Fallback = TypeVar("Fallback")


def add_health_endpoints(web: FastAPI, services: Services, connected: Connected | None) -> None:
    """Add `/healthz`, `/readyz` and `/metrics`; pass `connected` where Socket Mode is in use.

    None of them waits for a thread of the server's, which may all be busy.
    """
    database_check = SingleFlight(lambda: checks.check_readiness(services, services.clock.now()))
    no_database: Mapping[str, str] = {"database": NO_ANSWER}
    write_check = SingleFlight(lambda: write_probe.check_writable(services.engine), CACHE_SECONDS)
    outbox_levels = SingleFlight(
        lambda: audit.get_levels(services, services.clock.now()), CACHE_SECONDS
    )

    @web.get("/healthz")
    async def healthz() -> Response:
        """Return whether the process is alive and its clock runs; if not, restart it."""
        silent = checks.clock_problem(services)
        return _json_lines({"status": silent or "up"}, well=not silent)

    @web.get("/readyz")
    async def readyz() -> Response:
        """Return whether everything that is needed is there, and what is not."""
        database, unwritable = await gather(
            _result_or(database_check, no_database), _find_write_problem(write_check)
        )
        found = {**database, **_local_checks(services, connected)}
        if unwritable and found["database"] == OK:
            found["database"] = unwritable
        well = all(each.partition(":")[0] == OK for each in found.values())
        return _json_lines({"status": "ready" if well else "not ready", **found}, well=well)

    @web.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        levels = await _result_or(outbox_levels, None)
        page = services.metrics.render(levels)
        return Response(page, media_type=CONTENT_TYPE_LATEST)


async def _find_write_problem(write_check: SingleFlight[None]) -> str:
    try:
        await write_check.result(TIMEOUT_SECONDS)
    except NotWritable as problem:
        return str(problem)
    except Exception:  # noqa: BLE001 - the endpoint always answers
        return NO_ANSWER
    return ""


async def _result_or(query: SingleFlight[Result], fallback: Fallback) -> Result | Fallback:
    try:
        return await query.result(TIMEOUT_SECONDS)
    except Exception as error:  # noqa: BLE001 - the endpoint always answers
        LOG.warning("not_answered", error=type(error).__name__)
        return fallback


def _local_checks(services: Services, connected: Connected | None) -> Mapping[str, str]:
    found = {"clock": checks.clock_problem(services) or OK}
    if connected is not None:
        found["socket mode"] = OK if connected() else "not connected"
    return found


def _json_lines(found: Mapping[str, str], *, well: bool) -> Response:
    """Return JSON with a line for each item, readable in a terminal too."""
    text = json.dumps(found, indent=0) + "\n"
    return Response(text, 200 if well else 503, media_type="application/json")

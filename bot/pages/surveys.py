"""Surveys: the page behind a link; to open it changes nothing, and to answer works once."""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from starlette.requests import ClientDisconnect

from bot.domain.surveys.rules import BEST, WHY_LENGTH, WORST, Answer, Language, language
from bot.domain.text import is_blank, legible
from bot.log import logger, place
from bot.operations import surveys as operations
from bot.operations.surveys import Sheet, State
from bot.pages import templating as looks
from bot.pages.templating import Filled
from bot.platform.request_guard import Turned, read_capped
from bot.platform.throttle import Throttle
from bot.services import Services

LOG = logger(__name__)

# The longest reason, each character of which takes twelve bytes, and the rest of the form.
LARGEST_FORM = 12 * WHY_LENGTH + 4096
FIELDS = 10
STYLE_SECONDS = 3600
AGAIN_SECONDS = 60
SCORES = {str(each): each for each in range(WORST, BEST + 1)}
READ = ["GET", "HEAD"]


async def _form(request: Request) -> bytes:
    """The body, as far as a form may go."""
    declared = request.headers.get("content-length")
    try:
        return await read_capped(request.stream(), declared, largest=LARGEST_FORM)
    except Turned as turned:
        # What was not read is not waited for.
        raise HTTPException(turned.status, headers={"Connection": "close"}) from None
    except ClientDisconnect:
        raise HTTPException(400) from None


Form = Annotated[bytes, Depends(_form)]


def add_surveys(web: FastAPI, services: Services, throttle: Throttle | None = None) -> None:
    """`/survey/{token}`, which asks and takes the answer, and its style sheet."""
    page = Page(services, throttle or Throttle())
    web.add_api_route("/survey/{token}", page.show, methods=READ, include_in_schema=False)
    web.add_api_route("/survey/{token}", page.take, methods=["POST"], include_in_schema=False)
    web.add_api_route("/survey.css", style, methods=READ, include_in_schema=False)


def style() -> Response:
    """The style sheet of the page."""
    headers = {"Cache-Control": f"public, max-age={STYLE_SECONDS}"}
    return Response(looks.style(), headers={**looks.HEADERS, **headers}, media_type="text/css")


class Page:
    """The page of one link: what it shows, and what becomes of an answer."""

    def __init__(self, services: Services, throttle: Throttle) -> None:
        self._services = services
        self._links = services.settings.links
        self._throttle = throttle

    def show(self, request: Request, token: str) -> Response:
        """What stands behind a link. Scanners of mail open it too: nothing is used up."""
        spoken, key = _language(request), self._key(token)
        if key is None:
            return self._wrong(request, spoken)
        try:
            sheet = operations.opened(self._services, key, self._services.clock.now())
        except Exception as error:  # noqa: BLE001 - the door: whoever opens it must see something
            return _failed(error, spoken)
        if sheet and sheet.state is State.OPEN:
            return looks.question(spoken, sheet.asks, Filled())
        return _told(sheet, spoken)

    def take(self, request: Request, token: str, form: Form) -> Response:
        """An answer; a form with something wrong comes back with what was typed."""
        spoken, key = _language(request), self._key(token)
        if key is None:
            return self._wrong(request, spoken)
        filled, asks = _filled(form), ""
        now = self._services.clock.now()
        try:
            sheet = operations.opened(self._services, key, now)
            asks = sheet.asks if sheet else ""
            if filled.score is not None and not filled.wrong:
                given = Answer(filled.score, filled.why, filled.may_call)
                sheet = operations.answer(self._services, key, given, now)
        except Exception as error:  # noqa: BLE001 - the door: what was typed must not be lost
            return _kept_open(error, spoken, asks, filled)
        if sheet and sheet.state is State.OPEN:
            return looks.question(spoken, asks, filled, 422)
        return _told(sheet, spoken)

    def _key(self, token: str) -> str | None:
        return self._links.read(token) if self._links else None

    def _wrong(self, request: Request, spoken: Language) -> Response:
        """A link that is not ours; the database is not asked, and whoever guesses waits."""
        address = request.client.host if request.client else ""
        seconds = self._throttle.wrong(address)
        return looks.away(spoken, 429, seconds) if seconds else looks.unknown(spoken)


def _language(request: Request) -> Language:
    return language(request.headers.get("accept-language", ""))


def _told(sheet: Sheet | None, spoken: Language) -> Response:
    if sheet is None:
        return looks.unknown(spoken)
    status = 410 if sheet.state is State.EXPIRED else 200
    return looks.told(spoken, sheet.state, sheet.asks, status)


def _filled(form: bytes) -> Filled:
    """What was typed; whatever no browser sends counts as nothing."""
    try:
        typed = parse_qs(form.decode(), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        typed = {}
    score = SCORES.get(typed.get("score", [""])[0])
    # Forms send each line's end as two characters.
    why = legible(typed.get("why", [""])[0].replace("\r\n", "\n")).strip()
    why = "" if is_blank(why) else why
    faults = {"no_score": score is None, "too_long": len(why) > WHY_LENGTH}
    wrong = tuple(name for name, holds in faults.items() if holds)
    return Filled(score, why, "may_call" in typed, wrong)


def _failed(error: Exception, spoken: Language) -> Response:
    LOG.error("survey_failed", error=type(error).__name__, at=place(error))
    return looks.away(spoken, 503, AGAIN_SECONDS)


def _kept_open(error: Exception, spoken: Language, asks: str, filled: Filled) -> Response:
    """The form with all that was typed, once the answer could not be kept."""
    LOG.error("survey_not_kept", error=type(error).__name__, at=place(error))
    again = Filled(filled.score, filled.why, filled.may_call, (*filled.wrong, "again"))
    response = looks.question(spoken, asks, again, 503)
    response.headers["Retry-After"] = str(AGAIN_SECONDS)
    return response

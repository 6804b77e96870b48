"""The survey page behind a link: opening it changes nothing, and answering works once."""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from starlette.requests import ClientDisconnect

from bot.domain.surveys.rules import (
    MAX_SCORE,
    MIN_SCORE,
    WHY_LENGTH,
    Language,
    SurveyAnswer,
    negotiate_language,
)
from bot.domain.text import is_blank, sanitize
from bot.log import error_location, get_logger
from bot.operations.surveys import links as operations
from bot.operations.surveys.links import SurveyRequest, SurveyState
from bot.pages import templating
from bot.pages.templating import SurveyFormInput
from bot.platform.request_guard import Rejected, read_capped
from bot.platform.throttle import Throttle
from bot.services import Services

LOG = get_logger(__name__)

# The longest reason, at twelve bytes a character, and the rest of the form.
MAX_FORM_BYTES = 12 * WHY_LENGTH + 4096
MAX_FIELDS = 10
STYLE_SECONDS = 3600
RETRY_SECONDS = 60
SCORES = {str(each): each for each in range(MIN_SCORE, MAX_SCORE + 1)}
READ_METHODS = ["GET", "HEAD"]


async def _read_body(request: Request) -> bytes:
    """Read the body, up to the size limit of a form."""
    declared = request.headers.get("content-length")
    try:
        return await read_capped(request.stream(), declared, max_bytes=MAX_FORM_BYTES)
    except Rejected as rejected:
        # Closing means not waiting for the part that wasn't read.
        raise HTTPException(rejected.status, headers={"Connection": "close"}) from None
    except ClientDisconnect:
        raise HTTPException(400) from None


FormBody = Annotated[bytes, Depends(_read_body)]


def add_survey_routes(web: FastAPI, services: Services, throttle: Throttle | None = None) -> None:
    """Add `/survey/{token}`, which asks and takes the answer, and its style sheet."""
    page = SurveyPage(services, throttle or Throttle())
    # Links get a slash at their end on the way; from there the style sheet is one level further up.
    for path in ("/survey.css", "/survey/survey.css"):
        web.add_api_route(path, style_sheet, methods=READ_METHODS, include_in_schema=False)
    for path in ("/survey/{token}", "/survey/{token}/"):
        web.add_api_route(path, page.show_form, methods=READ_METHODS, include_in_schema=False)
        web.add_api_route(path, page.save_answer, methods=["POST"], include_in_schema=False)


def style_sheet() -> Response:
    """Return the style sheet of the page."""
    headers = {"Cache-Control": f"public, max-age={STYLE_SECONDS}"}
    return Response(
        templating.read_style_sheet(),
        headers={**templating.HEADERS, **headers},
        media_type="text/css",
    )


class SurveyPage:
    """The page behind survey links: what it shows, and what becomes of an answer."""

    def __init__(self, services: Services, throttle: Throttle) -> None:
        self._services = services
        self._links = services.settings.link_signer
        self._throttle = throttle

    def show_form(self, request: Request, token: str) -> Response:
        """Render what a link leads to; mail scanners open it too, so nothing is used up."""
        page_language, key = _page_language(request), self._key(token)
        if key is None:
            return self._reject_token(request, page_language)
        try:
            survey_request = operations.open_link(self._services, key, self._services.clock.now())
        except Exception as error:  # noqa: BLE001 - boundary: the reader must see something
            return _render_failure(error, page_language)
        if survey_request and survey_request.state is SurveyState.OPEN:
            return templating.render_question(
                page_language, survey_request.asked_by, SurveyFormInput()
            )
        return _render_state(survey_request, page_language)

    def save_answer(self, request: Request, token: str, form: FormBody) -> Response:
        """Save an answer; a form with something wrong comes back with what was typed."""
        page_language, key = _page_language(request), self._key(token)
        if key is None:
            return self._reject_token(request, page_language)
        filled, asks = _parse_form(form), ""
        now = self._services.clock.now()
        try:
            survey_request = operations.open_link(self._services, key, now)
            asks = survey_request.asked_by if survey_request else ""
            if filled.score is not None and not filled.faults:
                given = SurveyAnswer(filled.score, filled.why, filled.may_call)
                survey_request = operations.save_answer(self._services, key, given, now)
        except Exception as error:  # noqa: BLE001 - boundary: what was typed must not be lost
            return _render_save_failure(error, page_language, asks, filled)
        if survey_request and survey_request.state is SurveyState.OPEN:
            return templating.render_question(page_language, asks, filled, 422)
        return _render_state(survey_request, page_language)

    def _key(self, token: str) -> str | None:
        return self._links.unsign(token) if self._links else None

    def _reject_token(self, request: Request, page_language: Language) -> Response:
        """Reject a token that isn't ours, without the database; addresses that guess must wait."""
        address = request.client.host if request.client else ""
        seconds = self._throttle.count_wrong_guess(address)
        return (
            templating.render_retry_later(page_language, 429, seconds)
            if seconds
            else templating.render_unknown_link(page_language)
        )


def _page_language(request: Request) -> Language:
    return negotiate_language(request.headers.get("accept-language", ""))


def _render_state(survey_request: SurveyRequest | None, page_language: Language) -> Response:
    if survey_request is None:
        return templating.render_unknown_link(page_language)
    status = 410 if survey_request.state is SurveyState.EXPIRED else 200
    return templating.render_state(
        page_language, survey_request.state, survey_request.asked_by, status
    )


def _parse_form(form: bytes) -> SurveyFormInput:
    """Parse what was typed; what no browser sends counts as nothing."""
    try:
        typed = parse_qs(form.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        typed = {}
    score = SCORES.get(typed.get("score", [""])[0])
    # Forms send each line break as two characters.
    why = sanitize(typed.get("why", [""])[0].replace("\r\n", "\n")).strip()
    why = "" if is_blank(why) else why
    faults = {"no_score": score is None, "too_long": len(why) > WHY_LENGTH}
    wrong = tuple(name for name, holds in faults.items() if holds)
    return SurveyFormInput(score, why, "may_call" in typed, wrong)


def _render_failure(error: Exception, page_language: Language) -> Response:
    LOG.error("survey_failed", error=type(error).__name__, at=error_location(error))
    return templating.render_retry_later(page_language, 503, RETRY_SECONDS)


def _render_save_failure(
    error: Exception, page_language: Language, asks: str, filled: SurveyFormInput
) -> Response:
    """Render the form with all that was typed, once the answer couldn't be saved."""
    LOG.error("survey_not_stored", error=type(error).__name__, at=error_location(error))
    again = SurveyFormInput(filled.score, filled.why, filled.may_call, (*filled.faults, "again"))
    response = templating.render_question(page_language, asks, again, 503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response

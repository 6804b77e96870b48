"""Rendering of the survey page, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.domain.surveys.rules import MAX_SCORE, MIN_SCORE, WHY_LENGTH, Language
from bot.operations.surveys.links import SurveyState
from bot.views import block_kit
from bot.views.surveys.texts import PAGE_TEXTS, SurveyPageTexts, format_number

HERE = Path(__file__).parent
NAME_MAX_CHARS = 100
# No foreign resources, no scripts, no framing, and no referrer that would give a link away.
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Vary": "Accept-Language",
}
STATE_TEXTS: Mapping[SurveyState, tuple[str, str]] = {
    SurveyState.ARRIVED: ("thanks", "arrived"),
    SurveyState.ANSWERED: ("answered", "first_counts"),
    SurveyState.EXPIRED: ("expired", "could_be_used"),
}


@dataclass(frozen=True)
class SurveyFormInput:
    """A form as filled in; `faults` are the names of the sentences at its fields."""

    score: int | None = None
    why: str = ""
    may_call: bool = False
    faults: tuple[str, ...] = field(default=())


def render_question(
    language: Language, asks: str, filled: SurveyFormInput, status: int = 200
) -> Response:
    """Render the form, with what was typed and what is wrong with it; `asks` is "" if unknown."""
    words, name = PAGE_TEXTS[language], block_kit.one_line(asks, NAME_MAX_CHARS) if asks else ""
    most = format_number(WHY_LENGTH, language)
    sentences = {"no_score": words.no_score, "too_long": words.too_long.format(most=most)}
    sentences["again"] = words.again
    faults = {each: text if each in filled.faults else "" for each, text in sentences.items()}
    return _render(
        "question.html",
        language,
        status,
        title=" · ".join(filter(None, [*faults.values(), words.title])),
        asks=words.asks.format(name=name) if name else "",
        known=words.known.format(name=name) if name else "",
        filled=filled,
        faults=faults,
        scores=range(MIN_SCORE, MAX_SCORE + 1),
        most=WHY_LENGTH,
    )


def render_state(language: Language, state: SurveyState, asks: str, status: int = 200) -> Response:
    """Render the page that replaces the form: thank you, answered, expired."""
    head, text = (getattr(PAGE_TEXTS[language], each) for each in STATE_TEXTS[state])
    name = block_kit.one_line(asks, NAME_MAX_CHARS)
    return _render_text(language, status, head, text.format(name=name), asks=name)


def render_unknown_link(language: Language) -> Response:
    """Render the page for a link that isn't ours."""
    words = PAGE_TEXTS[language]
    return _render_text(language, 404, words.not_valid, words.copy_it_all)


def render_retry_later(language: Language, status: int, seconds: int) -> Response:
    """Render the page that asks the reader to come back in so many seconds."""
    words = PAGE_TEXTS[language]
    response = _render_text(language, status, words.slow, words.in_a_moment)
    response.headers["Retry-After"] = str(seconds)
    return response


@lru_cache
def read_style_sheet() -> str:
    """Read the style sheet."""
    return (HERE / "static" / "survey.css").read_text(encoding="utf-8")


def _render_text(language: Language, status: int, head: str, text: str, asks: str = "") -> Response:
    return _render("said.html", language, status, title=head, head=head, text=text, asks=asks)


def _render(template: str, language: Language, status: int, **values: object) -> Response:
    words: SurveyPageTexts = PAGE_TEXTS[language]
    page = _templates().get_template(template)
    html = page.render(language=language.value, words=words, **values)
    headers = {**HEADERS, "Content-Language": language.value}
    return Response(html, status, headers, media_type="text/html")


@lru_cache
def _templates() -> Environment:
    loader = FileSystemLoader(HERE / "templates")
    return Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

"""Samples of surveys: what PMs see, and what customers read."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime

from bot import errors
from bot.domain.customers import Customer, Stage
from bot.domain.surveys.nps import ScoreTally, calculate_nps
from bot.domain.surveys.rules import WHY_LENGTH, AlreadyAsked, Language, SurveyAnswer, SurveyLink
from bot.views.samples.sample import (
    LAST_VISIT,
    MILL,
    TODAY,
    Sample,
    SampleData,
    Samples,
    start_of,
)
from bot.views.samples.visits import response_url
from bot.views.surveys import form, texts

LAST_DAY = date(2026, 4, 15)
FREE_AT = datetime(2026, 5, 31, 8, 0, tzinfo=UTC)
PHONE_LENGTH = 50


def surveys(data: SampleData) -> Samples:
    """Yield how a PM asks for a score, and how the answer comes."""
    mara, mill = data.name("Mara Lind"), data.name(MILL)
    customer = Customer(data.id(1), mill, Stage.CUSTOMER)
    asking = form.render_form(customer, response_url(data))
    yield Sample("*Ask for a score*, under `/customer NAME`", asking)
    handed = _handed_over(data, Language.ENGLISH)
    yield Sample("*Make the link*", form.survey_message(handed))
    again = form.survey_message(replace(handed, repeated=True))
    yield start_of("to whoever asks for it again", again)
    yield from _asked_before(data)
    alone = errors.DoNotContact(mill, data.staff("Ada"))
    yield Sample("A customer who is to be left alone", str(alone))
    lacking = ["NIHITO_SECRET_KEY", "NIHITO_PUBLIC_URL, an https address"]
    yield Sample("Before it is set up", str(errors.SurveysNotConfigured(lacking)))
    yield Sample("NoSuchPerson", str(errors.NoSuchPerson()))
    why = data.text("It is quick, once one has learnt it.", WHY_LENGTH)
    answer = SurveyAnswer(data.either(9, 10), why, may_call=True)
    phone = data.text("+49 40 1234", PHONE_LENGTH)
    answered = form.answered_message(mara, mill, answer, phone)
    yield Sample("An answer, to whoever asked", answered)
    bare = SurveyAnswer(3, "", may_call=False)
    yield Sample("An answer without a word", form.answered_message(mara, mill, bare))
    score = form.score_line(calculate_nps(ScoreTally(16, 7, 6)))
    yield Sample("On Home, from five answers on", score)


def _asked_before(data: SampleData) -> Samples:
    bo = data.staff("Bo")
    before = AlreadyAsked(
        data.name("Mara Lind"), bo, data.day(LAST_VISIT), TODAY, False, FREE_AT, data.zone
    )
    for asked_by, answered in ((bo, False), (bo, True), ("", True)):
        known = replace(before, asked_by=asked_by, answered=answered)
        (told,) = form.already_asked_errors(known).values()
        came = ", and answered" if answered else ""
        who = "Bo" if asked_by else "themselves"
        yield Sample(f"*Make the link*, asked before by {who}{came}", told)


def pages(data: SampleData) -> Samples:
    """Yield what customers read: the message that a PM copies, and the page behind its link."""
    for language in Language:
        yield Sample(f"{language}: the message", _invitation(data, language))
        for name, told in _page_texts(language):
            yield Sample(f"{language}: {name}", told)


def _page_texts(language: Language) -> Iterator[tuple[str, str]]:
    words = texts.PAGE_TEXTS[language]
    known = {"name": "Alderway", "most": texts.format_number(WHY_LENGTH, language)}
    for each in fields(words):
        yield each.name.replace("_", " "), getattr(words, each.name).format(**known)


def unlisted(data: SampleData) -> Samples:
    """Yield the message in each language, and the responses to a search."""
    for language in Language:
        handed = _handed_over(data, language)
        yield Sample(f"*Make the link*, in {language}", form.survey_message(handed))
    found = data.many([(1, "Mara Lind", "buyer")], lambda id: (id, data.name(""), data.place("")))
    yield Sample("People to ask", form.options(found, data.name("ines")))


def _invitation(data: SampleData, language: Language) -> str:
    handed = _handed_over(data, language)
    return texts.invitation_text(language, handed.person, handed.pm, handed.link, handed.last_day)


def _handed_over(data: SampleData, language: Language) -> SurveyLink:
    mara, last_day = data.name("Mara Lind"), data.day(LAST_DAY)
    link = data.either(
        "https://nihito.example.org/survey/…", f"https://{'x' * 200}/survey/{'x' * 66}"
    )
    pm = data.staff("Ada")
    return SurveyLink(mara, data.name(MILL), pm, language, link, last_day, TODAY)

"""The page of a survey over HTTP: opened by any visitor, answered once, in four languages."""

import http.client
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import event, text
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot.db import surveys as survey_queries
from bot.db.tables.outbox import outbox
from bot.domain.surveys.rules import Language, Survey, SurveyAnswer, SurveyDraft, SurveyLink
from bot.log import configure
from bot.operations.surveys import links as surveys
from bot.pages.surveys import MAX_FORM_BYTES, add_survey_routes
from bot.platform.signed_links import LinkSigner
from bot.platform.throttle import Throttle
from bot.views.surveys.texts import PAGE_TEXTS
from sandbox.person import Person
from sandbox.server_thread import ServerThread
from tests.operations.conftest import workspace
from tests.operations.operations_fixture import SECRET_KEY, BotWorkspace
from tests.requests.raw_http import ask
from tests.times import T0, T

__all__ = ["workspace"]

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
GOOD = {"score": "9", "why": "It is quick.", "may_call": "yes"}


@dataclass
class PageText:
    """A response of the server."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def heading(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>", self.body, re.DOTALL)
        return found[1] if found else ""


@dataclass
class Visitor:
    """A person with a link in a browser."""

    workspace: BotWorkspace
    url: str
    token: str
    ada: Person

    def get(self, token: str | None = None, **headers: str) -> PageText:
        return self._ask("GET", token, b"", headers)

    def post(self, form: Mapping[str, str], token: str | None = None, **headers: str) -> PageText:
        return self._ask("POST", token, urlencode(form).encode(), headers)

    def raw(self, body: bytes, **headers: str) -> PageText:
        return self._ask("POST", None, body, headers)

    @property
    def survey(self) -> Survey:
        with self.workspace.services.reading(self.workspace.workspace_id) as tx:
            found = survey_queries.get(tx, 1)
        assert found
        return found

    def _ask(
        self, method: str, token: str | None, body: bytes, headers: dict[str, str]
    ) -> PageText:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        named = {name.replace("_", "-"): each for name, each in headers.items()}
        if method == "POST":
            named["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            path = f"/survey/{self.token if token is None else token}"
            connection.request(method, path, body or None, named)
            answer = connection.getresponse()
            return PageText(answer.status, dict(answer.headers), answer.read().decode())
        finally:
            connection.close()


@pytest.fixture
def visitor(workspace: BotWorkspace) -> Iterator[Visitor]:
    """Yield Mara, to whom Ada has sent a survey."""
    ada = workspace.add_pm("Ada", interval_days=90)
    mill = workspace.add_customer("Brightwater Mill")
    draft = SurveyDraft(mill, workspace.add_person(mill, "Mara Lind"), "", Language.ENGLISH)
    handed = surveys.create_link(workspace.services, workspace.actor(ada), draft, T0)
    assert isinstance(handed, SurveyLink)
    (token,) = re.findall(r"https://nihito\.example\.org/survey/(\S+)", handed.link)
    web = FastAPI()
    add_survey_routes(web, workspace.services)
    runner = ServerThread(web, 0)
    runner.start()
    yield Visitor(workspace, f"http://127.0.0.1:{runner.port}", token, ada)
    runner.stop()
    for post in workspace.slack.workspace.posts:
        post.expected = True


def test_a_link_shows_the_question_and_who_asks(visitor: Visitor) -> None:
    said = visitor.get()
    assert said.status == 200
    assert said.heading == "How likely are you to recommend us to a friend or colleague?"
    assert f"A question from {visitor.workspace.slack.name}" in said.body
    assert "Mara" not in said.body
    assert "Brightwater" not in said.body


def test_a_link_that_got_a_slash_at_its_end_works(visitor: Visitor) -> None:
    visitor.token += "/"
    said = visitor.get()
    assert said.status == 200
    assert "location" not in said.headers
    assert visitor.get("survey.css").headers["content-type"].startswith("text/css")
    assert visitor.post(GOOD).heading == "Thank you"


@EVERY_DATABASE
def test_to_open_a_link_uses_nothing_up(visitor: Visitor) -> None:
    before = visitor.survey
    for _ in range(5):
        assert visitor.get().status == 200
    assert visitor._ask("HEAD", None, b"", {}).status == 200
    assert visitor.survey == before
    assert visitor.post(GOOD).heading == "Thank you"


@EVERY_DATABASE
def test_an_answer_is_kept_with_its_words(visitor: Visitor) -> None:
    said = visitor.post({**GOOD, "why": "  Sie ist <b>schnell</b> 🙂\r\nund “klar”.  "})
    assert (said.status, said.heading) == (200, "Thank you")
    assert visitor.survey.answer == SurveyAnswer(9, "Sie ist <b>schnell</b> 🙂\nund “klar”.", True)
    assert visitor.survey.answered_at == T0


@EVERY_DATABASE
def test_a_double_click_is_thanked_twice_and_kept_once(visitor: Visitor) -> None:
    together = Barrier(4)

    def click(_: int) -> str:
        together.wait()
        return visitor.post(GOOD).heading

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(click, range(4))) == ["Thank you"] * 4
    with visitor.workspace.services.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM openings")).scalar() == 1
        told = outbox.select().where(outbox.c.kind == "survey_answered")
        assert len(connection.execute(told).all()) == 1


@EVERY_DATABASE
def test_of_two_answers_at_once_one_is_kept_and_the_other_is_told(visitor: Visitor) -> None:
    together = Barrier(2)

    def answer(score: str) -> str:
        together.wait()
        return visitor.post({"score": score}).heading

    with ThreadPoolExecutor(2) as pool:
        headings = dict(zip("39", pool.map(answer, "39"), strict=True))
    first = next(score for score, heading in headings.items() if heading == "Thank you")
    assert sorted(headings.values()) == ["Thank you", "Thank you, your answer is here already"]
    assert visitor.survey.answer == SurveyAnswer(int(first), "", may_call=False)


@EVERY_DATABASE
def test_the_first_answer_counts(visitor: Visitor) -> None:
    visitor.post(GOOD)
    assert visitor.get().heading == "Thank you, your answer is here already"
    later = visitor.post({"score": "0", "why": "I have thought again."})
    assert (later.status, later.heading) == (200, "Thank you, your answer is here already")
    assert visitor.post({}).heading == "Thank you, your answer is here already"
    assert visitor.survey.answer == SurveyAnswer(9, "It is quick.", may_call=True)


@EVERY_DATABASE
def test_a_link_expires(visitor: Visitor) -> None:
    visitor.workspace.clock.at = T(days=30)
    assert visitor.get().status == 200
    visitor.workspace.clock.at = T(days=31)
    for said in (visitor.get(), visitor.post(GOOD)):
        assert (said.status, said.heading) == (410, "This link has expired")
    assert visitor.survey.answer is None


def test_a_form_without_a_score_comes_back_with_what_was_typed(visitor: Visitor) -> None:
    said = visitor.post({"why": "</textarea><b>Slow", "may_call": "yes"})
    assert said.status == 422
    assert "Please choose a number from 0 to 10." in said.body
    assert "&lt;/textarea&gt;&lt;b&gt;Slow</textarea>" in said.body
    assert 'value="yes" checked' in said.body
    assert visitor.survey.answer is None


def test_a_reason_that_is_too_long_comes_back_whole(visitor: Visitor) -> None:
    long = "ä" * 2001
    said = visitor.post({"score": "0", "why": long})
    assert said.status == 422
    assert "Please keep it to 2,000 characters." in said.body
    assert long in said.body
    assert 'value="0" checked' in said.body
    assert visitor.post({"score": "0", "why": "🙂" * 2000}).heading == "Thank you"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"score=11",
        b"score=-1",
        b"score=5.0",
        b"score=%D9%A5",
        b"score=",
        b"\xff\xfe",
        b"{}",
        b"&".join(b"f%d=1" % each for each in range(50)),
    ],
)
def test_what_no_browser_sends_is_no_answer(visitor: Visitor, body: bytes) -> None:
    assert visitor.raw(body).status == 422
    assert visitor.survey.answer is None


def test_controls_and_blanks_are_no_words(visitor: Visitor) -> None:
    visitor.post({"score": "5", "why": "\x00\u200b \u2060"})
    assert visitor.survey.answer == SurveyAnswer(5, "", may_call=False)


def test_an_answer_cannot_turn_the_words_after_it(visitor: Visitor) -> None:
    visitor.post({"score": "5", "why": "Slow.\u202e\u2066 Really."})
    assert visitor.survey.answer == SurveyAnswer(5, "Slow. Really.", may_call=False)


def test_a_form_that_is_too_large_is_refused_unread(visitor: Visitor) -> None:
    assert visitor.raw(b"why=" + b"x" * MAX_FORM_BYTES).status == 413
    assert visitor.raw(b"", Content_Length=str(10**9)).status in (400, 413)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_link_is_opened_or_answered_and_nothing_else(visitor: Visitor, method: str) -> None:
    assert visitor._ask(method, None, b"", {}).status == 405


@pytest.mark.parametrize("spoken", Language)
def test_every_page_speaks_the_language_of_the_browser(visitor: Visitor, spoken: Language) -> None:
    words, accepted = (
        PAGE_TEXTS[spoken],
        {"Accept_Language": f"{spoken}-XX,{spoken};q=0.9,pt;q=0.8"},
    )
    pages = [
        (visitor.get("nonsense", **accepted), words.not_valid),
        (visitor.get(**accepted), words.question),
        (visitor.post({}, **accepted), words.question),
        (visitor.post(GOOD, **accepted), words.thanks),
        (visitor.get(**accepted), words.answered),
    ]
    assert words.no_score in pages[2][0].body
    for said, heading in pages:
        assert said.heading == heading
        assert f'<html lang="{spoken}">' in said.body
        assert said.headers["content-language"] == spoken
        assert "{" not in said.body


def test_every_page_keeps_to_itself(visitor: Visitor) -> None:
    pages = [visitor.get(), visitor.get("nonsense"), visitor.post({}), visitor.post(GOOD)]
    for said in pages:
        policy = said.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'")
        assert "unsafe" not in policy
        assert said.headers["referrer-policy"] == "no-referrer"
        assert said.headers["cache-control"] == "no-store"
        assert "noindex" in said.headers["x-robots-tag"]
        assert said.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r"<script|<style|style=|https?://", said.body)


def test_the_style_sheet_stands_beside_the_page(visitor: Visitor) -> None:
    assert 'href="../survey.css"' in visitor.get().body
    status, body = ask(visitor.url, "GET", "/survey.css")
    assert status == 200
    assert b"prefers-color-scheme: dark" in body
    assert b"url(" not in body


def changed(token: str) -> list[str]:
    """Return links that are almost valid."""
    key, _, signature = token.partition(".")
    return [
        key,
        f"{key}.",
        f"{LinkSigner.new_id()}.{signature}",
        f"{token}x",
        token[:-1],
        token.swapcase(),
        "%00",
        "%F0%9F%99%82",
        "%FF%FE",
        "x" * 4000,
    ]


def test_a_link_that_was_changed_is_not_valid(visitor: Visitor) -> None:
    for token in changed(visitor.token):
        said = visitor.get(token)
        assert (said.status, said.heading) == (404, "This link does not work")
    assert visitor.post(GOOD, "nonsense").status == 404
    assert visitor.survey.answer is None


def test_a_link_whose_survey_is_gone_is_not_valid(visitor: Visitor) -> None:
    with visitor.workspace.services.engine.begin() as connection:
        connection.execute(text("DELETE FROM surveys"))
    for said in (visitor.get(), visitor.post(GOOD), visitor.post({})):
        assert (said.status, said.heading) == (404, "This link does not work")


def test_a_thousand_guesses_are_slowed_down_and_a_good_link_still_works(visitor: Visitor) -> None:
    asked: list[str] = []
    event.listen(
        visitor.workspace.services.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: asked.append(statement),
    )
    links = LinkSigner([SECRET_KEY], "other")

    def guess(number: int) -> PageText:
        token = links.sign(LinkSigner.new_id())
        return visitor.post(GOOD, token) if number % 2 else visitor.get(token)

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(guess, range(1000)))
    assert asked == []
    statuses = [each.status for each in said]
    assert 20 <= statuses.count(404) <= 60
    assert statuses.count(404) + statuses.count(429) == 1000
    slowed = next(each for each in said if each.status == 429)
    assert 1 <= int(slowed.headers["retry-after"]) <= 3
    assert slowed.heading == "One moment, please"
    assert visitor.get().status == 200
    assert visitor.post(GOOD).heading == "Thank you"
    assert visitor.get("nonsense").status == 429


@pytest.mark.parametrize(
    ("peer", "heard"), [("198.51.100.7", 20), ("127.0.0.1", 40)], ids=["a stranger", "our proxy"]
)
def test_only_a_proxy_says_by_a_header_who_asks(
    workspace: BotWorkspace, peer: str, heard: int
) -> None:
    web = FastAPI()
    add_survey_routes(web, workspace.services, Throttle(lambda: 0.0))
    # As uvicorn wraps every application, with the proxy it trusts by default.
    behind: Any = ProxyHeadersMiddleware(web, "127.0.0.1")  # type: ignore[arg-type]

    async def from_there(scope: Any, receive: Any, send: Any) -> None:
        await behind({**scope, "client": (peer, 1234)}, receive, send)

    runner = ServerThread(from_there, 0)  # type: ignore[arg-type]
    runner.start()
    try:
        visitor = Visitor(
            workspace, f"http://127.0.0.1:{runner.port}", "", workspace.slack.add_user("X")
        )
        guesses = [visitor.get("a", X_Forwarded_For=f"192.0.2.{each}") for each in range(40)]
    finally:
        runner.stop()
    assert [each.status for each in guesses] == [404] * heard + [429] * (40 - heard)


def test_while_the_database_is_away_what_was_typed_stays(visitor: Visitor) -> None:
    with visitor.workspace.services.engine.begin() as connection:
        connection.execute(text("ALTER TABLE surveys RENAME TO gone"))
    opened = visitor.get()
    assert (opened.status, opened.heading) == (503, "One moment, please")
    said = visitor.post(GOOD)
    assert said.status == 503
    assert "Your answer is still here: please send it again." in said.body
    assert "It is quick.</textarea>" in said.body
    assert 'value="9" checked' in said.body
    with visitor.workspace.services.engine.begin() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO surveys"))
    assert visitor.post(GOOD).heading == "Thank you"


def test_without_a_key_no_link_works(visitor: Visitor) -> None:
    settings = visitor.workspace.services.settings.model_copy(
        update={"nihito_secret_key": SecretStr("")}
    )
    assert settings.link_signer is None


def test_the_log_has_neither_link_nor_words(
    visitor: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("debug")
    visitor.get()
    visitor.get("nonsense")
    visitor.post({**GOOD, "why": "hunter2"})
    with visitor.workspace.services.engine.begin() as connection:
        connection.execute(text("ALTER TABLE surveys RENAME TO gone"))
    visitor.post({**GOOD, "why": "hunter2"})
    configure("error")
    logged = capsys.readouterr().err
    assert "survey_not_stored" in logged
    for secret in ("hunter2", visitor.token, visitor.token.partition(".")[0]):
        assert secret not in logged

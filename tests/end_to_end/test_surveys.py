"""Surveys in Slack: from the button under a brief to the message to copy."""

import re
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from bot.db import customers
from bot.domain.customers import Stage
from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.workspace.state import Message
from tests.conftest import ManualClock, Nihito, open_nihito
from tests.forms import form_helpers
from tests.operations.operations_fixture import SECRET_KEY
from tests.requests.raw_http import FORM, ask
from tests.times import T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
URL = "https://nihito.example.org"
MILL, POST = "Brightwater Mill", "Fernleigh Post"


@pytest.fixture
def nihito(slack: Sandbox, clock: ManualClock, database: str) -> Iterator[Nihito]:
    """Run a bot that can send surveys; afterwards no unexpected message may be left."""
    known = {"nihito_secret_key": SecretStr(SECRET_KEY), "nihito_public_url": f"{URL}/"}
    with open_nihito(slack, clock, database, **known) as opened:
        yield opened
    slack.assert_nothing_else()


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    """Join Ada, and add two customers."""
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    nihito.join(ada)
    with nihito.services.transaction(nihito.workspace_id) as tx:
        mill, post = (customers.add(tx, name, Stage.CUSTOMER) for name in (MILL, POST))
        customers.add_person(tx, mill, "Mara Lind", role="buyer")
        customers.add_person(tx, post, "Mara Post")
    return ada


def open_form(nihito: Nihito, person: Person) -> None:
    """Look the customer up and press the button under the brief."""
    person.run("/customer", MILL)
    brief = nihito.slack.workspace.messages[person.dm.id][-1]
    person.press(brief, "survey.open")
    person.wait_for_view()


def handed(nihito: Nihito, person: Person, words: str) -> Message:
    return nihito.slack.expect_message(to=person, containing=words)


def token(message: Message) -> str:
    (ready,) = message.blocks[0]["elements"][1]["elements"]
    (found,) = re.findall(rf"{URL}/survey/([\w.-]+)", ready["text"])
    return str(found)


@EVERY_DATABASE
def test_a_pm_gets_a_message_to_copy_and_is_told_of_the_answer(nihito: Nihito, ada: Person) -> None:
    open_form(nihito, ada)
    (mara, new) = ada.options("survey.person", "Mara")
    assert (mara["text"]["text"], new["value"]) == ("Mara Lind", "new:Mara")
    ada.submit({"person": mara["value"]})
    message = handed(nihito, ada, "A question to Mara Lind of Brightwater Mill.")
    ready = message.blocks[0]["elements"][1]
    assert ready["type"] == "rich_text_preformatted"
    assert ready["elements"][0]["text"] == (
        "Dear Mara,\n\nMay I ask you one question? Would you recommend us? It takes a minute. "
        "Please say what you really think: what we could do better helps us most.\n\n"
        f"{URL}/survey/{token(message)}\n\nThe link is for you alone and works once, until "
        "1 April 2026. Thank you for your time.\n\nAda"
    )
    path, body = f"/survey/{token(message)}", b"score=4&why=It+is+slow&may_call=yes"
    assert ask(nihito.url, "GET", path)[0] == 200
    assert ask(nihito.url, "POST", path, body, {"Content-Type": FORM})[0] == 200
    nihito.tick_at(T(minutes=5))
    nihito.slack.expect_message(to=ada, containing="has answered: 4 of 10. It is slow")
    assert "they gave us 4 of 10: It is slow." in ada.run("/customer", MILL).text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ("Guten Tag Mara Lind,", "bis zum 1. April 2026")),
        ("es", ("Buenos días, Mara Lind:", "hasta el 1 de abril de 2026")),
        ("fr", ("Bonjour Mara Lind,", "jusqu’au 1er avril 2026")),
    ],
)
def test_the_message_is_in_the_language_chosen(
    nihito: Nihito, ada: Person, language: str, words: tuple[str, ...]
) -> None:
    open_form(nihito, ada)
    chosen = ada.options("survey.person", "Mara L")[0]["value"]
    ada.submit({"person": chosen, "language": language})
    message = handed(nihito, ada, "A question to Mara Lind")
    assert all(each in str(message.blocks) for each in words)


def test_the_second_pm_reads_who_asked_and_from_when_again(nihito: Nihito, ada: Person) -> None:
    bo = nihito.slack.add_user("Bo", tz="Europe/Berlin")
    nihito.join(bo)
    open_form(nihito, ada)
    ada.submit({"person": ada.options("survey.person", "Mara")[0]["value"]})
    handed(nihito, ada, "A question to Mara Lind")
    nihito.clock.at = T(days=2)
    open_form(nihito, bo)
    outcome = bo.submit({"person": bo.options("survey.person", "Mara")[0]["value"]})
    assert outcome.errors == {
        "person": "Ada asked Mara Lind on Monday 2 March. Nobody is asked twice in 90 days: they "
        "can be asked again from Sunday 31 May at 14:00, Berlin time."
    }
    open_form(nihito, ada)
    ada.submit({"person": ada.options("survey.person", "Mara")[0]["value"]})
    handed(nihito, ada, "Here is your question to Mara Lind of Brightwater Mill again.")


def test_somebody_new_is_added_in_place(nihito: Nihito, ada: Person) -> None:
    open_form(nihito, ada)
    (new,) = ada.options("survey.person", "Ines Kolb")
    assert new["text"]["text"] == "Add “Ines Kolb” as a new person"
    ada.submit({"person": new["value"]})
    handed(nihito, ada, "A question to Ines Kolb of Brightwater Mill")
    open_form(nihito, ada)
    assert [each["text"]["text"] for each in ada.options("survey.person", "ines kolb")] == [
        "Ines Kolb"
    ]


def test_whoever_chooses_nobody_is_asked_to(nihito: Nihito, ada: Person) -> None:
    open_form(nihito, ada)
    assert "person" in ada.submit({}).errors
    assert ada.submit({}, unchecked=True).errors == {"person": "Choose a person, or add a new one."}


def test_a_customer_who_was_closed_meanwhile_is_not_asked(nihito: Nihito, ada: Person) -> None:
    ada.run("/customer", MILL)
    old = nihito.slack.workspace.messages[ada.dm.id][-1]
    ada.press(old, "customer.close")
    ada.wait_for_view()
    ada.submit({"why": "opted_out", "because": "They said so."})
    nihito.slack.expect_message(to=ada, containing="has opted out")
    ada.press(old, "survey.open")
    nihito.slack.expect_message(to=ada, containing="to be left alone, as Ada has said")
    ada.run("/customer", MILL)
    assert "survey.open" not in str(nihito.slack.workspace.messages[ada.dm.id][-1].blocks)


def test_home_tells_the_score_in_one_line(nihito: Nihito, ada: Person) -> None:
    for number, score in enumerate((10, 10, 9, 8, 3)):
        form_helpers.unfold(nihito, ada, nihito.open_form(ada, "/debrief"), "score")
        new = f"new:Customer {number}"
        ada.options("customer.find", f"Customer {number}")
        ada.submit({"customer": new, "story": "They wait. A lot.", "nps": str(score)})
        nihito.slack.expect_message(to=ada, containing="is kept")
    assert "NPS of your customers in the last 90 days: +40, give or take 70 (5 answers)" in str(
        ada.open_home().payload
    )


def test_without_settings_the_button_says_what_to_set(
    slack: Sandbox, clock: ManualClock, database: str
) -> None:
    with open_nihito(slack, clock, database) as nihito:
        ada = slack.add_user("Ada", tz="Europe/Berlin")
        nihito.join(ada)
        with nihito.services.transaction(nihito.workspace_id) as tx:
            customers.add(tx, MILL, Stage.CUSTOMER)
        ada.run("/customer", MILL)
        ada.press(slack.workspace.messages[ada.dm.id][-1], "survey.open")
        slack.expect_message(
            to=ada,
            containing="Surveys are not set up yet. Whoever runs Nihito is to set "
            "NIHITO_SECRET_KEY and NIHITO_PUBLIC_URL, an https address; docs/running.md says how.",
        )

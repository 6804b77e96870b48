"""A draft that was saved is read again, by whichever version of the bot it was saved."""

import json
from dataclasses import fields, replace
from datetime import date

import pytest

from bot.db.debriefs import stored_drafts
from bot.domain.debriefs.rules import Draft, Frequency, Mood, ReportedWorkaround, Sharing
from bot.domain.debriefs.sections import (
    Answer,
    DealDecision,
    DealReason,
    HypothesisVerdict,
    Pain,
    PainWeight,
    Promise,
)
from bot.domain.visits.rules import VisitKind
from tests.support.drafts import filled_draft

DOCUMENT = """{
  "customer_id": 7,
  "on": "2026-03-02",
  "story": "They export on Fridays.",
  "new_customer": "Otter",
  "kind": "loss_interview",
  "workarounds": [
    {"what": "A spreadsheet", "why": "No totals", "how_often": "weekly"},
    {"what": "Paper", "why": "", "how_often": null}
  ],
  "quote": "We never ask.",
  "mood": "frustrated",
  "nps": 0,
  "nps_why": "Too slow",
  "sharing": "no_name",
  "minutes": 90,
  "surprise": "Nobody minds.",
  "pains": [
    {"what": "No totals", "weight": "costly", "theme": "Exports"},
    {"what": "Slow", "weight": null, "theme": ""}
  ],
  "promises": [
    {"what": "The roadmap", "owner_id": "U0000007", "on": "2026-03-09"},
    {"what": "A call", "owner_id": null, "on": null}
  ],
  "answers": [{"subject": "Totals", "said": "Not before summer."}],
  "decision": "lost",
  "reasons": ["price", "ease"],
  "competitor": "Fern Labs",
  "picture": "F0000001",
  "hypothesis_id": 9,
  "new_hypothesis": "They all print.",
  "verdict": "contradicts",
  "fellows": ["U0000008", "U0000009"]
}"""
DRAFT = Draft(
    customer_id=7,
    on=date(2026, 3, 2),
    story="They export on Fridays.",
    new_customer="Otter",
    kind=VisitKind.LOSS_INTERVIEW,
    workarounds=(
        ReportedWorkaround("A spreadsheet", "No totals", Frequency.WEEKLY),
        ReportedWorkaround("Paper"),
    ),
    quote="We never ask.",
    mood=Mood.FRUSTRATED,
    nps=0,
    nps_why="Too slow",
    sharing=Sharing.NO_NAME,
    minutes=90,
    surprise="Nobody minds.",
    pains=(Pain("No totals", PainWeight.COSTLY, "Exports"), Pain("Slow")),
    promises=(Promise("The roadmap", "U0000007", date(2026, 3, 9)), Promise("A call")),
    answers=(Answer("Totals", "Not before summer."),),
    decision=DealDecision.LOST,
    reasons=(DealReason.PRICE, DealReason.EASE),
    competitor="Fern Labs",
    companions=("U0000008", "U0000009"),
    picture="F0000001",
    hypothesis_id=9,
    new_hypothesis="They all print.",
    verdict=HypothesisVerdict.CONTRADICTS,
)
EMPTY_DOCUMENT = """{
  "customer_id": null, "on": null, "story": "", "new_customer": "", "kind": "video",
  "workarounds": [], "quote": "", "mood": null, "nps": null, "nps_why": "", "sharing": "share",
  "minutes": null, "surprise": "", "pains": [], "promises": [], "answers": [], "decision": null,
  "reasons": [], "competitor": "", "picture": "", "hypothesis_id": null, "new_hypothesis": "",
  "verdict": null, "fellows": []
}"""
CODECS = [(DOCUMENT, DRAFT), (EMPTY_DOCUMENT, Draft(None, None, ""))]


@pytest.mark.parametrize(("document", "draft"), CODECS)
def test_a_draft_saved_by_the_first_version_is_read(document: str, draft: Draft) -> None:
    assert stored_drafts.from_json(json.loads(document)) == draft


@pytest.mark.parametrize(("document", "draft"), CODECS)
def test_a_draft_is_saved_under_the_names_of_the_first_version(document: str, draft: Draft) -> None:
    first, saved = json.loads(document), stored_drafts.to_json(draft)
    assert {name: saved.get(name) for name in first} == first


@pytest.mark.parametrize("name", ["hypothesis_id", "new_hypothesis", "verdict"])
def test_a_draft_saved_before_a_field_existed_is_read_without_it(name: str) -> None:
    earlier = {key: each for key, each in json.loads(DOCUMENT).items() if key != name}
    empty = getattr(Draft(None, None, ""), name)
    assert stored_drafts.from_json(earlier) == replace(DRAFT, **{name: empty})


def test_a_code_that_no_version_has_written_is_refused() -> None:
    with pytest.raises(ValueError, match="verdict"):
        stored_drafts.from_json({**json.loads(DOCUMENT), "verdict": "perhaps"})


@pytest.mark.parametrize("name", [each.name for each in fields(Draft)])
def test_every_field_of_a_draft_is_saved_and_read(name: str) -> None:
    draft = filled_draft(customer_id=7, hypothesis_id=9)
    document = json.loads(json.dumps(stored_drafts.to_json(draft)))
    assert getattr(draft, name) != getattr(Draft(None, None, ""), name)
    assert getattr(stored_drafts.from_json(document), name) == getattr(draft, name)

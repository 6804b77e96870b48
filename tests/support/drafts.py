"""A draft with something in every field, for tests of what keeps one."""

from dataclasses import replace
from typing import Any

from bot.domain.debriefs.rules import TEXTS, Draft, Frequency, ReportedWorkaround
from bot.domain.debriefs.sections import Answer, Pain, PainWeight, Promise
from bot.views.samples.debriefs import full_draft
from bot.views.samples.sample import LONG_DATE, ORDINARY


def filled_draft(**known: Any) -> Draft:
    """Build a draft with a text, a choice or an entry in every field, no two texts the same."""
    texts = {name: f"Their {name}" for name in TEXTS[Draft]}
    entries = {
        "workarounds": (ReportedWorkaround("A spreadsheet", "No totals", Frequency.WEEKLY),),
        "pains": (Pain("No totals", PainWeight.COSTLY, "Exports"), Pain("Slow")),
        "promises": (Promise("The roadmap", "U0000007", LONG_DATE),),
        "answers": (Answer("Totals", "Not before summer."),),
    }
    return replace(full_draft(ORDINARY), minutes=90, **{**texts, **entries, **known})

"""Drafts as they are stored: in the columns of a debrief, or as a JSON document."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from bot.domain.debriefs.rules import ENTRIES, Draft

DRAFT = TypeAdapter(Draft)
# What documents call companions that were stored under an older name.
STORED_COMPANIONS = "fellows"
VISIT_COLUMNS = ("customer_id", "on", "kind", "minutes")


def column_names() -> Sequence[str]:
    """Return the columns of a debrief: all fields of a draft but those with another place.

    Entries and companions have tables of their own, and a new name is saved by its id.
    """
    elsewhere = {*VISIT_COLUMNS, *ENTRIES, "companions", "new_customer", "new_hypothesis"}
    return [each.name for each in fields(Draft) if each.name not in elsewhere]


def to_columns(draft: Draft) -> Mapping[str, Any]:
    """Return the columns of a debrief that is saved from a draft."""
    return {name: getattr(draft, name) for name in column_names()}


def from_columns(row: Row[Any], entries: Mapping[str, Any], companions: tuple[str, ...]) -> Draft:
    """Return the draft of a debrief from its row, its visit's columns and its entries by field."""
    columns = {name: getattr(row, name) for name in (*column_names(), *VISIT_COLUMNS)}
    return DRAFT.validate_python({**columns, **entries, "companions": companions})


def to_json(draft: Draft) -> Mapping[str, Any]:
    """Return a draft as a JSON document."""
    document: dict[str, Any] = DRAFT.dump_python(draft, mode="json")
    document[STORED_COMPANIONS] = document.pop("companions")
    return document


def from_json(document: Mapping[str, Any]) -> Draft:
    """Return the draft of a JSON document; a field that it doesn't have yet is empty."""
    companions = document.get(STORED_COMPANIONS, ())
    return DRAFT.validate_python({**document, "companions": companions})

"""The customers that a nudge names, as they are stored: a JSON list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from pydantic import ConfigDict, TypeAdapter

from bot.domain.suggestions.coverage import Skew
from bot.domain.suggestions.rules import SuggestionReason

# What rows call the fields that have another name here.
STORED_NAMES = {"customer_id": "customer", "reason": "why", "skew": "lean"}


@dataclass(frozen=True)
class SuggestedCustomer:
    """A customer that a nudge names, with the ids of those it named `before`.

    `skew` is how the PM's visits differ from the market, for a reason that names it.
    """

    __pydantic_config__: ClassVar = ConfigDict(
        alias_generator=lambda name: STORED_NAMES.get(name, name)
    )

    customer_id: int
    reason: SuggestionReason
    on: date | None = None
    skew: Skew | None = None
    before: tuple[int, ...] = ()


_STORED = TypeAdapter(tuple[SuggestedCustomer, ...])


def to_json(suggested: Sequence[SuggestedCustomer]) -> Any:
    """Return the customers of a nudge as its row stores them."""
    return _STORED.dump_python(tuple(suggested), mode="json", by_alias=True)


def from_json(stored: Any) -> Sequence[SuggestedCustomer]:
    """Return the customers of a nudge from its row; older ones have no `lean` or `before`."""
    return _STORED.validate_python(stored)

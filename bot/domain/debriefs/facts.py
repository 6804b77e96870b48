"""Facts of debriefs: what is shown of them elsewhere."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SavedDraftLine:
    """A saved draft by its key; `customer` is "" if none was given, `left_at` is UTC."""

    key: str
    customer: str
    story: str
    left_at: datetime

"""The tables, by noun. All are imported here, so `metadata` always knows every one of them."""

from bot.db.tables import (
    calendars,
    contacts,
    customers,
    debriefs,
    hypotheses,
    inbox,
    notes,
    nudges,
    outbox,
    staff,
    stories,
    suggestions,
    surveys,
    visits,
    workarounds,
    workspaces,
)

"""The tables, a module for each noun; all are imported here so `metadata` knows every one."""

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

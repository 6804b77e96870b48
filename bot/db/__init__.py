"""The database: tables, engine and queries by noun; every query is bound to one workspace."""

"""The database: tables, engine and queries by noun; each query is bound to one workspace."""

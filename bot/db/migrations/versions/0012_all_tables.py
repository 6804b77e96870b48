"""All tables, as the twelve revisions before the first release had made them."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create(
        "workspaces",
        required("id", sa.String(32)),
        required("name", sa.String(255)),
        required("bot_user_id", sa.String(32)),
        required("created_at", INSTANT),
        required("review_at", INSTANT),
        nullable("refresh_at", INSTANT),
        nullable("refresh_cursor", sa.String(255)),
        nullable("halted_at", INSTANT),
        nullable("halted_for", sa.String(32)),
        nullable("interval_days", sa.Integer()),
    )

    create(
        "absences",
        required("workspace_id", sa.String(32)),
        required("user_id", sa.String(32)),
        required("since", sa.Date()),
        required("cause", sa.String(32)),
        required("until", sa.Date()),
        key=("workspace_id", "user_id", "since", "cause"),
    )

    create(
        "barriers",
        required("workspace_id", sa.String(32)),
        required("month", sa.String(7)),
        required("barrier", sa.String(32)),
        required("count", sa.Integer()),
        key=("workspace_id", "month", "barrier"),
    )

    create(
        "betas",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("name", sa.String(200)),
        unique=("workspace_id", "name"),
    )

    create(
        "customers",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("name", sa.String(200)),
        required("name_key", sa.String(400)),
        nullable("domain", sa.String(253)),
        required("stage", sa.String(32)),
        nullable("segment", sa.String(100)),
        nullable("region", sa.String(100)),
        nullable("country", sa.String(100)),
        nullable("size", sa.String(100)),
        nullable("revenue", sa.BigInteger()),
        nullable("potential", sa.BigInteger()),
        required("brand", sa.Boolean()),
        required("new_market", sa.Boolean()),
        required("new_geography", sa.Boolean()),
        nullable("owner_id", sa.String(32)),
        nullable("last_visit_on", sa.Date()),
        nullable("every_days", sa.Integer()),
        nullable("closed", sa.String(32)),
        nullable("closed_because", sa.String(500)),
        nullable("closed_by", sa.String(32)),
        nullable("closed_on", sa.Date()),
        unique=("workspace_id", "domain"),
    )
    first_steps = "brand OR new_market OR new_geography"
    index("customers", "workspace_id", "id", name="ix_customers_first_steps", where=first_steps)
    index(
        "customers",
        "workspace_id",
        "region",
        "last_visit_on",
        "id",
        "stage",
        name="ix_customers_region",
    )
    index(
        "customers",
        "workspace_id",
        "segment",
        "last_visit_on",
        "id",
        "stage",
        name="ix_customers_segment",
    )
    index(
        "customers",
        "workspace_id",
        "size",
        "last_visit_on",
        "id",
        "stage",
        name="ix_customers_size",
    )
    index(
        "customers", "workspace_id", "stage", "last_visit_on", "id", name="ix_customers_unvisited"
    )
    index("customers", "workspace_id", "name_key")
    index("customers", "workspace_id", "owner_id")
    index("customers", "workspace_id", "potential")
    index("customers", "workspace_id", "revenue")

    create(
        "feeds",
        required("workspace_id", sa.String(32)),
        required("user_id", sa.String(32)),
        required("address", sa.Text()),
        required("host", sa.String(255)),
        required("connected_at", INSTANT),
        required("next_at", INSTANT),
        required("claim", sa.String(32)),
        required("etag", sa.String(255)),
        required("last_modified", sa.String(255)),
        nullable("checked_at", INSTANT),
        nullable("read_at", INSTANT),
        required("failures", sa.Integer()),
        nullable("failed_since", INSTANT),
        nullable("fault", sa.String(32)),
        required("left_out", sa.Integer()),
        key=("workspace_id", "user_id"),
    )
    index("feeds", "workspace_id", "next_at")

    create(
        "hypotheses",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("belief", sa.String(1000)),
        required("key", sa.String(400)),
        required("measure", sa.String(300)),
        required("stated_by", sa.String(32)),
        required("stated_at", INSTANT),
        nullable("settled", sa.String(32)),
        nullable("settled_on", sa.Date()),
    )
    index("hypotheses", "workspace_id", "settled", "id")

    create(
        "inbox",
        required("workspace_id", sa.String(32)),
        required("key", sa.String(255)),
        required("kind", sa.String(32)),
        required("received_at", INSTANT),
        nullable("payload", sa.JSON()),
        nullable("answer", sa.JSON()),
        nullable("done_at", INSTANT),
        required("attempts", sa.Integer()),
        required("next_at", INSTANT),
        key=("workspace_id", "key"),
    )
    index("inbox", "received_at")
    index("inbox", "done_at", "next_at", name="ix_inbox_waiting")

    create(
        "mixes",
        required("workspace_id", sa.String(32)),
        required("aspect", sa.String(32)),
        required("sort", sa.String(100)),
        required("percent", sa.Integer()),
        key=("workspace_id", "aspect", "sort"),
    )

    create(
        "nudges",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("pm_id", sa.String(32)),
        required("on", sa.Date()),
        required("step", sa.String(32)),
        required("cycle", sa.Integer()),
        required("suggested", sa.JSON()),
        required("created_at", INSTANT),
        nullable("answer", sa.String(32)),
        nullable("answered_at", INSTANT),
        nullable("back_at", INSTANT),
        nullable("message_channel", sa.String(32)),
        nullable("message_ts", sa.String(32)),
        unique=("workspace_id", "pm_id", "on"),
    )

    create(
        "outbox",
        required("id", sa.String(32)),
        required("workspace_id", sa.String(32)),
        required("kind", sa.String(32)),
        required("subject", sa.String(64)),
        required("period", sa.String(64)),
        required("destination", sa.String(32)),
        required("state", sa.String(32)),
        required("created_at", INSTANT),
        required("next_at", INSTANT),
        required("attempts", sa.Integer()),
        nullable("lease_owner", sa.String(64)),
        nullable("lease_until", INSTANT),
        nullable("first_tried_at", INSTANT),
        nullable("sent_at", INSTANT),
        nullable("reason", sa.String(255)),
        required("due_at", INSTANT),
        unique=("workspace_id", "kind", "subject", "period"),
    )
    index("outbox", "workspace_id", "destination", "state", name="ix_outbox_destination")
    index("outbox", "workspace_id", "state", "next_at", name="ix_outbox_waiting")

    create(
        "rates",
        required("workspace_id", sa.String(32)),
        required("method", sa.String(64)),
        required("free_at", INSTANT),
        nullable("held_until", INSTANT),
        key=("workspace_id", "method"),
    )

    create(
        "staff",
        required("workspace_id", sa.String(32)),
        required("user_id", sa.String(32)),
        required("name", sa.String(255)),
        nullable("email", sa.String(320)),
        required("zone", sa.String(64)),
        required("standing", sa.String(32)),
        required("is_admin", sa.Boolean()),
        required("is_support", sa.Boolean()),
        required("seen_at", INSTANT),
        nullable("away_from", INSTANT),
        nullable("away_until", INSTANT),
        nullable("quiet_from", INSTANT),
        nullable("quiet_until", INSTANT),
        nullable("quiet_seen_at", INSTANT),
        key=("workspace_id", "user_id"),
    )
    index("staff", "workspace_id", "email")

    create(
        "teams",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("name", sa.String(255)),
        required("channel_id", sa.String(32)),
        required("digest_weekday", sa.Integer()),
        required("digest_at", sa.Time()),
        required("zone", sa.String(64)),
        required("week", sa.String(8)),
        required("next_on", sa.Date()),
        required("next_at", INSTANT),
        nullable("owner_id", sa.String(32)),
        nullable("lost_at", INSTANT),
        nullable("lost_for", sa.String(32)),
        nullable("interval_days", sa.Integer()),
        unique=("workspace_id", "channel_id"),
    )
    index("teams", "next_at")

    create(
        "wholes",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("state", sa.String(32)),
        required("release", sa.String(100)),
        required("fix", sa.Integer()),
        required("version", sa.Integer()),
        required("changed_by", sa.String(32)),
        required("changed_at", INSTANT),
    )

    create(
        "deals",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("customer_id", sa.Integer()),
        required("outcome", sa.String(32)),
        required("closed_on", sa.Date()),
        nullable("go_live_on", sa.Date()),
        references={"customer_id": "customers"},
        unique=("workspace_id", "customer_id", "closed_on", "outcome"),
    )
    index("deals", "workspace_id", "closed_on")
    index("deals", "workspace_id", "go_live_on")

    create(
        "digests",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("team_id", sa.Integer()),
        required("week", sa.String(8)),
        required("created_at", INSTANT),
        nullable("message_channel", sa.String(32)),
        nullable("message_ts", sa.String(32)),
        references={"team_id": "teams"},
        unique=("workspace_id", "team_id", "week"),
    )
    index("digests", "workspace_id", "created_at")

    create(
        "errands",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("whole_id", sa.Integer()),
        required("fix", sa.Integer()),
        required("pm_id", sa.String(32)),
        required("part", sa.Integer()),
        required("asked_at", INSTANT),
        required("due_at", INSTANT),
        nullable("message_channel", sa.String(32)),
        nullable("message_ts", sa.String(32)),
        nullable("late_channel", sa.String(32)),
        nullable("late_ts", sa.String(32)),
        references={"whole_id": "wholes"},
        unique=("workspace_id", "whole_id", "fix", "pm_id", "part"),
    )
    index("errands", "workspace_id", "asked_at")
    index("errands", "workspace_id", "due_at")

    create(
        "flags",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("customer_id", sa.Integer()),
        required("pm_id", sa.String(32)),
        required("state", sa.String(32)),
        required("evidence", sa.JSON()),
        required("raised_at", INSTANT),
        nullable("told_at", INSTANT),
        nullable("snoozed_until", INSTANT),
        required("snooze_reason", sa.String(255)),
        nullable("gone_at", INSTANT),
        nullable("answer", sa.String(32)),
        required("refuted", sa.JSON()),
        nullable("message_channel", sa.String(32)),
        nullable("message_ts", sa.String(32)),
        references={"customer_id": "customers"},
        unique=("workspace_id", "customer_id"),
    )
    index("flags", "workspace_id", "told_at")

    create(
        "merges",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("whole_id", sa.Integer()),
        required("joined_id", sa.Integer()),
        required("moved", sa.JSON()),
        required("merged_by", sa.String(32)),
        required("merged_at", INSTANT),
        nullable("undone_by", sa.String(32)),
        nullable("undone_at", INSTANT),
        references={"whole_id": "wholes", "joined_id": "wholes"},
    )
    index("merges", "workspace_id", "whole_id")

    create(
        "notes",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("pm_id", sa.String(32)),
        required("month", sa.String(7)),
        required("due_at", INSTANT),
        nullable("customer_id", sa.Integer()),
        required("passed", sa.JSON()),
        nullable("answer", sa.String(32)),
        nullable("answered_on", sa.Date()),
        nullable("message_channel", sa.String(32)),
        nullable("message_ts", sa.String(32)),
        references={"customer_id": "customers"},
        unique=("workspace_id", "pm_id", "month"),
    )
    index("notes", "workspace_id", "customer_id")
    index("notes", "workspace_id", "due_at")

    create(
        "passes",
        required("workspace_id", sa.String(32)),
        required("customer_id", sa.Integer()),
        required("pm_id", sa.String(32)),
        required("why", sa.String(32)),
        required("for_all", sa.Boolean()),
        required("until", sa.Date()),
        key=("workspace_id", "customer_id", "pm_id"),
        references={"customer_id": "customers"},
    )

    create(
        "people",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("customer_id", sa.Integer()),
        required("name", sa.String(200)),
        nullable("email", sa.String(320)),
        nullable("phone", sa.String(50)),
        nullable("role", sa.String(100)),
        required("has_cell", sa.Boolean()),
        references={"customer_id": "customers"},
        unique=("workspace_id", "email"),
    )
    index("people", "workspace_id", "customer_id")

    create(
        "pms",
        required("workspace_id", sa.String(32)),
        required("user_id", sa.String(32)),
        nullable("team_id", sa.Integer()),
        required("joined_at", INSTANT),
        required("interval_days", sa.Integer()),
        required("strength", sa.String(32)),
        required("zone", sa.String(64)),
        required("nudge_at", sa.Time()),
        required("working_days", sa.JSON()),
        required("anchor_on", sa.Date()),
        nullable("last_visit_on", sa.Date()),
        nullable("paused_until", sa.Date()),
        required("step", sa.String(32)),
        required("cycle", sa.Integer()),
        required("next_on", sa.Date()),
        required("next_at", INSTANT),
        nullable("country", sa.String(2)),
        nullable("country_part", sa.String(32)),
        nullable("asked_step", sa.String(32)),
        nullable("asked_cycle", sa.Integer()),
        nullable("asked_on", sa.Date()),
        nullable("asked_at", INSTANT),
        required("follows", sa.Boolean()),
        nullable("note_on", sa.Date()),
        nullable("note_at", INSTANT),
        key=("workspace_id", "user_id"),
        references={"team_id": "teams"},
    )
    index("pms", "workspace_id", "next_at", "user_id", name="ix_pms_due")
    index("pms", "workspace_id", "asked_at")
    index("pms", "workspace_id", "note_at")

    create(
        "taken",
        required("workspace_id", sa.String(32)),
        required("customer_id", sa.Integer()),
        required("pm_id", sa.String(32)),
        required("until", INSTANT),
        key=("workspace_id", "customer_id"),
        references={"customer_id": "customers"},
    )

    create(
        "visits",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("pm_id", sa.String(32)),
        required("customer_id", sa.Integer()),
        required("kind", sa.String(32)),
        required("state", sa.String(32)),
        required("on", sa.Date()),
        nullable("ends_at", INSTANT),
        nullable("minutes", sa.Integer()),
        required("goal", sa.String(1000)),
        required("source", sa.String(64)),
        required("source_id", sa.String(255)),
        required("created_at", INSTANT),
        nullable("over_because", sa.String(500)),
        nullable("brief_at", INSTANT),
        references={"customer_id": "customers"},
        unique=("workspace_id", "source", "source_id"),
    )
    index("visits", "workspace_id", "brief_at")
    index("visits", "workspace_id", "customer_id", "on")
    index("visits", "workspace_id", "pm_id", "on")

    create(
        "asked",
        required("workspace_id", sa.String(32)),
        required("person_id", sa.Integer()),
        required("free_at", INSTANT),
        key=("workspace_id", "person_id"),
        references={"person_id": "people"},
    )

    create(
        "asks",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("errand_id", sa.Integer()),
        required("customer_id", sa.Integer()),
        required("state", sa.String(32)),
        required("asked_at", INSTANT),
        required("due_at", INSTANT),
        nullable("told_at", INSTANT),
        references={"errand_id": "errands", "customer_id": "customers"},
        unique=("workspace_id", "errand_id", "customer_id"),
    )
    index("asks", "workspace_id", "asked_at")
    index("asks", "workspace_id", "state")

    create(
        "beta_sign_ups",
        required("workspace_id", sa.String(32)),
        required("beta_id", sa.Integer()),
        required("person_id", sa.Integer()),
        required("signed_up_at", INSTANT),
        nullable("invited_at", INSTANT),
        key=("beta_id", "person_id"),
        references={"beta_id": "betas", "person_id": "people"},
    )
    index("beta_sign_ups", "workspace_id", "person_id")

    create(
        "contacts",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("source", sa.String(64)),
        required("source_id", sa.String(255)),
        required("at", INSTANT),
        required("channel", sa.String(32)),
        required("person_id", sa.Integer()),
        required("customer_id", sa.Integer()),
        nullable("staff_id", sa.String(32)),
        required("to_support", sa.Boolean()),
        required("subject", sa.String(500)),
        required("thread", sa.String(255)),
        references={"person_id": "people", "customer_id": "customers"},
        unique=("workspace_id", "source", "source_id"),
    )
    index("contacts", "workspace_id", "customer_id", "at")
    index("contacts", "workspace_id", "person_id", "at")

    create(
        "debriefs",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("visit_id", sa.Integer()),
        required("author_id", sa.String(32)),
        required("story", sa.Text()),
        required("quote", sa.Text()),
        nullable("mood", sa.String(32)),
        nullable("nps", sa.Integer()),
        required("nps_why", sa.Text()),
        required("sharing", sa.String(32)),
        required("created_at", INSTANT),
        nullable("told_in", sa.Integer()),
        nullable("decision", sa.String(32)),
        nullable("shared_at", INSTANT),
        required("version", sa.Integer(), server_default="1"),
        required("form_id", sa.String(255), server_default=""),
        required("surprise", sa.Text(), server_default=""),
        required("reasons", sa.JSON(), server_default="[]"),
        required("competitor", sa.String(100), server_default=""),
        required("picture", sa.String(32), server_default=""),
        nullable("hypothesis_id", sa.Integer()),
        nullable("verdict", sa.String(32)),
        references={"visit_id": "visits", "told_in": "digests", "hypothesis_id": "hypotheses"},
        unique=("workspace_id", "visit_id"),
    )
    index("debriefs", "workspace_id", "author_id", "created_at")
    index("debriefs", "workspace_id", "hypothesis_id")
    index("debriefs", "workspace_id", "shared_at")

    create(
        "ground_rules",
        required("workspace_id", sa.String(32)),
        required("visit_id", sa.Integer()),
        required("agenda", sa.String(2000)),
        required("done", sa.JSON()),
        nullable("asked_id", sa.String(32)),
        nullable("reply", sa.String(32)),
        key=("workspace_id", "visit_id"),
        references={"visit_id": "visits"},
    )

    create(
        "meetings",
        required("workspace_id", sa.String(32)),
        required("user_id", sa.String(32)),
        required("key", sa.String(64)),
        required("customer_id", sa.Integer()),
        required("visit_id", sa.Integer()),
        required("called_off", sa.Boolean()),
        key=("workspace_id", "user_id", "key", "customer_id"),
        references={"customer_id": "customers", "visit_id": "visits"},
    )

    create(
        "openings",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("customer_id", sa.Integer()),
        nullable("person_id", sa.Integer()),
        required("kind", sa.String(32)),
        required("on", sa.Date()),
        references={"customer_id": "customers", "person_id": "people"},
        unique=("workspace_id", "customer_id", "kind", "on"),
    )
    index("openings", "workspace_id", "on")

    create(
        "plans",
        required("workspace_id", sa.String(32)),
        required("visit_id", sa.Integer()),
        required("version", sa.Integer()),
        required("criteria", sa.String(1000)),
        required("follow_through", sa.String(1000)),
        required("fellows", sa.JSON()),
        nullable("sales_owner_id", sa.String(32)),
        nullable("hypothesis_id", sa.Integer()),
        key=("workspace_id", "visit_id"),
        references={"visit_id": "visits", "hypothesis_id": "hypotheses"},
    )

    create(
        "prompts",
        required("workspace_id", sa.String(32)),
        required("visit_id", sa.Integer()),
        required("on", sa.Date()),
        required("at", INSTANT),
        nullable("message_channel", sa.String(32)),
        nullable("message_ts", sa.String(32)),
        key=("workspace_id", "visit_id"),
        references={"visit_id": "visits"},
    )
    index("prompts", "workspace_id", "at")

    create(
        "surveys",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("key", sa.String(22)),
        required("customer_id", sa.Integer()),
        required("person_id", sa.Integer()),
        required("pm_id", sa.String(32)),
        required("language", sa.String(32)),
        required("asked_at", INSTANT),
        required("expires_at", INSTANT),
        nullable("answered_at", INSTANT),
        nullable("score", sa.Integer()),
        required("why", sa.Text()),
        nullable("may_call", sa.Boolean()),
        references={"customer_id": "customers", "person_id": "people"},
        unique=("key",),
    )
    index("surveys", "workspace_id", "answered_at")
    index("surveys", "workspace_id", "customer_id", "answered_at")
    index("surveys", "workspace_id", "person_id", "asked_at")
    index("surveys", "workspace_id", "pm_id", "answered_at")

    create(
        "visitors",
        required("workspace_id", sa.String(32)),
        required("visit_id", sa.Integer()),
        required("user_id", sa.String(32)),
        key=("workspace_id", "visit_id", "user_id"),
        references={"visit_id": "visits"},
    )
    index("visitors", "workspace_id", "user_id")

    create(
        "answers",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("debrief_id", sa.Integer()),
        required("subject", sa.String(200)),
        required("said", sa.Text()),
        references={"debrief_id": "debriefs"},
    )
    index("answers", "workspace_id", "debrief_id")

    create(
        "pains",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("debrief_id", sa.Integer()),
        required("what", sa.Text()),
        nullable("weight", sa.String(32)),
        required("theme", sa.String(60)),
        required("theme_key", sa.String(120)),
        references={"debrief_id": "debriefs"},
    )
    index("pains", "workspace_id", "debrief_id")
    index("pains", "workspace_id", "theme_key")

    create(
        "promises",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("debrief_id", sa.Integer()),
        required("what", sa.String(500)),
        required("owner_id", sa.String(32)),
        required("on", sa.Date()),
        nullable("kept_on", sa.Date()),
        nullable("remind_at", INSTANT),
        references={"debrief_id": "debriefs"},
        sqlite_autoincrement=True,
    )
    index("promises", "workspace_id", "debrief_id")
    index("promises", "workspace_id", "owner_id", "on")
    index("promises", "workspace_id", "remind_at")

    create(
        "unfinished",
        required("workspace_id", sa.String(32)),
        required("author_id", sa.String(32)),
        required("key", sa.String(120)),
        nullable("visit_id", sa.Integer()),
        nullable("nudge_id", sa.Integer()),
        nullable("debrief_id", sa.Integer()),
        required("form_id", sa.String(255)),
        required("draft", sa.JSON()),
        required("rest", sa.Text()),
        required("typed_at", INSTANT),
        required("since", INSTANT),
        key=("workspace_id", "author_id", "key"),
        references={"visit_id": "visits", "nudge_id": "nudges", "debrief_id": "debriefs"},
    )
    index("unfinished", "workspace_id", "since")

    create(
        "workarounds",
        required("id", sa.Integer()),
        required("workspace_id", sa.String(32)),
        required("debrief_id", sa.Integer()),
        required("what", sa.Text()),
        required("why", sa.Text()),
        nullable("how_often", sa.String(32)),
        nullable("whole_id", sa.Integer()),
        references={"debrief_id": "debriefs", "whole_id": "wholes"},
    )
    index("workarounds", "workspace_id", "debrief_id")
    index("workarounds", "workspace_id", "whole_id")


def create(
    table: str,
    *columns: sa.Column[Any],
    key: Sequence[str] = ("id",),
    references: Mapping[str, str] | None = None,
    unique: Sequence[str] = (),
    **options: Any,
) -> None:
    """Create a table; `references` names the tables whose ids its columns hold."""
    own = {each.name: "workspaces" for each in columns if each.name == "workspace_id"}
    parts: list[sa.Constraint] = [sa.PrimaryKeyConstraint(*key, name=f"pk_{table}")]
    for column, target in {**own, **(references or {})}.items():
        name = f"fk_{table}_{column}"
        parts.append(sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name))
    if unique:
        parts.append(sa.UniqueConstraint(*unique, name=f"uq_{table}_{'_'.join(unique)}"))
    op.create_table(table, *columns, *parts, **options)


def index(table: str, *columns: str, name: str | None = None, where: str | None = None) -> None:
    """Create an index, with a name made from its columns unless one is given."""
    rows = sa.text(where) if where else None
    name = name or f"ix_{table}_{'_'.join(columns)}"
    op.create_index(name, table, columns, sqlite_where=rows, postgresql_where=rows)


def required(name: str, kind: Any, **more: Any) -> sa.Column[Any]:
    """Build a column that is never null."""
    return sa.Column(name, kind, nullable=False, **more)


def nullable(name: str, kind: Any) -> sa.Column[Any]:
    """Build a column that may be null."""
    return sa.Column(name, kind, nullable=True)

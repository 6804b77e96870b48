"""Every block and element of Block Kit, with made-up names in them."""

from typing import Any


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def option(value: str, text: str = "", description: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"text": plain(text or value.capitalize()), "value": value}
    return made | ({"description": plain(description)} if description else {})


def button(action_id: str, text: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def section(text: str, accessory: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    made = {"type": "section", "text": mrkdwn(text), **more}
    return made | ({"accessory": accessory} if accessory else {})


def field_block(block_id: str, label: str, kind: str, **element: Any) -> dict[str, Any]:
    """Build an input block; `optional`, `hint` and `dispatch_action` belong to the block."""
    block: dict[str, Any] = {
        k: element.pop(k) for k in ("optional", "dispatch_action") if k in element
    }
    if "hint" in element:
        block["hint"] = plain(element.pop("hint"))
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"type": kind, "action_id": f"{block_id}_input", **element},
        **block,
    }


GROUPS = [
    {"label": plain("North"), "options": [option("bergen"), option("lund")]},
    {"label": plain("South"), "options": [option("bologna"), option("cork")]},
]
SURE = {
    "title": plain("Withdraw it?"),
    "text": plain("The story leaves the digest."),
    "confirm": plain("Withdraw"),
    "deny": plain("Keep it"),
    "style": "danger",
}


def form_blocks() -> list[dict[str, Any]]:
    """Build every element that an input block can hold."""
    options = [option("one", "One", "The first"), option("two"), option("three")]
    return [
        section("Everything *typed* here stays when something is wrong."),
        field_block("name", "Name", "plain_text_input", max_length=40, placeholder=plain("A name")),
        field_block("story", "Story", "plain_text_input", multiline=True, hint="Two sentences."),
        field_block("city", "City", "static_select", option_groups=GROUPS, optional=True),
        field_block("place", "Place", "external_select", min_query_length=2, optional=True),
        field_block("more", "More places", "multi_external_select", min_query_length=0,
                    optional=True),
        field_block("tags", "Tags", "multi_static_select", options=options, optional=True,
                    initial_options=[options[0]]),
        field_block("kind", "Kind", "radio_buttons", options=options, initial_option=options[1]),
        field_block("ticks", "Ticks", "checkboxes", options=options, optional=True),
        field_block("date", "Date", "datepicker", initial_date="2026-03-02", optional=True),
        field_block("time", "Time", "timepicker", initial_time="09:30", optional=True),
        field_block("at", "At", "datetimepicker", optional=True),
        field_block("score", "Score", "number_input", is_decimal_allowed=False, min_value="0",
                    max_value="10", optional=True),
        field_block("mail", "Mail", "email_text_input", optional=True),
        field_block("link", "Link", "url_text_input", optional=True),
        field_block("file", "Picture", "file_input", filetypes=["png"], max_files=2,
                    optional=True),
        field_block("owner", "Owner", "users_select", optional=True),
        field_block("fellows", "Fellow visitors", "multi_users_select", optional=True),
        field_block("where", "Where", "conversations_select", optional=True),
        field_block("rooms", "Rooms", "multi_conversations_select", optional=True),
        field_block("room", "Room", "channels_select", optional=True),
    ]  # fmt: skip


def form_view(blocks: list[dict[str, Any]] | None = None, title: str = "Debrief") -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Save"),
        "close": plain("Not now"),
        "notify_on_close": True,
        "blocks": blocks or form_blocks(),
    }


def rich_text() -> dict[str, Any]:
    bold = {"type": "text", "text": "bold", "style": {"bold": True}}
    line = [{"type": "text", "text": "Rich text, "}, bold, {"type": "emoji", "name": "wave"}]
    items = [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        for text in ("First", "Second")
    ]
    return {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": line},
            {"type": "rich_text_list", "style": "ordered", "indent": 0, "elements": items},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "A quote"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1"}]},
        ],
    }


def table() -> dict[str, Any]:
    rows = [("Customer", "Visits"), ("Quernstone Mills", "4"), ("Alder & Sons", "1")]
    cells = [[{"type": "raw_text", "text": text} for text in row] for row in rows]
    settings = [{"is_wrapped": True}, {"align": "right"}]
    return {"type": "table", "column_settings": settings, "rows": cells}


def gallery_blocks(file_id: str) -> list[dict[str, Any]]:
    """Build every block of a message, with every element that it may contain."""
    options = [option("one", "One"), option("two", "Two")]
    more = {"type": "overflow", "action_id": "more", "options": [option("edit"), option("hide")]}
    return [
        {"type": "header", "text": plain("Two weeks are over :seedling:")},
        section(
            "It is time to see a customer.\n> We print the list and tick it by hand.\n"
            "• *Quernstone Mills*, last seen <!date^1767225600^{date_short}|1 January>\n"
            "• _Alder &amp; Sons_, a prospect in `Cork`",
            more,
        ),
        {"type": "section", "fields": [mrkdwn("*Stage*\nCustomer"), mrkdwn("*Region*\nNorth")]},
        {
            "type": "actions",
            "block_id": "acts",
            "elements": [
                button("plan", "Plan a visit", style="primary", value="plan"),
                button("been", "I have been", value="been"),
                button("withdraw", "Withdraw", style="danger", confirm=SURE),
                button("docs", "Read more", url="https://example.com/help"),
            ],
        },
        {
            "type": "actions",
            "block_id": "picks",
            "elements": [
                {"type": "static_select", "action_id": "snooze", "placeholder": plain("Snooze"),
                 "options": options},
                {"type": "datepicker", "action_id": "until", "placeholder": plain("Until")},
                {"type": "users_select", "action_id": "whom", "placeholder": plain("Somebody")},
            ],
        },
        {"type": "divider"},
        section("How was it?", {"type": "radio_buttons", "action_id": "mood",
                                "options": options}, block_id="moods"),
        {"type": "image", "slack_file": {"id": file_id}, "alt_text": "A chart of visits",
         "title": plain("Visits")},
        rich_text(),
        table(),
        {"type": "context", "elements": [mrkdwn("Made up · :bulb: nothing here is real")]},
    ]  # fmt: skip


def home_view() -> dict[str, Any]:
    options = [option("7", "Every 7 days"), option("14", "Every 14 days")]
    select = {
        "type": "static_select",
        "action_id": "interval",
        "options": options,
        "initial_option": options[1],
        "placeholder": plain("Interval"),
    }
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Your next visit")},
            section("Due on <!date^1767225600^{date_long}|1 January>.", button("plan", "Plan")),
            {"type": "divider"},
            section("Remind me", select, block_id="reminding"),
        ],
    }

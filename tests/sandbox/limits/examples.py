"""Valid blocks and elements of every kind."""

from typing import Any

Json = dict[str, Any]

WORD: Json = {"type": "plain_text", "text": "Word"}
MARKUP: Json = {"type": "mrkdwn", "text": "*Word*", "verbatim": True}
A: Json = {"text": WORD, "value": "a"}
B: Json = {"text": WORD, "value": "b"}
CONFIRM: Json = {"title": WORD, "text": MARKUP, "confirm": WORD, "deny": WORD, "style": "danger"}
BUTTON: Json = {"type": "button", "text": WORD, "action_id": "go", "value": "1", "confirm": CONFIRM}
IMAGE: Json = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A chart"}
WORDS: list[Json] = [
    {"type": "text", "text": "Bold", "style": {"bold": True}},
    {"type": "link", "url": "https://example.com", "text": "there"},
    {"type": "emoji", "name": "wave"},
    {"type": "user", "user_id": "U1"},
    {"type": "usergroup", "usergroup_id": "S1"},
    {"type": "team", "team_id": "T1"},
    {"type": "channel", "channel_id": "C1"},
    {"type": "broadcast", "range": "here"},
    {"type": "color", "value": "#00ff00"},
    {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "then"},
]
PARAGRAPH: Json = {"type": "rich_text_section", "elements": WORDS}
RICH_TEXT: Json = {
    "type": "rich_text",
    "elements": [
        PARAGRAPH,
        {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [PARAGRAPH]},
        {"type": "rich_text_quote", "elements": WORDS[:1]},
        {"type": "rich_text_preformatted", "elements": WORDS[:1], "border": 1},
    ],
}
CARD: Json = {"type": "card", "title": MARKUP, "body": WORD, "icon": IMAGE, "actions": [BUTTON]}
CELLS: list[Json] = [
    {"type": "raw_text", "text": "x"},
    {"type": "raw_number", "value": 0.5, "text": "½"},
]

CHOICES: list[Json] = [
    {"type": "checkboxes", "options": [A, {**B, "text": MARKUP}], "initial_options": [A]},
    {"type": "radio_buttons", "options": [A, B], "initial_option": B, "focus_on_load": True},
    {"type": "datepicker", "initial_date": "2028-02-29", "placeholder": WORD},
    {"type": "timepicker", "initial_time": "09:30", "timezone": "Europe/London"},
    {"type": "static_select", "options": [A, B], "initial_option": B, "confirm": CONFIRM},
    {"type": "static_select", "option_groups": [{"label": WORD, "options": [A]}]},
    {"type": "external_select", "min_query_length": 0, "initial_option": A},
    {"type": "users_select", "initial_user": "U1"},
    {"type": "conversations_select", "filter": {"include": ["public"]}},
    {"type": "channels_select", "initial_channel": "C1"},
]
MULTIPLE: list[Json] = [
    {"type": "multi_static_select", "options": [A, B], "initial_options": [A, B]},
    {"type": "multi_external_select", "initial_options": [A], "max_selected_items": 3},
    {"type": "multi_users_select", "initial_users": ["U1"]},
    {"type": "multi_conversations_select", "default_to_current_conversation": True},
    {"type": "multi_channels_select", "initial_channels": ["C1"]},
]
MENU: Json = {"type": "overflow", "options": [A, {**B, "url": "https://example.com"}]}
MOMENT: Json = {"type": "datetimepicker", "initial_date_time": 1_900_000_000}
TYPING: list[Json] = [
    {
        "type": "plain_text_input",
        "multiline": True,
        "min_length": 0,
        "max_length": 3000,
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    },
    {"type": "rich_text_input", "initial_value": RICH_TEXT},
]
MODAL_TYPING: list[Json] = [
    {"type": "email_text_input", "initial_value": "a@example.com"},
    {"type": "url_text_input"},
    {
        "type": "number_input",
        "is_decimal_allowed": True,
        "min_value": "-1",
        "initial_value": "2.5",
        "max_value": "10",
    },
    {"type": "file_input", "filetypes": ["csv"], "max_files": 10},
]


def asked(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": WORD, "element": element, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def section(**more: Any) -> Json:
    return {"type": "section", "text": MARKUP, **more}


def modal(*blocks: Json) -> Json:
    return {"type": "modal", "title": WORD, "submit": WORD, "blocks": list(blocks)}


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": list(blocks)}


SHARED: list[Json] = [
    section(block_id="one", expand=True),
    {"type": "section", "fields": [WORD, MARKUP]},
    *(section(accessory=element) for element in [BUTTON, IMAGE, MENU, *CHOICES, *MULTIPLE]),
    {"type": "header", "text": {**WORD, "emoji": False}},
    {"type": "divider"},
    {"type": "context", "elements": [WORD, MARKUP, IMAGE]},
    *(actions(element) for element in [BUTTON, MENU, *CHOICES]),
    {**IMAGE, "title": WORD},
    {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "A chart"},
    RICH_TEXT,
    CARD,
]
ROOMY: list[Json] = [
    {"type": "table", "rows": [CELLS, [RICH_TEXT]], "column_settings": [{"align": "right"}]},
    {"type": "data_table", "caption": "C", "rows": [CELLS, [RICH_TEXT, CELLS[0]]]},
    {"type": "carousel", "elements": [CARD, CARD]},
    {"type": "container", "title": WORD, "width": "wide", "child_blocks": [section()]},
]
INPUTS = [asked(element) for element in [*CHOICES, *MULTIPLE, *TYPING]]
MODAL_INPUTS = [asked(element) for element in [MOMENT, *MODAL_TYPING]]
ALERT: Json = {"type": "alert", "text": WORD, "level": "warning"}
MARKDOWN: Json = {"type": "markdown", "text": "**Word**"}

IN_MESSAGES = [*SHARED, *ROOMY, actions(MOMENT), MARKDOWN]
IN_MODALS = [*SHARED, *INPUTS, *MODAL_INPUTS, ALERT, actions(MOMENT)]
IN_HOME = [*SHARED, *ROOMY, *INPUTS]

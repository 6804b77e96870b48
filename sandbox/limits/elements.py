"""Rules of composition objects and of the elements inside blocks."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.limits.rich_text import RICH_TEXT
from sandbox.limits.rules import (
    Check,
    Finding,
    Flag,
    ListOf,
    Number,
    Rule,
    Shape,
    String,
    plain,
    text,
)

FLAG = Flag()
ID = String(255)
URL = String(3000)
STYLE = String(allowed=("primary", "danger"))
ACCESSIBILITY_LABEL = String(75)
DIGITS = String(pattern=r"-?[0-9]+(\.[0-9]+)?")


def initial_options_are_offered(element: Mapping[str, Any]) -> Iterator[Finding]:
    groups = element.get("option_groups", [])
    offered = [option for group in groups for option in group["options"]]
    offered += element.get("options", [])
    initial = element.get("initial_option")
    if initial is not None and initial not in offered:
        yield Finding("/initial_option", "must equal one of the options")
    for index, option in enumerate(element.get("initial_options", [])):
        if option not in offered:
            yield Finding(f"/initial_options/{index}", "must equal one of the options")


def ordered(low: str, high: str) -> Check:
    def check(element: Mapping[str, Any]) -> Iterator[Finding]:
        if low in element and high in element and float(element[low]) > float(element[high]):
            yield Finding(f"/{low}", f"must not be above {high}")

    return check


def initial_value_fits(element: Mapping[str, Any]) -> Iterator[Finding]:
    most = element.get("max_length", 3000)
    if len(element.get("initial_value", "")) > most:
        yield Finding("/initial_value", f"must have at most {most} characters")


def integer_unless_decimals_are_allowed(element: Mapping[str, Any]) -> Iterator[Finding]:
    if element["is_decimal_allowed"]:
        return
    for key in ("initial_value", "min_value", "max_value"):
        if "." in element.get(key, ""):
            yield Finding(f"/{key}", "must be a whole number, as decimals are not allowed")


CONFIRM = Shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": STYLE},
)
OPTION = Shape({"text": plain(75), "value": String(150)}, {"description": plain(75)})
MENU_ITEM = Shape(OPTION.required, {**OPTION.optional, "url": URL})
CHECKBOX_OPTION = Shape({"text": text(75), "value": String(150)}, {"description": text(75)})
OPTION_GROUP = Shape({"label": plain(75), "options": ListOf(OPTION, 100)})
SLACK_FILE = Shape(optional={"id": ID, "url": URL}, exactly_one=("id", "url"))
CONVERSATION_FILTER = Shape(
    optional={
        "include": ListOf(String(allowed=("im", "mpim", "private", "public"))),
        "exclude_bot_users": FLAG,
        "exclude_external_shared_channels": FLAG,
    },
    at_least_one=("include", "exclude_bot_users", "exclude_external_shared_channels"),
)
DISPATCH_CONFIG = Shape(
    {"trigger_actions_on": ListOf(String(allowed=("on_enter_pressed", "on_character_entered")), 2)}
)
FEEDBACK_BUTTON = Shape(
    {"text": plain(75), "value": String(2000)}, {"accessibility_label": ACCESSIBILITY_LABEL}
)
WORKFLOW_INPUT = Shape({"name": String(), "value": String()})
WORKFLOW = Shape(
    {"trigger": Shape({"url": URL}, {"customizable_input_parameters": ListOf(WORKFLOW_INPUT)})}
)
IMAGE_URL = String(3000, pattern=r"https?://\S+")
IMAGE_SOURCE: Mapping[str, Rule] = {"image_url": IMAGE_URL, "slack_file": SLACK_FILE}

# Fields that many elements have in common, by how the elements are used.
ACTION_FIELDS: Mapping[str, Rule] = {"action_id": ID, "confirm": CONFIRM}
FOCUSABLE_FIELDS: Mapping[str, Rule] = {**ACTION_FIELDS, "focus_on_load": FLAG}
SELECT_FIELDS: Mapping[str, Rule] = {**FOCUSABLE_FIELDS, "placeholder": plain(150)}
TEXT_INPUT_FIELDS: Mapping[str, Rule] = {
    "action_id": ID,
    "focus_on_load": FLAG,
    "placeholder": plain(150),
    "dispatch_action_config": DISPATCH_CONFIG,
}
OPTION_FIELDS: Mapping[str, Rule] = {
    "options": ListOf(OPTION, 100),
    "option_groups": ListOf(OPTION_GROUP, 100),
}
MULTI_SELECT_FIELDS: Mapping[str, Rule] = {"max_selected_items": Number(1)}
CONVERSATION_FIELDS: Mapping[str, Rule] = {
    "filter": CONVERSATION_FILTER,
    "default_to_current_conversation": FLAG,
}

ELEMENTS: Mapping[str, Shape] = {
    "button": Shape(
        {"text": plain(75)},
        {
            **ACTION_FIELDS,
            "value": String(2000),
            "url": URL,
            "style": STYLE,
            "accessibility_label": ACCESSIBILITY_LABEL,
        },
    ),
    "workflow_button": Shape(
        {"text": plain(75), "workflow": WORKFLOW},
        {"action_id": ID, "style": STYLE, "accessibility_label": ACCESSIBILITY_LABEL},
    ),
    "feedback_buttons": Shape(
        {"positive_button": FEEDBACK_BUTTON, "negative_button": FEEDBACK_BUTTON},
        {"action_id": ID},
    ),
    "icon_button": Shape(
        {"icon": String(allowed=("trash",)), "text": plain(75)},
        {
            **ACTION_FIELDS,
            "value": String(2000),
            "visible_to_user_ids": ListOf(ID, 10),
            "accessibility_label": ACCESSIBILITY_LABEL,
        },
    ),
    "image": Shape(
        {"alt_text": String(2000)}, IMAGE_SOURCE, exactly_one=("image_url", "slack_file")
    ),
    "overflow": Shape({"options": ListOf(MENU_ITEM, 5)}, ACTION_FIELDS),
    "checkboxes": Shape(
        {"options": ListOf(CHECKBOX_OPTION, 10)},
        {**FOCUSABLE_FIELDS, "initial_options": ListOf(CHECKBOX_OPTION, 10)},
        checks=(initial_options_are_offered,),
    ),
    "radio_buttons": Shape(
        {"options": ListOf(CHECKBOX_OPTION, 10)},
        {**FOCUSABLE_FIELDS, "initial_option": CHECKBOX_OPTION},
        checks=(initial_options_are_offered,),
    ),
    "datepicker": Shape(optional={**SELECT_FIELDS, "initial_date": String(time_format="%Y-%m-%d")}),
    "timepicker": Shape(
        optional={
            **SELECT_FIELDS,
            "initial_time": String(time_format="%H:%M"),
            "timezone": String(),
        }
    ),
    "datetimepicker": Shape(
        optional={**FOCUSABLE_FIELDS, "initial_date_time": Number(1_000_000_000, 9_999_999_999)}
    ),
    "static_select": Shape(
        optional={**SELECT_FIELDS, **OPTION_FIELDS, "initial_option": OPTION},
        exactly_one=("options", "option_groups"),
        checks=(initial_options_are_offered,),
    ),
    "multi_static_select": Shape(
        optional={
            **SELECT_FIELDS,
            **OPTION_FIELDS,
            **MULTI_SELECT_FIELDS,
            "initial_options": ListOf(OPTION, 100),
        },
        exactly_one=("options", "option_groups"),
        checks=(initial_options_are_offered,),
    ),
    "external_select": Shape(
        optional={**SELECT_FIELDS, "min_query_length": Number(0), "initial_option": OPTION}
    ),
    "multi_external_select": Shape(
        optional={
            **SELECT_FIELDS,
            **MULTI_SELECT_FIELDS,
            "min_query_length": Number(0),
            "initial_options": ListOf(OPTION, 100),
        }
    ),
    "users_select": Shape(optional={**SELECT_FIELDS, "initial_user": ID}),
    "multi_users_select": Shape(
        optional={**SELECT_FIELDS, **MULTI_SELECT_FIELDS, "initial_users": ListOf(ID)}
    ),
    "conversations_select": Shape(
        optional={
            **SELECT_FIELDS,
            **CONVERSATION_FIELDS,
            "initial_conversation": ID,
            "response_url_enabled": FLAG,
        }
    ),
    "multi_conversations_select": Shape(
        optional={
            **SELECT_FIELDS,
            **MULTI_SELECT_FIELDS,
            **CONVERSATION_FIELDS,
            "initial_conversations": ListOf(ID),
        }
    ),
    "channels_select": Shape(
        optional={**SELECT_FIELDS, "initial_channel": ID, "response_url_enabled": FLAG}
    ),
    "multi_channels_select": Shape(
        optional={**SELECT_FIELDS, **MULTI_SELECT_FIELDS, "initial_channels": ListOf(ID)}
    ),
    "plain_text_input": Shape(
        optional={
            **TEXT_INPUT_FIELDS,
            "initial_value": String(least=0),
            "multiline": FLAG,
            "min_length": Number(0, 3000),
            "max_length": Number(1, 3000),
        },
        checks=(ordered("min_length", "max_length"), initial_value_fits),
    ),
    "rich_text_input": Shape(optional={**TEXT_INPUT_FIELDS, "initial_value": RICH_TEXT}),
    "email_text_input": Shape(optional={**TEXT_INPUT_FIELDS, "initial_value": String()}),
    "url_text_input": Shape(optional={**TEXT_INPUT_FIELDS, "initial_value": String()}),
    "number_input": Shape(
        {"is_decimal_allowed": FLAG},
        {**TEXT_INPUT_FIELDS, "initial_value": DIGITS, "min_value": DIGITS, "max_value": DIGITS},
        checks=(
            integer_unless_decimals_are_allowed,
            ordered("min_value", "max_value"),
            ordered("min_value", "initial_value"),
            ordered("initial_value", "max_value"),
        ),
    ),
    "file_input": Shape(
        optional={"action_id": ID, "filetypes": ListOf(String()), "max_files": Number(1, 10)}
    ),
}

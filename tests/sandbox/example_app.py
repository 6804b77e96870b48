"""A made-up app: its manifest and its form."""

from typing import Any

SCOPES = [
    "chat:write", "commands", "im:write", "im:history", "channels:history", "channels:read",
    "groups:read", "groups:history", "users:read", "users:read.email", "files:write",
    "files:read", "dnd:read", "reactions:write", "reactions:read", "team:read", "im:read",
]  # fmt: skip
EVENTS = ["app_home_opened", "message.im", "message.channels", "app_mention", "user_change"]


def manifest(**changes: Any) -> dict[str, Any]:
    """Build the manifest of a made-up app; `scopes`, `events` and `messages_tab` may be changed."""
    return {
        "display_information": {"name": "Probe"},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": changes.get("messages_tab", True),
            },
            "bot_user": {"display_name": "Probe"},
            "slash_commands": [
                {"command": "/probe", "description": "Try it"},
                {"command": "/escaped", "description": "Try it", "should_escape": True},
            ],
            "shortcuts": [
                {"name": "Anywhere", "type": "global", "callback_id": "anywhere"},
                {"name": "Note it", "type": "message", "callback_id": "note_it"},
            ],
        },
        "oauth_config": {"scopes": {"bot": changes.get("scopes", SCOPES)}},
        "settings": {"event_subscriptions": {"bot_events": changes.get("events", EVENTS)}},
    }


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": "Form"},
        "submit": {"type": "plain_text", "text": "Save"},
        "blocks": list(blocks),
        **more,
    }

"""The Slack app manifest, adapted to how an installation is reached."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any


def over_http(manifest: Mapping[str, Any], url: str) -> Mapping[str, Any]:
    """Return the manifest for signed HTTP at a public URL, such as https://nihito.example.org."""
    changed = deepcopy(dict(manifest))
    events = f"{url.rstrip('/')}/slack/events"
    for command in changed["features"]["slash_commands"]:
        command["url"] = events
    settings = changed["settings"]
    settings["socket_mode_enabled"] = False
    settings["event_subscriptions"]["request_url"] = events
    settings["interactivity"] |= {"request_url": events, "message_menu_options_url": events}
    return changed

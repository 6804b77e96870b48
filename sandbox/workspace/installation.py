"""The app as installed in the workspace: its manifest, ids and secrets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TEAM_ID = "T0000001"
OTHER_TEAM_ID = "T0000002"
TEAM_NAME = "Sandbox"
TEAM_DOMAIN = "sandbox"


def _section(manifest: Mapping[str, Any], *path: str) -> Any:
    found: Any = manifest
    for name in path:
        found = (found or {}).get(name)
    return found


@dataclass(frozen=True)
class Installation:
    """All that Slack knows of the app; `manifest` is a Slack app manifest (version 2)."""

    manifest: Mapping[str, Any]
    app_id: str = "A0000001"
    bot_user_id: str = "U0000000"
    bot_id: str = "B0000001"
    bot_token: str = "xoxb-sandbox-bot"
    app_token: str = "xapp-sandbox-app"
    configuration_token: str = "xoxe.xoxp-sandbox-configuration"
    signing_secret: str = "sandbox-signing-secret"

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(_section(self.manifest, "oauth_config", "scopes", "bot") or ())

    @property
    def unfurl_domains(self) -> frozenset[str]:
        return frozenset(_section(self.manifest, "features", "unfurl_domains") or ())

    @property
    def events(self) -> frozenset[str]:
        """Return the subscribed events, such as `message.im` and `app_home_opened`."""
        return frozenset(
            _section(self.manifest, "settings", "event_subscriptions", "bot_events") or ()
        )

    @property
    def commands(self) -> dict[str, Mapping[str, Any]]:
        """Return the slash commands by name, with the leading slash."""
        listed = _section(self.manifest, "features", "slash_commands") or ()
        return {entry["command"]: entry for entry in listed}

    @property
    def shortcuts(self) -> dict[str, Mapping[str, Any]]:
        """Return the shortcuts by callback id."""
        listed = _section(self.manifest, "features", "shortcuts") or ()
        return {entry["callback_id"]: entry for entry in listed}

    @property
    def name(self) -> str:
        bot = _section(self.manifest, "features", "bot_user", "display_name")
        return str(bot or _section(self.manifest, "display_information", "name") or "bot")

    @property
    def home_tab(self) -> bool:
        return bool(_section(self.manifest, "features", "app_home", "home_tab_enabled"))

    @property
    def messages_tab(self) -> bool:
        enabled = _section(self.manifest, "features", "app_home", "messages_tab_enabled")
        return enabled is not False

"""Rules of app manifests: Slack's own JSON schema, and what Slack's pages say beyond it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

from sandbox.limits.problems import Problem
from sandbox.limits.rules import Finding
from sandbox.limits.walker import child

# From github.com/slackapi/manifest-schema, unchanged.
SCHEMA_FILE = Path(__file__).parent / "slack-manifest.schema.json"

ENTITY_TYPES = [
    f"slack#/entities/{name}" for name in ("file", "task", "incident", "content_item", "item")
]

# Not in the schema, which refuses what it does not know.
RICH_PREVIEWS = {
    "type": "object",
    "required": ["is_active", "entity_types"],
    "properties": {
        "is_active": {"type": "boolean"},
        "entity_types": {
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "string", "enum": ENTITY_TYPES},
        },
    },
    "additionalProperties": False,
}
FUNCTION_SETTINGS = {
    "required": ["org_deploy_enabled", "function_runtime"],
    "properties": {
        "org_deploy_enabled": {"const": True},
        "function_runtime": {"const": "remote"},
    },
}
ADDITIONS = {
    "properties": {
        "features": {"properties": {"agent_view": {"required": ["agent_description"]}}},
        "functions": {"propertyNames": {"maxLength": 100, "pattern": "^[a-z][a-z0-9_]*$"}},
    },
    # Custom steps of an app that hosts them itself.
    "dependencies": {
        "functions": {"required": ["settings"], "properties": {"settings": FUNCTION_SETTINGS}}
    },
}


def check_manifest(manifest: object) -> list[Problem]:
    """Return what Slack would refuse in a manifest (version 2)."""
    found = list(chain(_break_schema(_read_schema(), manifest), _break_schema(ADDITIONS, manifest)))
    if not found and isinstance(manifest, Mapping):
        found = [*_optional_scopes_are_scopes(manifest), *_requests_have_a_way_in(manifest)]
    return [Problem("invalid_manifest", each.pointer, each.text) for each in found]


def _read_schema() -> Mapping[str, Any]:
    schema: Mapping[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    features = schema["definitions"]["app-manifests.v1.features.schema"]
    features["properties"]["rich_previews"] = RICH_PREVIEWS
    return schema


def _break_schema(schema: Mapping[str, Any], manifest: object) -> Iterator[Finding]:
    for error in Draft7Validator(schema).iter_errors(manifest):
        yield Finding(_pointer(error.absolute_path), error.message)


def _pointer(path: Iterable[str | int]) -> str:
    pointer = ""
    for key in path:
        pointer = child(pointer, key)
    return pointer


def _optional_scopes_are_scopes(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    scopes = manifest.get("oauth_config", {}).get("scopes", {})
    for kind in ("bot", "user"):
        for index, scope in enumerate(scopes.get(f"{kind}_optional", ())):
            if scope not in scopes.get(kind, ()):
                pointer = f"/oauth_config/scopes/{kind}_optional/{index}"
                yield Finding(pointer, f"{scope!r} must also be one of the {kind} scopes")


def _requests_have_a_way_in(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    settings = manifest.get("settings", {})
    events, buttons = settings.get("event_subscriptions"), settings.get("interactivity", {})
    if settings.get("socket_mode_enabled"):
        return
    if events is not None and "request_url" not in events:
        text = "Event Subscription requires either Request URL or Socket Mode Enabled"
        yield Finding("/settings/event_subscriptions", text)
    if buttons.get("is_enabled") and "request_url" not in buttons:
        text = "Interactivity requires a Request URL or Socket Mode enabled"
        yield Finding("/settings/interactivity", text)

"""Every limit of an app manifest beyond messages and views, just kept and just broken."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from sandbox.limits.manifests import ENTITY_TYPES, check_manifest

Json = dict[str, Any]

BARE: Json = {
    "display_information": {"name": "Probe"},
    "settings": {"socket_mode_enabled": True},
}
PROMPT = {"title": "What is due", "message": "What is due?"}
STEP = {
    "title": "Book a visit",
    "description": "Books a visit",
    "input_parameters": {"properties": {}},
    "output_parameters": {"properties": {}},
}
REMOTE = {"socket_mode_enabled": True, "org_deploy_enabled": True, "function_runtime": "remote"}


def features(**given: Any) -> Json:
    return {**BARE, "features": given}


def agent(**given: Any) -> Json:
    return features(agent_view={"agent_description": "Books visits", **given})


def servers(count: int = 1, **given: Any) -> Json:
    server = {"url": "https://example.org", "auth_type": "no_auth", **given}
    return {**BARE, "mcp_servers": {f"server-{index}": server for index in range(count)}}


def functions(*callback_ids: str, **settings: Any) -> Json:
    steps = dict.fromkeys(callback_ids, STEP)
    return {**BARE, "functions": steps, "settings": {**REMOTE, **settings}}


def previews(*types: str, **given: Any) -> Json:
    return features(rich_previews={"is_active": True, "entity_types": list(types), **given})


def scopes(**given: list[str]) -> Json:
    return {**BARE, "oauth_config": {"scopes": given}}


def subscriptions(count: int = 1, event_type: str = "visit_booked") -> Json:
    listed = [{"app_id": f"A{index}", "event_type": event_type} for index in range(count)]
    events = {"metadata_subscriptions": listed}
    return {**BARE, "settings": {"socket_mode_enabled": True, "event_subscriptions": events}}


def settings(**given: Any) -> Json:
    return {**BARE, "settings": given}


def pointers(manifest: Json) -> list[str]:
    assert {each.code for each in check_manifest(manifest)} <= {"invalid_manifest"}
    return [each.pointer for each in check_manifest(manifest)]


class Limit(NamedTuple):
    """The most, a manifest of a size, and where a larger one is refused."""

    most: int
    build: Callable[[int], Json]
    pointer: str


LIMITS = {
    "the description of an agent has at most 300 characters": Limit(
        300, lambda n: agent(agent_description="x" * n), "/features/agent_view/agent_description"
    ),
    "an agent suggests at most 4 prompts": Limit(
        4,
        lambda n: agent(suggested_prompts=[PROMPT] * n),
        "/features/agent_view/suggested_prompts",
    ),
    "an app has at most 20 MCP servers": Limit(20, servers, "/mcp_servers"),
    "the address of an MCP server has at most 500 characters": Limit(
        500, lambda n: servers(url="https://".ljust(n, "x")), "/mcp_servers/server-0/url"
    ),
    "an app has at most 50 functions": Limit(
        50, lambda n: functions(*(f"step_{index}" for index in range(n))), "/functions"
    ),
    "the id of a function has at most 100 characters": Limit(
        100, lambda n: functions("x" * n), "/functions"
    ),
    "an app subscribes to at most 20 kinds of metadata": Limit(
        20, subscriptions, "/settings/event_subscriptions/metadata_subscriptions"
    ),
    "a kind of metadata has at most 50 characters": Limit(
        50,
        lambda n: subscriptions(event_type="x" * n),
        "/settings/event_subscriptions/metadata_subscriptions/0/event_type",
    ),
    "an app unfurls links of at most 5 domains": Limit(
        5,
        lambda n: features(unfurl_domains=[f"host-{index}.example.org" for index in range(n)]),
        "/features/unfurl_domains",
    ),
}


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS)
def test_a_manifest_may_reach_its_limit_and_no_further(limit: Limit) -> None:
    assert pointers(limit.build(limit.most)) == []
    assert pointers(limit.build(limit.most + 1)) == [limit.pointer]


class Rule(NamedTuple):
    """A manifest that keeps a rule, one that breaks it, and where that is refused."""

    kept: Json
    broken: Json
    pointer: str


EVENTS = {"bot_events": ["app_home_opened"]}
ADDRESS = {"request_url": "https://example.org/slack"}
PRESSED = {"is_enabled": True}

RULES = {
    "an agent has a description": Rule(
        agent(), features(agent_view={"suggested_prompts": []}), "/features/agent_view"
    ),
    "a suggested prompt has a title and a message": Rule(
        agent(suggested_prompts=[PROMPT]),
        agent(suggested_prompts=[{"title": "What is due"}]),
        "/features/agent_view/suggested_prompts/0",
    ),
    "an MCP server is reached by https": Rule(
        servers(), servers(url="http://example.org"), "/mcp_servers/server-0/url"
    ),
    "an MCP server signs in in one of four ways": Rule(
        servers(auth_type="slack_identity_auth"),
        servers(auth_type="basic"),
        "/mcp_servers/server-0/auth_type",
    ),
    "the id of a function is in snake case": Rule(
        functions("book_visit2"), functions("bookVisit"), "/functions"
    ),
    "functions need an app that is deployed to organisations": Rule(
        functions("book"),
        functions("book", org_deploy_enabled=False),
        "/settings/org_deploy_enabled",
    ),
    "functions run at the app": Rule(
        functions("book"), functions("book", function_runtime="slack"), "/settings/function_runtime"
    ),
    "functions need settings": Rule(
        functions("book"), {**functions("book"), "settings": {}}, "/settings"
    ),
    "an optional bot scope is a bot scope too": Rule(
        scopes(bot=["chat:write", "files:read"], bot_optional=["files:read"]),
        scopes(bot=["chat:write"], bot_optional=["files:read"]),
        "/oauth_config/scopes/bot_optional/0",
    ),
    "an optional user scope is a user scope too": Rule(
        scopes(user=["files:read"], user_optional=["files:read"]),
        scopes(bot=["files:read"], user_optional=["files:read"]),
        "/oauth_config/scopes/user_optional/0",
    ),
    "previews are of Slack's entities": Rule(
        previews(*ENTITY_TYPES),
        previews("slack#/entities/visit"),
        "/features/rich_previews/entity_types/0",
    ),
    "previews have no other settings": Rule(
        previews(is_active=False), previews(colour="green"), "/features/rich_previews"
    ),
    "events need an address or Socket Mode": Rule(
        settings(event_subscriptions={**EVENTS, **ADDRESS}),
        settings(event_subscriptions=EVENTS),
        "/settings/event_subscriptions",
    ),
    "buttons need an address or Socket Mode": Rule(
        settings(interactivity={**PRESSED, **ADDRESS}),
        settings(interactivity=PRESSED),
        "/settings/interactivity",
    ),
    "a manifest is an object with a name": Rule(BARE, {}, ""),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_manifest_that_breaks_a_rule_is_refused_there(rule: Rule) -> None:
    assert pointers(rule.kept) == []
    assert set(pointers(rule.broken)) == {rule.pointer}

"""Random bodies: bytes, JSON of Slack's own keys, and real payloads with a part removed."""

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import urlencode

from tests.requests.payload_cases import CASES
from tests.requests.raw_http import FORM, JSON
from tests.requests.seeded_workspace import SeededWorkspace

KEYS = (
    *("type", "event", "user", "team", "actions", "view", "channel", "container", "message"),
    *("authorizations", "enterprise", "state", "values", "blocks", "block_id", "action_id"),
    *("callback_id", "command", "text", "trigger_id", "response_url", "id", "value", "team_id"),
    *("user_id", "is_enterprise_install", "api_app_id", "event_id", "challenge", "payload"),
    *("function_data", "bot_id", "subtype", "metadata", "user_team", "is_ext_shared_channel"),
    *("app_installed_team_id", "bot_access_token", "private_metadata", "selected_option"),
)
VALUES = (
    *("event_callback", "block_actions", "view_submission", "view_closed", "block_suggestion"),
    *("shortcut", "message_action", "interactive_message", "dialog_submission"),
    *("dialog_suggestion", "workflow_step_edit", "url_verification", "function_executed"),
    *("app_home_opened", "message", "user_change", "/visit", "/debrief", "nudge.plan", "home"),
    *("debrief.record", "customer.find", "U9999999", "T0000001", "T0000002", "", "x" * 5000),
    *("\ud800", "\0", "é\u202e", "1", "null", "{", None, True, False, 0, -1, 1e308, 10**30),
    *(float("nan"), [], {}, [[]], [{}], {"id": "U9999999"}),
)
Body = tuple[bytes, str]


def bodies(seeded_workspace: SeededWorkspace, seed: int, count: int) -> Iterator[Body]:
    """Yield so many bodies with content types, the same for the same seed; none by a member."""
    random = Random(seed)
    for _ in range(count):
        make = random.choice(
            (_noise, _invented, _invented, _damaged_payload, _damaged_payload, _damaged_payload)
        )
        yield make(random, seeded_workspace)


def _noise(random: Random, _scene: SeededWorkspace) -> Body:
    kind = random.choice((JSON, FORM, "", "text/plain", "application/json; charset=x", "\xff"))
    return random.randbytes(random.randrange(300)), kind


def _invented(random: Random, _scene: SeededWorkspace) -> Body:
    return _written(random, {random.choice(KEYS): _value(random, 4) for _ in range(8)})


def _value(random: Random, depth: int) -> Any:
    if depth == 0 or random.random() < 0.4:
        return random.choice(VALUES)
    if random.random() < 0.3:
        return [_value(random, depth - 1) for _ in range(random.randrange(3))]
    return {random.choice(KEYS): _value(random, depth - 1) for _ in range(random.randrange(5))}


def _damaged_payload(random: Random, seeded_workspace: SeededWorkspace) -> Body:
    """Build a payload of a person of another organisation, with a part removed or replaced."""
    case = random.choice(CASES)
    person = seeded_workspace.people["a stranger"]
    payload = copy.deepcopy(case.build(seeded_workspace, person)[1])
    for _ in range(random.randrange(1, 3)):
        _damage(random, payload)
    return _written(random, payload)


def _damage(random: Random, part: Any) -> None:
    while True:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        key = random.choice(keys)
        inner = part[key]
        if not isinstance(inner, dict | list) or not inner or random.random() < 0.3:
            break
        part = inner
    if random.random() < 0.5:
        del part[key]
    else:
        part[key] = random.choice(VALUES)


def _written(random: Random, payload: Any) -> Body:
    text = json.dumps(payload)
    if random.random() < 0.1:
        text = text[: random.randrange(len(text))]
    how = random.random()
    if how < 0.4:
        return text.encode(), JSON
    if how < 0.8:
        return urlencode({"payload": text}).encode(), FORM
    flat = {key: str(each).encode("utf-8", "replace") for key, each in payload.items()}
    return urlencode(flat).encode(), FORM

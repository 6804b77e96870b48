"""Late forms: what couldn't be opened in its trigger's three seconds gets a button that opens it.

The button holds the request as far as handlers read it, so the same handler runs again, with the
button's own trigger, and finds what is true by then.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.views import block_kit, form_fields
from bot.views.staff import refusals
from handlers import home, responses
from handlers.requests import Malformed, RequestKind, SlackRequest, ephemeral_url
from handlers.responses import OpenModal, Response

# What Slack accepts as the value of a button.
MAX_VALUE_LENGTH = 2000
# Where the button itself is: not where the request came from.
PLACE_FIELDS = frozenset({"container", "message", "view"})


def late_form_response(
    kind: RequestKind, body: Mapping[str, Any], user_id: str, modal: OpenModal
) -> Response:
    """Tell a person that nothing opened, with a button that opens it, where they are looking."""
    message = late_form_message(kind, body, modal)
    if kind is RequestKind.COMMAND:
        return responses.ack_ephemeral(message)
    return responses.send_ephemeral(ephemeral_url(body), user_id, message)


def late_form_message(
    kind: RequestKind, body: Mapping[str, Any], modal: OpenModal
) -> block_kit.Message:
    """Build the message in place of a modal, with its button."""
    return refusals.late_form_message(modal.reopening or pack_request(kind, body))


def pack_press(action_id: str, value: str) -> str:
    """Pack a press of a button into the value of another one."""
    return _pack(RequestKind.ACTION, {"actions": [{"action_id": action_id, "value": value}]})


def pack_request(kind: RequestKind, body: Mapping[str, Any]) -> str:
    """Pack a request into the value of a button; "" if it is too long for that."""
    if kind not in PACKERS:
        return ""
    packed = PACKERS[kind](body)
    if (pressed := packed.get("actions")) and pressed[0]["action_id"] == refusals.OPEN_LATE_FORM:
        return str(pressed[0]["value"])
    return _pack(kind, packed)


def unpack_request(request: SlackRequest) -> tuple[RequestKind, Mapping[str, Any]]:
    """Return the kind and the body of the packed request, with the button's own trigger.

    Raises `Malformed`.
    """
    try:
        packed = json.loads(request.body["actions"][0]["value"])
        kind = RequestKind(packed.pop("kind"))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Malformed from error
    if kind not in PACKERS:
        raise Malformed
    fresh = {name: each for name, each in request.body.items() if name not in PLACE_FIELDS}
    if "view" in packed:
        where = packed["view"].pop("where") or request.response_url
        packed["view"] |= {
            "private_metadata": form_fields.pack_metadata(where=where),
            "state": {"values": {}},
        }
    return kind, {**fresh, "user_id": request.actor.user_id, **packed}


def without_pushing(response: Response) -> Response:
    """Open what would have been pushed: below the button there is no open modal."""
    followups = tuple(
        replace(each, pushes=False) if isinstance(each, OpenModal) else each
        for each in response.followups
    )
    return replace(response, followups=followups)


def _pack(kind: RequestKind, packed: Mapping[str, Any]) -> str:
    value = json.dumps({"kind": kind, **packed}, ensure_ascii=False, separators=(",", ":"))
    # Slack counts UTF-16: an emoji may be two.
    return value if len(value.encode("utf-16-le")) // 2 <= MAX_VALUE_LENGTH else ""


def _pack_command(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"command": body["command"], "text": body.get("text") or ""}


def _pack_shortcut(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "callback_id": body["callback_id"],
        "message": {"text": str((body.get("message") or {}).get("text") or "")},
    }


def _pack_action(body: Mapping[str, Any]) -> dict[str, Any]:
    action = body["actions"][0]
    kept = {name: action[name] for name in ("action_id", "block_id", "value") if name in action}
    if chosen := action.get("selected_option"):
        kept["selected_option"] = {"value": chosen["value"]}
    packed: dict[str, Any] = {"actions": [kept]}
    if "view" in body:
        view = body["view"]
        at_home = view["type"] == "home" or form_fields.get_reply_to(view) == home.FROM_HOME
        packed["view"] = {"type": view["type"], "where": home.FROM_HOME if at_home else ""}
    elif "container" in body:
        container = body["container"]
        names = ("channel_id", "message_ts")
        packed["container"] = {name: container[name] for name in names if name in container}
    return packed


PACKERS = {
    RequestKind.COMMAND: _pack_command,
    RequestKind.SHORTCUT: _pack_shortcut,
    RequestKind.ACTION: _pack_action,
}

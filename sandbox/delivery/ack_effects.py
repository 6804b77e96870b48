"""Effects of an acknowledgement: what Slack does with its body."""

from typing import Any

from sandbox.api.args import Args
from sandbox.api.chat import parse_draft
from sandbox.call_record import CallRecord
from sandbox.delivery.outcome import Outcome
from sandbox.delivery.payload_delivery import DeliveryResult
from sandbox.errors import Refused
from sandbox.limits import check_options
from sandbox.workspace.messages import check_draft, post
from sandbox.workspace.modals import close_all, close_view, push_modal, update_view
from sandbox.workspace.state import Channel, View, Workspace

TROUBLE = "We had some trouble connecting. Try again?"


def apply_command_ack(
    workspace: Workspace,
    record: CallRecord,
    channel: Channel,
    user_id: str,
    delivered: DeliveryResult,
) -> Outcome:
    """Post the message in a command's acknowledgement, as one that the user has seen."""
    outcome = Outcome.from_delivery(delivered)
    if not delivered.acked or not (outcome.text or outcome.blocks):
        return outcome
    args = Args(delivered.body)
    in_channel = args.text("response_type") == "in_channel"
    try:
        with workspace.lock:
            draft = parse_draft(args)
            check_draft(workspace, draft)
            post(workspace, channel, draft, None if in_channel else user_id)
            workspace.posts[-1].expected = True
    except Refused as refusal:
        return _refused_outcome(record, "command", outcome, refusal)
    return outcome


def apply_submission_ack(
    workspace: Workspace, record: CallRecord, view: View, delivered: DeliveryResult
) -> Outcome:
    """Close, clear, push or update the modal, or show its errors."""
    outcome = Outcome.from_delivery(delivered)
    if not delivered.acked:
        view.errors = {}
        return outcome
    try:
        with workspace.lock:
            _apply_response_action(workspace, view, delivered.body)
            workspace.notify_changed()
    except Refused as refusal:
        return _refused_outcome(record, "view_submission", outcome, refusal)
    return outcome


def _apply_response_action(workspace: Workspace, view: View, body: dict[str, Any]) -> None:
    action = body.get("response_action")
    if action == "errors":
        view.errors = _validate_errors(view, body.get("errors"))
    elif action == "update":
        update_view(workspace, view, body.get("view") or {})
    elif action == "push":
        push_modal(workspace, view.user, body.get("view") or {})
    elif action == "clear":
        close_all(workspace, view.user)
    elif action is None:
        close_view(workspace, view)
    else:
        raise Refused("invalid_response_action", [f"[ERROR] unknown: {action}"])


def _validate_errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {b["block_id"] for b in view.payload["blocks"] if b["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        there = ", ".join(sorted(inputs))
        raise Refused(
            "invalid_errors", [f"[ERROR] errors {errors!r} must name input blocks: {there}"]
        )
    return {str(name): str(text) for name, text in errors.items()}


def _refused_outcome(record: CallRecord, what: str, outcome: Outcome, refusal: Refused) -> Outcome:
    record.add_refused_answer(f"{what}: {refusal.code} {'; '.join(refusal.messages)}")
    return Outcome(
        acked=outcome.acked,
        status=outcome.status,
        took=outcome.took,
        body=outcome.body,
        text=TROUBLE,
    )


def offered_options(record: CallRecord, delivered: DeliveryResult) -> list[dict[str, Any]]:
    """Return the options in an acknowledgement, groups flattened; none if anything is wrong."""
    if not delivered.acked:
        return []
    problems = check_options(delivered.body)
    if problems:
        texts = "; ".join(f"{p.pointer}: {p.text}" for p in problems[:3])
        record.add_refused_answer(f"options: {texts}")
        return []
    body = delivered.body
    groups = body.get("option_groups") or []
    return list(body.get("options") or [o for group in groups for o in group["options"]])

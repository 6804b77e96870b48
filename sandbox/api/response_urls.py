"""Responses posted to a response URL: new messages, replacements and deletions."""

from typing import Any

from sandbox.api.args import Args
from sandbox.api.chat import parse_draft
from sandbox.errors import Refused
from sandbox.workspace.interaction_tokens import RESPONSE_USES, ResponseUrl
from sandbox.workspace.messages import MessageDraft, check_draft, post, update_message
from sandbox.workspace.state import Message, Workspace


def post_response(workspace: Workspace, url_id: str, args: Args) -> dict[str, Any]:
    """Post one response; raise `Refused` when the URL is used up or the message is invalid."""
    entry = workspace.tokens.response_urls.get(url_id)
    if entry is None:
        raise Refused("invalid_url")
    if entry.is_used_up(workspace.now()):
        raise Refused("expired_url" if entry.uses < RESPONSE_USES else "used_url")
    entry.uses += 1
    original = workspace.message(entry.channel, entry.message_ts) if entry.message_ts else None
    if args.flag("delete_original"):
        return _delete(workspace, original)
    draft = parse_draft(args)
    check_draft(workspace, draft)
    if args.flag("replace_original") and original is not None:
        update_message(workspace, original, draft)
    else:
        _post(workspace, entry, draft, in_channel=args.text("response_type") == "in_channel")
    return {}


def _delete(workspace: Workspace, original: Message | None) -> dict[str, Any]:
    if original is None:
        raise Refused("message_not_found")
    original.deleted = True
    workspace.notify_changed()
    return {}


def _post(
    workspace: Workspace, entry: ResponseUrl, draft: MessageDraft, *, in_channel: bool
) -> None:
    channel = workspace.channels[entry.channel]
    message = post(workspace, channel, draft, None if in_channel else entry.user)
    entry.message_ts = entry.message_ts or message.ts

"""Messages of the bot: checked against Slack's limits, then stored and recorded."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from sandbox.errors import Refused, refuse_if
from sandbox.limits import check_message, check_metadata
from sandbox.limits.problems import to_problems
from sandbox.limits.rules import Finding
from sandbox.limits.surfaces import typed
from sandbox.workspace.elements import elements_of, nested_blocks
from sandbox.workspace.installation import Installation
from sandbox.workspace.state import Block, Channel, Message, Post, Workspace

MAX_TEXT = 40_000
_IMAGES = ("image/png", "image/jpeg", "image/gif")


@dataclass(frozen=True)
class MessageDraft:
    """A message to post or update; `metadata` None means none (in an update: unchanged)."""

    text: str
    blocks: Sequence[Block] = ()
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    files: Sequence[str] = field(default_factory=tuple)


def check_draft(workspace: Workspace, draft: MessageDraft) -> None:
    """Raise `Refused` when Slack would not accept the draft."""
    if not draft.text.strip() and not draft.blocks and not draft.files:
        raise Refused("no_text")
    refuse_if(check_message(draft.blocks, draft.text))
    if draft.metadata:
        refuse_if(check_metadata(draft.metadata))
    check_images(workspace, draft.blocks)
    check_videos(workspace.installation, draft.blocks)


def check_images(workspace: Workspace, blocks: Sequence[Block]) -> None:
    """Raise `Refused` unless each Slack file in `blocks` exists, is processed and is an image."""
    for number, block in enumerate(blocks):
        for holder in (block, block.get("accessory") or {}, *(block.get("elements") or ())):
            wanted = holder.get("slack_file") if isinstance(holder, dict) else None
            if wanted and not _is_ready(workspace, wanted):
                found = Finding(f"/blocks/{number}/slack_file", "invalid slack file")
                refuse_if(to_problems("invalid_blocks", [found]))


def check_videos(installation: Installation, blocks: Sequence[Block]) -> None:
    """Raise `Refused` unless the app may embed each video: by its scope, from its host."""
    for pointer, block in typed(blocks, ("video",), "/blocks").items():
        domains = installation.unfurl_domains
        host = urlsplit(block["video_url"]).hostname or ""
        known = any(host == domain or host.endswith(f".{domain}") for domain in domains)
        if "links.embed:write" not in installation.scopes or not known:
            text = "needs the scope links.embed:write and its host in unfurl_domains"
            refuse_if(to_problems("invalid_blocks", [Finding(f"{pointer}/video_url", text)]))


def _is_ready(workspace: Workspace, wanted: Mapping[str, Any]) -> bool:
    name = wanted.get("id") or str(wanted.get("url", "")).rsplit("/", 2)[-2:][0]
    file = workspace.files.get(str(name))
    return bool(file and file.complete and not file.polls_left and file.mimetype in _IMAGES)


def post(
    workspace: Workspace, channel: Channel, draft: MessageDraft, ephemeral_for: str | None = None
) -> Message:
    """Store a checked draft as a new message of the bot."""
    bot = workspace.installation
    with workspace.lock:
        message = Message(
            ts=workspace.new_ts(),
            channel=channel.id,
            user=bot.bot_user_id,
            bot_id=bot.bot_id,
            text=draft.text[:MAX_TEXT],
            blocks=fill_in_ids(workspace, draft.blocks),
            metadata=draft.metadata or None,
            thread_ts=draft.thread_ts,
            ephemeral_for=ephemeral_for,
            files=list(draft.files),
        )
        record_post(workspace, "ephemeral" if ephemeral_for else "message", message)
        return workspace.add_message(message)


def update_message(workspace: Workspace, message: Message, draft: MessageDraft) -> None:
    """Replace a message's contents by a checked draft."""
    with workspace.lock:
        message.text = draft.text[:MAX_TEXT]
        message.blocks = fill_in_ids(workspace, draft.blocks)
        message.edited_ts = workspace.new_ts()
        if draft.metadata is not None:
            message.metadata = draft.metadata or None
        record_post(workspace, "update", message)
        workspace.notify_changed()


def record_post(
    workspace: Workspace, kind: Literal["message", "ephemeral", "update"], message: Message
) -> None:
    text = "\n".join([message.text, *_texts(message.blocks)])
    workspace.posts.append(Post(kind, message, text))


def _texts(part: Any) -> list[str]:
    if isinstance(part, list):
        return [text for item in part for text in _texts(item)]
    if not isinstance(part, dict):
        return []
    own = [v for k, v in part.items() if k in ("text", "alt_text") and isinstance(v, str)]
    return own + [text for value in part.values() for text in _texts(value)]


def fill_in_ids(workspace: Workspace, blocks: Sequence[Block]) -> list[Block]:
    """Return a deep copy in which all blocks and elements have ids, as Slack fills them in."""
    copied = copy.deepcopy(list(blocks))
    for block in nested_blocks(copied):
        if not block.get("block_id"):
            block["block_id"] = workspace.new_id("b")
        for element in elements_of(block):
            if not element.get("action_id"):
                element["action_id"] = workspace.new_id("a")
    return copied

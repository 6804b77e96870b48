"""chat.*: the bot's messages."""

from sandbox.api.args import Args
from sandbox.api.json_shapes import message_json
from sandbox.api.lookups import is_member, visible_channel, writable_channel
from sandbox.api.method import Method, ResultJson
from sandbox.errors import Refused
from sandbox.workspace.messages import MessageDraft, check_draft, post, update_message
from sandbox.workspace.state import Channel, Message, Workspace

MAX_UPDATE = 4_000


def parse_draft(args: Args) -> MessageDraft:
    if args.listed("attachments"):
        raise Refused("invalid_arguments", ["[ERROR] the sandbox knows no attachments"])
    return MessageDraft(
        text=args.text("text"),
        blocks=args.listed("blocks", "invalid_blocks_format"),
        metadata=args.mapped("metadata", "invalid_metadata_format"),
        thread_ts=args.text("thread_ts") or None,
    )


def post_message(workspace: Workspace, args: Args) -> ResultJson:
    channel = writable_channel(workspace, args.required("channel"))
    draft = parse_draft(args)
    _check_thread(workspace, channel, draft)
    check_draft(workspace, draft)
    message = post(workspace, channel, draft)
    shown = message_json(workspace, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def post_ephemeral(workspace: Workspace, args: Args) -> ResultJson:
    channel = writable_channel(workspace, args.required("channel"))
    user_id = args.required("user")
    if user_id not in channel.members:
        raise Refused("user_not_in_channel")
    draft = parse_draft(args)
    check_draft(workspace, draft)
    return {"message_ts": post(workspace, channel, draft, user_id).ts}


def update(workspace: Workspace, args: Args) -> ResultJson:
    message = _own_message(workspace, args)
    draft = parse_draft(args)
    if len(draft.text) > MAX_UPDATE:
        raise Refused("msg_too_long")
    check_draft(workspace, draft)
    update_message(workspace, message, draft)
    shown = message_json(workspace, message, metadata=True)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def delete(workspace: Workspace, args: Args) -> ResultJson:
    message = _own_message(workspace, args, "cant_delete_message")
    message.deleted = True
    workspace.notify_changed()
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(workspace: Workspace, args: Args) -> ResultJson:
    channel = visible_channel(workspace, args.required("channel"))
    ts = args.required("message_ts")
    message = workspace.message(channel.id, ts)
    if message is None or message.ephemeral_for:
        raise Refused("message_not_found")
    link = f"{workspace.url}/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def _own_message(workspace: Workspace, args: Args, foreign: str = "cant_update_message") -> Message:
    channel = visible_channel(workspace, args.required("channel"))
    if channel.archived:
        raise Refused("is_archived")
    message = workspace.message(channel.id, args.required("ts"))
    if message is None or message.ephemeral_for:
        raise Refused("message_not_found")
    if message.bot_id != workspace.installation.bot_id:
        raise Refused(foreign)
    if not is_member(workspace, channel):
        raise Refused("not_in_channel")
    return message


def _check_thread(workspace: Workspace, channel: Channel, draft: MessageDraft) -> None:
    if draft.thread_ts is None:
        return
    parent = workspace.message(channel.id, draft.thread_ts)
    if parent is None or parent.ephemeral_for:
        raise Refused("cannot_reply_to_message")


METHODS = {
    "chat.postMessage": Method(post_message, "chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, "chat:write"),
    "chat.update": Method(update, "chat:write"),
    "chat.delete": Method(delete, "chat:write"),
    "chat.getPermalink": Method(get_permalink),
}

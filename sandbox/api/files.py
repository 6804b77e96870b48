"""files.*: get an upload address, complete an upload, and files.info."""

from sandbox.api.args import Args
from sandbox.api.json_shapes import file_json
from sandbox.api.lookups import writable_channel
from sandbox.api.method import Method, ResultJson
from sandbox.errors import Refused
from sandbox.workspace.files import new_file
from sandbox.workspace.messages import MessageDraft, post
from sandbox.workspace.state import File, Workspace


def get_upload_url(workspace: Workspace, args: Args) -> ResultJson:
    name = args.required("filename")
    if args.number("length", 0) < 1:
        raise Refused("invalid_arguments", ["[ERROR] must be at least 1: length"])
    file = new_file(workspace, workspace.installation.bot_user_id, name)
    file.alt_txt, file.complete = args.text("alt_txt"), False
    return {"upload_url": f"{workspace.url}/upload/{file.id}", "file_id": file.id}


def complete_upload(workspace: Workspace, args: Args) -> ResultJson:
    listed = args.listed("files")
    files = [_uploaded(workspace, str(entry.get("id"))) for entry in listed]
    if not files:
        raise Refused("invalid_arguments", ["[ERROR] missing required field: files"])
    channel_id = args.text("channel_id") or args.text("channels")
    channel = writable_channel(workspace, channel_id) if channel_id else None
    for file, entry in zip(files, listed, strict=True):
        file.title = str(entry.get("title") or file.title)
        file.complete = True
        file.polls_left = workspace.files_slow
    if channel is not None:
        names = [file.id for file in files]
        thread_ts = args.text("thread_ts") or None
        draft = MessageDraft(args.text("initial_comment"), (), None, thread_ts, names)
        post(workspace, channel, draft)
        for file in files:
            file.shared_in.append(channel.id)
    workspace.notify_changed()
    return {"files": [file_json(workspace, file) for file in files]}


def info(workspace: Workspace, args: Args) -> ResultJson:
    file = workspace.files.get(args.required("file"))
    if file is None or not file.complete:
        raise Refused("file_not_found")
    shown = file_json(workspace, file)
    file.polls_left = max(0, file.polls_left - 1)
    return {"file": shown}


def _uploaded(workspace: Workspace, file_id: str) -> File:
    file = workspace.files.get(file_id)
    if file is None or not file.content:
        raise Refused("file_not_found")
    return file


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, "files:write"),
    "files.completeUploadExternal": Method(complete_upload, "files:write"),
    "files.info": Method(info, "files:read"),
}

"""users.* and dnd.*: people and whether they want to be disturbed."""

from sandbox.api.args import Args
from sandbox.api.conversations import next_page, page_of
from sandbox.api.errors import Refused
from sandbox.api.method import Answer, Method
from sandbox.api.places import known_user
from sandbox.api.shapes import user_json
from sandbox.state import Workspace


def info(workspace: Workspace, args: Args) -> Answer:
    user = known_user(workspace, args.required("user"))
    return {"user": user_json(workspace, user)}


def list_users(workspace: Workspace, args: Args) -> Answer:
    page, cursor = page_of(list(workspace.users.values()), args, 200)
    return {"members": [user_json(workspace, user) for user in page], **next_page(cursor)}


def lookup_by_email(workspace: Workspace, args: Args) -> Answer:
    wanted = args.required("email").casefold()
    users = (u for u in workspace.users.values() if not u.deleted and not u.is_stranger)
    user = next((u for u in users if u.email.casefold() == wanted), None)
    if user is None:
        raise Refused("users_not_found")
    return {"user": user_json(workspace, user)}


def dnd_info(workspace: Workspace, args: Args) -> Answer:
    user = known_user(workspace, args.required("user"))
    dnd = workspace.dnd.get(user.id, (0, 0))
    return {
        "dnd_enabled": dnd != (0, 0),
        "next_dnd_start_ts": dnd[0] or 1,
        "next_dnd_end_ts": dnd[1] or 1,
    }


METHODS = {
    "users.info": Method(info, "users:read"),
    "users.list": Method(list_users, "users:read"),
    "users.lookupByEmail": Method(lookup_by_email, "users:read.email"),
    "dnd.info": Method(dnd_info, "dnd:read"),
}

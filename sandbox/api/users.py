"""users.* and dnd.*: users and their Do Not Disturb status."""

from sandbox.api.args import Args
from sandbox.api.conversations import next_page, page_of
from sandbox.api.json_shapes import dnd_json, user_json
from sandbox.api.lookups import known_user
from sandbox.api.method import Method, ResultJson
from sandbox.errors import Refused
from sandbox.workspace.state import Workspace

MOST_IN_A_CALL = 50


def info(workspace: Workspace, args: Args) -> ResultJson:
    user = known_user(workspace, args.required("user"))
    return {"user": user_json(workspace, user)}


def list_users(workspace: Workspace, args: Args) -> ResultJson:
    page, cursor = page_of(list(workspace.users.values()), args, 200)
    return {"members": [user_json(workspace, user) for user in page], **next_page(cursor)}


def lookup_by_email(workspace: Workspace, args: Args) -> ResultJson:
    wanted = args.required("email").casefold()
    users = (u for u in workspace.users.values() if not u.deleted and not u.is_stranger)
    user = next((u for u in users if u.email.casefold() == wanted), None)
    if user is None:
        raise Refused("users_not_found")
    return {"user": user_json(workspace, user)}


def dnd_info(workspace: Workspace, args: Args) -> ResultJson:
    return dnd_json(workspace, known_user(workspace, args.required("user")))


def dnd_of_team(workspace: Workspace, args: Args) -> ResultJson:
    ids = args.required("users").split(",")
    if len(ids) > MOST_IN_A_CALL:
        raise Refused("too_many_users")
    known = [workspace.users[user_id] for user_id in ids if user_id in workspace.users]
    return {"users": {user.id: dnd_json(workspace, user) for user in known}}


METHODS = {
    "users.info": Method(info, "users:read"),
    "users.list": Method(list_users, "users:read"),
    "users.lookupByEmail": Method(lookup_by_email, "users:read.email"),
    "dnd.info": Method(dnd_info, "dnd:read"),
    "dnd.teamInfo": Method(dnd_of_team, "dnd:read"),
}

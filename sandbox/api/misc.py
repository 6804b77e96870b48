"""auth.*, team.*, bots.*, reactions.* and apps.*: the remaining methods."""

from sandbox.api.args import Args
from sandbox.api.json_shapes import message_json
from sandbox.api.lookups import is_member, visible_channel
from sandbox.api.method import Method, ResultJson
from sandbox.errors import Refused
from sandbox.workspace.installation import TEAM_DOMAIN, TEAM_ID
from sandbox.workspace.state import Message, Reaction, Workspace


def auth_test(workspace: Workspace, _args: Args) -> ResultJson:
    app = workspace.installation
    return {
        "url": f"{workspace.url}/",
        "team": workspace.name,
        "user": workspace.users[app.bot_user_id].name,
        "team_id": TEAM_ID,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(workspace: Workspace, _args: Args) -> ResultJson:
    ticket = workspace.tokens.new_socket_ticket()
    return {"url": f"ws{workspace.url.removeprefix('http')}/link/?ticket={ticket}"}


def team_info(workspace: Workspace, args: Args) -> ResultJson:
    if args.text("team", TEAM_ID) != TEAM_ID:
        raise Refused("team_not_found")
    url = f"{workspace.url}/"
    return {"team": {"id": TEAM_ID, "name": workspace.name, "domain": TEAM_DOMAIN, "url": url}}


def bots_info(workspace: Workspace, args: Args) -> ResultJson:
    app = workspace.installation
    if args.text("bot", app.bot_id) != app.bot_id:
        raise Refused("bot_not_found")
    shown = {"id": app.bot_id, "app_id": app.app_id, "user_id": app.bot_user_id, "name": app.name}
    return {"bot": shown | {"deleted": False}}


def add_reaction(workspace: Workspace, args: Args) -> ResultJson:
    message, name, bot = _target(workspace, args)
    reaction = next((r for r in message.reactions if r.name == name), None)
    if reaction is None:
        reaction = Reaction(name, [])
        message.reactions.append(reaction)
    if bot in reaction.users:
        raise Refused("already_reacted")
    reaction.users.append(bot)
    workspace.notify_changed()
    return {}


def remove_reaction(workspace: Workspace, args: Args) -> ResultJson:
    message, name, bot = _target(workspace, args)
    reaction = next((r for r in message.reactions if r.name == name and bot in r.users), None)
    if reaction is None:
        raise Refused("no_reaction")
    reaction.users.remove(bot)
    message.reactions = [r for r in message.reactions if r.users]
    workspace.notify_changed()
    return {}


def get_reactions(workspace: Workspace, args: Args) -> ResultJson:
    message = _message(workspace, args)
    shown = message_json(workspace, message)
    return {"type": "message", "channel": message.channel, "message": shown}


def _target(workspace: Workspace, args: Args) -> tuple[Message, str, str]:
    name = args.required("name").strip(":")
    return _message(workspace, args), name, workspace.installation.bot_user_id


def _message(workspace: Workspace, args: Args) -> Message:
    channel = visible_channel(workspace, args.required("channel"))
    message = workspace.message(channel.id, args.required("timestamp"))
    if message is None or message.ephemeral_for:
        raise Refused("message_not_found")
    if not is_member(workspace, channel):
        raise Refused("not_in_channel")
    return message


METHODS = {
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(open_connection, token="app"),
    "team.info": Method(team_info, "team:read"),
    "bots.info": Method(bots_info, "users:read"),
    "reactions.add": Method(add_reaction, "reactions:write"),
    "reactions.remove": Method(remove_reaction, "reactions:write"),
    "reactions.get": Method(get_reactions, "reactions:read"),
}

"""A Web API method: the token and scope it needs, and its function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.api.args import Args
from sandbox.errors import Refused
from sandbox.workspace.state import Workspace

TokenKind = Literal["bot", "app", "configuration", "none"]
ResultJson = dict[str, Any]


@dataclass(frozen=True)
class Method:
    """A method; `scope` is the bot scope it always needs, `run` checks any that vary with data.

    A method whose `token` is "none" is open to all.
    """

    run: Callable[[Workspace, Args], ResultJson]
    scope: str = ""
    token: TokenKind = "bot"


def require_scope(workspace: Workspace, scope: str) -> None:
    """Raise `Refused` (missing_scope) unless the manifest asks for the scope."""
    provided = workspace.installation.scopes
    if scope and scope not in provided:
        listed = {"needed": scope, "provided": ",".join(sorted(provided))}
        raise Refused("missing_scope", extra=listed)

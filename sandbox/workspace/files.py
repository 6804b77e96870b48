"""Add files to the workspace."""

import mimetypes

from sandbox.workspace.state import File, Workspace


def new_file(
    workspace: Workspace, owner: str, name: str, content: bytes = b"", mimetype: str | None = None
) -> File:
    """Store a file; its type is guessed from its name unless given."""
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = File(
        id=workspace.new_id("F"),
        name=name,
        title=name,
        mimetype=mimetype or guessed,
        content=content,
        owner=owner,
    )
    workspace.files[file.id] = file
    return file

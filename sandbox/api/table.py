"""Table of all Web API methods that the sandbox has."""

from sandbox.api import blocks, chat, conversations, files, manifests, misc, users, views
from sandbox.api.method import Method

METHODS: dict[str, Method] = {
    **blocks.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **manifests.METHODS,
    **misc.METHODS,
    **users.METHODS,
    **views.METHODS,
}

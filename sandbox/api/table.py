"""Table of all Web API methods that the sandbox has."""

from sandbox.api import chat, conversations, files, misc, users, views
from sandbox.api.method import Method

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **misc.METHODS,
    **users.METHODS,
    **views.METHODS,
}

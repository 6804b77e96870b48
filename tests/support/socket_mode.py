"""The end of a Socket Mode connection in tests: at once, and in order."""

from time import monotonic, sleep

from slack_bolt.adapter.socket_mode import SocketModeHandler

from sandbox.server import Sandbox

TIMEOUT_SECONDS = 5.0


def close_socket_mode(slack: Sandbox, handler: SocketModeHandler) -> None:
    """End the app's connection; nothing of it runs afterwards.

    Its reader would wait three seconds for the next frame, so the connection is cut first. The
    reader then closes the socket, and slack_sdk fails when another thread does so at that moment.
    """
    handler.client.auto_reconnect_enabled = False
    slack.cut_connections()
    end = monotonic() + TIMEOUT_SECONDS
    while handler.client.is_connected() and monotonic() < end:
        sleep(0.002)
    handler.close()  # type: ignore[no-untyped-call]

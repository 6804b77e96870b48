"""A process that sends one slash command after the other."""

from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import monotonic, time
from types import TracebackType
from urllib.parse import urlencode, urlsplit

from slack_sdk.signature import SignatureVerifier

TIMEOUT_SECONDS = 30.0


class Caller:
    """Sends `/visit next` by signed HTTP until stopped, each as soon as the last is acked.

    With `every` they are that many seconds apart, and one without an answer is one of the `errors`.
    """

    def __init__(
        self, url: str, secret: str, workspace_id: str, user_id: str, every: float = 0.0
    ) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self.errors: Sequence[str] = ()
        given = (theirs, url, secret, workspace_id, user_id, every)
        self._process = context.Process(target=_run_caller, args=given, daemon=True)

    def __enter__(self) -> "Caller":
        self._process.start()
        # The first command loads what all others share.
        if not self._pipe.poll(TIMEOUT_SECONDS):
            raise TimeoutError("the caller did not start")
        self._pipe.recv()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.join()

    def stop(self) -> Sequence[tuple[float, float]]:
        """Stop, and return each command's start (`time.monotonic`) and its seconds to the ack."""
        self._pipe.send("stop")
        found: Sequence[tuple[float, float]]
        found, self.errors = self._pipe.recv()
        return found


def _run_caller(
    pipe: Connection, url: str, secret: str, workspace_id: str, user_id: str, every: float
) -> None:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_SECONDS)
    verifier = SignatureVerifier(secret)
    form = {
        "team_id": workspace_id,
        "channel_id": "C0000001",
        "user_id": user_id,
        "command": "/visit",
        "text": "next",
        "response_url": "http://127.0.0.1:9/response",
        "is_enterprise_install": "false",
    }
    took: list[tuple[float, float]] = []
    errors: list[str] = []
    while not pipe.poll(every and max(0.0, every - took[-1][1] if took else 0.0)):
        body = urlencode({**form, "trigger_id": f"{len(took) + len(errors)}.1.caller"})
        try:
            took.append(_acked(connection, verifier, body))
        except (OSError, HTTPException, ValueError) as error:
            if not every:
                raise
            errors.append(repr(error))
            connection.close()
        if len(took) == 1:
            pipe.send("ready")
    pipe.recv()
    pipe.send((took, errors))


def _acked(
    connection: HTTPConnection, verifier: SignatureVerifier, body: str
) -> tuple[float, float]:
    stamp = str(int(time()))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": verifier.generate_signature(timestamp=stamp, body=body) or "",
    }
    started = monotonic()
    connection.request("POST", "/slack/events", body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status != 200 or "next nudge" not in text:
        raise ValueError(f"not an answer to the command: {answer.status} {text[:200]}")
    return started, monotonic() - started
